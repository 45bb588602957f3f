"""A picture's file replaced and taken back, on the whole program: what stays, what closes, what goes."""

import io
import json
import re
from datetime import timedelta
from typing import Any

import pytest
from bson import ObjectId
from flask import Flask
from flask.testing import FlaskClient

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import Conflict, NotFound
from picturerail.gallery import cloud as media
from picturerail.gallery.actions import bulk, files, pictures, uploads
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.actions.files import FileChange
from picturerail.gallery.cloud import AUTHENTICATED, CloudAccess
from picturerail.gallery.maintenance import consistency, removal, versions
from picturerail.gallery.pictures import lookup
from picturerail.gallery.pictures.adjustments import refitted_edit
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.text import PictureText
from picturerail.gallery.pictures.versions import MAX_VERSIONS
from picturerail.gallery.policy import Operator
from picturerail.settings import Settings
from tests.files import jpeg, opened
from tests.gallery.browser import Browser, Page
from tests.gallery.conftest import Maker, call, json_of, signed_in, token
from tests.service import Service

_seed = iter(range(10_000))


def fresh(width: int = 320, height: int = 240) -> bytes:
    """A picture that this gallery has not seen."""
    return jpeg(width, height, 0) + b"another %d" % next(_seed)


@pytest.fixture(scope="module")
def owner(service: Service) -> Browser:
    browser = Browser(service.url)
    browser.sign_in(service.owner_email, service.owner_password)
    return browser


@pytest.fixture
def scripts(app: Flask, database: Database) -> FlaskClient:
    """The owner of a gallery whose cloud nobody answers for."""
    return signed_in(app, database, "owner")


