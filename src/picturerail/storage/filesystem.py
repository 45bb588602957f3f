"""A storage in a folder: temporary file, fsync, rename, fsync of the folder. Follows no symbolic link."""

import errno
import os
import shutil
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO, NoReturn

from picturerail.errors import NotFound, Unavailable
from picturerail.storage.base import Stored
from picturerail.storage.removals import Removals

_TEMPORARY = ".temporary-"
_TRIES = 20
_FOLDER = os.O_PATH | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class FileStorage:
    """Keeps each object in one file below `root`."""

    def __init__(self, root: Path, *, durable: bool = True) -> None:
        """Use `root`, made when missing, readable by its owner only.

        What can be made again need not be `durable`: after a power cut its files may be empty or gone.
        """
        self._sync = _sync if durable else _leave
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        self.root = root.resolve()
        self._removals = Removals(self.root)

    def put(self, key: str, source: Path) -> None:
        """Store the file `source` under `key`, whole and durable or not at all; `source` is used up."""
        target = self._path(key)
        for tries_left in reversed(range(_TRIES)):
            try:
                self._place(source, target)
                break
            except OSError as error:
                folder_vanished = isinstance(error, FileNotFoundError | FileExistsError) and source.exists()
                if not (folder_vanished and tries_left):
                    _refuse(error)

    def open(self, key: str) -> BinaryIO:
        """The bytes of `key`, seekable; raises `NotFound`."""
        try:
            return os.fdopen(self._descriptor(_parts(key)), "rb")
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTDIR, errno.ELOOP):
                raise NotFound("The stored bytes are missing.") from None
            _refuse(error)

    def may_hold(self, key: str) -> bool:
        """Whether there is a file of this name."""
        return os.path.lexists("/".join((str(self.root), *_parts(key))))

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """The file of `key` itself; raises `NotFound`."""
        with self.open(key):  # by a way without links
            yield self.root.joinpath(*_parts(key))

    def delete(self, prefix: str) -> int:
        """Remove the object `prefix` and all objects under `prefix/`; how many there were."""
        try:
            return self._remove(prefix)
        finally:
            self._removals.change()

    def mark(self) -> bytes:
        """What changes whenever something is removed, by whichever process of this machine."""
        return self._removals.mark()

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """All objects under `prefix/` (all of them when empty), in no order."""
        for folder, _, names in os.walk(self._path(prefix) if prefix else self.root, followlinks=False):
            for name in names:
                path = Path(folder, name)
                with suppress(FileNotFoundError):
                    if not name.startswith(".") and not path.is_symlink():
                        status = path.stat()
                        key = path.relative_to(self.root).as_posix()
                        yield Stored(key, status.st_size, status.st_mtime)

    def _remove(self, prefix: str) -> int:
        path = self._path(prefix)
        try:
            path.unlink()
        except IsADirectoryError:
            count = sum(1 for _ in self.list(prefix))
            shutil.rmtree(path, ignore_errors=True)  # what is put there meanwhile may stay
            return count
        except (FileNotFoundError, NotADirectoryError):
            return 0
        except OSError as error:
            _refuse(error)
        return 1

    def _descriptor(self, parts: Sequence[str]) -> int:
        """Open step by step, so that no step can be a link."""
        here = os.open(self.root, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
        try:
            for folder in parts[:-1]:
                above, here = here, os.open(folder, _FOLDER, dir_fd=here)
                os.close(above)
            return os.open(parts[-1], os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=here)
        finally:
            os.close(here)

    def _path(self, key: str) -> Path:
        *folders, name = _parts(key)
        place = str(self.root)
        for folder in folders:
            place = f"{place}/{folder}"
            if os.path.islink(place):  # noqa: PTH114 - a path object for each would cost as much as all else here
                raise NotFound("The stored bytes are missing.")
        return Path(place, name)

    def _place(self, source: Path, target: Path) -> None:
        self._make_folder(target.parent)
        moved = self._beside(source, target)
        self._sync(moved)
        moved.replace(target)
        with suppress(FileNotFoundError):  # stored, and deleted by somebody else at once
            self._sync(target.parent)

    def _make_folder(self, folder: Path) -> None:
        """Make `folder`, and make each new step of the way durable."""
        if not folder.is_dir():
            self._make_folder(folder.parent)
            folder.mkdir(exist_ok=True, mode=0o700)
            self._sync(folder.parent)

    def _beside(self, source: Path, target: Path) -> Path:
        """`source` on the file system of `target`: itself when it is there already."""
        if source.stat().st_dev == target.parent.stat().st_dev:
            return source
        copy = target.with_name(f"{_TEMPORARY}{uuid.uuid4().hex}")
        try:
            shutil.copyfile(source, copy)
        except OSError:
            copy.unlink(missing_ok=True)
            raise
        source.unlink()
        return copy


def _parts(key: str) -> Sequence[str]:
    parts = key.split("/")
    if any(part == "" or part[0] == "." or "\0" in part for part in parts):
        raise ValueError(f"not a storage key: {key!r}")
    return parts


def _leave(_path: Path) -> None:
    """Let the kernel write when it likes."""


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _refuse(error: OSError) -> NoReturn:
    if error.errno in _FULL:
        raise Unavailable("The disk is full: nothing was stored. Try again later.", retry_after=60) from error
    raise Unavailable("The store cannot be used now. Try again later.", retry_after=5) from error
