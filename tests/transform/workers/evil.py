"""A pool of image workers in which an evil step is planted: python -m tests.transform.workers.evil FOLDER PORT."""

# What a picture would do, not what we would write.
# ruff: noqa: PTH208, PTH110, PTH211, SIM115

import ctypes
import os
import signal
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from picturerail.transform.pixels import jobs, pool
from picturerail.transform.pixels.sandbox.sandbox import Folders

libc = ctypes.CDLL(None, use_errno=True)


def call(number: int, *arguments: Any) -> int:
    got: int = libc.syscall(number, *arguments)
    if got < 0:
        code = ctypes.get_errno()
        raise OSError(code, os.strerror(code))
    return got


def inherited() -> list[str]:
    own = [int(name) for name in os.listdir("/proc/self/fd") if int(name) > 2]
    found = [os.readlink(f"/proc/self/fd/{one}") for one in own if os.path.exists(f"/proc/self/fd/{one}")]
    leaks = [one for one in found if "secret" in one or one.endswith(".lock")]
    if not leaks:
        raise OSError("nothing")
    return leaks


def linked(make: Callable[[Path, Path], object]) -> str:
    make(HOME / "secrets.json", SPOOL / "way-out")
    return (SPOOL / "way-out").read_text()


HOME, PORT = (Path(sys.argv[1]), int(sys.argv[2])) if __name__ == "__main__" else (Path(), 0)
ORIGINALS, SPOOL = HOME / "originals", HOME / "spool"

WAYS: dict[str, Callable[[], object]] = {
    "tcp": lambda: socket.create_connection(("127.0.0.1", PORT), 2),
    "udp": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b"x", ("127.0.0.1", PORT)),
    "ipv6": lambda: socket.socket(socket.AF_INET6),
    "unix": lambda: socket.socket(socket.AF_UNIX).connect(str(HOME / "mongod.sock")),
    "raw": lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1),
    "packet": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW),
    "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW),
    "read a secret": lambda: (HOME / "secrets.json").read_text(),
    "read the database": lambda: (HOME / "mongo/collection").read_bytes(),
    "list the data folder": lambda: os.listdir(HOME),
    "passwords": lambda: Path("/etc/passwd").read_text(),
    "home": lambda: os.listdir(Path.home()),
    "another's environment": lambda: Path(f"/proc/{os.getppid()}/environ").read_bytes() or 1 / 0,
    "another's memory": lambda: Path(f"/proc/{os.getppid()}/mem").open("rb"),
    "descriptors of the parent": inherited,
    "change an original": lambda: (ORIGINALS / "a").write_bytes(b"evil"),
    "add an original": lambda: (ORIGINALS / "b").write_bytes(b"evil"),
    "delete an original": lambda: (ORIGINALS / "a").unlink(),
    "take an original away": lambda: (ORIGINALS / "a").rename(SPOOL / "taken"),
    "truncate an original": lambda: os.truncate(ORIGINALS / "a", 0),
    "change the program": lambda: Path(jobs.__file__).open("a"),
    "write to /tmp": lambda: Path("/tmp/evil-of-a-picture").write_text("x"),
    "write to /dev/shm": lambda: Path("/dev/shm/evil-of-a-picture").write_text("x"),
    "symbolic link": lambda: linked(lambda there, here: os.symlink(there, here)),
    "hard link": lambda: linked(lambda there, here: os.link(there, here)),
    "run a program": lambda: os.execv("/bin/true", ["true"]),
    "run it by vfork": lambda: os.posix_spawn("/bin/true", ["true"], {}),
    "run from memory": lambda: os.execve(os.memfd_create("x"), ["x"], {}),
    "fork": lambda: os.fork() or os._exit(0),
    "kill the parent": lambda: os.kill(os.getppid(), signal.SIGTERM),
    "kill everybody": lambda: os.kill(-1, 0),
    "trace the parent": lambda: call(101, 16, os.getppid(), 0, 0),
    "read the parent": lambda: call(310, os.getppid(), 0, 0, 0, 0, 0),
    "hold the parent": lambda: os.pidfd_open(os.getppid()),
    "limits of the parent": lambda: call(302, os.getppid(), 7, 0, ctypes.create_string_buffer(16)),
    "mount": lambda: call(165, b"none", b"/tmp", b"tmpfs", 0, None),
    "chroot": lambda: os.chroot("/"),
    "namespace": lambda: call(272, 0x40000000),
    "io_uring": lambda: call(425, 8, ctypes.create_string_buffer(256)),
    "bpf": lambda: call(321, 5, None, 0),
    "keys": lambda: call(250, 0, -3, 0),
    "another user": lambda: os.setuid(12345),
    "the clock": lambda: call(227, 0, ctypes.create_string_buffer(16)),
    "system calls of another size": lambda: call(0x40000000 + 41, 2, 1, 0),
    "memory": lambda: bytearray(8 * 1024**3),
}


def evil(request: dict[str, Any]) -> dict[str, Any]:
    try:
        got = WAYS[request["way"]]()
    except (OSError, MemoryError, AttributeError) as error:
        return {"closed": type(error).__name__ + " " + str(error)}
    return {"open": repr(got)[:200]}


if __name__ == "__main__":
    jobs.JOBS["evil"] = evil
    folders = Folders(read=(ORIGINALS,), write=(SPOOL,))
    pool.run(HOME / "images.sock", workers=2, queue=8, seconds=20, memory=1200 * 2**20, folders=folders)
