"""The client of the image workers, and the way to start them. Web processes import this: no libvips here.

One job is one connection to a Unix socket: one line of JSON each way.
"""

import importlib
import json
import os
import socket
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from types import MappingProxyType
from typing import Any

from picturerail import errors
from picturerail.transform.deaths import folder_of, is_own_fault
from picturerail.transform.plan import Face, Plan, Rendered, as_json
from picturerail.transform.probe import Facts, Limits, facts_from_json

DEFAULT_LIMITS = Limits()
_AGAIN = b'{"again": true}\n'  # from a worker whose folders were taken away: a fresh one knows those that are there
_TRIES = 64  # more than there are workers
NO_LAYERS: Mapping[str, Path] = MappingProxyType({})
_ERRORS: dict[int, type[errors.PicturerailError]] = {
    error.status: error
    for error in (
        errors.BadRequest,
        errors.NotFound,
        errors.TooLarge,
        errors.UnsupportedMedia,
        errors.Unavailable,
    )
}


def serve(
    socket_path: Path,
    *,
    workers: int,
    queue: int,
    seconds: int,
    memory: int,
    read: Sequence[Path] = (),
    write: Sequence[Path] = (),
) -> None:
    """Run the pool in the foreground until SIGTERM.

    `workers` processes; up to `queue` jobs wait; a job is stopped after `seconds`, and when its process
    needs more than `memory` bytes of address space. Workers read below `read` and `write`, and write below `write`;
    where these are not named, as far as their user may.
    """
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # NumPy's threads would start before the pool forks
    os.environ["OMP_NUM_THREADS"] = "1"  # LibRaw's: one process is one core's work
    # Loaded by name: only the process that runs the pool may have libvips in it.
    pool = importlib.import_module("picturerail.transform.pixels.pool")
    sandbox = importlib.import_module("picturerail.transform.pixels.sandbox.sandbox")
    folders = sandbox.Folders(tuple(read), tuple(write))
    pool.run(socket_path, workers=workers, queue=queue, seconds=seconds, memory=memory, folders=folders)


@dataclass(frozen=True)
class Survey:
    """What a picture's head tells: facts without those of its pixels, and what its camera wrote (as `camera` says)."""

    facts: Facts
    camera: dict[str, dict[str, str]]


class OverLimits(errors.UnsupportedMedia):
    """A picture for which its worker died: of time, of memory, or of what is in it."""


@lru_cache(100)
def _limits(limits: Limits) -> dict[str, Any]:
    return asdict(limits)


