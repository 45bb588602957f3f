"""The prefork pool of image workers: a parent that only forks and waits, children that do one job at a time.

Every limit is kept by the kernel, so it holds inside C code too: the queue is the socket's backlog, time is
an alarm that kills, memory is RLIMIT_AS, and a client that hangs up kills the worker that works for nobody then
(SIGIO). A child that dies costs its own job and nothing else.
"""

import ctypes
import fcntl
import gc
import json
import logging
import os
import resource
import select
import signal
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from picturerail.errors import PicturerailError, TooLarge
from picturerail.transform.deaths import Deaths, JobInHand, folder_of
from picturerail.transform.pixels import jobs
from picturerail.transform.pixels.sandbox.sandbox import Folders, Places, enter

MAX_JOBS = 1000  # a worker then makes place for a fresh one, so that small leaks cannot grow
MAX_GROWTH = 160 * 1024 * 1024  # resident bytes above those at its start, after which it does the same
MAX_OPEN_FILES = 64  # fonts of people's own stay open; above them it does the same
MAX_REQUEST = 4 * 1024 * 1024
MAX_IDLE_BYTES = 24 * 1024 * 1024  # resident bytes that a worker keeps for its next job, more than most need
IDLE_SECONDS = 1  # without a job, after which it gives them back
READ_SECONDS = 10
NICE = 1  # web processes go first: a stored picture shall not wait for one that is being made
DEAR_PATIENCE = 3  # times as long as its share of the processor one that takes long may be worked on
DEAR_NICE = 5  # and all others before one that takes long
YOUNG = 0.5  # a worker that dies within so many seconds is not replaced at once, so that forking cannot spin

_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD)
_PR_SET_PDEATHSIG = 1
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _M_ARENA_MAX = -1, -3, -8  # <malloc.h>
_MMAP_THRESHOLD = 32 * 1024 * 1024  # the most that it takes
_TRIM_THRESHOLD = 64 * 1024 * 1024  # within a job: what a large one frees, it mostly takes again
_libc = ctypes.CDLL(None)
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Bounds:
    """What one job may take: wall-clock seconds, bytes of address space, and the folders it may reach."""

    seconds: int
    memory: int
    folders: Folders


@dataclass(frozen=True)
class Birth:
    """When a worker began, and what it is at."""

    at: float
    job: JobInHand


def run(socket_path: Path, *, workers: int, queue: int, seconds: int, memory: int, folders: Folders) -> None:
    """Listen, keep `workers` children alive, and stop them all on SIGTERM or SIGINT."""
    # Blocked signals wait to be asked for, so none can arrive between two lines of this loop.
    signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
    os.nice(NICE)
    gc.collect()
    gc.freeze()  # children then share the parent's pages for good
    bounds = Bounds(seconds, memory, folders)
    with _listen(socket_path, queue) as listener:
        deaths = Deaths(folder_of(socket_path))
        born = dict(_start(listener, bounds) for _ in range(workers))
        while signal.sigwait(_SIGNALS) == signal.SIGCHLD:
            _reap(born, deaths)
            born |= dict(_start(listener, bounds) for _ in range(workers - len(born)))
        socket_path.unlink(missing_ok=True)
    _end(born)


def _listen(path: Path, queue: int) -> socket.socket:
    """A socket that is there only when it can be connected to: it is moved to its place when it listens."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    unready = path.with_suffix(".new")
    unready.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(unready))
    unready.chmod(0o600)
    listener.listen(max(0, queue - 1))  # the kernel lets one more wait than it is told
    unready.replace(path)
    return listener


def _reap(born: dict[int, Birth], deaths: Deaths) -> None:
    """Forget the children that have died, and tell how those did that were stopped."""
    while born and (dead := os.waitpid(-1, os.WNOHANG))[0]:
        pid, status = dead
        birth = born.pop(pid)
        abandoned = os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGIO
        if os.WIFSIGNALED(status) and not abandoned:
            deaths.tell(birth.job.name, os.WTERMSIG(status))
            _log.warning("image worker %d was stopped by signal %d", pid, os.WTERMSIG(status))
        if time.monotonic() - birth.at < YOUNG and not abandoned:
            time.sleep(YOUNG)


def _end(born: Iterable[int]) -> None:
    for pid in born:
        os.kill(pid, signal.SIGKILL)  # nothing is lost: answers are written beside their place and moved
    for pid in born:
        os.waitpid(pid, 0)


def _start(listener: socket.socket, bounds: Bounds) -> tuple[int, Birth]:
    """Fork one worker. The parent must never start a thread, and libvips starts them with the first picture."""
    parent = os.getpid()
    bounds.folders.make()
    birth = Birth(time.monotonic(), JobInHand())
    pid = os.fork()
    if pid == 0:
        _work(listener, bounds, birth.job, parent)
    return pid, birth


def _work(listener: socket.socket, bounds: Bounds, job: JobInHand, parent: int) -> NoReturn:
    """The life of a worker: job after job until it has done its share."""
    try:
        _settle(bounds, parent)
        for lack in enter(bounds.folders, [listener.fileno()]):
            _log.warning("%s", lack)
        places = Places(bounds.folders)
        start, niceness = _resident(), os.nice(0)
        for _ in range(MAX_JOBS):
            if not _serve_one(listener, bounds, job, places):
                break
            if os.nice(0) > niceness:
                break  # nobody may become more important again
            if len(os.listdir("/proc/self/fd")) > MAX_OPEN_FILES:  # noqa: PTH208 - numbers, no paths
                break
            if _resident() - start > MAX_IDLE_BYTES or _is_idle(listener):
                _libc.malloc_trim(0)
                if _resident() - start > MAX_GROWTH:
                    break
    finally:
        os._exit(0)


def _is_idle(listener: socket.socket) -> bool:
    """Whether no job comes for a while."""
    return not select.select([listener], [], [], IDLE_SECONDS)[0]


def _settle(bounds: Bounds, parent: int) -> None:
    """Default signals, an end together with the parent, and how memory is used."""
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGALRM, signal.SIGPROF):
        signal.signal(number, signal.SIG_DFL)
    signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
    _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(0)
    _keep_memory()
    resource.setrlimit(resource.RLIMIT_AS, (bounds.memory, bounds.memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _keep_memory() -> None:
    """Use the same pages again for each job, by all threads: fresh ones cost a tenth of a small picture's time."""
    _libc.mallopt(_M_ARENA_MAX, 1)
    _libc.mallopt(_M_MMAP_THRESHOLD, _MMAP_THRESHOLD)
    _libc.mallopt(_M_TRIM_THRESHOLD, _TRIM_THRESHOLD)


