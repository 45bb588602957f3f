"""The file that a picture came in: its name, kept as it was as far as that is safe, and its size in words."""

import unicodedata

from picturerail.errors import BadRequest, TooLarge
from picturerail.filenames import readable

MAX_FILENAME = 255  # characters


def clean_filename(text: str) -> str:
    """The name in any script, without folders and control characters, shortened in its middle when too long."""
    name = unicodedata.normalize("NFC", readable(text)).replace("\\", "/").rpartition("/")[2]
    name = (
        "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp")).strip().strip(".")
    )
    if len(name) <= MAX_FILENAME:
        return name or "picture"
    stem, dot, extension = name.rpartition(".")
    tail = f"{dot}{extension}" if stem and len(extension) <= 10 else ""
    return f"{(stem if tail else name)[: MAX_FILENAME - len(tail)]}{tail}"


def check_size(size: int, limit: int) -> None:
    """Refuse a file that is empty or larger than `limit` bytes."""
    if size == 0:
        raise BadRequest("the file is empty.")
    if size > limit:
        raise TooLarge(f"the file is larger than the limit of {in_words(limit)}.")


def in_words(size: int) -> str:
    """A size as people say it."""
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2), ("kB", 1024)):
        if size >= factor:
            number = f"{size / factor:.1f}".removesuffix(".0")
            return f"{number} {unit}"
    return f"{size} bytes"
