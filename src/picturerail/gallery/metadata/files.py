"""Which reader knows which format."""

from collections.abc import Callable

from picturerail.gallery.metadata import gif, heif, jpeg, png, tiff, webp
from picturerail.gallery.metadata.pieces import Piece, Unreadable

READERS: dict[str, Callable[[memoryview], list[Piece]]] = {
    "jpg": jpeg.pieces,
    "png": png.pieces,
    "webp": webp.pieces,
    "gif": gif.pieces,
    "tiff": tiff.pieces,
    "heic": heif.pieces,
    "avif": heif.pieces,
}


def without_metadata(data: memoryview, image_format: str) -> list[Piece]:
    """What is left of a file that may go to anybody; Unreadable when it cannot be told apart."""
    check_format(image_format)
    return READERS[image_format](data)


def check_format(image_format: str) -> None:
    """Unreadable for a format whose metadata nobody here can tell from the rest: of cameras' raw pictures, all."""
    if image_format not in READERS:
        raise Unreadable(f"Nobody here knows how {image_format} keeps its metadata.")
