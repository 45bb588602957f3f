"""picturerail check: one line for each thing that a start needs, with what to do where it is not well."""

import shutil
import socket
import threading
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from click.testing import CliRunner, Result

from picturerail import mongod
from picturerail.cli import main
from picturerail.errors import StartupError
from picturerail.preflight import address, machine, services
from picturerail.preflight.verdict import Severity, Verdict
from picturerail.settings import Settings, load
from tests.ports import free_port

SECRET = "0123456789abcdef"


Proxy = Callable[[int, dict[str, str]], str]


class Usage(NamedTuple):
    total: int
    used: int
    free: int


def run(data: Path, **env: str) -> Result:
    return CliRunner().invoke(main, ["check", "--data", str(data), "--port", str(free_port())], env=env)


def settings_of(tmp_path: Path, **given: Any) -> Settings:
    return load({}, data=tmp_path / "data", port=free_port(), **given)


def only(verdicts: Iterator[Verdict]) -> Verdict:
    [one] = verdicts
    return one


def test_a_fresh_machine_is_ready_and_nothing_is_made(tmp_path: Path) -> None:
    said = run(tmp_path / "data")
    assert said.exit_code == 0, said.output
    for what in ("packages", "mongod", "disk", "memory", "clock", "port", "database", "store", "address"):
        assert f" {what} " in said.output
    assert not (tmp_path / "data").exists()


def test_something_wrong_is_an_exit_code(tmp_path: Path) -> None:
    said = run(
        tmp_path / "data",
        MONGO_URI="mongodb://127.0.0.1:1/gallery",
        PICTURERAIL_STORE="s3://k:s@b?endpoint=http://127.0.0.1:1",
    )
    assert said.exit_code == 1
    assert "wrong  database       MONGO_URI: no MongoDB server answers there." in said.output
    store = "wrong  store          PICTURERAIL_STORE cannot be used: nothing answers at its endpoint."
    assert store in said.output


def test_missing_libraries_pages_and_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> Path:
        raise StartupError("The embedded MongoDB server is not available on this system. Set MONGO_URI ...")

    monkeypatch.setattr(machine, "LIBRARIES", ("pyvips", "no_such_library"))
    monkeypatch.setattr(mongod, "binary", nothing)
    packages, embedded, *_ = machine.packages(settings_of(tmp_path))
    assert packages.severity is embedded.severity is Severity.WRONG
    assert packages.sentence.startswith("no_such_library cannot be loaded")
    assert "MONGO_URI" in embedded.sentence


def test_a_database_program_that_cannot_run_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "mongod"
    broken.write_text("#!/bin/sh\nexit 127\n")
    broken.chmod(0o755)
    monkeypatch.setattr(mongod, "binary", lambda: broken)
    _, embedded, *_ = machine.packages(settings_of(tmp_path))
    assert "apt-get install libcurl4" in embedded.sentence


@pytest.mark.parametrize(
    ("free", "severity"), [(10**8, Severity.WRONG), (2 * 2**30, Severity.NOTE), (2**40, Severity.WELL)]
)
def test_room_on_the_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, free: int, severity: Severity
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Usage(2**41, 0, free))
    assert next(machine.disk(settings_of(tmp_path))).severity is severity


def test_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("")
    assert only(machine.disk(settings_of(tmp_path))).what == "data folder"


def test_a_network_disk_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_file_system", lambda _: "nfs4")
    assert "lies on nfs4" in list(machine.disk(settings_of(tmp_path)))[1].sentence
    monkeypatch.undo()
    assert machine._file_system(Path("/proc")) == "proc"


def test_memory_for_all_processes(tmp_path: Path) -> None:
    assert only(machine.memory(settings_of(tmp_path, workers=1, image_workers=1))).severity is Severity.WELL
    many = only(machine.memory(settings_of(tmp_path, workers=10_000)))
    assert many.severity is Severity.NOTE
    assert "PICTURERAIL_WORKERS" in many.sentence


@pytest.mark.parametrize(("state", "severity"), [(machine.UNSYNCHRONISED, Severity.NOTE), (0, Severity.WELL)])
def test_the_clock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, state: int, severity: Severity) -> None:
    monkeypatch.setattr(machine, "_adjtimex", lambda: state)
    assert only(machine.clock(settings_of(tmp_path))).severity is severity
    monkeypatch.setattr(machine, "YOUNGEST_YEAR", 3000)
    assert only(machine.clock(settings_of(tmp_path))).severity is Severity.WRONG


