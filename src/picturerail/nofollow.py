"""Files below a folder, opened part by part of their path, so that no symbolic link leads anywhere else.

A path that was looked at and is then opened by its name may be another one meanwhile. What is opened here part by part,
each in the folder opened before it, can only lie below the first one.
"""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import Self

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK  # a pipe of that name keeps nobody waiting


class EntryKind(Enum):
    """What lies under a name."""

    FILE = "a file"
    FOLDER = "a folder"
    LINK = "a symbolic link"
    OTHER = "no regular file"


@dataclass(frozen=True)
class FolderEntry:
    """A name in a folder, and what lies under it."""

    name: str
    kind: EntryKind


class OpenedFolder:
    """A folder below `root` (which itself may be a link), held open: `path` names it for this process meanwhile."""

    def __init__(self, root: Path, inner: PurePosixPath) -> None:
        """Open it; OSError when it is not there, or a link on the way."""
        if inner.is_absolute() or ".." in inner.parts:
            raise OSError(errno.EINVAL, "it does not lie in this folder")
        self.descriptor = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for part in inner.parts:
                deeper = os.open(part, _FOLDER, dir_fd=self.descriptor)
                os.close(self.descriptor)
                self.descriptor = deeper
        except OSError:
            os.close(self.descriptor)
            raise

    @property
    def path(self) -> Path:
        """Its name for this process, as long as it is open."""
        return Path(f"/proc/self/fd/{self.descriptor}")

    def __enter__(self) -> Self:
        """Hold it open."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close it."""
        os.close(self.descriptor)


@contextmanager
def opened_file(root: Path, path: PurePosixPath) -> Iterator[Path]:
    """A name of this process for a file below `root`, good as long as the context; it may be opened several times."""
    with OpenedFolder(root, path.parent) as folder:
        descriptor = os.open(path.name, _FILE, dir_fd=folder.descriptor)
    try:
        yield Path(f"/proc/self/fd/{descriptor}")
    finally:
        os.close(descriptor)


def listed(root: Path, path: PurePosixPath) -> list[FolderEntry]:
    """What lies in a folder below `root`, in no order."""
    with OpenedFolder(root, path) as folder, os.scandir(folder.descriptor) as found:
        return [FolderEntry(each.name, _kind(each)) for each in found]


def _kind(entry: "os.DirEntry[str]") -> EntryKind:
    if entry.is_symlink():
        return EntryKind.LINK
    if entry.is_dir(follow_symlinks=False):
        return EntryKind.FOLDER
    return EntryKind.FILE if entry.is_file(follow_symlinks=False) else EntryKind.OTHER
