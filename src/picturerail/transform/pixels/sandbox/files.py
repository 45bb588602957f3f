"""The files that a process may reach from now on (Landlock, Linux 5.13 and newer)."""

import ctypes
import os
import struct
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same numbers on all machines
_VERSION = 1
_PATH_BENEATH = 1

# <linux/landlock.h>
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_REMOVE_DIR, _REMOVE_FILE, _MAKE_DIR, _MAKE_FILE = 1 << 4, 1 << 5, 1 << 7, 1 << 8
_REFER, _TRUNCATE = 1 << 13, 1 << 14
_ALL = (1 << 13) - 1  # of the first version
_SINCE = {2: _REFER, 3: _TRUNCATE}  # which version knows more
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE

# executable libraries are mapped, programs are not run: see calls.py
READ = _EXECUTE | _READ_FILE | _READ_DIR
WRITE = READ | _WRITE_FILE | _REMOVE_FILE | _MAKE_FILE | _TRUNCATE

_libc = ctypes.CDLL(None, use_errno=True)


def restrict(rights: Iterable[tuple[Path, int]]) -> bool:
    """Leave this process these rights below these paths, and none elsewhere. False: the kernel knows no such rules."""
    version = _libc.syscall(_CREATE_RULESET, None, 0, _VERSION)
    if version < 1:
        return False
    handled = _ALL
    for since, right in _SINCE.items():
        handled |= right if version >= since else 0
    attributes = struct.pack("Q", handled)
    ruleset = _called(_CREATE_RULESET, attributes, len(attributes), 0)
    try:
        for path, allowed in rights:
            _allow(ruleset, path, allowed & handled)
        _called(_RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return True


def _allow(ruleset: int, path: Path, allowed: int) -> None:
    """Add a rule; a path that is not there needs none."""
    with suppress(FileNotFoundError, NotADirectoryError, PermissionError):
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
        try:
            if not path.is_dir():
                allowed &= _OF_FILES
            _called(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", allowed, handle), 0)
        finally:
            os.close(handle)


def _called(number: int, *arguments: int | bytes) -> int:
    result: int = _libc.syscall(number, *arguments)
    if result < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return result
