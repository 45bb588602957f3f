"""Where an export is written: a folder, in which what is whole stays, or one zip."""

import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Protocol

UNKNOWN = 0  # bytes of a file that is made anew, as with edits
PART = ".part"  # behind the name of a file that is not whole yet
EARLIEST = datetime(1980, 1, 1, tzinfo=UTC)  # that a zip can tell


class ExportTarget(Protocol):
    """A place for files by their names."""

    def holds(self, name: str, size: int) -> bool:
        """Whether this file is whole there already."""

    def scratch(self, name: str) -> Path:
        """Where to write a file that is on its way."""

    def keep(self, name: str, part: Path, at: datetime | None) -> None:
        """Take a file that is whole now, from its scratch; `at` is its time."""


class FolderTarget:
    """A folder. It may be filled again: files that are whole are left."""

    def __init__(self, folder: Path) -> None:
        """Write to `folder`, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder

    def holds(self, name: str, size: int) -> bool:
        """Whether there is one of this size; without a size never."""
        path = self._folder / name
        return size > 0 and path.is_file() and path.stat().st_size == size

    def scratch(self, name: str) -> Path:
        """A name beside the one that it gets."""
        return self._folder / f"{name}{PART}"

    def keep(self, name: str, part: Path, at: datetime | None) -> None:
        """Give it its name."""
        del at
        part.replace(self._folder / name)


class PartsTarget:
    """The folders 1, 2, ... in a folder, of about `most` bytes each: every one of them becomes a zip.

    It is of one export alone. What is in it is whole, and stays when the export is begun again.
    """

    def __init__(self, folder: Path, most: int) -> None:
        """Write to `folder`, which is made."""
        self._folder, self._most = folder, most
        self._last().mkdir(parents=True, exist_ok=True, mode=0o700)
        self._bytes = sum(each.stat().st_size for each in self._last().iterdir())

    @property
    def parts(self) -> list[Path]:
        """The folders, in their order."""
        return sorted(
            (each for each in self._folder.iterdir() if each.is_dir()), key=lambda each: int(each.name)
        )

    def holds(self, name: str, size: int) -> bool:
        """Whether there is one of this size, or one at all if its size is not known before."""
        path = self._place(name)
        return path.is_file() and size in (UNKNOWN, path.stat().st_size)

    def scratch(self, name: str) -> Path:
        """A name beside the one that it gets."""
        return self._last() / f"{name}{PART}"

    def keep(self, name: str, part: Path, at: datetime | None) -> None:
        """Give it its name and its time; a sidecar lies where its picture does."""
        if at is not None:
            os.utime(part, (at.timestamp(), at.timestamp()))
        place, size = self._place(name), part.stat().st_size
        part.replace(place)
        if place.parent == self._last():
            self._bytes += size

    def _place(self, name: str) -> Path:
        """Where this file, or the picture that it is about, lies already; else the last part, or the one behind it."""
        for part in self.parts:
            for each in (name, name.removesuffix(".xmp")):
                if (part / each).is_file():
                    return part / name
        if self._bytes >= self._most:
            (self._folder / str(len(self.parts) + 1)).mkdir(mode=0o700)
            self._bytes = 0
        return self._last() / name

    def _last(self) -> Path:
        return self.parts[-1] if self._folder.is_dir() and self.parts else self._folder / "1"


class ZipTarget:
    """One zip, written from its beginning to its end: a pipe will do. What is packed already is stored as it is."""

    def __init__(self, archive: zipfile.ZipFile, scratch: Path) -> None:
        """Write to `archive`; one file at a time lies in the folder `scratch`."""
        self._archive, self._scratch = archive, scratch

    def holds(self, name: str, size: int) -> bool:
        """Nothing is there yet."""
        del name, size
        return False

    def scratch(self, name: str) -> Path:
        """A file of the scratch folder."""
        del name
        return self._scratch / f"export{PART}"

    def keep(self, name: str, part: Path, at: datetime | None) -> None:
        """Copy it into the zip."""
        time = max(at or EARLIEST, EARLIEST).timetuple()[:6]
        about = zipfile.ZipInfo(name, time)
        about.file_size = part.stat().st_size
        with part.open("rb") as file, self._archive.open(about, "w") as member:
            while block := file.read(1024 * 1024):
                member.write(block)
        part.unlink()


@contextmanager
def zip_to(out: IO[bytes], scratch: Path) -> Iterator[ZipTarget]:
    """A target that is a zip, ended with the context."""
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        yield ZipTarget(archive, scratch)
