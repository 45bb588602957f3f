"""Refusals of files that cannot be read, in the words of people; what the libraries said goes to the log."""

import logging
import struct

from picturerail.errors import UnsupportedMedia

_log = logging.getLogger(__name__)

ERRORS = (  # what Pillow and libheif raise for damaged files
    ValueError,
    OSError,
    EOFError,
    SyntaxError,
    RuntimeError,
    struct.error,
    TypeError,
    KeyError,
    IndexError,
)
_CUT_OFF = ("premature end", "truncated", "unexpected end", "end of file", "eof", "not enough data")
_UNREADABLE = (
    "The picture is damaged or incomplete, or of a kind that cannot be read. "
    "Save it anew, or send another file."
)
_INCOMPLETE = "The picture is damaged or incomplete: the file ends before its pixels do. Send the whole file."


def refusal(error: Exception) -> UnsupportedMedia:
    """The refusal of a picture that cannot be read."""
    said = str(getattr(error, "detail", error)).strip()
    _log.info("a picture was refused: %s", " / ".join(said.splitlines()))
    return UnsupportedMedia(_INCOMPLETE if any(word in said.lower() for word in _CUT_OFF) else _UNREADABLE)


def cut_off() -> UnsupportedMedia:
    """The refusal of a file that ends before its pixels."""
    return UnsupportedMedia(_INCOMPLETE)
