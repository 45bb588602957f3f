"""What the image workers answer when they have written a derived picture."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Rendered:
    """What was written: size in pixels of one frame, format, and bytes of the file."""

    width: int
    height: int
    format: str
    bytes: int
