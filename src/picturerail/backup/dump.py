"""One point in time of the database as files, and back again.

All collections are read in one snapshot session, so that they fit each other however much is written meanwhile
(https://www.mongodb.com/docs/manual/reference/read-concern-snapshot/). The files are what mongodump writes: BSON
documents, one after the other, compressed with gzip.
"""

import gzip
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from bson import CodecOptions, decode_file_iter
from bson.raw_bson import RawBSONDocument
from pymongo.client_session import ClientSession
from pymongo.collection import Collection

from picturerail.database import Database

# What belongs to one machine or one moment: derived images are made again, edges ask again, calls begin again.
PASSING = frozenset({"derived", "edge_copies", "admin_calls", "uploads"})
LAST = "schema"  # says that the rest is there
BATCH = 1000  # documents
_RAW: CodecOptions[RawBSONDocument] = CodecOptions(document_class=RawBSONDocument, tz_aware=True)


@dataclass(frozen=True)
class Original:
    """The bytes that a document names."""

    key: str
    bytes: int
    sha256: str


def write(db: Database, folder: Path, found: Callable[[Original], None]) -> dict[str, int]:
    """Write each collection to `folder`, tell `found` of each original named; documents by collection."""
    counts: dict[str, int] = {}
    with db.client.start_session(snapshot=True) as session:
        for name in sorted(set(db.list_collection_names()) - PASSING):
            if not name.startswith("system."):
                counts[name] = _write_one(db, name, session, folder, found)
    return counts


def path_of(folder: Path, collection: str) -> Path:
    """The file of a collection."""
    return folder / f"{collection}.bson.gz"


def load(db: Database, files: dict[str, Path]) -> None:
    """Fill each collection with what its file holds, and nothing else; may be begun again."""
    for name in sorted(files, key=lambda name: (name == LAST, name)):
        _load_one(db, name, files[name])


def _write_one(
    db: Database, name: str, session: ClientSession, folder: Path, found: Callable[[Original], None]
) -> int:
    collection = _raw(db, name)
    count = 0
    with gzip.open(path_of(folder, name), "wb", compresslevel=3) as file:
        for document in collection.find({}, session=session, batch_size=BATCH):
            file.write(document.raw)
            count += 1
            if "original" in document and "sha256" in document:
                found(Original(document["original"], int(document["bytes"]), document["sha256"]))
    return count


def _load_one(db: Database, name: str, path: Path) -> None:
    collection = _raw(db, name)
    collection.delete_many({})
    for batch in _batches(path):
        collection.insert_many(batch, ordered=False)


def _raw(db: Database, name: str) -> Collection[RawBSONDocument]:
    """A collection whose documents are not taken apart."""
    return cast("Collection[RawBSONDocument]", db.get_collection(name, codec_options=_RAW))


def _batches(path: Path) -> Iterator[list[RawBSONDocument]]:
    with gzip.open(path, "rb") as file:
        batch: list[RawBSONDocument] = []
        for document in decode_file_iter(cast("BinaryIO", file), _RAW):
            batch.append(document)
            if len(batch) == BATCH:
                yield batch
                batch = []
        if batch:
            yield batch
