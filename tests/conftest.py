"""The real parts that tests stand on, each started once: mongod, image workers, the whole program."""

import secrets
import sys
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from pymongo import MongoClient

from picturerail import mongod, processes
from picturerail.database import Client, Database, connect, ensure_schema
from picturerail.database import database as database_of
from picturerail.settings import MEGABYTE, kept_secrets
from tests import pure
from tests.media_service import empty
from tests.order import dealt
from tests.service import Service
from tests.services import Services


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pure", action="store_true", help="only tests that start no real part")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    return True if config.getoption("pure") and pure.lies_among_real_parts(collection_path) else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    items[:] = dealt(items)
    if config.getoption("pure"):
        items[:] = [item for item in items if pure.is_pure(item)]


@pytest.fixture(scope="session")
def mongo_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The data folder of a real embedded mongod, for as long as the tests run."""
    data = tmp_path_factory.mktemp("mongo")
    process = mongod.start(data)
    yield data
    processes.stop(process)


@pytest.fixture(scope="session")
def mongo_uri(mongo_folder: Path) -> str:
    """A user who may write to the database `gallery` only, which is shared by all tests of this process."""
    return mongod.uri(mongo_folder)


@pytest.fixture(scope="session")
def new_mongo_uri(mongo_folder: Path, mongo_uri: str) -> Iterator[Callable[[], str]]:
    """Makes a database of its own for each program, whose jobs nobody else takes; its URI."""
    numbers, address = count(1), urlsplit(mongo_uri).netloc.rpartition("@")[2]
    secret = kept_secrets(mongo_folder)["mongo_admin"]
    admin: Client = MongoClient(f"mongodb://admin:{secret}@{address}/?directConnection=true")

    def make() -> str:
        name = f"gallery{next(numbers)}"
        password = secrets.token_hex(16)
        roles = [{"role": "readWrite", "db": name}]
        admin[name].command("createUser", "app", pwd=password, roles=roles)
        return f"mongodb://app:{password}@{address}/{name}?authSource={name}&directConnection=true"

    yield make
    admin.close()


@pytest.fixture(scope="session")
def new_database(mongo_uri: str) -> Iterator[tuple[Database, list[dict[str, Any]]]]:
    """The database `gallery` with its indexes, and what it notes of its schema."""
    with connect(mongo_uri) as client:
        db = database_of(client)
        ensure_schema(db)
        notes = list(db["schema"].find())
        empty(db)
        yield db, notes


@pytest.fixture
def database(new_database: tuple[Database, list[dict[str, Any]]]) -> Iterator[Database]:
    """The database `gallery` with its indexes and without any document of ours."""
    db, notes = new_database
    db["schema"].insert_many(notes)
    yield db
    empty(db)


@pytest.fixture(scope="session")
def image_workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The socket of a running pool of image workers."""
    socket = tmp_path_factory.mktemp("images") / "images.sock"
    limits = ("2", "16", "20", str(1200 * MEGABYTE))  # workers, queue, seconds, memory
    sandbox = f"--write={tmp_path_factory.getbasetemp()}"
    process = processes.start([sys.executable, "-m", "picturerail.transform", str(socket), *limits, sandbox])
    _wait_for(socket)
    yield socket
    processes.stop(process)


@pytest.fixture(scope="session")
def services(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Services:
    """Makes programs and media services, each on a folder and a database of its own."""
    return Services(request, tmp_path_factory)


@pytest.fixture(scope="module")
def service(services: Services) -> Iterator[Service]:
    """The whole program with an owner account. Shared: count on nothing that you did not make.

    It ends with a file: it takes a little of a core all the time. Folders of many tests have one of their own.
    """
    with services.owned() as running:
        yield running


def _wait_for(socket: Path) -> None:
    from tests.service import wait_until

    wait_until(socket.exists)