def picture_of(browser: Browser, identity: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(browser.get(f"/api/v1/pictures/{identity}").body)["picture"]
    return told


def added(owner: Browser, width: int = 320, height: int = 240) -> str:
    owner.post("/upload/", {"description": "A boat"}, [("image", "boat.jpg", fresh(width, height))])
    return owner.get("/gallery/").tiles()[0]


def replaced(owner: Browser, identity: str, name: str, content: bytes) -> Page:
    return owner.post(f"/gallery/{identity}/replace", {}, [("file", name, content)])


def undo_in(page: Page) -> str:
    return str(re.findall(r'action="(/gallery/[0-9a-f]{24}/versions/[0-9a-f]{16}/restore)"', page.text)[0])


def test_a_file_is_replaced_and_taken_back_and_that_undone(owner: Browser) -> None:
    identity = added(owner)
    before, visitor = picture_of(owner, identity), Browser(owner.url)
    content = fresh(500, 400)
    page = replaced(owner, identity, "boat again.jpg", content)
    assert (page.status, page.path) == (200, f"/gallery/{identity}")
    assert "The file is replaced" in page.words
    assert "500 × 400 pixels" in page.words
    now_shown = picture_of(visitor, identity)
    assert (now_shown["description"], now_shown["filename"]) == ("A boat", "boat again.jpg")
    assert visitor.get(picture_of(owner, identity)["url"]).body == content
    assert visitor.get(before["url"]).status in (401, 403, 404)
    assert visitor.get(before["image"]["url"].replace("{w}", "160")).status in (401, 403, 404)
    edit = owner.get(f"/gallery/{identity}/edit")
    assert "boat.jpg" in edit.words
    assert "320 × 240 pixels" in edit.words
    [former] = re.findall(r'<span class="held-picture[^>]*><img src="([^"]+)"', edit.text)
    assert opened(owner.get(former.replace("&amp;", "&")).body).size == (320, 240)
    back = owner.post(undo_in(page))
    assert "“boat.jpg” is shown again" in back.words
    again = picture_of(visitor, identity)
    assert (again["width"], again["bytes"]) == (320, before["bytes"])
    assert visitor.get(again["url"]).status == 200
    assert visitor.get(now_shown["url"]).status in (401, 403, 404)
    owner.post(undo_in(back))
    assert visitor.get(picture_of(owner, identity)["url"]).body == content


def test_the_same_file_and_no_picture_are_refused(owner: Browser) -> None:
    identity = added(owner)
    content = fresh()
    replaced(owner, identity, "one.jpg", content)
    again = replaced(owner, identity, "two.jpg", content)
    assert (again.status, "has already" in again.words) == (409, True)
    assert replaced(owner, identity, "evil.png", b"#!/bin/sh\n").status == 415
    assert owner.post(f"/gallery/{identity}/replace", {}).status == 400
    assert picture_of(owner, identity)["filename"] == "one.jpg"


def focused(owner: Browser, identity: str) -> dict[str, str]:
    told = picture_of(owner, identity)
    return {"description": "", "tags": "", "updated_at": told["updated_at"]}


def test_the_edit_goes_with_the_picture(owner: Browser) -> None:
    identity = added(owner, 400, 300)
    headers = {"updated_at": picture_of(owner, identity)["updated_at"]}
    owner.post(f"/gallery/{identity}/editor", {"left": "50", "width": "50", "look": "grey", **headers})
    assert picture_of(owner, identity)["edit"] == "c_crop,w_200,h_300,x_200,y_0/e_grayscale"
    owner.post(f"/gallery/{identity}/edit", {**focused(owner, identity), "focus_x": "50", "focus_y": "20"})
    assert picture_of(owner, identity)["focus"] == {"x": 0.5, "y": 0.2}
    replaced(owner, identity, "larger.jpg", fresh(800, 600))
    assert picture_of(owner, identity)["focus"] == {"x": 0.5, "y": 0.2}
    assert picture_of(owner, identity)["edit"] == "c_crop,w_400,h_600,x_400,y_0/e_grayscale"
    page = replaced(owner, identity, "narrow.jpg", fresh(300, 900))
    assert "lay outside of the new file and was let go" in page.words
    assert picture_of(owner, identity)["edit"] == "e_grayscale"
    assert picture_of(owner, identity)["focus"] is None, "nothing of the other picture is there"
    owner.post(undo_in(page))
    assert picture_of(owner, identity)["focus"] == {"x": 0.5, "y": 0.2}
    assert picture_of(owner, identity)["edit"] == "c_crop,w_400,h_600,x_400,y_0/e_grayscale"


@pytest.mark.parametrize(
    ("edit", "size", "to", "wanted"),
    [
        ("", (400, 300), (10, 10), ("", False)),
        ("a_90/e_sepia:60", (400, 300), (90, 90), ("a_90/e_sepia:60", False)),
        ("c_crop,w_200,h_300,x_200,y_0", (400, 300), (800, 600), ("c_crop,w_400,h_600,x_400,y_0", False)),
        ("c_crop,w_200,h_100,x_100,y_0", (400, 300), (400, 200), ("c_crop,w_200,h_100,x_100,y_0", False)),
        ("c_crop,w_200,h_100,x_200,y_0", (400, 300), (399, 200), ("", True)),
        ("c_crop,w_200,h_100,x_100,y_0", (400, 300), (400, 300), ("c_crop,w_200,h_100,x_100,y_0", False)),
        ("e_oil_paint:20/c_crop,w_9,h_9,x_0,y_0", (400, 300), (40, 30), ("e_oil_paint:20", True)),
        ("e_oil_paint:20", (400, 300), (40, 90), ("e_oil_paint:20", False)),
        (
            "a_90/c_crop,w_300,h_200,x_0,y_200",
            (400, 300),
            (400, 500),
            ("a_90/c_crop,w_300,h_200,x_0,y_200", False),
        ),
    ],
)
def test_what_of_an_edit_fits_another_file(
    edit: str, size: tuple[int, int], to: tuple[int, int], wanted: tuple[str, bool]
) -> None:
    assert refitted_edit(edit, size, to) == wanted


def test_scripts_replace_list_and_take_back(scripts: FlaskClient, make: Maker, database: Database) -> None:
    picture = make()
    entry = {"id": "1" * 16, "replaced_at": now(), "public_id": "gallery/old", "delivery": "authenticated"}
    told = {"filename": "old.jpg", "format": "jpg", "bytes": 7, "width": 10, "height": 20, "version": 3}
    database.gallery.update_one({"_id": ObjectId(picture.id)}, {"$set": {"versions": [entry | told]}})
    [listed] = json_of(scripts.get(f"/api/v1/pictures/{picture.id}/versions"))["versions"]
    assert (listed["filename"], listed["width"]) == ("old.jpg", 10)
    assert "replaced_at" in listed
    path = f"/api/v1/pictures/{picture.id}"
    missing = scripts.post(f"{path}/file", headers={"X-CSRFToken": token(scripts)})
    assert "field 'file'" in json_of(missing)["detail"]
    gone = call(scripts, "POST", f"{path}/versions/{'2' * 16}/restore")
    assert (gone.status_code, json_of(gone)["detail"]) == (404, "This file is not kept any more.")
    changed = json_of(call(scripts, "POST", f"{path}/versions/{'1' * 16}/restore"))
    assert (changed["picture"]["filename"], changed["cut_lost"]) == ("old.jpg", False)
    [former] = json_of(scripts.get(f"{path}/versions"))["versions"]
    assert former["filename"] == "boat.jpg"
    assert changed["undo"] == f"{path}/versions/{former['id']}/restore"


@pytest.fixture
def at(stranger: CloudAccess, database: Database, settings: Settings) -> ActionContext:
    """What the operator does, with a real media service."""
    return ActionContext(Operator(), database, stranger, settings)


def put(at: ActionContext, picture: Picture) -> FileChange:
    return files.put(at, picture.id, io.BytesIO(fresh()), "next.jpg")


def new(at: ActionContext) -> Picture:
    return uploads.add_file(at, io.BytesIO(fresh()), filename="first.jpg", text=PictureText()).picture


def kept(at: ActionContext, picture: Picture) -> list[dict[str, Any]]:
    document = at.db.gallery.find_one({"_id": ObjectId(picture.id)}) or {}
    return list(document.get("versions", []))


def there(at: ActionContext, public_id: str) -> set[str]:
    """The delivery types under which an asset is to be had."""
    return {
        kind for kind in media.DELIVERIES if any(public_id in some for some in media.assets(at.cloud, kind))
    }


def test_former_files_are_kept_for_their_days(at: ActionContext) -> None:
    picture = new(at)
    put(at, picture)
    assert there(at, picture.public_id) == {AUTHENTICATED}
    report = consistency.check(at.db, at.cloud, grace=timedelta(0))
    assert picture.public_id not in report.unclaimed
    removal.cleanup(at.db, at.cloud, at.settings, now() + timedelta(days=at.settings.trash_days - 1))
    assert len(kept(at, picture)) == 1
    removal.cleanup(at.db, at.cloud, at.settings, now() + timedelta(days=at.settings.trash_days + 1))
    assert kept(at, picture) == []
    assert there(at, picture.public_id) == set()
    with pytest.raises(NotFound):
        files.take_back(at, picture.id, "0" * 16)


def test_a_picture_that_goes_takes_its_former_files_along(at: ActionContext) -> None:
    picture = new(at)
    changed = put(at, picture).picture
    pictures.trash(at, picture.id)
    bulk.empty_trash(at)
    assert there(at, picture.public_id) == there(at, changed.public_id) == set()


def test_what_a_crash_left_open_is_closed(at: ActionContext, monkeypatch: pytest.MonkeyPatch) -> None:
    picture = new(at)
    with monkeypatch.context() as patch:
        patch.setattr(versions, "close", lambda *_: False)
        put(at, picture)
    assert AUTHENTICATED not in there(at, picture.public_id)
    removal.cleanup(at.db, at.cloud, at.settings)
    assert there(at, picture.public_id) == {AUTHENTICATED}
    assert [one["delivery"] for one in kept(at, picture)] == [AUTHENTICATED]


def test_no_more_are_kept_than_the_limit(at: ActionContext) -> None:
    picture = new(at)
    entry = {"replaced_at": now(), "public_id": "x", "delivery": AUTHENTICATED}
    many = [{**entry, "id": f"{number:016x}"} for number in range(MAX_VERSIONS)]
    at.db.gallery.update_one({"_id": ObjectId(picture.id)}, {"$set": {"versions": many}})
    with pytest.raises(Conflict, match="are kept already"):
        put(at, picture)
    assert lookup.with_public_id(at.db, picture.public_id) is not None
