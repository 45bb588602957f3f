"""The kinds of jobs that imports and exports are. Here, so that who only waits for one reads no more of the gallery."""

EXPORT, IMPORT = "export", "import"
LOOK = "look"  # at pixels, which an import puts off
