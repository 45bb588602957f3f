"""Start, watch and stop the real parts, each a child process of its own.

mongod, the image workers, a media server on a loopback port for the gallery's own calls, and the public
server. The two servers have pools of their own, so a page that waits for the media service never waits for
its own pool.
"""

import contextlib
import errno
import json
import shutil
import signal
import socket
import ssl
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from pymongo.errors import AutoReconnect

from picturerail import caddy, database, mongod, processes
from picturerail.data_folder import DataFolder
from picturerail.database import Database
from picturerail.door.process import DRAIN_SECONDS, web_server
from picturerail.errors import StartupError
from picturerail.media.foreign_cloud.address import old_cloud
from picturerail.media.stores import check_stores
from picturerail.settings import Settings, child_environment, plain_environment, with_secrets
from picturerail.sockets import short_path

READY_SECONDS = 60
WATCH_SECONDS = 0.2
RESTART_SECONDS = 1.0  # pause before a part that stopped is started again
SCHEMA_TRIES = 3
HOUSEKEEPING = [sys.executable, "-m", "picturerail.housekeeping"]
TIDY_SECONDS = 3600.0
ENDINGS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)


class SupervisedPart:
    """One real part: how it starts, and its process from then on."""

    process: processes.Process

    def __init__(self, name: str, start: Callable[[], processes.Process]) -> None:
        """Name the part; nothing is started yet."""
        self.name = name
        self.start = start


