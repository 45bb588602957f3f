"""A library of open originals moves to closed ones: killed at each step, seen all the time, and nothing is lost."""

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from cloudinary import uploader
from pymongo.collection import Collection

from picturerail.database import Database, ensure_schema
from picturerail.gallery import cloud as media
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.maintenance import consistency, delivery
from picturerail.gallery.pictures import create, lookup, view
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.text import PictureText
from picturerail.schema_steps import STEPS, _close_originals
from picturerail.settings import Settings
from tests.gallery.browser import Browser
from tests.gallery.test_uploads import fresh

NUMBER = 3


class Killed(BaseException):
    """kill -9, as far as the code can see it: nothing of ours catches it."""


class Kills:
    """Kills whoever comes to the `at`-th point, before it is done or just after."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Watch every write of a picture, and every call that moves an asset."""
        self.left, self.times = -1, 0
        for owner, name in ((Collection, "update_one"), (Collection, "update_many"), (uploader, "rename")):
            monkeypatch.setattr(owner, name, self._watched(getattr(owner, name)))

    def _watched(self, call: Callable[..., Any]) -> Callable[..., Any]:
        def watched(*args: Any, **options: Any) -> Any:
            self._pass()
            answer = call(*args, **options)
            self._pass()
            return answer

        return watched

    def _pass(self) -> None:
        self.left -= 1
        if self.left == -1:
            self.times += 1
            raise Killed


def library(db: Database, cloud: CloudAccess) -> list[Picture]:
    """Pictures as a version before left them."""
    said: dict[str, Any] = {
        "text": PictureText(),
        "owner": "x",
        "visibility": "public",
        "limit": 10**7,
        "delivery": "upload",
    }
    return [
        create.take_file(
            db,
            cloud,
            io.BytesIO(fresh(60, 40)),
            filename="a.jpg",
            public_id=create.new_public_id(),
            picture_id=None,
            **said,
        )
        for _ in range(NUMBER)
    ]


def test_killed_at_each_step(
    database: Database, settings: Settings, stranger: CloudAccess, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures, visitor = library(database, stranger), Browser("")
    elsewhere = {each.id: view.show(each, stranger).src for each in pictures}  # as somebody's page has it
    originals = [stranger.url(each.public_id, each.version, extension="jpg") for each in pictures]
    assert {visitor.get(each).status for each in originals} == {200}
    database.schema.update_one(
        {"_id": "version"}, {"$set": {"version": STEPS.index(_close_originals)}}, upsert=True
    )
    kills, point, is_done = Kills(monkeypatch), 0, False
    monkeypatch.setattr(delivery, "MOVERS", 1)
    while not is_done:
        kills.left = point
        try:
            ensure_schema(database)
            delivery.catch_up(database, stranger, settings)
            is_done = True
        except Killed:
            point = (point + 1) % 7
        kills.left = -1
        assert media.existing(stranger, [each.public_id for each in pictures]) == {
            each.public_id for each in pictures
        }
        for each in pictures:
            now = lookup.with_public_id(database, each.public_id)
            assert now
            # as its page shows it at this moment
            assert visitor.get(view.show(now, stranger).src).status == 200
            assert visitor.get(elsewhere[now.id]).status == 200
    assert kills.times >= 3 * NUMBER
    assert {visitor.get(each).status for each in originals} == {404}
    assert database.gallery.count_documents({"delivery": "private", "moving": None}) == NUMBER
    assert consistency.check(database, stranger).without_asset == []


def test_originals_that_a_setting_opened_once_are_closed(
    database: Database, settings: Settings, stranger: CloudAccess
) -> None:
    [picture, other, *_] = library(database, stranger)
    database.gallery.update_one(
        {"public_id": other.public_id}, {"$set": {"public_id": "mine/a", "moving": None}}
    )
    database["site"].insert_one({"_id": "delivery", "private": False, "open": True})
    for keep in (True, False):
        delivery.catch_up(database, stranger, replace(settings, keep_metadata=keep))
        found = lookup.with_public_id(database, picture.public_id)
        assert found
        assert found.delivery == "private"
    mine = lookup.with_public_id(database, "mine/a")
    assert mine
    assert mine.delivery == "upload"  # what others uploaded there, they may show on
