"""What a user of the tutorial already has: files in the upload folder, and addresses at a cloud."""

import contextlib
from pathlib import Path
from typing import IO

from picturerail import image_formats
from picturerail.errors import NotFound
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures.model import Picture


def open_file(folder: Path, filename: str) -> tuple[IO[bytes], str]:
    """Open a picture of the upload folder; return it with its content type, told by its bytes.

    NotFound for what is no picture, lies elsewhere or is a link to elsewhere: the name comes from a document.
    """
    path = _inside(folder, filename)
    try:
        file = path.open("rb")
    except OSError:
        raise NotFound("The file of this picture is not in the upload folder.") from None
    found = image_formats.sniff(file)
    if not found:
        file.close()
        raise NotFound("The file of this picture is no picture.")
    file.seek(0)
    return file, image_formats.media_type(found)


def remove_file(folder: Path, filename: str) -> None:
    """Delete a file of the upload folder, if it is there."""
    with contextlib.suppress(NotFound, FileNotFoundError):
        _inside(folder, filename).unlink()


def public_id_at(picture: Picture, cloud: CloudAccess) -> str:
    """The asset in our cloud that holds this picture's bytes; empty when they are not there to delete."""
    return picture.public_id or cloud.public_id_at(picture.url)


def _inside(folder: Path, filename: str) -> Path:
    if "/" in filename or "\\" in filename or "\x00" in filename or filename in ("", ".", ".."):
        raise NotFound("The file of this picture is not in the upload folder.")
    path = folder / filename
    try:
        plain = path.is_file() and path.resolve(strict=True).parent == folder.resolve(strict=True)
    except OSError:
        plain = False
    if not plain:
        raise NotFound("The file of this picture is not in the upload folder.")
    return path
