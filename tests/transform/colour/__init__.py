"""Files that say their colour space in every way there is."""