class Server:
    """The parts of one data folder. They stop in the reverse order of their starting."""

    def __init__(self, settings: Settings, folder: DataFolder) -> None:
        """Take the locked folder; `settings` is completed as parts start."""
        self.settings = settings
        self.folder = folder
        self.parts: list[SupervisedPart] = []
        self.ending = False

    def end(self) -> None:
        """Stop at the next opportunity.

        For signal handlers: raising there could leave a lock of `subprocess` taken, and waiting would never end.
        """
        self.ending = True

    def start_database(self, *, new: bool = False) -> None:
        """Start mongod, unless another one is to be used, and bring its schema up to date; `new` may make a gallery."""
        if not new and not self.settings.mongo_uri and not mongod.has_database(self.settings.data):
            raise StartupError(
                f"The data folder {self.settings.data} holds no database: its gallery is kept elsewhere. Set "
                "MONGO_URI, or let it stand in the folder's settings.toml; or start it first, if it never was: "
                f"`picturerail serve --data {self.settings.data}`."
            )
        if not self.settings.mongo_uri:
            data, keep = self.settings.data, [self.folder.descriptor]
            self._start(SupervisedPart("mongod", lambda: mongod.start(data, keep=keep)))
            self.settings = replace(self.settings, mongo_uri=mongod.uri(data))
        # who only watches the others needs no connections that look after the database all the time
        prepare_database(self.settings, new=new).client.close()

    def start_media(self) -> None:
        """Start the own media service, unless a Cloudinary account is to be used."""
        if self.settings.own_media:
            self.settings = replace(self.settings, media_port=self.settings.media_port or _free_port())
            image_socket(self.settings).unlink(missing_ok=True)
            # a command may be the first that starts on a folder that was restored, or is an older version's
            self.settings.metrics_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._start(self._workers())
            address = ("127.0.0.1", self.settings.media_port, 1, self.settings.patience_seconds)
            self._start(self._child("media server", web_server("picturerail.rsgi.media:door", *address)))
            self._wait_until(image_socket(self.settings).exists, "the image workers")
            self._wait_until(lambda: _answers("127.0.0.1", self.settings.media_port, "/"), "the media server")

    def start_public(self) -> None:
        """Start what visitors reach."""
        workers = self.settings.web_processes
        address = (self.settings.host, self.settings.port)
        patience = self.settings.patience_seconds
        command = web_server("picturerail.rsgi.public:door", *address, workers, patience) + _tls(
            self.settings
        )
        self._start(self._child("public server", command))
        host = "127.0.0.1" if self.settings.host in ("0.0.0.0", "") else self.settings.host  # noqa: S104
        scheme = "https" if self.settings.tls_cert else "http"
        self._wait_until(lambda: _answers(host, self.settings.port, "/readyz", scheme), "the public server")

    @contextlib.contextmanager
    def taking_port(self) -> Iterator[None]:
        """Until we listen, no other start looks whether the port is free.

        Web processes share their port, so two programs that both found it free would share it too, and each visitor
        would meet one or the other. A socket's abstract name is known where its port is, and goes with its process.
        """
        port = self.settings.port
        with socket.socket(socket.AF_UNIX) as turn:
            name = f"\0picturerail.port.{port}"
            self._wait_until(lambda: _is_bound(turn, name), f"another start on port {port}")
            _refuse_taken_port(self.settings)
            yield

    def start_front(self) -> None:
        """Start what gets a certificate for the domain, unless visitors reach the public server itself."""
        if self.settings.domain:
            keep = (self.folder.descriptor,)
            self._start(SupervisedPart("HTTPS front", lambda: caddy.start(self.settings, keep)))
            self._wait_until(lambda: _listens(caddy.HTTPS_PORT), "the HTTPS front")

    def watch(self) -> None:
        """Start again whatever stops by itself, and tidy up every hour, until `end` is called."""
        tidying, tidied = None, -TIDY_SECONDS
        while not self.ending:
            time.sleep(WATCH_SECONDS)
            for part in self.parts:
                self._restart(part)
            if time.monotonic() - tidied > TIDY_SECONDS and (tidying is None or tidying.poll() is not None):
                tidying, tidied = self._child("housekeeping", HOUSEKEEPING).start(), time.monotonic()

    def _restart(self, part: SupervisedPart) -> None:
        if (code := part.process.poll()) is None:
            return
        message = f"The {part.name} stopped (exit code {code}); starting it again."
        print(message, file=sys.stderr, flush=True)
        time.sleep(RESTART_SECONDS)
        with contextlib.suppress(StartupError):  # tried again on the next round
            part.process = part.start()

    def stop(self) -> None:
        """Stop all parts, the last started first, and give the folder back."""
        for part in reversed(self.parts):
            processes.stop(part.process, DRAIN_SECONDS)
        self.folder.release()

    def _child(self, name: str, command: list[str]) -> SupervisedPart:
        folder = {"PROMETHEUS_MULTIPROC_DIR": str(self.settings.metrics_folder)}
        env = child_environment(self.settings) | folder
        return SupervisedPart(name, lambda: processes.start(command, env=env, keep=[self.folder.descriptor]))

    def _workers(self) -> SupervisedPart:
        """The image workers know no setting and no secret: a picture that took one over would find none."""
        command, env = _image_workers(self.settings), plain_environment(self.settings)
        return SupervisedPart(
            "image workers", lambda: processes.start(command, env=env, keep=[self.folder.descriptor])
        )

    def _start(self, part: SupervisedPart) -> None:
        part.process = part.start()
        self.parts.append(part)

    def _wait_until(self, reached: Callable[[], bool], what: str) -> None:
        deadline, notice = time.monotonic() + READY_SECONDS, processes.SlowStart(what)
        while time.monotonic() < deadline:
            notice.look()
            if self.ending:
                sys.exit(0)
            for part in self.parts:
                if (code := part.process.poll()) is not None:
                    raise StartupError(f"The {part.name} stopped while starting (exit code {code}).")
            if reached():
                return
            time.sleep(0.05)
        raise StartupError(
            f"The program did not become ready within {READY_SECONDS} seconds: {what} did not answer."
        )


def serve(settings: Settings, greeting: Callable[[Settings], str]) -> None:
    """Run the whole program in the foreground, and print `greeting(settings as resolved)` when it is ready.

    The greeting is composed while only the database runs: a part that dies later must not take us with it.
    """
    folder = DataFolder(settings.data)
    folder.refuse_unfinished()
    folder.lock()
    server = Server(with_secrets(settings), folder)
    for ending in ENDINGS:
        signal.signal(ending, lambda *_: server.end())
    try:
        with server.taking_port():
            _check_surroundings(server.settings)
            server.start_database(new=True)
            text = greeting(server.settings)
            server.start_media()
            server.start_public()
        server.start_front()
        _running_file(settings).write_text(
            json.dumps({"url": settings.site_url, "media_port": server.settings.media_port})
        )
        print(text, flush=True)
        server.watch()
    finally:
        server.stop()


def _check_surroundings(settings: Settings) -> None:
    """Raise StartupError for what cannot be right later either."""
    if settings.domain:
        caddy.binary()
        caddy.refuse_taken_ports()
    _empty(settings.metrics_folder)
    check_stores(settings)
    if settings.old_cloud:
        old_cloud(settings)


