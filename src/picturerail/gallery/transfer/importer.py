"""Take pictures from a source, each once: may be stopped at any moment and begun again.

An asset's name follows from its bytes. So whatever a killed run left half done is found by the next one, and the same
bytes under two names are taken once.
"""

import hashlib
import json
import string
import threading
import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path, PurePosixPath

from picturerail import image_formats
from picturerail.errors import PicturerailError, Unavailable
from picturerail.gallery.actions import pictures, uploads
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.pictures import lookup
from picturerail.gallery.pictures.create import FORMATS
from picturerail.gallery.pictures.model import DELETED, TRASH
from picturerail.gallery.transfer.exporter import ABOUT
from picturerail.gallery.transfer.sidecar_names import takeout_of, xmp_of
from picturerail.gallery.transfer.source import ImportSource, SourceFile
from picturerail.gallery.transfer.told import Told, in_picture, in_takeout, in_xmp

TAKERS = 4
TRIES = 4
BLOCK = 1024 * 1024
SIDECARS = (".xmp", ".json")
_ALPHABET = string.ascii_lowercase + string.digits


class ImportOutcome(Enum):
    """What became of a file."""

    TAKEN = "taken"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True)
class ImportResult:
    """One file, what became of it, why, and the picture that it is now."""

    path: PurePosixPath
    outcome: ImportOutcome
    why: str = ""
    picture: str = ""


@dataclass
class Import:
    """One run over a source; with `dry` nothing is taken."""

    at: ActionContext
    source: ImportSource
    dry: bool = False
    _seen: dict[str, PurePosixPath] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _filenames: dict[str, str] = field(
        default_factory=dict
    )  # of an export of ours, whose files are called otherwise

    def run(self) -> Iterator[ImportResult]:
        """Take every file; the results come as they are ready, sidecars not among them."""
        self._filenames = _filenames_in(self.source)
        with ThreadPoolExecutor(TAKERS) as pool:
            waiting: set[Future[ImportResult]] = set()
            for entry in self.source.entries():
                if entry.path.suffix.lower() in SIDECARS:
                    continue
                waiting.add(pool.submit(self._take, entry))
                if len(waiting) >= 2 * TAKERS:
                    done, waiting = wait(waiting, return_when=FIRST_COMPLETED)
                    yield from (each.result() for each in done)
            yield from (each.result() for each in waiting)

    def _take(self, entry: SourceFile) -> ImportResult:
        if entry.refusal:
            return ImportResult(entry.path, ImportOutcome.SKIPPED, entry.refusal)
        try:
            with self.source.file(entry.path) as file:
                return self._take_file(entry.path, file)
        except OSError as error:
            return ImportResult(entry.path, ImportOutcome.FAILED, error.strerror or str(error))
        except PicturerailError as error:
            return ImportResult(entry.path, ImportOutcome.FAILED, error.message)

    def _take_file(self, path: PurePosixPath, file: Path) -> ImportResult:
        with file.open("rb") as opened:
            kind = image_formats.sniff(opened.read(image_formats.MAX_HEAD))
        if kind not in FORMATS:
            return ImportResult(path, ImportOutcome.SKIPPED, "no picture of a kind that can be shown here")
        digests = _digests(file)
        if known := self._known(path, *digests):
            return known
        if self.dry:
            return ImportResult(path, ImportOutcome.TAKEN, "would be taken")
        return self._upload(path, file, digests[0])

    def _known(self, path: PurePosixPath, sha256: str, md5: str) -> ImportResult | None:
        """The result for bytes that are here already, or come a second time in this run."""
        with self._lock:
            first = self._seen.setdefault(sha256, path)
        if first != path:
            return ImportResult(path, ImportOutcome.SKIPPED, f"the same bytes as {first}")
        db = self.at.db
        there = lookup.with_public_id(db, public_id_of(sha256)) or lookup.with_same_bytes(db, md5)
        if there is None:
            return None
        gone = there.state in (TRASH, DELETED)
        why = "it was deleted here" if gone else "these bytes are in the gallery already"
        return ImportResult(path, ImportOutcome.SKIPPED, why, there.id)

    def _upload(self, path: PurePosixPath, file: Path, sha256: str) -> ImportResult:
        text, name = self._told(path, file).text, public_id_of(sha256)
        filename = self._filenames.get(str(path), path.name)
        for tries_left in reversed(range(TRIES)):
            try:
                with file.open("rb") as opened:
                    added = uploads.add_file(self.at, opened, filename=filename, text=text, public_id=name)
                break
            except Unavailable as error:
                if not tries_left:
                    raise
                time.sleep(error.retry_after or 1)
        if added.waits:  # somebody uploaded the same bytes at this moment
            pictures.skip(self.at, added.picture.id)
            return ImportResult(path, ImportOutcome.SKIPPED, "these bytes are in the gallery already")
        return ImportResult(path, ImportOutcome.TAKEN, "", added.picture.id)

    def _told(self, path: PurePosixPath, file: Path) -> Told:
        """What is known about a picture; what a person wrote beside it counts before what is inside."""
        told, names = Told(), self.source.names(path.parent)
        with suppress(OSError, ValueError):
            if beside := xmp_of(path.name, names):
                told = in_xmp(self.source.text(path.parent / beside))
        with suppress(OSError, ValueError):
            if beside := takeout_of(path.name, names):
                told = told.or_else(in_takeout(self.source.text(path.parent / beside)))
        return told.or_else(in_picture(file))


def public_id_of(sha256: str) -> str:
    """The name of the asset with these bytes."""
    digest = bytes.fromhex(sha256)
    return "gallery/" + "".join(_ALPHABET[byte % len(_ALPHABET)] for byte in digest[:20])


def _filenames_in(source: ImportSource) -> dict[str, str]:
    """By the paths of an export of ours, what its files were called when they were uploaded."""
    try:
        pictures = json.loads(source.text(PurePosixPath(ABOUT)))["pictures"]
        return {str(each["file"]): str(each["filename"]) for each in pictures if each["filename"]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _digests(file: Path) -> tuple[str, str]:
    """SHA-256, which names the asset, and MD5, which a cloud tells of what is there."""
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with file.open("rb") as opened:
        while block := opened.read(BLOCK):
            sha256.update(block)
            md5.update(block)
    return sha256.hexdigest(), md5.hexdigest()