def test_the_port(tmp_path: Path) -> None:
    settings = settings_of(tmp_path)
    assert only(services.port(settings)).severity is Severity.WELL
    with socket.create_server((settings.host, settings.port)):
        taken = only(services.port(settings))
    assert taken.severity is Severity.WRONG
    assert "--port" in taken.sentence


def test_an_edge_that_is_away(tmp_path: Path) -> None:
    away = only(services.edges(settings_of(tmp_path, edges=f"127.0.0.1:{free_port()}", edge_secret=SECRET)))
    assert away.severity is Severity.WRONG
    assert "PICTURERAIL_EDGE_SECRET" in away.sentence


def test_another_cloud(tmp_path: Path) -> None:
    url = "cloudinary://1:a@theirs?upload_prefix=http://127.0.0.1:1"
    assert only(services.cloud(settings_of(tmp_path, cloudinary_url=url))).severity is Severity.WRONG


def test_without_a_name_the_address_of_the_running_server_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever serves by `--port` asks without it."""
    settings = settings_of(tmp_path)
    settings.run_folder.mkdir(parents=True)
    (settings.run_folder / "running.json").write_text('{"url": "http://127.0.0.1:8123"}')
    assert settings.site_url in only(address.name(settings)).sentence
    monkeypatch.setattr(address, "runs", lambda _: True)
    assert "people open http://127.0.0.1:8123." in only(address.name(settings)).sentence


def test_a_name_without_an_address(tmp_path: Path) -> None:
    found = only(address.name(settings_of(tmp_path, public_url="https://no-such-name.invalid")))
    assert found.severity is Severity.WRONG
    assert "DNS" in found.sentence
    assert (
        "this machine" in only(address.name(settings_of(tmp_path, public_url="http://127.0.0.1:1"))).sentence
    )


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    """Makes reverse proxies: proxy(port behind it, headers that it adds) -> its address."""
    running = []

    def make(behind: int, added: dict[str, str]) -> str:
        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                connection = HTTPConnection("127.0.0.1", behind, timeout=5)
                connection.request("GET", self.path, headers=added)
                self.send_response(connection.getresponse().status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        running.append(server)
        return f"http://127.0.0.1:{server.server_port}"

    yield make
    for server in running:
        server.shutdown()


FORWARDED = {"X-Forwarded-For": "203.0.113.5", "X-Forwarded-Proto": "http"}


@pytest.mark.parametrize(
    ("trusted", "added", "said"),
    [
        ("", {}, "ok: nothing in front tells of visitors"),
        ("", FORWARDED, "wrong: Set PICTURERAIL_TRUSTED_PROXIES=127.0.0.1."),
        ("127.0.0.0/8", FORWARDED, "ok: by a proxy at 127.0.0.1 that is believed"),
    ],
)
def test_a_proxy_in_front(
    tmp_path: Path, proxy: Proxy, trusted: str, added: dict[str, str], said: str
) -> None:
    port = free_port()
    settings = load({}, data=tmp_path, port=port, public_url=proxy(port, added), trusted_proxies=trusted)
    verdict, (severity, _, sentence) = only(address.proxies(settings)), said.partition(": ")
    assert verdict.severity == severity
    assert sentence in verdict.sentence


def test_a_proxy_that_tells_another_scheme(tmp_path: Path, proxy: Proxy) -> None:
    port = free_port()
    url = proxy(port, FORWARDED | {"X-Forwarded-Proto": "https"})
    *_, last = address.proxies(
        load({}, data=tmp_path, port=port, public_url=url, trusted_proxies="127.0.0.1")
    )
    assert "visitors come by https" in last.sentence


def test_an_address_that_leads_elsewhere(tmp_path: Path, proxy: Proxy) -> None:
    elsewhere = proxy(free_port(), {})
    for url in (elsewhere, f"http://127.0.0.1:{free_port()}"):
        assert only(address.proxies(settings_of(tmp_path, public_url=url))).severity is Severity.WRONG
