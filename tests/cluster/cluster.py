"""The small world as a person starts it, and a visitor who knows both edges."""

import hashlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import cloudinary.utils
import urllib3

from picturerail.cluster.leftovers import map_file
from picturerail.cluster.topology import PORTS, World
from picturerail.database import Database, connect
from picturerail.database import database as database_of
from tests.ports import free_ports
from tests.service import wait_until

COMMAND = [sys.executable, "-m", "picturerail", "cluster"]
CLOUD = "picturerail"


@dataclass
class Cluster:
    """`picturerail cluster up` in a folder; use as a context."""

    data: Path
    port: int = field(default_factory=lambda: free_ports(PORTS))
    process: subprocess.Popen[bytes] | None = None

    @property
    def world(self) -> World:
        return World(self.data, self.port)

    @property
    def edges(self) -> list[str]:
        return [f"https://127.0.0.1:{self.port + number}" for number in (1, 2)]

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *exc: object) -> None:
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        if self.process:
            self.process.wait(60)

    def start(self) -> None:
        with self.data.with_suffix(".log").open("ab") as log:
            command = [*COMMAND, "up", "--data", str(self.data), "--port", str(self.port)]
            self.process = subprocess.Popen(command, stdout=log, stderr=log)
        wait_until(self._is_up, 90)

    def command(self, *args: str) -> tuple[int, str]:
        done = subprocess.run(
            [*COMMAND, *args, "--data", str(self.data)],
            capture_output=True,
            text=True,
            check=False,
            timeout=90,
        )
        return done.returncode, done.stdout + done.stderr

    def kill(self, name: str) -> None:
        """Kill -9 one part; the world starts it again three seconds later."""
        code, said = self.command("kill", name)
        assert code == 0, said

    def pid(self, name: str) -> int:
        pid: int = json.loads(map_file(self.data).read_text())["parts"][name]
        return pid

    def ready(self, name: str) -> bool:
        return next(part for part in self.world.parts() if part.name == name).ready()

    def alive(self, name: str) -> bool:
        return Path(f"/proc/{self.pid(name)}/cmdline").exists()

    def wait_well(self, seconds: float = 60) -> None:
        wait_until(lambda: all(part.ready() for part in self.world.parts()), seconds)

    def database(self) -> Database:
        return database_of(connect(self.world.environment()["MONGO_URI"]))

    def _is_up(self) -> bool:
        assert self.process is not None
        log = self.data.with_suffix(".log")
        assert self.process.poll() is None, log.read_text()[-3000:]
        known = map_file(self.data)  # of a supervisor that was killed there may be one still
        return known.exists() and json.loads(known.read_text())["supervisor"] == self.process.pid


class Visitor:
    """Asks one edge, and the other when that one does not answer, as browsers do with two addresses of one name."""

    def __init__(self, cluster: Cluster) -> None:
        self._edges = list(cluster.edges)
        self._account = cluster.world.settings()
        self._pool = urllib3.PoolManager(
            ca_certs=str(cluster.data / "tls" / "ca.pem"), maxsize=50, retries=False,
            timeout=urllib3.Timeout(connect=1, read=60),
        )  # fmt: skip

    def get(self, path: str, edge: int | None = None, **headers: str) -> urllib3.BaseHTTPResponse:
        if edge is not None:
            return self._pool.request("GET", self._edges[edge] + path, headers=headers)
        return self._either("GET", path, headers=headers)

    def upload(self, content: bytes, public_id: str, **params: Any) -> dict[str, Any]:
        """A signed upload; safe to repeat, because the public_id is the client's and overwrites nothing."""
        answer = self.post_upload(content, public_id, **params)
        assert answer.status == 200, (answer.status, answer.data[:300])
        said: dict[str, Any] = json.loads(answer.data)
        return said

    def post_upload(self, content: bytes, public_id: str, **params: Any) -> urllib3.BaseHTTPResponse:
        fields = self._signed(public_id, content, params)
        return self._either("POST", f"/v1_1/{CLOUD}/image/upload", fields=fields)

    def destroy(self, public_id: str) -> None:
        answer = self._either(
            "POST", f"/v1_1/{CLOUD}/image/destroy", fields=self._signed(public_id, None, {})
        )
        assert json.loads(answer.data)["result"] == "ok"

    def _signed(self, public_id: str, content: bytes | None, params: dict[str, Any]) -> dict[str, Any]:
        signed = {"public_id": public_id, "timestamp": str(int(time.time())), **params}
        signed["signature"] = cloudinary.utils.api_sign_request(dict(signed), self._account.api_secret)
        file = {"file": ("picture.jpg", content, "image/jpeg")} if content is not None else {}
        return {**signed, "api_key": self._account.api_key, **file}

    def _either(self, method: str, path: str, **options: Any) -> urllib3.BaseHTTPResponse:
        try:
            return self._pool.request(method, self._edges[0] + path, **options)
        except urllib3.exceptions.HTTPError:
            self._edges.reverse()
            return self._pool.request(method, self._edges[0] + path, **options)


@dataclass
class Uploads:
    """Uploads one after the other by several threads, until told to stop; what was acknowledged, and the stalls."""

    cluster: Cluster
    picture: Callable[[int], bytes]
    threads: int = 4
    acknowledged: dict[str, str] = field(default_factory=dict)  # public_id: sha256
    paths: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    longest: float = 0.0  # seconds from the first try of an upload to its acknowledgement

    def __enter__(self) -> Self:
        self._stop = threading.Event()
        self._running = [threading.Thread(target=self._run, args=(number,)) for number in range(self.threads)]
        for thread in self._running:
            thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._stop.set()
        for thread in self._running:
            thread.join()

    def _run(self, number: int) -> None:
        visitor, count = Visitor(self.cluster), 0
        while not self._stop.is_set():
            count += 1
            public_id = f"load/{number}-{count}-{os.urandom(4).hex()}"
            self._one(visitor, public_id, self.picture(number * 100_000 + count))

    def _one(self, visitor: Visitor, public_id: str, content: bytes) -> None:
        started = time.monotonic()
        while time.monotonic() < started + 30:
            try:
                answer = visitor.upload(content, public_id, overwrite="false")
            except (AssertionError, urllib3.exceptions.HTTPError) as error:
                self.refused.append(str(error)[:200])
                time.sleep(0.2)
            else:
                self.longest = max(self.longest, time.monotonic() - started)
                self.acknowledged[public_id] = hashlib.sha256(content).hexdigest()
                self.paths[public_id] = urlsplit(answer["secure_url"]).path
                return
        self.longest = max(self.longest, time.monotonic() - started)

    def lost_and_doubled(self) -> tuple[int, int]:
        """Compare what was acknowledged with the documents and with the bytes that are delivered."""
        visitor, db = Visitor(self.cluster), self.cluster.database()
        names = [row["public_id"] for row in db["assets"].find({"public_id": {"$regex": "^load/"}})]
        lost = 0
        for public_id, wanted in self.acknowledged.items():
            answer = visitor.get(self.paths[public_id])
            lost += answer.status != 200 or hashlib.sha256(answer.data).hexdigest() != wanted
        return lost, len(names) - len(set(names))
