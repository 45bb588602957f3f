"""Paths of folders, such as shop/shoes. Pure."""

import unicodedata
from collections.abc import Iterator

from picturerail.errors import BadRequest

MAX_PATH_LENGTH = 255
MAX_DEPTH = 20
FORBIDDEN = set("?&#\\%<>+")


def checked(path: str) -> str:
    """`path` without slashes around it, when it may be one; BadRequest otherwise."""
    path = path.strip("/")
    parts = path.split("/")
    if len(path) > MAX_PATH_LENGTH or len(parts) > MAX_DEPTH:
        raise BadRequest(f"Invalid folder: it may have {MAX_PATH_LENGTH} characters and be {MAX_DEPTH} deep.")
    if any(part.strip() in ("", ".", "..") or part != part.strip() for part in parts):
        raise BadRequest(
            "Invalid folder: no part between slashes may be empty, '.' or '..', or begin with a space."
        )
    if any(
        letter in FORBIDDEN or unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in path
    ):
        raise BadRequest("Invalid folder: leave out ? & # \\ % < > + and control characters.")
    return path


def with_parents(path: str) -> Iterator[str]:
    """`path` and the folders around it, the outermost first."""
    parts = path.split("/")
    for end in range(1, len(parts) + 1):
        yield "/".join(parts[:end])


def moved(path: str, old: str, new: str) -> str:
    """Where `path`, which is `old` or lies in it, is when `old` has become `new`."""
    return new + path[len(old) :]
