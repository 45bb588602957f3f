"""Camera files on their way to our own media service: read once, hashed, and laid into the spool that it shares."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from bson import ObjectId

from picturerail.gallery.transfer.source import Digests, SourceFile
from picturerail.gallery.transfer.told import Told
from picturerail.spool import Spooled

BATCH = 16  # files that are handed over together
MAX_BYTES = 32 * 1024 * 1024  # of one, since it is held in memory; larger ones are uploaded in parts


@dataclass(frozen=True)
class StagedFile:
    """A file of a source as it lies in the spool, what is told about it, and the id that its picture is to have."""

    entry: SourceFile
    file: Spooled
    told: Told
    picture_id: ObjectId


def digests_of_bytes(content: bytes) -> Digests:
    """The hashes of a file that has been read."""
    return hashlib.sha256(content).hexdigest(), hashlib.md5(content, usedforsecurity=False).hexdigest()


def is_staged(file: Path, kind: str, max_upload: int) -> bool:
    """Whether a file of this kind (`image_formats.sniff`) is handed over; all others are uploaded."""
    return kind == "jpg" and 0 < file.stat().st_size <= min(MAX_BYTES, max_upload)
