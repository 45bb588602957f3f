"""Start, watch and stop the real parts, each a child process of its own.

mongod, the image workers, a media server on a loopback port for the gallery's own calls, and the public
server. The two servers have pools of their own, so a page that waits for the media service never waits for
its own pool.
"""

import contextlib
import os
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import NoReturn

from picturerail import database, mongod, processes
from picturerail.database import Database
from picturerail.errors import StartupError
from picturerail.settings import Settings, with_secrets
from picturerail.sockets import short_path

READY_SECONDS = 60
WATCH_SECONDS = 0.2
RESTART_SECONDS = 1.0  # pause before a part that stopped is started again
DRAIN_SECONDS = 20
MEDIA_THREADS = 8  # of the media server that only the gallery calls


@dataclass
class Part:
    """One real part: how it starts, and its process while it runs."""

    name: str
    start: Callable[[], processes.Process]
    process: processes.Process | None = None


@dataclass
class Server:
    """All parts of one data folder; `started` is in the order of starting, and stops in the reverse order."""

    settings: Settings
    folder: processes.DataFolder
    started: list[Part] = field(default_factory=list)

    def run(self, ready: Callable[[Settings], None]) -> NoReturn:
        """Start everything, call `ready`, then watch until a signal ends the program."""
        for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(ending, lambda *_: sys.exit(0))
        try:
            self.folder.lock()
            for part in self._parts():
                self._start(part)
            _wait_until_ready(self.settings, self.started)
            ready(self.settings)
            self._watch()
        finally:
            for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
                signal.signal(ending, signal.SIG_IGN)
            self._stop()

    def _parts(self) -> Iterator[Part]:
        """The parts in order of starting; each may rely on those before it."""
        _refuse_taken_port(self.settings)
        keep = [self.folder.descriptor]
        if not self.settings.mongo_uri:
            data = self.settings.data
            yield Part("mongod", lambda: mongod.start(data, keep=keep))
            self.settings = replace(self.settings, mongo_uri=mongod.uri(data))
        prepare_database(self.settings)
        if self.settings.own_media:
            self.settings = replace(self.settings, media_port=self.settings.media_port or _free_port())
            yield self._child("image workers", _image_workers(self.settings))
            yield self._child(
                "media server", _granian("media", "127.0.0.1", self.settings.media_port, 1, MEDIA_THREADS)
            )
        workers = self.settings.workers or os.cpu_count() or 1
        address = (self.settings.host, self.settings.port)
        yield self._child("public server", _granian("public", *address, workers, self.settings.threads))

    def _child(self, name: str, command: list[str]) -> Part:
        env = {**os.environ, **self.settings.environment()}
        return Part(name, lambda: processes.start(command, env=env, keep=[self.folder.descriptor]))

    def _start(self, part: Part) -> None:
        part.process = part.start()
        self.started.append(part)

    def _watch(self) -> NoReturn:
        """Start again whatever stops by itself."""
        while True:
            time.sleep(WATCH_SECONDS)
            for part in self.started:
                if part.process is not None and (code := part.process.poll()) is not None:
                    print(
                        f"The {part.name} stopped (exit code {code}); starting it again.",
                        file=sys.stderr,
                        flush=True,
                    )
                    time.sleep(RESTART_SECONDS)
                    with contextlib.suppress(StartupError):  # tried again on the next round
                        part.process = part.start()

    def _stop(self) -> None:
        for part in reversed(self.started):
            if part.process is not None:
                processes.stop(part.process, DRAIN_SECONDS)
        self.folder.release()


def serve(settings: Settings, ready: Callable[[Settings], None]) -> NoReturn:
    """Run the whole program in the foreground; `ready` is called once, with the settings as resolved."""
    folder = processes.DataFolder(settings.data)
    Server(with_secrets(settings), folder).run(ready)


@contextlib.contextmanager
def running_database(settings: Settings) -> Iterator[Database]:
    """The database of this data folder, for a command: the running server's, or one started for the moment."""
    if settings.mongo_uri:
        yield prepare_database(settings)
        return
    folder = processes.DataFolder(settings.data)
    if not folder.try_lock():
        if folder.holder() is None:
            folder.lock()
        else:
            yield prepare_database(replace(settings, mongo_uri=mongod.uri(settings.data)))
            return
    process = mongod.start(settings.data, keep=[folder.descriptor])
    try:
        yield prepare_database(replace(settings, mongo_uri=mongod.uri(settings.data)))
    finally:
        processes.stop(process, DRAIN_SECONDS)
        folder.release()


def prepare_database(settings: Settings) -> Database:
    """Connect, check that we are let in, and bring indexes and schema up to date."""
    client = database.connect(settings.mongo_uri)
    database.check(client)
    db = database.database(client)
    database.ensure_schema(db)
    return db


def image_socket(settings: Settings) -> Path:
    """Where the image workers listen."""
    return short_path(settings.run_folder / "images.sock")


def _image_workers(settings: Settings) -> list[str]:
    count = settings.image_workers or os.cpu_count() or 1
    limits = (count, settings.image_queue, settings.image_seconds, settings.image_memory)
    return [sys.executable, "-m", "picturerail.transform", str(image_socket(settings)), *map(str, limits)]


def _granian(app: str, host: str, port: int, workers: int, threads: int) -> list[str]:
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--factory", f"picturerail.wsgi:{app}"),
        *("--host", host, "--port", str(port)),
        *("--workers", str(workers), "--blocking-threads", str(threads)),
        *("--http", "1" if app == "media" else "auto", "--no-ws", "--log-level", "warning"),
        *("--respawn-failed-workers", "--workers-kill-timeout", str(DRAIN_SECONDS - 5)),
    ]


def _refuse_taken_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            raise StartupError(
                f"Nothing can listen on {where}: {error.strerror}. Choose another port with --port."
            ) from error


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait_until_ready(settings: Settings, parts: list[Part]) -> None:
    host = "127.0.0.1" if settings.host in ("0.0.0.0", "") else settings.host  # noqa: S104
    address = f"http://{f'[{host}]' if ':' in host else host}:{settings.port}/readyz"
    deadline = time.monotonic() + READY_SECONDS
    while time.monotonic() < deadline:
        for part in parts:
            if part.process is not None and (code := part.process.poll()) is not None:
                raise StartupError(f"The {part.name} stopped while starting (exit code {code}).")
        with contextlib.suppress(OSError), urllib.request.urlopen(address, timeout=5) as answer:
            if answer.status == 200:
                return
        time.sleep(0.05)
    raise StartupError(f"The program did not become ready within {READY_SECONDS} seconds.")
