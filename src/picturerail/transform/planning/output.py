"""What the answer shall be: the format that was negotiated, and how large it may become."""

from dataclasses import dataclass

FORMATS = ("jpg", "png", "webp", "avif", "gif")


@dataclass(frozen=True)
class Output:
    """The format of the answer, chosen from f_, the extension or Accept; and the limits of its size."""

    format: str
    max_side: int = 16383  # the most that WebP can hold
    max_pixels: int = 40_000_000  # over all frames; encoders hold up to 8 bytes for each

    def __post_init__(self) -> None:
        """A format that we cannot write is a mistake of the caller."""
        if self.format not in FORMATS:
            raise ValueError(f"{self.format} is not one of {', '.join(FORMATS)}")
