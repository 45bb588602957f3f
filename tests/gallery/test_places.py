"""Where pictures were taken that came before there was a word on location: read from their files, one by one."""

import io
import time
from collections.abc import Callable

import pytest
from bson import ObjectId

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import Unavailable
from picturerail.gallery import cloud as media
from picturerail.gallery.actions import uploads
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.cloud import Answer, CloudAccess
from picturerail.gallery.maintenance import backlog, places
from picturerail.gallery.pictures import versions
from picturerail.gallery.pictures.text import PictureText
from picturerail.gallery.policy import Operator
from picturerail.settings import Settings
from tests.files import jpeg
from tests.gallery.conftest import Maker
from tests.gallery.metadata.test_metadata import files

PLACE = "52.50028, 13.40056"
Ask = Callable[[CloudAccess, str, str], Answer]


class Killed(BaseException):
    """kill -9, as far as the code can see it."""


def known(db: Database) -> list[str | None]:
    """The place of each picture, oldest first; None where it is still to be asked for."""
    return [one.get("place") for one in db.gallery.find().sort("_id", 1)]


def as_before_the_word(db: Database) -> None:
    """Let all pictures be as an older program left them."""
    db.gallery.update_many({}, {"$unset": {"place": "", "location": ""}})


def test_a_backlog_that_is_killed_goes_on(
    stranger: CloudAccess, database: Database, settings: Settings
) -> None:
    """From the originals, at a cloud of our own or elsewhere. Nothing is asked twice, nothing is left out."""
    at = ActionContext(Operator(), database, stranger, settings)
    for seed in range(4):
        content = files()["jpg"] + b"%d" % time.time_ns() if seed % 2 else jpeg(30, 20, time.time_ns() % 997)
        uploads.add_file(at, io.BytesIO(content), filename="a.jpg", text=PictureText())
    whole = known(database)
    assert whole == ["", PLACE, "", PLACE]
    as_before_the_word(database)
    asked: list[str] = []
    camera = media.camera

    def killed_after(number: int) -> Ask:
        def ask(cloud: CloudAccess, public_id: str, delivery: str) -> Answer:
            if len(asked) == number:
                raise Killed
            asked.append(public_id)
            return camera(cloud, public_id, delivery)

        return ask

    for number in (1, 2):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(media, "camera", killed_after(number))
            with pytest.raises(Killed):
                places.look(database, stranger, settings)
        assert 4 - known(database).count(None) == number
    assert places.look(database, stranger, settings) == 2
    assert known(database) == whole
    assert places.look(database, stranger, settings) == 0


def test_what_changes_meanwhile_is_asked_again(
    cloud: CloudAccess, database: Database, settings: Settings, make: Maker
) -> None:
    """A picture whose asset is being moved, or that gets another file, is asked later, and has no place of another."""
    one = make()
    as_before_the_word(database)
    changes: tuple[dict[str, object], ...] = (
        {"public_id": "gallery/other"},
        {"delivery": "authenticated"},
        {"moving": True},
    )
    before = database.gallery.find_one({"_id": ObjectId(one.id)})
    assert before
    for change in changes:

        def ask(*_: object, change: dict[str, object] = change) -> Answer:
            database.gallery.update_one({"_id": ObjectId(one.id)}, {"$set": change})
            return {}

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(media, "camera", ask)
            assert places.look(database, cloud, settings) == 0
        assert known(database) == [None]
        database.gallery.replace_one({"_id": ObjectId(one.id)}, before)


def test_a_cloud_that_is_away_is_asked_another_time(
    cloud: CloudAccess, database: Database, settings: Settings, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(backlog.MAX_FAILED + 2):
        make()
    as_before_the_word(database)
    asked = []

    def ask(*_: object) -> Answer:
        asked.append(1)
        raise Unavailable("away")

    monkeypatch.setattr(media, "camera", ask)
    assert places.look(database, cloud, settings) == 0
    assert len(asked) == backlog.MAX_FAILED
    assert known(database) == [None] * (backlog.MAX_FAILED + 2)


def test_a_former_file_from_before_is_asked_about_when_it_is_shown_again(
    database: Database, make: Maker
) -> None:
    former = {"id": "v1", "public_id": "gallery/old", "delivery": "private", "replaced_at": now()}
    olds = [former, {**former, "id": "v2", "public_id": "gallery/newer", "place": PLACE}]
    for old in olds:
        one = make(versions=olds)
        versions.take_back(database, one, str(old["id"]), {})
    assert known(database) == [None, PLACE]


def test_those_to_be_asked_about_are_found_by_index(database: Database) -> None:
    """Each hour, among very many that have been asked about."""
    database.gallery.insert_many([{"public_id": f"gallery/{n}", "place": ""} for n in range(50)])
    database.gallery.insert_one({"public_id": "gallery/old"})
    told = database.gallery.find(places.STILL).explain()["executionStats"]
    assert (told["nReturned"], told["totalDocsExamined"]) == (1, 1)
