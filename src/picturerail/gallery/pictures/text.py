"""What people write about a picture, and how it is kept: one form of Unicode, no control characters, bounded."""

import re
import unicodedata

from picturerail.errors import BadRequest

MAX_DESCRIPTION = 2000  # characters
MAX_FILENAME = 255  # characters

_LINE_ENDS = re.compile(r"\r\n?|[\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def clean_description(text: str) -> str:
    """The description in NFC with plain line ends and without control characters; BadRequest when too long."""
    lines = _LINE_ENDS.sub("\n", unicodedata.normalize("NFC", text))
    kept = "".join(
        c for c in lines if c in {"\n", "\t"} or unicodedata.category(c) not in ("Cc", "Cs")
    ).strip()
    if len(kept) > MAX_DESCRIPTION:
        raise BadRequest(
            f"A description may have at most {MAX_DESCRIPTION:,} characters; this has {len(kept):,}."
        )
    return kept


def clean_filename(text: str) -> str:
    """The name in any script, without folders and control characters, shortened in its middle when too long."""
    name = unicodedata.normalize("NFC", text).replace("\\", "/").rpartition("/")[2]
    name = (
        "".join(c for c in name if unicodedata.category(c) not in ("Cc", "Cs", "Zl", "Zp")).strip().strip(".")
    )
    if len(name) <= MAX_FILENAME:
        return name or "picture"
    stem, dot, extension = name.rpartition(".")
    tail = f"{dot}{extension}" if stem and len(extension) <= 10 else ""
    return f"{(stem if tail else name)[: MAX_FILENAME - len(tail)]}{tail}"


def in_words(size: int) -> str:
    """A size as people say it."""
    for unit, factor in (("GB", 1024**3), ("MB", 1024**2), ("kB", 1024)):
        if size >= factor:
            number = f"{size / factor:.1f}".removesuffix(".0")
            return f"{number} {unit}"
    return f"{size} bytes"
