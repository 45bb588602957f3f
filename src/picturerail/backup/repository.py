"""Where backups are kept: a folder or a bucket. Snapshots beside the originals that they share.

repository.json            what it is, and whether it is encrypted
key.age                    the private key, encrypted by the passphrase
originals/<key>            each original once, however many snapshots name it
snapshots/<id>/<file>      the database, the small files of the data folder, the list of originals
snapshots/<id>/manifest    written last: a snapshot without it does not exist
"""

import hashlib
import json
import shutil
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from picturerail.backup.encryption import Cipher, Plain, new_key, unlock
from picturerail.errors import NotFound, StartupError
from picturerail.storage.base import Storage
from picturerail.storage.filesystem import FileStorage
from picturerail.storage.objects import ObjectStorage

FORMAT = 1
SCRATCH = ".backup"  # in a folder of ours
ABOUT, KEY, MANIFEST = "repository.json", "key.age", "manifest.json"


@dataclass(frozen=True)
class Repository:
    """A place of backups. `scratch` is a private folder of this machine for files on their way."""

    root: Storage
    originals: Storage
    snapshots: Storage
    cipher: Cipher
    scratch: Path

    @classmethod
    def of(cls, place: str, scratch: Path, passphrase: str = "", *, create: bool = False) -> Self:
        """The repository at `place`: a folder, or s3://... as for PICTURERAIL_STORE; made when `create`."""
        remote = "://" in place
        if not remote and not create and not Path(place, ABOUT).is_file():
            raise StartupError(f"There is no backup in {place}.")
        root = store_of(place, "", scratch)
        if isinstance(root, ObjectStorage):
            root.check()
        about = _about(root, scratch, passphrase, create=create)
        if about["format"] != FORMAT:
            raise StartupError(
                f"The backup in {place} was written by a newer Picturerail; update the program."
            )
        return cls(
            root=root,
            originals=store_of(place, "originals", scratch),
            snapshots=store_of(place, "snapshots", scratch),
            cipher=_cipher(root, passphrase, encrypted=about["encrypted"]),
            scratch=scratch,
        )

    def put(self, store: Storage, key: str, source: Path) -> None:
        """Keep the file `source` under `key`; it stays where it is."""
        with self.temporary() as sealed:
            self.cipher.seal(source, sealed)
            store.put(key, sealed)

    @contextmanager
    def fetch(self, store: Storage, key: str) -> Iterator[Path]:
        """What was kept under `key`, as a file that lasts as long as the context."""
        with self.temporary() as target:
            with store.open(key) as source:
                self.cipher.open(source, target)
            yield target

    @contextmanager
    def temporary(self) -> Iterator[Path]:
        """A name for a file that is removed afterwards, if it is still there."""
        path = self.scratch / uuid.uuid4().hex
        try:
            yield path
        finally:
            path.unlink(missing_ok=True)

    def manifests(self) -> list[dict[str, Any]]:
        """The manifests of all whole snapshots, oldest first."""
        names = sorted(each.key for each in self.snapshots.list() if each.key.endswith(f"/{MANIFEST}"))
        return [self.manifest(name.split("/")[0]) for name in names]

    def manifest(self, snapshot: str) -> dict[str, Any]:
        """The manifest of one snapshot; raises StartupError when there is none of that name."""
        try:
            with self.fetch(self.snapshots, f"{snapshot}/{MANIFEST}") as file:
                content: dict[str, Any] = json.loads(file.read_bytes())
        except (NotFound, ValueError) as error:
            raise StartupError(f"There is no whole snapshot {snapshot} in this backup.") from error
        return content


def store_of(place: str, folder: str, scratch: Path) -> Storage:
    """`folder` of the folder or bucket `place`."""
    if "://" in place:
        return ObjectStorage(place, folder, scratch, name="The bucket of the backup")
    return FileStorage(Path(place, folder) if folder else Path(place))


def hash_of(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def scratch_folder(parent: Path) -> Iterator[Path]:
    """A private folder for files on their way, emptied before and after: a killed run may have left some.

    `parent` is a folder of ours: what somebody else calls so is never emptied.
    """
    folder, is_new = parent / SCRATCH, not parent.exists()
    shutil.rmtree(folder, ignore_errors=True)
    parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    folder.mkdir(mode=0o700)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        if is_new:
            with suppress(OSError):  # it holds something now
                parent.rmdir()


def _about(root: Storage, scratch: Path, passphrase: str, *, create: bool) -> dict[str, Any]:
    try:
        with root.open(ABOUT) as file:
            about: dict[str, Any] = json.load(file)
        return {name: about[name] for name in ("format", "encrypted")}
    except (ValueError, TypeError, KeyError) as error:
        raise StartupError(
            f"The backup is damaged: {ABOUT} in it cannot be read. Take another backup, or mend that file."
        ) from error
    except NotFound:
        if not create:
            raise StartupError("There is no backup at that place.") from None
        about = {"format": FORMAT, "encrypted": bool(passphrase)}
        if passphrase:  # the key first: what says that there is one comes after it
            _write(root, scratch, KEY, new_key(passphrase))
        _write(root, scratch, ABOUT, json.dumps(about).encode())
    return about


def _cipher(root: Storage, passphrase: str, *, encrypted: bool) -> Cipher:
    if not encrypted:
        if passphrase:
            raise StartupError(
                "This backup is not encrypted; leave PICTURERAIL_BACKUP_PASSPHRASE away for it."
            )
        return Plain()
    if not passphrase:
        raise StartupError("This backup is encrypted. Set PICTURERAIL_BACKUP_PASSPHRASE to its passphrase.")
    try:
        with root.open(KEY) as file:
            return unlock(file.read(), passphrase)
    except NotFound:
        raise StartupError(
            f"This backup is encrypted, and its {KEY} is missing. Put it back: without it nothing can be read."
        ) from None


def _write(root: Storage, scratch: Path, key: str, content: bytes) -> None:
    path = scratch / uuid.uuid4().hex
    path.write_bytes(content)
    root.put(key, path)
