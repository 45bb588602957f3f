"""Unix sockets in deep folders: a socket's path holds 107 bytes, a data folder may be deeper."""

import hashlib
import os
import stat
import tempfile
from pathlib import Path

from picturerail.errors import StartupError

MAX_PATH = 100  # of 107: mongod adds suffixes to lock files beside its socket


def short_path(path: Path) -> Path:
    """Return a path of at most 107 bytes that leads to `path`, through a link in a private folder if needed.

    The socket itself always lies in the data folder, with that folder's protection.
    """
    path = path.absolute()
    if len(os.fsencode(path)) <= MAX_PATH:
        return path
    link = _private_folder() / hashlib.sha256(os.fsencode(path.parent)).hexdigest()[:16]
    if not link.is_symlink() or link.readlink() != path.parent:
        temporary = link.with_name(f"{link.name}.{os.getpid()}")
        temporary.unlink(missing_ok=True)
        temporary.symlink_to(path.parent)
        temporary.replace(link)
    return link / path.name


def _private_folder() -> Path:
    """A folder that only this user can enter; refuse one that somebody else has put there."""
    folder = Path(tempfile.gettempdir()) / f"picturerail-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise StartupError(f"{folder} is not a private folder of this user; remove it or set TMPDIR.")
    return folder
