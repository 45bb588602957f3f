"""The real parts that tests stand on, each started once: mongod, image workers, the whole program."""

import secrets
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from picturerail import mongod, processes
from picturerail.database import Database, connect, ensure_schema
from picturerail.database import database as database_of
from picturerail.settings import MEGABYTE
from tests.service import Service


@pytest.fixture(scope="session")
def mongo_uri(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real embedded mongod, for as long as the tests run; the user may write to the database `gallery` only."""
    data = tmp_path_factory.mktemp("mongo")
    process = mongod.start(data)
    yield mongod.uri(data)
    processes.stop(process)


@pytest.fixture
def database(mongo_uri: str) -> Iterator[Database]:
    """The database `gallery` with its indexes and without any document."""
    client = connect(mongo_uri)
    db = database_of(client)
    ensure_schema(db)
    yield db
    for name in db.list_collection_names():
        db[name].delete_many({})
    client.close()


@pytest.fixture(scope="session")
def image_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The socket of a running pool of image workers."""
    socket = tmp_path_factory.mktemp("images") / "images.sock"
    limits = ("2", "16", "20", str(1200 * MEGABYTE))  # workers, queue, seconds, memory
    process = processes.start([sys.executable, "-m", "picturerail.transform", str(socket), *limits])
    _wait_for(socket)
    yield socket
    processes.stop(process)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The whole program with an owner account. Shared: count on nothing that you did not make."""
    with Service(tmp_path_factory.mktemp("service") / "data") as running:
        running.add_user("owner@example.com", "owner", password=secrets.token_urlsafe(12))
        yield running


def _wait_for(socket: Path) -> None:
    from tests.service import wait_until

    wait_until(socket.exists)
