"""Go into the sandbox: once for each image worker, before its first picture, with no way back."""

import os
import resource
import sys
import sysconfig
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import picturerail
from picturerail.transform.pixels.sandbox import calls, files

MAX_FILE_BYTES = 4 * 1024**3
MAX_FILES = 256
# Libraries, fonts and what the C library looks up. Nothing of /etc with passwords in it.
SYSTEM = (
    *(
        "/usr",
        "/lib",
        "/lib64",
        "/bin",
        "/etc/ld.so.cache",
        "/etc/fonts",
        "/etc/localtime",
        "/etc/alternatives",
    ),
    *(
        "/etc/ssl/openssl.cnf",
        "/var/cache/fontconfig",
        "/sys/devices/system/cpu",
        "/proc/self",
        "/proc/cpuinfo",
    ),
    *("/proc/meminfo", "/proc/stat", "/dev/urandom", "/dev/null"),
)


@dataclass(frozen=True)
class Folders:
    """Where pictures are read, and where workers write; with none, a worker may reach all that its user may."""

    read: tuple[Path, ...] = ()
    write: tuple[Path, ...] = ()

    def make(self) -> None:
        """Make those that are missing."""
        for path in (*self.read, *self.write):
            path.mkdir(parents=True, exist_ok=True, mode=0o700)


class Places:
    """The folders for which the kernel has rules: held open, so that their numbers are given to no others."""

    def __init__(self, folders: Folders) -> None:
        """Hold those that are there now."""
        self._held = {
            path: os.open(path, os.O_PATH | os.O_CLOEXEC) for path in (*folders.read, *folders.write)
        }

    def are_there(self) -> bool:
        """Whether they still stand where they stood: rules stay with a folder that was removed or moved."""
        return all(_number(path) == os.fstat(held).st_ino for path, held in self._held.items())


def enter(folders: Folders, kept: Sequence[int]) -> list[str]:
    """Lock this process in, with the descriptors `kept`; what this kernel cannot keep it from, each in a few words."""
    _close_others(kept)
    resource.setrlimit(resource.RLIMIT_FSIZE, (MAX_FILE_BYTES, MAX_FILE_BYTES))
    resource.setrlimit(resource.RLIMIT_NOFILE, (MAX_FILES, MAX_FILES))
    missing = []
    filtered = calls.restrict()  # first: it forbids what Landlock needs to be told by nobody else
    if folders.write and not files.restrict(_rights(folders)):
        missing.append("files are not kept from image workers: this kernel has no Landlock (Linux 5.13)")
    if not filtered:
        missing.append("system calls of image workers are not filtered: this needs seccomp, on x86-64")
    return missing


def _rights(folders: Folders) -> list[tuple[Path, int]]:
    installed = (sys.prefix, sys.base_prefix, sysconfig.get_path("purelib"), sysconfig.get_path("platlib"))
    own = Path(picturerail.__file__).parent
    readable = [*map(Path, SYSTEM), *map(Path, installed), own, *folders.read]
    rights = [(path.resolve(), files.READ) for path in readable]
    return rights + [(path.resolve(), files.WRITE) for path in folders.write]


def _close_others(kept: Sequence[int]) -> None:
    for descriptor in map(int, os.listdir("/proc/self/fd")):  # noqa: PTH208 - numbers, no paths
        if descriptor > 2 and descriptor not in kept:
            try:
                os.close(descriptor)
            except OSError:  # the one with which they were listed
                continue


def _number(path: Path) -> int:
    try:
        return path.stat().st_ino
    except OSError:
        return 0
