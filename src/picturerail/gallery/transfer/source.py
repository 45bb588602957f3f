"""Where pictures come from, and a folder as one such place; zips are another. Nothing in them is ever changed."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from errno import EBUSY
from io import FileIO
from pathlib import Path, PurePosixPath
from typing import Protocol, TypeAlias

from picturerail.gallery.transfer import sidecar_text
from picturerail.gallery.transfer.gallery_json import NAME, GalleryJson
from picturerail.gallery.transfer.natural_order import natural
from picturerail.nofollow import EntryKind, listed, opened_file
from picturerail.settings.secret_store import holds_gallery

MAX_SIDECAR = 4 * 1024 * 1024  # bytes
BLOCK = 1024 * 1024
OWN_FOLDER = (
    "this is or lies in a data folder of a gallery: `picturerail export folder` takes the pictures out"
)
MAX_FOLDERS = 4  # whose names are remembered beside those of the last one

# SHA-256, which names the asset, and MD5, which a cloud tells of what is there
Digests: TypeAlias = tuple[str, str]


Stamp: TypeAlias = tuple[int, int]


@dataclass(frozen=True)
class SourceFile:
    """A file of a source by its path in it; `refusal` says why it is passed over unseen, or is empty.

    What `is_lost` may hold pictures that nobody has seen: passing it over is a failure.
    """

    path: PurePosixPath
    refusal: str = ""
    is_lost: bool = False


class ImportSource(Protocol):
    """Files in folders, whatever holds them. From one that `is_far` a file is only loaded when it is wanted."""

    is_far: bool

    def index(self) -> GalleryJson:
        """What the source tells of all its pictures and albums; empty where it tells nothing."""

    def digests(self, path: PurePosixPath) -> Digests | None:
        """The hashes of a file, where they are known without reading it."""

    def entries(self) -> Iterator[SourceFile]:
        """Every file, folder by folder in natural order."""

    def file(self, path: PurePosixPath) -> AbstractContextManager[Path]:
        """A file on this machine's disk with the bytes; raises OSError."""

    def names(self, folder: PurePosixPath) -> frozenset[str]:
        """The names of the files in a folder."""

    def text(self, path: PurePosixPath) -> str:
        """What a small file says; raises OSError, or ValueError when it is too large or no text."""


class NearSource(ABC):
    """What sources have in common whose files lie on this machine."""

    is_far = False

    @abstractmethod
    def text(self, path: PurePosixPath) -> str:
        """What a small file says."""

    def index(self) -> GalleryJson:
        """What an export of ours tells."""
        try:
            return GalleryJson.read(self.text(PurePosixPath(NAME)))
        except (OSError, ValueError, KeyError):
            return GalleryJson()

    def digests(self, path: PurePosixPath) -> Digests | None:
        """Nothing is known of a file that has not been read."""
        del path
        return None


class FolderSource(NearSource):
    """A folder and all below it. Symbolic links are told, and not followed, not even one that comes meanwhile."""

    def __init__(self, root: Path) -> None:
        """Read from `root`."""
        self._root = root
        self._names: dict[PurePosixPath, frozenset[str]] = {}

    def entries(self) -> Iterator[SourceFile]:
        """Every file, folder by folder in natural order."""
        yield from self._below(PurePosixPath())

    def _below(self, folder: PurePosixPath) -> Iterator[SourceFile]:
        at = self._root / folder
        if any(map(_is_our_own, (at, *(() if folder.parts else at.resolve().parents)))):
            yield SourceFile(folder, OWN_FOLDER, is_lost=not folder.parts)
            return
        try:
            found = sorted(listed(self._root, folder), key=lambda each: natural(each.name))
        except OSError as error:
            yield SourceFile(folder, f"this folder cannot be read: {error.strerror}", is_lost=True)
            return
        for each in found:
            path = folder / each.name
            if each.kind is not EntryKind.FOLDER:
                yield SourceFile(path, "" if each.kind is EntryKind.FILE else each.kind.value)
            elif not each.name.startswith((".", "@")):  # of the system, or of a disk station
                yield from self._below(path)

    def file(self, path: PurePosixPath) -> AbstractContextManager[Path]:
        """The file itself."""
        return opened_file(self._root, path)

    def names(self, folder: PurePosixPath) -> frozenset[str]:
        """The names of the files in a folder; the last ones asked for are remembered."""
        known = self._names
        if folder not in known:
            names = frozenset(each.name for each in listed(self._root, folder))
            self._names = known = {**dict(list(known.items())[-MAX_FOLDERS:]), folder: names}
        return known[folder]

    def text(self, path: PurePosixPath) -> str:
        """What a small file says."""
        with opened_file(self._root, path) as file:
            if file.stat().st_size > MAX_SIDECAR:
                raise ValueError(f"{path} is too large")
            return sidecar_text.decoded(file.read_bytes())


def _is_our_own(folder: Path) -> bool:
    """Whether it is a data folder: what lies there are pictures in every size, and none that a person put there."""
    return holds_gallery(folder) and (folder / "derived").is_dir()


def digests_of(file: Path) -> Digests:
    """The hashes by which a file's picture is found."""
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with file.open("rb") as opened:
        while block := opened.read(BLOCK):
            sha256.update(block)
            md5.update(block)
    return sha256.hexdigest(), md5.hexdigest()


class SteadyFile(FileIO):
    """A file on its way: reading fails once it is not as it was when it was hashed, for its hash names it."""

    def __init__(self, path: Path, before: Stamp) -> None:
        """Open it; `before` is its stamp of then."""
        super().__init__(path)
        self._path, self._before = path, before

    def read(self, size: int | None = -1, /) -> bytes:
        """The bytes; OSError when somebody has written to it."""
        found = super().read(-1 if size is None else size)
        if stamp_of(self._path) != self._before:
            raise OSError(EBUSY, "it was changed while it was read; run it again")
        return found or b""


def stamp_of(file: Path) -> Stamp:
    """What changes when a file is written to."""
    status = file.stat()
    return status.st_size, status.st_mtime_ns
