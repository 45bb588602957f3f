"""Facets: what a picture is, apart from its words, as tokens of the same index (`camera:nikon_d750`). Pure."""

from picturerail.gallery.search.folding import folded

TIMES = ("taken", "day")
FACETS = ("camera", "lens", "format", "shape", "colour", *TIMES)


def facet_token(name: str, value: str) -> str:
    """What stands for a facet in the index."""
    return f"@{name}={facet_word(folded(value))}"


def facet_word(value: str) -> str:
    """A value as one word of a search."""
    return "_".join(value.replace(",", " ").split())


def as_facet(name: str, value: str) -> str:
    """What finds the pictures with this value."""
    return f"{name}:{facet_word(value)}"
