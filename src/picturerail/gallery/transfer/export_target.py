"""Where an export is written: a folder, in which what is whole stays, or one zip."""

import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Protocol

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