def _serve_one(listener: socket.socket, bounds: Bounds, job: JobInHand, places: Places) -> bool:
    """Do one job; False when it must be done by another worker: the folders are not those of this sandbox any more."""
    connection, _ = listener.accept()
    with connection:
        connection.settimeout(READ_SECONDS)
        try:
            with connection.makefile("rb") as lines:
                line = lines.readline(MAX_REQUEST)
            if not places.are_there():
                connection.sendall(json.dumps({"again": True}).encode() + b"\n")
                return False
            if (answer := _bounded(line, connection, bounds, job)) is not None:
                connection.sendall(json.dumps(answer).encode() + b"\n")
        except OSError:
            _log.info("a client went away")
    return True


def _bounded(line: bytes, connection: socket.socket, bounds: Bounds, job: JobInHand) -> dict[str, Any] | None:
    """The answer to a job, made within its time and while somebody waits; None for a job that nobody waits for."""
    if not line.endswith(b"\n"):
        return None  # broken off, or longer than any plan
    request = json.loads(line)
    job.note(request.pop("name", ""))
    seconds = min(bounds.seconds, request.pop("seconds", bounds.seconds))
    if is_dear := request.pop("dear", False):
        os.nice(DEAR_NICE - NICE)
    _set_alarms(max(seconds, 0.001), patience=DEAR_PATIENCE if is_dear else 1)
    try:
        with _ends_with(connection):
            return None if _is_gone(connection) else _answer(request)
    finally:
        _set_alarms(0)
        job.note("")


def _set_alarms(seconds: float, patience: int = 1) -> None:
    """Die after so many seconds of the processor; and, on a machine that has other things to do, some times as many."""
    signal.setitimer(signal.ITIMER_PROF, seconds)
    signal.setitimer(signal.ITIMER_REAL, seconds * patience)


@contextmanager
def _ends_with(connection: socket.socket) -> Iterator[None]:
    """Die when the client hangs up: the kernel sends SIGIO then, which nobody catches."""
    flags = fcntl.fcntl(connection, fcntl.F_GETFL)
    fcntl.fcntl(connection, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(connection, fcntl.F_SETFL, flags | os.O_ASYNC)
    try:
        yield
    finally:
        fcntl.fcntl(connection, fcntl.F_SETFL, flags)


def _is_gone(connection: socket.socket) -> bool:
    """Whether the client hung up while its job waited in the queue."""
    poll = select.poll()
    poll.register(connection, select.POLLRDHUP)
    return bool(poll.poll(0))


def _answer(request: dict[str, Any]) -> dict[str, Any]:
    """The result of a job, or its error with status and sentence."""
    try:
        return {"result": jobs.run(request)}
    except PicturerailError as error:
        return _error(error)
    except MemoryError:
        return _error(TooLarge("The picture needs more memory than one picture may have."))
    except Exception:  # noqa: BLE001 - one bad picture must not end the worker; the log has the whole story
        _log.exception("an image worker failed")
        return _error(PicturerailError("The picture could not be processed."))


def _error(error: PicturerailError) -> dict[str, Any]:
    return {"error": {"status": error.status, "message": error.message, "retry_after": error.retry_after}}


def _resident() -> int:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize()