class Cancellation:
    """Says to the image workers that nobody waits for a picture any more; works from any thread, once for all."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._connections: set[socket.socket] = set()
        self._cancelled = False

    def cancel(self) -> None:
        """Stop what is being done, and whatever would be asked for with this value later."""
        with self._lock:
            self._cancelled = True
            for connection in self._connections:
                connection.shutdown(socket.SHUT_RDWR)

    @contextmanager
    def watching(self, connection: socket.socket) -> Iterator[None]:
        """While one job is done over a connection."""
        with self._lock:
            if self._cancelled:
                raise _abandoned()
            self._connections.add(connection)
        try:
            yield
        finally:
            with self._lock:
                self._connections.discard(connection)
        if self._cancelled:
            raise _abandoned()


def _abandoned() -> errors.Abandoned:
    return errors.Abandoned("Nobody waits for this picture any more.", retry_after=1)


class ImageWorkers:
    """The image workers behind a socket; safe to share between threads."""

    def __init__(self, socket_path: Path, *, seconds: float = 120) -> None:
        """`seconds` is how long an answer may take, waiting in the queue included."""
        self._path = str(socket_path)
        self._seconds = seconds

    def probe(
        self, path: Path, limits: Limits = DEFAULT_LIMITS, *, copies: bool = False, quick: bool = False
    ) -> Facts:
        """Decode a picture once and tell what it is.

        With `copies`, the same decode gives the reduced copies of a large picture: they lie beside it then, where
        `intermediates.beside` says; a `quick` one has no time for them. UnsupportedMedia for what is no picture or is
        damaged, TooLarge for what is over a limit.
        """
        request = {
            "job": "probe",
            "path": str(path),
            "limits": _limits(limits),
            "copies": copies,
            "quick": quick,
        }
        facts: Facts = facts_from_json(self._ask(request))
        return facts

    def render(
        self,
        source: Path,
        plan: Plan,
        target: Path,
        limits: Limits = DEFAULT_LIMITS,
        layers: Mapping[str, Path] = NO_LAYERS,
        *,
        seconds: float | None = None,
        is_dear: bool = False,
        cancellation: Cancellation | None = None,
    ) -> Rendered:
        """Make a derived picture and put it at `target`, complete or not at all.

        `layers` has a file for each of `plan.sources`. `seconds` may shorten the time that the pool gives each job:
        all of its steps together; one that `is_dear` leaves the machine to others first; `cancellation` ends it when
        nobody waits any more.
        """
        request = {
            "source": str(source),
            "plan": as_json(plan),
            "target": str(target),
            "limits": _limits(limits),
        }
        files = {original: str(path) for original, path in layers.items()}
        bounds: dict[str, Any] = {"dear": is_dear} | ({} if seconds is None else {"seconds": seconds})
        return Rendered(**self._ask({"job": "render", **request, "layers": files, **bounds}, cancellation))

    def faces(self, path: Path, limits: Limits = DEFAULT_LIMITS) -> tuple[Face, ...]:
        """The faces in a picture, the largest first: for `Context.faces`."""
        answer = self._ask({"job": "faces", "path": str(path), "limits": _limits(limits)})
        return tuple(Face(**face) for face in answer["faces"])

    def focus(self, path: Path, limits: Limits = DEFAULT_LIMITS) -> float:
        """How sharp a picture is, from 0 to 1."""
        answer = self._ask({"job": "focus", "path": str(path), "limits": _limits(limits)})
        return float(answer["focus"])

    def clarity(self, path: Path, limits: Limits = DEFAULT_LIMITS) -> dict[str, Any]:
        """What stays distinct to the colour-blind: `edges`, `colours` (from 0 to 1), and the worst `pair`."""
        return self._ask({"job": "clarity", "path": str(path), "limits": _limits(limits)})

    def camera(self, path: Path, limits: Limits = DEFAULT_LIMITS) -> dict[str, dict[str, str]]:
        """What the camera wrote: `exif` as it stands in the file, `image_metadata` as people read it."""
        return self._ask({"job": "camera", "path": str(path), "limits": _limits(limits)})

    def surveys(self, paths: Sequence[Path], limits: Limits = DEFAULT_LIMITS) -> list[Survey | None]:
        """What heads tell of JPEGs that are all there, in one job; None for each that must be looked at by itself."""
        request = {"job": "surveys", "paths": [str(each) for each in paths], "limits": _limits(limits)}
        found = self._ask(request)["found"]
        return [each and Survey(facts_from_json(each["facts"]), each["camera"]) for each in found]

    def _ask(self, request: dict[str, Any], cancellation: Cancellation | None = None) -> dict[str, Any]:
        """Send one job and wait for its answer; TooManyRequests at once when the queue is full."""
        killed = 0
        for _ in range(_TRIES):
            job = uuid.uuid4().hex
            answer = self._send({**request, "name": job}, cancellation)
            if answer == _AGAIN:
                continue
            if answer.endswith(b"\n"):
                return _understood(answer)
            if is_own_fault(folder_of(Path(self._path)), job):
                raise OverLimits("The picture could not be processed within the limits of time and memory.")
            if (killed := killed + 1) > 1:  # once more does no harm; whoever kills twice means it
                raise errors.Unavailable("The picture was not finished. Try again shortly.", retry_after=2)
        raise errors.Unavailable("The image workers begin anew.", retry_after=1)

    def _send(self, request: dict[str, Any], cancellation: Cancellation | None) -> bytes:
        """The line that a worker answers: broken off when it dies."""
        with socket.socket(socket.AF_UNIX) as connection, ExitStack() as stack:
            _connect(connection, self._path)
            if cancellation is not None:
                stack.enter_context(cancellation.watching(connection))
            connection.settimeout(self._seconds)
            try:
                connection.sendall(json.dumps(request).encode() + b"\n")
                with connection.makefile("rb") as lines:
                    return lines.readline()
            except TimeoutError:
                raise errors.Unavailable("The image workers are too busy.", retry_after=5) from None
            except (OSError, ValueError):  # it died between two bytes
                return b""


def _connect(connection: socket.socket, path: str) -> None:
    connection.setblocking(False)
    try:
        connection.connect(path)
    except BlockingIOError:
        raise errors.TooManyRequests(
            "Too many pictures are being made; try again soon.", retry_after=1
        ) from None
    except OSError:
        raise errors.Unavailable("The image workers are not running.", retry_after=5) from None


def _understood(answer: bytes) -> dict[str, Any]:
    """The result in an answer."""
    message: dict[str, Any] = json.loads(answer)
    if "error" in message:
        failure = message["error"]
        kind = _ERRORS.get(failure["status"], errors.PicturerailError)
        raise kind(failure["message"], retry_after=failure.get("retry_after"))
    result: dict[str, Any] = message["result"]
    return result
