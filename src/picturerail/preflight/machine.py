"""The machine: packages, built pages, disk, memory, clock."""

import ctypes
import importlib
import os
import platform
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from picturerail import mongod
from picturerail.errors import StartupError
from picturerail.preflight.verdict import Verdict, note, well, wrong
from picturerail.settings import MEGABYTE, Settings

GIGABYTE = 1024 * MEGABYTE
LIBRARIES = ("pyvips", "pillow_heif", "rawpy", "cv2", "pymongo", "granian", "obstore", "cloudinary")
MIN_FREE_BYTES = GIGABYTE  # below that mongod and uploads soon have no room
GOOD_FREE_BYTES = 5 * GIGABYTE
MIN_FREE_FILES = 10_000
WORKER_BYTES = 150 * MEGABYTE  # what a process takes while it works on usual photographs
BASE_BYTES = 500 * MEGABYTE  # mongod with its least cache, and the supervisor
YOUNGEST_YEAR = 2026  # no clock is right that shows an older one
UNSYNCHRONISED = 5  # what adjtimex answers then (TIME_ERROR)
SLOW_FILE_SYSTEMS = ("nfs", "nfs4", "cifs", "smb3", "fuse.sshfs", "9p")


def packages(settings: Settings) -> Iterator[Verdict]:
    """Python, the libraries of the wheels, the embedded database, and the pages' styles and scripts."""
    missing = [name for name in LIBRARIES if not _is_there(name)]
    if missing:
        yield wrong("packages", f"{', '.join(missing)} cannot be loaded. Install again with `make setup`.")
    else:
        yield well("packages", f"Python {platform.python_version()} with all libraries.")
    if not settings.mongo_uri:
        yield _embedded_database()
    static = Path(__file__).parents[1] / "gallery" / "static"
    if not (static / "manifest.json").is_file():
        yield wrong("pages", "styles and scripts are not built. Run `make setup`.")


def _is_there(library: str) -> bool:
    try:
        importlib.import_module(library)
    except (ImportError, OSError):
        return False
    return True


def _embedded_database() -> Verdict:
    try:
        command = [str(mongod.binary()), "--version"]
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    except (StartupError, OSError, subprocess.TimeoutExpired) as error:
        return wrong("mongod", str(error))
    if done.returncode:
        return wrong(
            "mongod", f"The embedded MongoDB server {mongod.reason(done.returncode)}. {mongod.ASK_FOR_URI}"
        )
    return well("mongod", done.stdout.partition("\n")[0])


def disk(settings: Settings) -> Iterator[Verdict]:
    """Room and rights where the data folder lies, or will lie."""
    folder = next(path for path in (settings.data, *settings.data.parents) if path.exists())
    if not folder.is_dir() or not os.access(folder, os.W_OK | os.X_OK):
        yield wrong(
            "data folder", f"{folder} is no folder that this user may write to. Choose another with --data."
        )
        return
    free, files = shutil.disk_usage(folder).free, os.statvfs(folder)
    said = f"{free / GIGABYTE:.1f} GB free at {folder}"
    if free < MIN_FREE_BYTES or (files.f_files and files.f_favail < MIN_FREE_FILES):
        yield wrong(
            "disk", f"{said}, {files.f_favail} more files: too little. Free some, or choose another --data."
        )
    elif free < GOOD_FREE_BYTES:
        yield note("disk", f"{said}: enough to begin. Lower PICTURERAIL_DERIVED_BYTES, or give it more.")
    else:
        yield well("disk", f"{said}.")
    kind = _file_system(folder)
    if kind in SLOW_FILE_SYSTEMS:
        yield note(
            "disk",
            f"{folder} lies on {kind}: the embedded database wants a disk of this machine. Set MONGO_URI.",
        )


def _file_system(folder: Path) -> str:
    """The kind of file system of a folder; empty where the kernel does not tell."""
    try:
        mounts = [line.split() for line in Path("/proc/mounts").read_text().splitlines()]
    except OSError:
        return ""
    inside = [(len(at), kind) for _, at, kind, *_ in mounts if folder.resolve().is_relative_to(at)]
    return max(inside, default=(0, ""))[1]


def memory(settings: Settings) -> Iterator[Verdict]:
    """Whether all processes have room at once."""
    cores = os.cpu_count() or 1
    count = (settings.workers or cores) + (settings.image_workers or cores) + 1
    need = count * WORKER_BYTES + (0 if settings.mongo_uri else BASE_BYTES)
    there = _available_memory()
    said = f"{there / GIGABYTE:.1f} GB for {count} processes that take about {need / GIGABYTE:.1f} GB"
    if there < need:
        yield note(
            "memory", f"{said}. Lower PICTURERAIL_WORKERS and PICTURERAIL_IMAGE_WORKERS, or give it more."
        )
    else:
        yield well("memory", f"{said}.")


def _available_memory() -> int:
    """Bytes that the kernel gives away now, or those of our own cgroup if it has fewer."""
    lines = dict(line.split(":", 1) for line in Path("/proc/meminfo").read_text().splitlines())
    there = int(lines["MemAvailable"].split()[0]) * 1024
    try:
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text())
        used = int(Path("/sys/fs/cgroup/memory.current").read_text())
    except (OSError, ValueError):
        return there
    return min(there, limit - used)


def clock(_: Settings) -> Iterator[Verdict]:
    """Signatures and certificates live by the hour."""
    now = datetime.now(UTC)
    if now.year < YOUNGEST_YEAR:
        yield wrong(
            "clock", f"this machine believes it is {now:%Y-%m-%d}. Set its clock: `timedatectl set-ntp true`."
        )
    elif _adjtimex() == UNSYNCHRONISED:
        yield note(
            "clock", f"{now:%Y-%m-%d %H:%M} UTC, which nothing keeps in time: `timedatectl set-ntp true`."
        )
    else:
        yield well("clock", f"{now:%Y-%m-%d %H:%M} UTC, kept in time; zone {time.tzname[0]}.")


def _adjtimex() -> int:
    """What the kernel knows of its clock; -1 where it does not tell."""
    if not sys.platform.startswith("linux"):
        return -1
    nothing_to_set = ctypes.create_string_buffer(512)
    return int(ctypes.CDLL(None).adjtimex(nothing_to_set))