@contextlib.contextmanager
def running(settings: Settings, *, media: bool = False, restoring: bool = False) -> Iterator[Settings]:
    """The parts that a command needs: those of the server that runs on this folder, or started for the moment.

    Gives the settings with which they are reached.
    """
    folder = DataFolder(settings.data)
    if not restoring:
        folder.refuse_unfinished()
    settings = with_secrets(settings)
    locked = folder.try_lock()
    if not locked and folder.holder() is not None:
        uri = settings.mongo_uri or mongod.uri(settings.data)
        yield replace(settings, mongo_uri=uri, media_port=int(last_run(settings).get("media_port", 0)))
        return
    if not locked:
        folder.lock()
    server = Server(settings, folder)
    try:
        server.start_database(new=restoring)
        if media:
            server.start_media()
        yield server.settings
    finally:
        server.stop()


def last_run(settings: Settings) -> dict[str, Any]:
    """What the last start on this data folder wrote down: `url` and `media_port`; empty before the first."""
    try:
        kept: dict[str, Any] = json.loads(_running_file(settings).read_text())
    except (OSError, ValueError):
        return {}
    return kept


def prepare_database(settings: Settings, *, new: bool = False) -> Database:
    """Connect, check that we are let in, and bring indexes and schema up to date; only `new` makes a gallery."""
    client = database.connect(settings.mongo_uri)
    database.check(client)
    db = database.database(client)
    if not new and not database.has_gallery(db):
        raise StartupError(
            f"MONGO_URI: the database {database.place(settings.mongo_uri)} holds no gallery. Name the right one, or "
            "make it with `picturerail serve`."
        )
    # on a busy machine a connection may be lost; each step can go on
    for tries_left in reversed(range(SCHEMA_TRIES)):
        try:
            database.ensure_schema(db)
            break
        except AutoReconnect as error:
            if not tries_left:
                where = database.place(settings.mongo_uri)
                raise StartupError(f"MONGO_URI: the connection to {where} was lost. Start again.") from error
            time.sleep(RESTART_SECONDS)
    return db


def image_socket(settings: Settings) -> Path:
    """Where the image workers listen."""
    return short_path(settings.run_folder / "images.sock")


def _image_workers(settings: Settings) -> list[str]:
    limits = (settings.image_processes, settings.image_queue, settings.image_seconds, settings.image_memory)
    read = [f"--read={settings.data / folder}" for folder in ("originals", "derived")]
    command = [sys.executable, "-m", "picturerail.transform", str(image_socket(settings)), *map(str, limits)]
    return [*command, *read, f"--write={settings.data / 'spool'}"]


def _tls(settings: Settings) -> list[str]:
    """What makes the web server speak HTTPS, and with it the HTTP/2 that browsers speak over nothing else."""
    if not settings.tls_cert:
        return []
    if b"-----BEGIN PRIVATE KEY-----" not in Path(settings.tls_key).read_bytes():
        raise StartupError(
            f"{settings.tls_key} must be a PKCS#8 key without a password. "
            "`openssl pkcs8 -topk8 -nocrypt -in KEY -out NEW` makes one of any other key."
        )
    files = ("--ssl-certificate", settings.tls_cert, "--ssl-keyfile", settings.tls_key)
    return [*files, "--ssl-protocol-min", "tls1.2", "--http", "auto"]


def _refuse_taken_port(settings: Settings) -> None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            where = f"{settings.host}:{settings.port}"
            if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
                raise StartupError(
                    f"Nothing can listen on {where}: {error.strerror}. Choose an address of this machine with --host."
                ) from error
            raise StartupError(
                f"Nothing can listen on {where}: {error.strerror}. Choose another port with --port."
            ) from error


def _is_bound(turn: socket.socket, name: str) -> bool:
    """Whether a Unix socket has a name now, which nobody else has."""
    try:
        turn.bind(name)
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _listens(port: int) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


def _answers(host: str, port: int, path: str, scheme: str = "http") -> bool:
    """Whether any HTTP answer but 5xx comes from there."""
    url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}{path}"
    # our own child is asked by address, for which its certificate need not be made
    context = ssl._create_unverified_context() if scheme == "https" else None  # noqa: S323, SLF001
    try:
        with urllib.request.urlopen(url, timeout=5, context=context):
            return True
    except urllib.error.HTTPError as error:
        return error.code < HTTPStatus.INTERNAL_SERVER_ERROR
    except OSError:
        return False


def _empty(folder: Path) -> None:
    """What the processes of an earlier run have counted belongs to that run."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True, mode=0o700)


def _running_file(settings: Settings) -> Path:
    return settings.run_folder / "running.json"
