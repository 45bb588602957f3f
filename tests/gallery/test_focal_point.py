"""The focal point set by hand: kept with the upload, followed through every edit, heeded by every crop."""

import io
import json
import re
from dataclasses import replace
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image, ImageDraw

from picturerail.database import Database
from picturerail.errors import BadRequest
from picturerail.gallery.cloud_account import parse_cloudinary_url
from picturerail.gallery.pictures import view
from picturerail.gallery.pictures.focal_point import (
    FocalPoint,
    clean_focus,
    cut_around,
    kept_point,
    shown_point,
)
from picturerail.gallery.pictures.model import Picture
from tests.files import opened as image_of
from tests.gallery.browser import Browser
from tests.gallery.conftest import Maker, call, json_of, post
from tests.service import Service

SIZE = (1600, 1200)
EDITS = (
    "",
    "e_sepia:60",
    "a_hflip",
    "a_90",
    "a_180",
    "a_hflip/a_270",
    "c_crop,w_800,h_600,x_200,y_300",
    "a_90/c_crop,w_600,h_900,x_300,y_200/e_grayscale",
)
STRAIGHT = "a_hflip/a_90/a_7/c_crop,w_{},h_{},x_{},y_{}"


def focus_of(client: FlaskClient, picture: Picture) -> Any:
    return json_of(client.get(f"/api/v1/pictures/{picture.id}"))["picture"]["focus"]


def change(client: FlaskClient, picture: Picture, **fields: Any) -> Any:
    return call(client, "PATCH", f"/api/v1/pictures/{picture.id}", fields)


@pytest.mark.parametrize("edit", EDITS)
def test_a_point_goes_through_an_edit_and_back(edit: str) -> None:
    for x, y in ((0.5, 0.5), (0.2, 0.35), (0.41, 0.6)):
        there = kept_point(FocalPoint(x, y), edit, *SIZE)
        again = shown_point(there, edit, *SIZE)
        assert again
        assert (again.x, again.y) == pytest.approx((x, y), abs=1e-9)


def test_what_lies_beside_a_cut_comes_to_its_edge_and_what_nobody_can_follow_is_automatic() -> None:
    point = FocalPoint(0.9, 0.1)
    assert shown_point(point, "c_crop,w_800,h_600,x_200,y_300", *SIZE) == FocalPoint(1, 0)
    for strange in ("e_sepia/a_90", "c_crop,w_9,h_9,g_auto", "a_45/a_90"):
        assert shown_point(point, strange, *SIZE) is None
        with pytest.raises(BadRequest, match="script has edited"):
            kept_point(point, strange, *SIZE)
    assert shown_point(point, "a_90", 0, 0) == FocalPoint(0.9, 0.9)  # of an unknown size


@pytest.mark.parametrize("text", ["0.5", "0.5,2", "-0.1,0.5", "a,b", "0.5,0.5,0.5", "1e9,0", "nan,0"])
def test_what_is_no_point_is_refused(text: str) -> None:
    with pytest.raises(BadRequest, match="two shares"):
        clean_focus(text)
    assert FocalPoint.of(text) is None


def test_a_card_is_cut_around_the_point_within_the_picture() -> None:
    assert cut_around(FocalPoint(0.5, 0.5), 1200, 1200, 2) == "c_crop,w_1200,h_600,x_0,y_300"
    assert cut_around(FocalPoint(0.5, 0), 1200, 1200, 2) == "c_crop,w_1200,h_600,x_0,y_0"
    assert cut_around(FocalPoint(1, 1), 3000, 600, 2) == "c_crop,w_1200,h_600,x_1800,y_0"
    assert cut_around(FocalPoint(0.1, 0.9), 1200, 600, 2) == ""
    assert cut_around(FocalPoint(0.1, 0.9), 1, 1, 2) == ""


def test_scripts_set_tell_and_take_it_away(
    owner: FlaskClient, client: FlaskClient, make: Maker, database: Database
) -> None:
    picture = make()
    assert focus_of(client, picture) is None
    told = json_of(change(owner, picture, focus={"x": 0.25, "y": 0.75}))["picture"]
    assert told["focus"] == {"x": 0.25, "y": 0.75}
    assert ".--fx" not in client.get("/gallery/").text
    assert "--fx:25%;--fy:75%" in client.get("/gallery/").text
    change(owner, picture, edit="a_90")
    assert focus_of(client, picture) == {"x": 0.25, "y": 0.25}
    both = {"edit": "a_180", "focus": {"x": 0, "y": 1}}  # it is meant in the picture as it will be
    assert json_of(change(owner, picture, **both))["picture"]["focus"] == {"x": 0, "y": 1}
    change(owner, picture, edit=None)
    assert focus_of(client, picture) == {"x": 1, "y": 0}
    assert json_of(change(owner, picture, focus=None))["picture"]["focus"] is None
    assert "--fx" not in client.get("/gallery/").text
    for wrong in (
        {"x": 0.5},
        {"x": 1.5, "y": 0},
        {"x": "0", "y": 0},
        [0, 0],
        "0.5,0.5",
        {"x": 0, "y": 0, "z": 1},
    ):
        answer = change(owner, picture, focus=wrong)
        assert (answer.status_code, "focus" in answer.json["detail"]) == (400, True), answer.text
    stale = change(owner, picture, focus={"x": 0, "y": 0}, updated_at="2020-01-01T00:00:00.000+00:00")
    assert stale.status_code == 409
    assert focus_of(client, picture) is None
    database.gallery.update_many({}, {"$set": {"focus": {"$gt": ""}}})  # whatever stands there
    assert focus_of(client, picture) is None


