"""A bad expression is refused with a sentence, the place, and a caret under it."""

from picturerail.errors import BadRequest

SHOWN = 60  # characters on each side of the place


def complaint(text: str, position: int, reason: str) -> BadRequest:
    """The error for `text`, wrong at `position` (from 0) for this `reason`."""
    start = max(0, position - SHOWN)
    line = "".join(letter if letter.isprintable() else " " for letter in text[start : position + SHOWN])
    caret = " " * (position - start) + "^"
    return BadRequest(f"Invalid search expression, position {position + 1}: {reason}\n{line}\n{caret}")
