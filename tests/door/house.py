"""A door to small applications that do what tests need; what granian's workers load, and how they are started."""

import os
import subprocess
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Self

from picturerail.door.answers import HeaderList
from picturerail.door.door import Door, Entrance
from picturerail.door.head import Head, Named
from picturerail.door.lanes import Lane
from picturerail.door.process import web_server
from picturerail.settings import load
from picturerail.visitors import CURRENT, KNOWN
from tests.ports import free_port
from tests.raw import answers_at
from tests.service import wait_until

THREADS = 4
PATIENCE = 2
CALLS = Path(os.environ.get("HOUSE_CALLS", "calls"))


def app() -> Door:
    """Pages and slow work, each in a lane of its own; one process."""
    pages, slow = Lane("pages", THREADS, THREADS), Lane("slow", THREADS, THREADS)

    def entrance(head: Head) -> Entrance:
        if head.path == "/blocked":  # here we are in the event loop
            Path(f"{head.query}.begun").touch()
            wait_until(lambda: Path(head.query).exists())
        is_slow = head.path.startswith("/slow")
        return Entrance(slow if is_slow else pages, _app, is_watched=is_slow)

    def place(head: Head) -> tuple[str, str] | None:
        return (head.path, "") if head.path.startswith("/slow/one") else None

    return Door(load(), entrance, _Stored(), place)


class _Stored:
    """Everything under /stored/ is in memory; names that are numbers have as many bytes."""

    def from_memory(
        self, method: str, path: str, query: str, headers: Named, most: int
    ) -> tuple[int, HeaderList, bytes] | None:
        del method, query, headers, most
        if not path.startswith("/stored/"):
            return None
        name = path.rpartition("/")[2]
        body = bytes(int(name)) if name.isdecimal() else b"here"
        return 200, [("Content-Length", str(len(body)))], body

    def find(self, *_: object) -> None:
        return None

    def read(self, *_: object) -> None:
        return None

    def file(self, *_: object) -> None:
        return None

    def whole_file(self, *_: object) -> None:
        return None

    def head(self, *_: object) -> tuple[int, HeaderList, bool]:
        raise AssertionError("nothing was found")

    def answer(self, *_: object) -> tuple[int, HeaderList, bytes]:
        raise AssertionError("nothing was found")


def _blocked(_: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Length", "7")])
    return [b"at last"]


def _app(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    name = environ["PATH_INFO"].strip("/").split("/")[0]
    with CALLS.open("a") as calls:
        calls.write(f"{environ['PATH_INFO']}\n")
    answer: Iterable[bytes] = globals()[f"_{name}"](environ, start_response)
    return answer


def _echo(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    body = environ["wsgi.input"].read()
    start_response(
        "200 OK", [("X-Length", environ.get("CONTENT_LENGTH", "none")), ("X-Bytes", str(len(body)))]
    )
    return [body[:1000]]


def _info(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [
        f"{name}={value}\n".encode("latin-1")
        for name, value in sorted(environ.items())
        if isinstance(value, str)
    ]


def _refuse(_: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    start_response("401 Unauthorized", [("Content-Length", "3")])
    return [b"no\n"]


def _known(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    environ[KNOWN] = True
    return _echo(environ, start_response)


def _slow(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    if "until/left" in environ["PATH_INFO"]:
        wait_until(lambda: CURRENT.get().is_gone)
        with CALLS.open("a") as calls:
            calls.write("left\n")
        return []
    time.sleep(float(environ["QUERY_STRING"] or "1"))
    start_response("404 Not Found" if "missing" in environ["PATH_INFO"] else "200 OK", [])
    return [b"slow"]


def _long(environ: dict[str, Any], start_response: Any) -> Iterator[bytes]:
    start_response("200 OK", [("Content-Type", "application/octet-stream")])
    try:
        for number in range(int(environ["QUERY_STRING"])):
            yield bytes([number % 251]) * 100_000
    finally:
        with CALLS.open("a") as calls:
            calls.write("closed\n")


def _file(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    path = Path(environ["QUERY_STRING"])
    start_response("200 OK", [("Content-Length", str(path.stat().st_size))])
    return environ["wsgi.file_wrapper"](path.open("rb"))  # type: ignore[no-any-return]


class House:
    """The door to these applications, in processes of its own."""

    def __init__(self, data: Path, http: str = "1", **env: str) -> None:
        self.port, self.data, self.calls = free_port(), data, data / "calls"
        self._http = http
        data.mkdir(exist_ok=True)
        self._env = {**os.environ, "PICTURERAIL_DATA": str(data), "HOUSE_CALLS": str(self.calls)}
        self._env |= {
            "PICTURERAIL_PORT": str(self.port),
            "PICTURERAIL_PATIENCE_SECONDS": str(PATIENCE),
            "PICTURERAIL_WORKERS": "1",
            **env,
        }

    def __enter__(self) -> Self:
        command = web_server("tests.door.house:app", "127.0.0.1", self.port, 1, PATIENCE)
        command += ["--http", self._http]
        self.process = subprocess.Popen(command, env=self._env)
        wait_until(lambda: answers_at(self.port))
        self.calls.write_text("")
        return self

    def __exit__(self, *_: object) -> None:
        self.process.terminate()
        self.process.wait(30)

    def called(self) -> list[str]:
        """The paths for which an application was called."""
        return self.calls.read_text().split()

    def resident(self) -> int:
        """Bytes of memory of the process that serves."""
        return int((self._serving / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")

    def threads(self) -> int:
        """How many threads it has."""
        return len(list((self._serving / "task").iterdir()))

    def connections(self) -> int:
        """How many connections to it there are."""
        return len(self._connected())

    def queued(self) -> int:
        """Bytes that the kernel holds of answers on these connections."""
        return sum(int(row[4].partition(":")[0], 16) for row in self._connected())

    def _connected(self) -> list[list[str]]:
        local = f":{self.port:04X}"
        rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()]
        return [row for row in rows[1:] if row[1].endswith(local) and row[3] == "01"]

    @property
    def _serving(self) -> Path:
        """Where the kernel tells of the process that serves: the last child of granian's."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return Path(f"/proc/{children[-1]}")
