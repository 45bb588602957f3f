"""Adopt a tutorial's pictures: files of its upload folder, and addresses that lie at the cloud in use."""

import hashlib
import string
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

from picturerail.database import Database
from picturerail.errors import Conflict, PicturerailError, UnsupportedMedia
from picturerail.gallery import cloud as media
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures import create, lifecycle, lookup
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.tutorial import files

ALPHABET = string.ascii_lowercase + string.digits


def adopt_all(
    db: Database, cloud: CloudAccess, folder: Path | None, delivery: str
) -> Iterator[tuple[Picture, str]]:
    """Point each document at its asset; give each with the reason it failed, or "".

    Files of the folder are uploaded for it, as assets of that delivery type. May be stopped and run again at any time:
    an asset's name follows from its document, so nothing is there twice.
    """
    for picture in chain(lookup.local(db) if folder else (), lookup.addressed(db)):
        try:
            if folder and picture.is_local:
                _adopt(db, cloud, folder, picture, delivery)
            elif public_id := cloud.public_id_at(picture.url):
                _recognise(db, cloud, picture, public_id)
            else:
                continue  # it is shown from where it lies
        except PicturerailError as error:
            yield picture, error.message
        else:
            yield picture, ""


def _adopt(db: Database, cloud: CloudAccess, folder: Path, picture: Picture, delivery: str) -> None:
    file, _ = files.open_file(folder, picture.filename)
    with file:
        size = file.seek(0, 2)
        file.seek(0)
        name = _public_id(picture)
        answer = media.send(cloud, file, size, picture.filename, name, delivery=delivery)
    lifecycle.adopt(db, picture, create.parse_answer(cloud, answer))


def _recognise(db: Database, cloud: CloudAccess, picture: Picture, public_id: str) -> None:
    if lookup.with_public_id(db, public_id):
        raise Conflict("another picture of the gallery shows this asset already.")
    fields = create.parse_asset(cloud, media.asset(cloud, public_id))
    if fields["format"] not in create.FORMATS:
        raise UnsupportedMedia(create.NOT_A_PICTURE)
    lifecycle.adopt(
        db,
        picture,
        fields | {"filename": picture.filename or f"{public_id.rpartition('/')[2]}.{fields['format']}"},
    )


def _public_id(picture: Picture) -> str:
    digest = hashlib.sha256(picture.id.encode()).digest()
    return "gallery/" + "".join(ALPHABET[byte % len(ALPHABET)] for byte in digest[:20])
