"""Child processes that die with us, and a lock on the data folder that lasts until the last of them is gone."""

import ctypes
import errno
import fcntl
import os
import pwd
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from picturerail.errors import StartupError

PR_SET_PDEATHSIG = 1
LIBC = ctypes.CDLL(None, use_errno=True)
RESTORING = "restoring.json"  # lies in a data folder while a backup is restored to it
BACKUP = "repository.json"  # lies in a folder of backups
FOLDERS = ("mongo", "run", "spool", "originals", "derived")  # of a data folder
SILENT_SECONDS = 3.0  # of waiting, before it is told what for
LEFTOVER_SECONDS = 40  # children of a killed server get this long to finish

Process = subprocess.Popen[bytes]


def start(
    command: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    log: Path | None = None,
    keep: Sequence[int] = (),
) -> Process:
    """Start a child in its own group that is told to stop when we die; `keep` are descriptors it inherits."""
    output = log.open("ab") if log else None
    try:
        return subprocess.Popen(
            list(command),
            env=dict(env) if env is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output else None,
            pass_fds=list(keep),
            preexec_fn=_die_with(os.getpid()),  # noqa: PLW1509 - no threads run yet where we start children
            process_group=0,
        )
    except OSError as error:
        raise StartupError(f"{command[0]} cannot be started: {error.strerror}.") from error
    finally:
        if output:
            output.close()


def follow_parent() -> None:
    """Die with our parent; for processes that a library has started for us.

    A parent that ends in order ends us first, with care. One that is killed cannot; and being asked to stop then would
    not be enough: while the library still starts us, it does not listen yet, and an orphan would serve on.
    """
    LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() == 1:  # it died before we asked
        os._exit(1)


def stop(process: Process, seconds: float = 20) -> int:
    """Ask a child to stop, insist after `seconds`, and return its exit code."""
    if process.poll() is None:
        process.send_signal(signal.SIGTERM)
    try:
        return process.wait(seconds)
    except subprocess.TimeoutExpired:
        print(f"Process {process.pid} did not stop within {seconds:g} s and is killed.", file=sys.stderr)
        process.kill()
        return process.wait()


def _die_with(parent: int) -> Callable[[], None]:
    def prepare() -> None:
        LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # the parent died before we asked
            os._exit(1)

    return prepare


class SlowStart:
    """Says what a start waits for, once, when it takes longer than people wait in silence."""

    def __init__(self, what: str) -> None:
        """Waiting for `what` begins now."""
        self.what = what
        self.due = time.monotonic() + SILENT_SECONDS

    def look(self) -> None:
        """Say it if it is time."""
        if time.monotonic() > self.due:
            print(f"Waiting for {self.what} ...", file=sys.stderr, flush=True)
            self.due = float("inf")


def holder(data: Path) -> int | None:
    """The server that runs on a data folder, if one does; nothing is made."""
    try:
        pid = int((data / "run" / "lock").read_text())
        os.kill(pid, 0)
    except (OSError, ValueError):
        return None
    return pid


def _refuse_what_is_none(data: Path) -> None:
    """Raise StartupError for a folder in which a gallery cannot be, or must not begin."""
    if data.is_symlink() and not data.exists():
        raise StartupError(
            f"The data folder {data} is a link to {data.readlink()}, which is not there. Mount or make that."
        )
    for part in FOLDERS:
        if (data / part).exists() and not (data / part).is_dir():
            raise StartupError(f"{data / part} is a file, where the program keeps a folder. Move it away.")
    if (data / BACKUP).is_file() and (data / "snapshots").is_dir():
        raise StartupError(
            f"{data} is a backup, no data folder. `picturerail restore {data} --data NEW` makes one of it."
        )


def _refuse_read_only(data: Path) -> None:
    """Raise OSError unless files can be written into the folder, and into those of an earlier start."""
    for folder in (data, *(data / part for part in FOLDERS)):
        if folder.is_dir() and not os.access(folder, os.W_OK | os.X_OK):
            is_denied = os.statvfs(folder).f_flag & os.ST_RDONLY == 0
            raise (
                PermissionError(errno.EACCES, os.strerror(errno.EACCES))
                if is_denied
                else OSError(errno.EROFS, os.strerror(errno.EROFS))
            )


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
            raise StartupError(
                f"The data folder {data} cannot be used: {error.strerror}.{_mend(data, error.errno)}"
            ) from error
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
        os.write(descriptor, str(os.getpid()).encode())
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