def test_only_those_who_may_change_a_picture_set_it(people: dict[str, FlaskClient], make: Maker) -> None:
    picture = make()
    for role, status in (("visitor", 401), ("viewer", 403), ("contributor", 403), ("editor", 200)):
        assert change(people[role], picture, focus={"x": 0, "y": 0}).status_code == status


def test_the_form_sets_keeps_and_empties_it(owner: FlaskClient, client: FlaskClient, make: Maker) -> None:
    picture = make(edit="a_90")
    path = f"/gallery/{picture.id}/edit"

    def form(**fields: str) -> dict[str, str]:
        page = owner.get(path).text
        found = dict(re.findall(r'name="(\w+)"[^>]* value="([^"]*)"', page))
        shown = {name: found[name] for name in ("updated_at", "focus_x", "focus_y", "taken_at")}
        return {"description": "A boat", "tags": "", **shown, **fields}

    assert form()["focus_x"] == ""
    assert post(owner, path, **form(focus_x="33.4", focus_y="90")).status_code == 303
    assert focus_of(client, picture) == {"x": 0.334, "y": 0.9}
    before = form()
    assert (before["focus_x"], before["focus_y"]) == ("33.4", "90")
    post(owner, path, **form(description="Another"))  # and nothing else
    assert focus_of(client, picture) == {"x": 0.334, "y": 0.9}
    refused = post(owner, path, **form(description="Kept words", focus_x="120"))
    assert (refused.status_code, "Kept words" in refused.text, 'value="120"' in refused.text) == (
        400,
        True,
        True,
    )
    assert post(owner, path, **{**before, "description": "Theirs"}).status_code == 409  # somebody was faster
    post(owner, path, **form(focus_x="", focus_y=""))
    assert focus_of(client, picture) is None
    change(owner, picture, edit="c_crop,w_9,h_9,g_auto")
    assert 'name="focus_x"' not in owner.get(path).text
    post(owner, path, updated_at=before["updated_at"], description="x", tags="")
    assert change(owner, picture, focus={"x": 0, "y": 0}).status_code == 400


def test_its_address_is_the_same_kind_at_every_cloud(make: Maker) -> None:
    picture = replace(make(), focus="0.25,0.5", edit="e_sepia:60")
    account = parse_cloudinary_url("cloudinary://1:2@demo")
    card = view.card_image(picture, account)
    step = "e_sepia:60/c_crop,w_1600,h_840,x_0,y_180/c_limit,f_jpg,q_auto,w_1200"
    assert card["url"].startswith("https://res.cloudinary.com/demo/image/upload/")
    assert f"/{step}/v17/" in card["url"]
    assert (card["width"], card["height"]) == (1200, 630)
    assert "c_crop" not in view.card_image(replace(picture, focus=""), account)["url"]
    assert "c_crop" not in view.social_image(picture, account)["url"]  # feeds show whole pictures


def dotted(size: tuple[int, int], at: tuple[int, int]) -> bytes:
    """A grey picture with a red dot."""
    picture = Image.new("RGB", size, (120, 120, 120))
    ImageDraw.Draw(picture).ellipse([at[0] - 12, at[1] - 12, at[0] + 12, at[1] + 12], fill=(255, 0, 0))
    file = io.BytesIO()
    picture.save(file, "PNG")
    return file.getvalue()


def dot_in(content: bytes) -> tuple[float, float]:
    """Where the middle of the dot lies, in shares."""
    picture = image_of(content).convert("RGB")
    mask = picture.split()[0].point(lambda red: 255 if red > 190 else 0)
    box = mask.getbbox()
    assert box
    return (box[0] + box[2]) / 2 / picture.width, (box[1] + box[3]) / 2 / picture.height


def test_it_stays_on_the_same_thing_whatever_the_edit_and_in_the_card(service: Service) -> None:
    """Against pixels: a dot is where the point says, turned, mirrored, straightened and cut."""
    browser = Browser(service.url)
    browser.sign_in(service.owner_email, service.owner_password)
    browser.post("/upload/", {}, [("image", "dot.png", dotted((640, 480), (160, 300)))])
    identity = browser.get("/gallery/").tiles()[0]
    path = f"/gallery/{identity}"

    def told() -> Any:
        return json.loads(browser.get(f"/api/v1/pictures/{identity}").body)["picture"]

    def save(page: str, **fields: str) -> None:
        browser.post(f"{path}/{page}", {"updated_at": told()["updated_at"], **fields})

    save("edit", description="", tags="", taken_at="", focus_x="25", focus_y="62.5")
    assert told()["focus"] == {"x": 0.25, "y": 0.625}
    for settings in (
        {},
        {"angle": "90"},
        {"mirrored": "1", "angle": "270"},
        {"straighten": "9"},
        {
            "mirrored": "1",
            "angle": "90",
            "straighten": "-6",
            "left": "5",
            "top": "10",
            "width": "80",
            "height": "70",
        },
    ):
        save("editor", **settings)
        picture = told()
        seen = dot_in(browser.get(picture["url"]).body)
        assert (picture["focus"]["x"], picture["focus"]["y"]) == pytest.approx(seen, abs=0.012), settings
        card = re.search(r'og:image" content="https?://[^/]+(/[^"]+)"', browser.get(path).text)
        assert card
        x, y = dot_in(browser.get(card[1]).body)
        wide, high = image_of(browser.get(card[1]).body).size
        assert wide / high == pytest.approx(1200 / 630, abs=0.02)
        inside = picture["width"] * 630 / 1200 / picture["height"]  # the part of the height that is left
        middle = 0.5 * inside <= picture["focus"]["y"] <= 1 - 0.5 * inside
        assert abs(y - 0.5) < 0.02 or not middle
        assert x == pytest.approx(picture["focus"]["x"], abs=0.02) or inside > 1
