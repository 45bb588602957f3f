"""The class of formats that an edge keeps an address under: one rule, for the origin's notes and for nginx. Pure."""

import re
from typing import Final

from picturerail import image_formats

ANY: Final = "any"  # the address alone says which bytes it means
OTHER: Final = "other"  # neither AVIF nor WebP
PAGE: Final = "page"  # of pages, which know no formats

# Only these addresses depend on Accept: f_auto, or a named transformation, in which f_auto may hide.
DEPENDS_ON_ACCEPT: Final = "[/,](f_auto|t_[^/,]+)"

_depends = re.compile(DEPENDS_ON_ACCEPT)


def format_class(path: str, accept: str) -> str:
    """The class of a request, as nginx finds it by `accept_map`."""
    return image_formats.accept_class(accept) or OTHER if _depends.search(path) else ANY


def accept_of(format_class: str) -> str:
    """The Accept header with which an edge asks for all of a class."""
    return image_formats.accept_of(format_class)


def accept_map() -> str:
    """The lines of nginx's map from an Accept header to a class, best first."""
    named = [name for name in image_formats.CLASSES if name]
    lines = [f"'~*{_quoted(image_formats.accept_pattern(name))}' {name};" for name in named]
    return "\n".join([f"default {OTHER};", *lines])


def upstream_map() -> str:
    """The lines of nginx's map from a class to the Accept header that the origin gets."""
    named = [name for name in image_formats.CLASSES if name]
    return "\n".join([f'default "{accept_of(ANY)}";', *(f'{name} "{accept_of(name)}";' for name in named)])


def _quoted(pattern: str) -> str:
    """A pattern for single quotes, in which nginx takes a backslash for itself."""
    return pattern.replace("\\", "\\\\")
