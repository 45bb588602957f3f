"""The whole world, in order of starting: database, object store, app servers, edges; and the watch over it."""

import contextlib
import json
import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from picturerail import certificates, processes
from picturerail.cluster import replicas
from picturerail.cluster.leftovers import end_leftovers, map_file
from picturerail.cluster.seaweedfs import Weed
from picturerail.cluster.services import Part, answers, listens, start_all, stop_all
from picturerail.edge.nginx import process as nginx
from picturerail.edge.nginx.config import Edge
from picturerail.settings import Settings, kept_secrets, load

APPS, EDGES = 2, 2
PORTS = 40  # taken from the first on
FIRST_PORT = 8400
WATCH_SECONDS = 0.2
RESTART_SECONDS = 3.0  # how long a part that died stays away, so that one can see the world without it


@dataclass(frozen=True)
class World:
    """Everything below the folder `data`, on loopback ports from `port` on."""

    data: Path
    port: int = FIRST_PORT

    @property
    def url(self) -> str:
        """Where visitors find the gallery."""
        return f"https://{self._at(1)}"

    def stages(self) -> list[list[Part]]:
        """The parts, in groups that can start together."""
        database, store = replicas.parts(self.data), self._weed.stages()
        apps = [self._app(number) for number in range(1, APPS + 1)]
        return [
            [*database, *store[0]],
            *store[1:],
            apps,
            [self._edge(number) for number in range(1, EDGES + 1)],
        ]

    def parts(self) -> list[Part]:
        """All parts, in order of starting."""
        return [part for stage in self.stages() for part in stage]

    def environment(self) -> dict[str, str]:
        """The settings with which every app, and any other command, uses this world."""
        kept = kept_secrets(self.data)
        return {
            "MONGO_URI": replicas.uri(self.data),
            "PICTURERAIL_DATA": str(self.data / "app1"),
            "SECRET_KEY": kept["secret_key"],
            "PICTURERAIL_API_KEY": kept["api_key"],
            "PICTURERAIL_API_SECRET": kept["api_secret"],
            "PICTURERAIL_STORE": self._weed.url,
            "PICTURERAIL_PUBLIC_URL": self.url,
            "PICTURERAIL_EDGE_SECRET": self._edge_secret,
            "PICTURERAIL_EDGES": ",".join(self._inner),
        }

    def settings(self) -> Settings:
        """The same as settings, for what runs in this process."""
        return load(self.environment(), data=self.data)

    @property
    def _weed(self) -> Weed:
        return Weed(self.data, self.port + 15)

    @property
    def _inner(self) -> tuple[str, ...]:
        return tuple(self._at(EDGES + number) for number in range(1, EDGES + 1))

    @property
    def _edge_secret(self) -> str:
        return kept_secrets(self.data)["mongo_app"]  # any secret of this world that visitors never see

    def _at(self, offset: int) -> str:
        return f"127.0.0.1:{self.port + offset}"

    def _app(self, number: int) -> Part:
        folder, port = self.data / f"app{number}", self.port + 2 * EDGES + number
        command = [
            sys.executable,
            "-m",
            "picturerail",
            "serve",
            "--data",
            str(folder),
            "--port",
            str(port),
        ]
        small = {"PICTURERAIL_WORKERS": "1", "PICTURERAIL_IMAGE_WORKERS": "1"}

        def start() -> processes.Process:
            folder.mkdir(exist_ok=True)
            env = os.environ | small | self.environment()
            return processes.start(command, env=env, log=folder / "console.log")

        address = f"127.0.0.1:{port}"
        return Part(f"app{number}", "app server", address, start, lambda: answers(f"http://{address}/readyz"))

    def _edge(self, number: int) -> Part:
        tls = certificates.TlsFiles.below(self.data)
        edge = nginx.as_this_user(
            Edge(
                name=f"edge{number}",
                folder=self.data / f"edge{number}",
                listen=self._at(number),
                inner=self._inner[number - 1],
                origins=tuple(self._at(2 * EDGES + app) for app in range(1, APPS + 1)),
                row=self._inner,
                certificate=tls.certificate,
                key=tls.key,
                workers="1",
                rate=100_000,  # on loopback all visitors share one address
                connections=10_000,
            )
        )
        return Part(
            edge.name,
            "edge",
            edge.listen,
            lambda: nginx.start(self.settings(), edge),
            lambda: listens(edge.listen),
        )


@dataclass
class Running:
    """A world that this process has started; use as a context."""

    world: World
    restart_seconds: float = RESTART_SECONDS
    stages: list[list[Part]] = field(default_factory=list)
    died: dict[str, float] = field(default_factory=dict)

    def __enter__(self) -> Self:
        """Start all parts."""
        self.world.data.mkdir(parents=True, exist_ok=True, mode=0o700)
        end_leftovers(self.world.data)
        certificates.make(self.world.data)
        try:
            for stage in self.world.stages():
                self.stages.append(stage)
                start_all(stage)
                if len(self.stages) == 1:
                    replicas.prepare(self.world.data)
        except BaseException:
            self.__exit__()
            raise
        self.write_map()
        return self

    def __exit__(self, *exc: object) -> None:
        """Stop all parts, those that others rely on last."""
        for stage in reversed(self.stages):
            stop_all(stage)
        map_file(self.world.data).unlink(missing_ok=True)

    def part(self, name: str) -> Part:
        """The part of this name."""
        return next(part for stage in self.stages for part in stage if part.name == name)

    def watch(self, stop: Callable[[], bool]) -> None:
        """Start again what died, a little later, until `stop` says so."""
        while not stop():
            for stage in self.stages:
                for part in stage:
                    self._look_after(part)
            time.sleep(WATCH_SECONDS)

    def _look_after(self, part: Part) -> None:
        if part.process is None or part.process.poll() is None:
            return
        since = self.died.setdefault(part.name, time.monotonic())
        if time.monotonic() - since >= self.restart_seconds:
            del self.died[part.name]
            part.begin()
            self.write_map()

    def write_map(self) -> None:
        """Write down which process is which part, for the other commands."""
        parts = {part.name: part for stage in self.stages for part in stage}
        told = {
            "supervisor": os.getpid(),
            "port": self.world.port,
            "parts": {name: part.process.pid for name, part in parts.items() if part.process},
            "graces": {name: part.grace for name, part in parts.items()},
        }
        temporary = map_file(self.world.data).with_suffix(".new")
        temporary.write_text(json.dumps(told))
        temporary.replace(map_file(self.world.data))


def serve(world: World, ready: Callable[[Sequence[Part]], None]) -> None:
    """Run a world in the foreground until a signal ends it."""
    ended: list[int] = []
    for ending in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(ending, lambda number, _: _end(ended, number))
    with contextlib.suppress(SystemExit), Running(world) as running:
        ready([part for stage in running.stages for part in stage])
        running.watch(lambda: bool(ended))


def _end(ended: list[int], number: int) -> None:
    """The first signal ends the watch; while starting there is none yet, so leave at once."""
    ended.append(number)
    if len(ended) == 1:
        return
    sys.exit(1)
