"""A zip that is on its way ends when whoever loads it loses what let them load it: as a download that failed."""

import http.client
import io
import json
import socket
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.errors import PicturerailError
from picturerail.gallery.actions import downloads, transfers
from picturerail.gallery.pages import archives
from picturerail.gallery.pictures import lifecycle
from picturerail.gallery.pictures.filter import in_state
from picturerail.gallery.pictures.model import TRASH, Picture
from picturerail.gallery.transfer import zip_folder
from picturerail.gallery.transfer_kinds import EXPORT
from picturerail.jobs import queue
from picturerail.jobs.job import DONE, NewJob
from picturerail.settings import Settings
from tests.faults.uploads import unique_jpeg
from tests.gallery.browser import Browser
from tests.gallery.conftest import Maker
from tests.service import Service

LOST: dict[str, Callable[[Database], object]] = {
    "demoted": lambda db: db.users.update_many({}, {"$set": {"role": "viewer"}}),
    "disabled": lambda db: db.users.update_many({}, {"$set": {"disabled": True}}),
    "removed": lambda db: db.users.delete_many({}),
    "signed out": lambda db: db.sessions.delete_many({}),
    "password changed": lambda db: db.users.update_many({}, {"$inc": {"generation": 1}}),
}
SEED = 732_000


def read(client: FlaskClient, monkeypatch: pytest.MonkeyPatch, after: Callable[[str], object]) -> list[str]:
    """The ids of the pictures that a zip of a search has sent; `after` the first one something happens."""
    sent: list[str] = []

    def original(_: Any, picture: Picture) -> Iterator[bytes]:
        sent.append(picture.id)
        yield bytes(picture.bytes)
        if len(sent) == 1:
            after(picture.id)

    monkeypatch.setattr(downloads, "original", original)
    monkeypatch.setattr(archives, "ASKED_AFTER", 0.0)
    with client.get("/gallery/zip?q=lighthouse", buffered=False) as answer:
        assert answer.status_code == 200
        body = b""
        try:
            body = answer.get_data()
        except PicturerailError:
            return sent
        assert len(body) == answer.content_length
        assert zipfile.ZipFile(io.BytesIO(body)).testzip() is None
    return sent


@pytest.mark.parametrize("lost", LOST)
def test_who_loses_the_right_gets_no_next_picture(
    lost: str,
    people: dict[str, FlaskClient],
    make: Maker,
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for _ in range(3):
        make(description="A lighthouse")
    assert len(read(people["editor"], monkeypatch, lambda _: None)) == 3, "it ends for nothing"
    assert len(read(people["editor"], monkeypatch, lambda _: LOST[lost](database))) == 1
    assert archives._turns.acquire(blocking=False), "it occupies a place still"
    archives._turns.release()


def test_a_picture_that_is_somebody_elses_now_is_not_sent(
    people: dict[str, FlaskClient], make: Maker, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was put into the trash meanwhile goes on: one may take it out again, and who tidies up ends no download."""
    own = str(next(each["_id"] for each in database.users.find({"role": "contributor"})))
    first, second, _ = [make(description="A lighthouse", owner=own).id for _ in range(3)][::-1]
    elsewhere = {"$set": {"owner": str(ObjectId())}}
    given = {"_id": ObjectId(second)}
    contributor = people["contributor"]
    assert len(read(contributor, monkeypatch, lambda _: lifecycle.trash(database, second))) == 3
    lifecycle.restore(database, in_state(TRASH), second)
    assert read(contributor, monkeypatch, lambda _: database.gallery.update_one(given, elsewhere)) == [first]


def test_an_export_ends_too(
    people: dict[str, FlaskClient], settings: Settings, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of all pictures, made by somebody who could change them: as a contributor they may load it no more."""
    who = str(next(each["_id"] for each in database.users.find({"role": "editor"})))
    told = {"who": who, "about": "all pictures", "edited": False}
    (job,) = queue.put(database, NewJob(kind=EXPORT, arguments=told, line=EXPORT))
    done = {"state": DONE, "result": json.dumps({"of_all": True, "parts": [1]})}
    database.jobs.update_one({"_id": ObjectId(job)}, {"$set": done})
    folder = transfers.folder_of(settings, job) / "1"
    folder.mkdir(parents=True)
    for name in ("a.jpg", "b.jpg"):
        (folder / name).write_bytes(b"picture")
    read: list[str] = []

    def blocks(file: Path) -> Iterator[bytes]:
        read.append(file.name)
        yield file.read_bytes()
        database.users.update_one({"_id": ObjectId(who)}, {"$set": {"role": "contributor"}})

    monkeypatch.setattr(zip_folder, "_blocks", blocks)
    monkeypatch.setattr(archives, "ASKED_AFTER", 0.0)
    with people["editor"].get(f"/transfers/{job}/1.zip", buffered=False) as answer:
        assert answer.status_code == 200
        with pytest.raises(PicturerailError):
            answer.get_data()
    assert read == ["a.jpg"]


def test_a_browser_sees_that_the_download_failed(service: Service) -> None:
    email, password = "zip-meanwhile@example.com", service.owner_password
    service.add_user(email, "contributor", password)
    browser = Browser(service.url)
    browser.sign_in(email, password)
    padded = [unique_jpeg(SEED + number, (64, 48)) + bytes(3_000_000) for number in range(6)]
    browser.post("/upload/", {"tags": "meanwhile"}, [("image", "big.jpg", each) for each in padded])
    cookies = "; ".join(f"{each.name}={each.value}" for each in browser.jar)
    connection = http.client.HTTPConnection("127.0.0.1", service.port, timeout=60)
    connection.sock = socket.socket()
    # what is not read yet is not sent yet
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 64 * 1024)
    connection.sock.settimeout(60)
    connection.sock.connect(("127.0.0.1", service.port))
    connection.request("GET", "/gallery/zip?q=meanwhile", headers={"Cookie": cookies})
    answer = connection.getresponse()
    whole = int(answer.headers["Content-Length"])
    assert (answer.status, whole > 18_000_000) == (200, True)
    begun = answer.read(100_000)
    service.run("user", "remove", email, "--pictures", "keep")
    time.sleep(archives.ASKED_AFTER)
    with pytest.raises(http.client.IncompleteRead) as broken:
        answer.read()
    connection.close()
    assert len(begun) + len(broken.value.partial) < whole / 2
