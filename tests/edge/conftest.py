"""A real nginx edge in front of a recording origin."""

import dataclasses
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from picturerail import processes
from picturerail.edge.nginx import process
from picturerail.edge.nginx.config import Edge
from picturerail.settings import Settings, load
from tests.edge.origin import Origin
from tests.ports import free_port

SECRET = "an-edge-secret-of-the-tests"
SITE = "pictures.example"


@dataclasses.dataclass
class Running:
    """A started edge; `url` is for visitors, `inner` for insiders."""

    edge: Edge
    settings: Settings
    process: processes.Process

    @property
    def url(self) -> str:
        return f"{'https' if self.edge.certificate else 'http'}://{self.edge.listen}"

    def restart(self) -> None:
        self.process = process.start(self.settings, self.edge)

    def close(self) -> None:
        processes.stop(self.process)


def settings_of(tmp_path: Path, **given: Any) -> Settings:
    defaults: dict[str, Any] = {
        "edge_secret": SECRET,
        "public_url": f"http://{SITE}",
        "data": tmp_path / "data",
    }
    return load({}, **defaults | given)


def start_edge(folder: Path, origin: str, **choices: Any) -> Running:
    settings = settings_of(folder, **choices.pop("settings", {}))
    plain = Edge(
        name=choices.pop("name", "one"),
        folder=folder / "edge",
        listen=choices.pop("listen", f"127.0.0.1:{free_port()}"),
        inner=choices.pop("inner", f"127.0.0.1:{free_port()}"),
        origins=(origin, *choices.pop("more_origins", ())),
        workers="2",
        **{"rate": 100_000, "connections": 10_000} | choices,
    )
    edge = process.as_this_user(plain)
    return Running(edge, settings, process.start(settings, edge))


@pytest.fixture
def origin() -> Iterator[Origin]:
    with Origin() as running:
        yield running


@pytest.fixture
def edge(origin: Origin, tmp_path: Path) -> Iterator[Running]:
    running = start_edge(tmp_path, origin.address)
    yield running
    running.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate and its key."""
    folder = tmp_path_factory.mktemp("tls")
    crt, key = folder / "edge.crt", folder / "edge.key"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2",
         "-subj", f"/CN={SITE}", "-addext", f"subjectAltName=DNS:{SITE},IP:127.0.0.1", "-keyout", key, "-out", crt],
        check=True, capture_output=True,
    )  # fmt: skip
    return crt, key
