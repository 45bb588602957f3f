"""Zips that pictures come from, read as they are, by whichever program they were packed."""

import lzma
import shutil
import tempfile
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Final

from picturerail.errors import StartupError
from picturerail.filenames import decoded
from picturerail.gallery.transfer import sidecar_text
from picturerail.gallery.transfer.natural_order import natural_path
from picturerail.gallery.transfer.source import BLOCK, MAX_SIDECAR, NearSource, SourceFile
from picturerail.image_formats import EXTENSIONS

_IN_UTF_8: Final = 0x800  # flags of a member
_ENCRYPTED: Final = 0x1
# what Python says of bytes that are not as they were packed, or packed as it does not know
_DAMAGE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    NotImplementedError,
    RuntimeError,
    EOFError,
    ValueError,
)


class ZipSource(NearSource):
    """Zips that belong together, as Takeout sends them: a picture may lie in one, its sidecar in another.

    Of two files at one path the first zip's counts, and in one zip the last one, as for those who unpack it. A picture
    that is not taken for that is told.
    """

    def __init__(self, zips: Sequence[Path], scratch: Path) -> None:
        """Read from `zips`; one file at a time is unpacked to `scratch`."""
        self._scratch = scratch
        self._members: dict[PurePosixPath, tuple[zipfile.ZipFile, zipfile.ZipInfo]] = {}
        self._passed: list[SourceFile] = []
        folders = defaultdict[PurePosixPath, set[str]](set)
        self._open = ExitStack()
        for path in zips:
            try:
                archive = self._open.enter_context(zipfile.ZipFile(path))
            except (OSError, zipfile.BadZipFile, ValueError) as error:
                raise StartupError(f"{path} cannot be read as a zip: {error}") from error
            for member in reversed(archive.infolist()):
                self._add(path, archive, member)
        for each in self._members:
            folders[each.parent].add(each.name)
        self._folders = {folder: frozenset(names) for folder, names in folders.items()}

    def _add(self, path: Path, archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> None:
        told = _name_of(member)
        if told.endswith("/"):
            return
        name = PurePosixPath(told.lstrip("/"))
        if ".." in name.parts:
            self._passed.append(SourceFile(name, "its path leads out of the zip", is_lost=True))
        elif name not in self._members:
            self._members[name] = (archive, member)
        elif _is_other_picture(name, member, self._members[name][1]):
            first = Path(str(self._members[name][0].filename))
            why = (
                f"{path.name} has another file of this path, which was taken"
                if first == path
                else f"{first.name} has another file of this path: import {path.name} by itself"
            )
            self._passed.append(SourceFile(name, why, is_lost=True))

    def entries(self) -> Iterator[SourceFile]:
        """Every file, folder by folder in natural order."""
        yield from self._passed
        yield from (SourceFile(name) for name in sorted(self._members, key=natural_path))

    @contextmanager
    def file(self, path: PurePosixPath) -> Iterator[Path]:
        """The member unpacked, removed afterwards."""
        archive, member = self._members[path]
        with tempfile.NamedTemporaryFile(dir=self._scratch) as unpacked:
            try:
                with archive.open(member) as packed:
                    shutil.copyfileobj(packed, unpacked, BLOCK)
            except _DAMAGE as error:
                raise _unread(member, error) from error
            unpacked.flush()
            yield Path(unpacked.name)

    def names(self, folder: PurePosixPath) -> frozenset[str]:
        """The names of the files in a folder, over all zips."""
        return self._folders.get(folder, frozenset())

    def text(self, path: PurePosixPath) -> str:
        """What a small member says."""
        archive, member = self._members[path]
        if member.file_size > MAX_SIDECAR:
            raise ValueError(f"{path} is too large")
        try:
            raw = archive.read(member)
        except _DAMAGE as error:
            raise _unread(member, error) from error
        return sidecar_text.decoded(raw)


def _name_of(member: zipfile.ZipInfo) -> str:
    """The path as who packed it reads it: in UTF-8 or an old code page without saying so, Windows with backslashes."""
    name = member.filename
    if not member.flag_bits & _IN_UTF_8:
        with suppress(UnicodeEncodeError):
            name = decoded(name.encode("cp437"))
    return name if "/" in name else name.replace("\\", "/")


def _is_other_picture(name: PurePosixPath, one: zipfile.ZipInfo, other: zipfile.ZipInfo) -> bool:
    if name.suffix.lower().removeprefix(".") not in EXTENSIONS:
        return False  # pages and sidecars that each part of an export has
    return (one.CRC, one.file_size) != (other.CRC, other.file_size)


def _unread(member: zipfile.ZipInfo, error: Exception) -> OSError:
    if member.flag_bits & _ENCRYPTED:
        return OSError("it is encrypted in the zip: unpack it with its password, and import the folder")
    return OSError(f"the zip is damaged here: {error}")
