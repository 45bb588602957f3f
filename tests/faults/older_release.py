"""An installation as an older release has made it, and the backups of it that this release's pages told to make."""

import hashlib
import io
import shutil
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import urlsplit

import cloudinary
import cloudinary.api
import cloudinary.uploader
from pymongo.errors import BulkWriteError

from bench.gallery.older_library import OldPicture, library
from picturerail import mongod
from picturerail.database import connect
from tests.faults.uploads import account_of, unique_jpeg
from tests.service import Service

PEOPLE = {"editor@example.com": "editor", "viewer@example.com": "viewer"}
PASSWORD = "a password of an older release"
TYPES = ("upload", "private", "authenticated")
Dump: TypeAlias = dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]]


@dataclass(frozen=True)
class OldAsset:
    """What a program has uploaded: the answer that it got, and the hash of what was sent."""

    answer: dict[str, Any]
    sha256: str

    @property
    def addresses(self) -> list[str]:
        """Paths of the original and of the picture that was made at the upload."""
        found = [self.answer["secure_url"], *(each["secure_url"] for each in self.answer.get("eager", ()))]
        return [urlsplit(each).path for each in found]


@dataclass(frozen=True)
class OldInstallation:
    """What is in a data folder of the older release, and what it told on its way in."""

    data: Path
    command: Sequence[str]
    pictures: list[OldPicture]
    assets: list[OldAsset]
    credentials: tuple[str | None, ...]

    def service(self) -> Service:
        """The older program on that folder."""
        return Service(self.data, command=self.command)


def installation(folder: Path, command: Sequence[str], pictures: int) -> OldInstallation:
    """Pictures of people, assets of programs, accounts, and what an administrator has set."""
    sent = library(folder, command, pictures)
    with Service(folder / "data", command=command) as service:
        for email, role in PEOPLE.items():
            service.add_user(email, role, PASSWORD)
        account = account_of(service)
        cloudinary.api.create_transformation("thumb", "c_fill,w_50,h_50", **account)
        cloudinary.api.create_upload_preset(name="pre", unsigned=True, folder="pre", tags="p", **account)
        field = {"external_id": "size", "label": "Size", "type": "integer"}
        cloudinary.api.add_metadata_field(field, **account)
        cloudinary.api.create_folder("shop/empty", **account)
        assets = [_upload(account, number) for number in range(6)]
        gone = assets.pop(0).answer["public_id"]  # as a backup only
        cloudinary.uploader.destroy(gone, **account)
        return OldInstallation(folder / "data", command, sent, assets, credentials(service))


def _upload(account: dict[str, str], number: int) -> OldAsset:
    content = unique_jpeg(8_600_000 + number, (64, 48))
    answer = cloudinary.uploader.upload(
        io.BytesIO(content),
        public_id=f"shop/shoes/n{number}",
        type=TYPES[number % 3],
        tags="a,b",
        context={"alt": "x|y"},
        metadata={"size": number},
        eager=[{"width": 30, "crop": "scale"}],
        backup=True,
        **account,
    )
    return OldAsset(answer, hashlib.sha256(content).hexdigest())


def credentials(service: Service) -> tuple[str | None, ...]:
    """Cloud, key and secret; the address is that of where it runs."""
    told = urlsplit(service.cloudinary_url)
    return told.hostname, told.username, told.password


def copy_of_folder(old: OldInstallation, place: Path) -> None:
    """The first way: stop the program, copy the data folder."""
    shutil.copytree(old.data, place)


def files_of_folder(old: OldInstallation, place: Path) -> None:
    """The second way's files, which are taken after the database."""
    shutil.copytree(old.data / "originals", place / "originals")
    shutil.copy2(old.data / "secrets.json", place)


def dump(data: Path) -> Dump:
    """What `mongodump` takes of the database while the program runs: all documents, and the indexes."""
    with connect(mongod.uri(data)) as client:
        db = client.get_default_database()
        names = db.list_collection_names()
        return {
            name: (list(db[name].find()), [dict(each) for each in db[name].list_indexes()]) for name in names
        }


def restore(dumped: Dump, data: Path, *, drop: bool) -> None:
    """What `mongorestore` does, with or without `--drop`: what is there already stays, and is told as a failure."""
    with connect(mongod.uri(data)) as client:
        db = client.get_default_database()
        for name, (documents, indexes) in dumped.items():
            if drop:
                db[name].drop()
            if documents:
                with suppress(BulkWriteError):
                    db[name].insert_many(documents, ordered=False)
            command = {"createIndexes": name, "indexes": [each for each in indexes if each["name"] != "_id_"]}
            if command["indexes"]:
                db.command(command)
