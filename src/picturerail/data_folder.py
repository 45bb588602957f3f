"""The data folder: whether a gallery can be in it, and a lock on it that lasts until the last child is gone."""

import errno
import fcntl
import os
import pwd
import time
from collections.abc import Iterator
from pathlib import Path

from picturerail.errors import StartupError
from picturerail.processes import SlowStart
from picturerail.settings.secret_store import holds_gallery

RESTORING = "restoring.json"  # lies in a data folder while a backup is restored to it
BACKUP = "repository.json"  # lies in a folder of backups
FOLDERS = ("mongo", "run", "spool", "originals", "derived")  # of a data folder
OF_THE_DISK = "lost+found"  # lies in a folder that is a disk of its own, and is root's
INTO = os.W_OK | os.X_OK
LEFTOVER_SECONDS = 40  # children of a killed server get this long to finish


def holder(data: Path) -> int | None:
    """The server that runs on a data folder, if one does; nothing is made."""
    try:
        pid = int((data / "run" / "lock").read_text())
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid


def refuse_nested(place: Path) -> None:
    """Raise StartupError for what would lie in a data folder, or in a backup: programs read, count and clear there."""
    for folder in place.resolve().parents:
        if holds_gallery(folder):
            raise StartupError(
                f"{place} lies in the data folder {folder}. Name a place outside of it, best on another disk."
            )
        if _is_backup(folder):
            raise StartupError(f"{place} lies in the backup {folder}. Name a place outside of it.")


def _is_backup(folder: Path) -> bool:
    return (folder / BACKUP).is_file() and (folder / "snapshots").is_dir()


def _refuse_what_is_none(data: Path) -> None:
    """Raise StartupError for a folder in which a gallery cannot be, or must not begin."""
    if data.is_symlink() and not data.exists():
        raise StartupError(
            f"The data folder {data} is a link to {data.readlink()}, which is not there. Mount or make that."
        )
    for part in FOLDERS:
        if (data / part).exists() and not (data / part).is_dir():
            raise StartupError(f"{data / part} is a file, where the program keeps a folder. Move it away.")
    if _is_backup(data):
        raise StartupError(
            f"{data} is a backup, no data folder. `picturerail restore {data} --data NEW` makes one of it."
        )


def _refuse_read_only(data: Path) -> None:
    """Raise OSError unless files can be written into the folder, and into those of an earlier start."""
    for path, wanted in _used(data):
        # what has gone meanwhile hinders nobody
        if not os.access(path, wanted) and path.exists():
            is_denied = os.statvfs(path).f_flag & os.ST_RDONLY == 0
            raise (
                PermissionError(errno.EACCES, os.strerror(errno.EACCES))
                if is_denied
                else OSError(errno.EROFS, os.strerror(errno.EROFS))
            )


def _used(data: Path) -> Iterator[tuple[Path, int]]:
    """What is written into, and how: the folders, and what lies in them, some of which is root's after one `sudo`."""
    yield data, INTO
    for folder in (data / part for part in FOLDERS):
        if not folder.is_dir():
            continue
        yield folder, INTO
        for entry in os.scandir(folder):
            if entry.name != OF_THE_DISK:
                yield Path(entry.path), INTO if entry.is_dir() else os.R_OK


def _mend(data: Path, code: int | None) -> str:
    """What a person can do about a folder that refuses."""
    if code == errno.EROFS:
        return " Mount it so that it can be written to, or choose another folder with --data."
    if code == errno.ENOSPC:
        return " Free some space, and start again."
    if code in (errno.EACCES, errno.EPERM):
        give = f"chown -R {user()}" if data.exists() else f"install -d -o {user()}"
        return f" Give it to the user who starts this: `sudo {give} {data}`, or choose another with --data."
    return ""


def _unusable(data: Path, error: OSError) -> StartupError:
    return StartupError(f"The data folder {data} cannot be used: {error.strerror}.{_mend(data, error.errno)}")


def user() -> str:
    """Who we are, as `chown` takes it."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:  # of a container, perhaps
        return str(os.geteuid())


class DataFolder:
    """The lock on a data folder: one server at a time, its children included.

    The lock belongs to an open descriptor that every child inherits, so it is free only when all are gone.
    """

    def __init__(self, data: Path) -> None:
        """Name the lock of the folder `data`, which is made, private, if it is missing."""
        _refuse_what_is_none(data)
        try:
            (data / "run").mkdir(parents=True, exist_ok=True)
            data.chmod(0o700)
            _refuse_read_only(data)
        except OSError as error:
            raise _unusable(data, error) from error
        self.data = data
        self.path = data / "run" / "lock"
        self.descriptor = -1

    def try_lock(self) -> bool:
        """Take the lock if it is free."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            return False
        os.ftruncate(descriptor, 0)
        try:
            os.write(descriptor, str(os.getpid()).encode())
        except OSError as error:  # of a full disk
            os.close(descriptor)
            raise _unusable(self.data, error) from error
        self.descriptor = descriptor
        return True

    def lock(self) -> None:
        """Take the lock; wait for children of a server that was killed, refuse while its server lives."""
        deadline = time.monotonic() + LEFTOVER_SECONDS
        slow = SlowStart(f"the last start on {self.data} to end")
        while not self.try_lock():
            holder = self.holder()
            if holder is not None or time.monotonic() > deadline:
                who = f" by process {holder}" if holder else ""
                raise StartupError(
                    f"The data folder {self.data} is in use{who}. Stop that one, or choose another folder with --data."
                )
            slow.look()
            time.sleep(0.1)

    def refuse_unfinished(self) -> None:
        """Raise StartupError when a restoring of this folder has not come to its end."""
        if (self.data / RESTORING).exists():
            raise StartupError(
                f"{self.data} is only half restored from a backup. Run `picturerail restore` on it again first."
            )

    def holder(self) -> int | None:
        """The process that took the lock, if it still lives."""
        return holder(self.data)

    def release(self) -> None:
        """Give the lock back."""
        if self.descriptor >= 0:
            os.close(self.descriptor)
            self.descriptor = -1
