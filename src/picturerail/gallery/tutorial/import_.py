"""Adopt a tutorial's pictures: documents `{filename, description}` get their files into the cloud."""

import hashlib
import string
from collections.abc import Iterator
from pathlib import Path

from picturerail.database import Database
from picturerail.errors import PicturerailError
from picturerail.gallery import cloud as media
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures import create, lifecycle, lookup
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.tutorial import files

ALPHABET = string.ascii_lowercase + string.digits


def adopt_all(db: Database, cloud: CloudAccess, folder: Path) -> Iterator[tuple[Picture, str]]:
    """Upload the file of each local document and point the document at it; give each with the reason it failed, or "".

    May be stopped and run again at any time: an asset's name follows from its document, so nothing is there twice.
    """
    for picture in lookup.local(db):
        try:
            _adopt(db, cloud, folder, picture)
        except PicturerailError as error:
            yield picture, error.message
        else:
            yield picture, ""


def _adopt(db: Database, cloud: CloudAccess, folder: Path, picture: Picture) -> None:
    file, _ = files.open_file(folder, picture.filename)
    with file:
        size = file.seek(0, 2)
        file.seek(0)
        answer = media.send(cloud, file, size, picture.filename, _public_id(picture))
    lifecycle.adopt(db, picture, create.parse_answer(cloud, answer))


def _public_id(picture: Picture) -> str:
    digest = hashlib.sha256(picture.id.encode()).digest()
    return "gallery/" + "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:20])
