"""Which processes are killed with -9, and how the program comes back."""

import contextlib
import os
import signal
from collections.abc import Callable

from bench.parts.processes import command, tree
from tests.service import Service, wait_until


def everything(service: Service) -> None:
    """Every process at the same moment, as when the machine's power goes (but for the disk's cache)."""
    assert service.process is not None
    _kill(tree(service.process.pid))
    service.process.wait()
    _start(service)


def supervisor(service: Service) -> None:
    """Only the first process; the kernel tells its children to stop."""
    service.kill()
    _start(service)


def mongod(service: Service) -> None:
    _kill_part(service, "mongod --dbpath")


def public_server(service: Service) -> None:
    _kill_part(service, PUBLIC)


def media_server(service: Service) -> None:
    _kill_part(service, "picturerail.rsgi.media")


def image_worker(service: Service) -> None:
    """A worker, not the pool's parent."""
    _kill([_of_part(service, "picturerail.transform")[-1]])
    wait_until(service.answers)


PUBLIC = "picturerail.rsgi.public"
VICTIMS: dict[str, Callable[[Service], None]] = {
    "everything": everything,
    "supervisor": supervisor,
    "mongod": mongod,
    "public server": public_server,
    "media server": media_server,
    "image worker": image_worker,
}


def _start(service: Service) -> None:
    """Start, and wait for the new public server: an old one that drains may still answer."""
    service.start(wait=False)
    wait_until(lambda: service.answers() and bool(_of_part(service, PUBLIC)))


def _kill_part(service: Service, part: str) -> None:
    _kill(_of_part(service, part))
    wait_until(lambda: bool(_of_part(service, part)))
    wait_until(service.answers)


def _of_part(service: Service, part: str) -> list[int]:
    assert service.process is not None
    # parents before their children: numbers of processes begin anew when they are used up
    return [pid for pid in tree(service.process.pid)[1:] if part in command(pid)]


def _kill(pids: list[int]) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
