"""When a part that the service needs is away: a sentence, nothing half stored, and it heals by itself."""

import json
import resource
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from pymongo.errors import PyMongoError
from pymongo.monitoring import TopologyDescriptionChangedEvent

from picturerail import mongod, processes
from picturerail.database import connect, expect_writable
from picturerail.errors import Unavailable
from picturerail.media.maintenance.reconcile import check
from picturerail.topology_watch import ELECTION_SECONDS, Watch
from tests.files import jpeg
from tests.media.http import Got, send, signed, upload
from tests.media_service import MediaService
from tests.service import wait_until
from tests.services import Services

LARGE = jpeg(1000, 800)


@pytest.fixture
def service(services: Services) -> Iterator[MediaService]:
    with services.media(workers=1) as running:
        yield running


def away(got: Got) -> None:
    assert got.status == 503, (got.status, got.body)
    assert int(got.headers["retry-after"]) > 0
    assert json.loads(got.body)["error"]["message"]


def web_processes(service: MediaService) -> list[int]:
    assert service.process is not None
    pid = service.process.pid
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def test_a_full_disk(service: MediaService) -> None:
    assert len(LARGE) > 100_000
    kept = json.loads(upload(service, signed(service), LARGE).body)
    before = sorted(service.data.rglob("*"))
    for pid in web_processes(service):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (50_000, resource.RLIM_INFINITY))
    away(upload(service, signed(service), LARGE))
    assert send(kept["url"]).body == LARGE
    assert [path for path in service.data.rglob("*") if path not in before and path.suffix != ".lock"] == []
    for pid in web_processes(service):
        resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert upload(service, signed(service), LARGE).status == 200


def test_image_workers_away(services: Services, tmp_path: Path) -> None:
    with services.media(workers=1, images=tmp_path / "nobody.sock") as service:
        away(upload(service, signed(service), LARGE))
        assert [path for path in (service.data / "originals").rglob("[!.]*") if path.is_file()] == []
        assert [path for path in (service.data / "spool").iterdir() if path.is_file()] == []


def test_mongodb_away_and_back(services: Services, tmp_path: Path) -> None:
    folder = tmp_path / "mongo"
    folder.mkdir()
    process = mongod.start(folder)
    try:
        with services.media(workers=1, mongo_uri=mongod.uri(folder)) as service:
            kept = json.loads(upload(service, signed(service), LARGE).body)
            processes.stop(process)
            away(upload(service, signed(service), LARGE))
            refused = send(kept["url"])
            assert refused.status == 503
            assert int(refused.headers["retry-after"]) > 0
            assert refused.headers["cache-control"] == "no-store"
            process = mongod.start(folder)
            wait_until(lambda: send(kept["url"]).status == 200)
            assert send(kept["url"]).body == LARGE
            wait_until(lambda: upload(service, signed(service), LARGE).status == 200)
            assert check(service.settings, service.records, deep=True).clean
    finally:
        processes.stop(process)


def test_a_client_that_did_not_look_yet_refuses_nothing(
    mongo_uri: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Flask-PyMongo's client looks when it is first used, which may be long after it was made, and by a change."""
    told = threading.Event()

    class Told(Watch):
        def description_changed(self, event: TopologyDescriptionChangedEvent) -> None:
            super().description_changed(event)
            told.set()

    monkeypatch.setattr("picturerail.topology_watch.ELECTION_SECONDS", 0)
    client = connect(mongo_uri, connect=False, event_listeners=[Told()])
    assert told.wait(60), "the driver tells of a client that was made"
    expect_writable(client)
    client.close()


def test_changes_are_refused_at_once_only_while_no_server_takes_them(mongo_uri: str) -> None:
    """The driver's word comes late and from another thread: a stale one must not close a database that is there."""
    there = connect(mongo_uri)
    there.admin.command("ping")
    nobody = connect("mongodb://127.0.0.1:1/gallery", serverSelectionTimeoutMS=100)
    with pytest.raises(PyMongoError):
        nobody.admin.command("ping")
    expect_writable(nobody)  # an election may be on
    for client in (there, nobody):
        [watch] = [found for found in client.options.event_listeners if isinstance(found, Watch)]
        watch._since = time.monotonic() - 2 * ELECTION_SECONDS
    expect_writable(there)
    with pytest.raises(Unavailable):
        expect_writable(nobody)
