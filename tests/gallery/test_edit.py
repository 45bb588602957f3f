"""An edit is one transformation that stands in every address; a picture tells when it was taken."""

import html
import io
import json
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from picturerail.database import Database
from picturerail.errors import BadRequest
from picturerail.gallery.pictures.capture import clean_taken_at, taken_in
from picturerail.gallery.pictures.edit import EFFECTS, clean_edit, size_after, turned
from picturerail.transform.language.effects import EffectKind
from tests.files import opened
from tests.gallery.browser import Browser
from tests.gallery.conftest import Maker, call, json_of, post
from tests.service import Service


def patched(client: FlaskClient, picture_id: str, **body: Any) -> Any:
    return call(client, "PATCH", f"/api/v1/pictures/{picture_id}", body)


def test_every_address_follows_the_edit(owner: FlaskClient, client: FlaskClient, make: Maker) -> None:
    picture = make()
    before = json_of(owner.get(f"/api/v1/pictures/{picture.id}"))["picture"]
    assert (before["edit"], before["taken_at"]) == ("", None)
    now = json_of(patched(owner, picture.id, edit="a_90"))["picture"]
    assert (now["edit"], now["width"], now["height"]) == ("a_90", 1200, 1600)
    assert "/upload/a_90/v17/" in now["url"]
    assert "/upload/a_90/c_limit,f_auto,q_auto,w_{w}/v17/" in now["image"]["url"]
    assert max(now["image"]["widths"]) == 1200
    for path in ("/", "/gallery/", f"/gallery/{picture.id}", "/gallery/feed.atom"):
        assert "/upload/a_90/c_limit," in client.get(path).text, path
        assert "/upload/c_limit" not in client.get(path).text, path
    page = f"http://127.0.0.1:8000/gallery/{picture.id}"
    told = json_of(client.get(f"/oembed?url={page}&maxheight=800"))
    assert (told["width"], told["height"]) == (600, 800)
    assert "/upload/a_90/c_limit,f_jpg,h_800" in told["url"]
    assert "/upload/a_90/fl_attachment" in owner.get(f"/gallery/{picture.id}/download").location
    assert "/upload/fl_attachment" in owner.get(f"/gallery/{picture.id}/download?original=1").location
    after = json_of(patched(owner, picture.id, edit=""))["picture"]
    assert after | {"updated_at": ""} == before | {"updated_at": ""}


@pytest.mark.parametrize(
    "edit",
    [
        *(
            "l_text:Arial_20:x",
            "u_secret",
            "f_png",
            "q_1",
            "w_100",
            "c_fill,w_10,h_10",
            "t_named",
            "$x_1",
            "if_w_gt_1",
        ),
        *(
            "fl_getinfo",
            "a_90/l_logo",
            "a_90,l_logo",
            "e_nothing",
            "a_",
            "c_crop",
            "c_crop,w_0,h_5",
            "../x",
            "a_90//a_90",
        ),
        *(
            "e_sepia:$x",
            "e_art:" + "x" * 300,
            "/".join(["a_1"] * 11),
            "d_x.png",
            "e_displace",
            "a_90?",
        ),
        *(
            "e_brightness:500",
            "e_sepia:0",
            "e_art:nolook",
            "e_contrast:10:no",
            "e_grayscale:5",
            "e_tint:5:nocolour",
        ),
        *(
            "a_\N{THAI DIGIT NINE}0",
            "a_90.5",
            "c_crop,g_no,w_1,h_1",
            "c_crop,w_1,w_2,h_1",
            "c_crop,g_east,w_1,h_1,x_1",
        ),
    ],
)
def test_an_edit_brings_nothing_else_in(
    owner: FlaskClient, make: Maker, database: Database, edit: str
) -> None:
    picture = make()
    answer = patched(owner, picture.id, edit=edit)
    assert answer.status_code == 400
    assert "'edit' may" in answer.json["detail"]
    assert database.gallery.count_documents({"edit": {"$exists": True}}) == 0


@pytest.mark.parametrize(
    ("edit", "size"),
    [
        ("", (400, 300)),
        ("a_90", (300, 400)),
        ("a_-90", (300, 400)),
        ("a_180", (400, 300)),
        ("a_hflip", (400, 300)),
        ("a_90.hflip", (300, 400)),
        ("a_90/a_90", (400, 300)),
        ("c_crop,g_auto,w_100,h_500", (100, 300)),
        ("c_crop,x_5,y_6,w_100,h_50/a_270/e_sepia:80", (50, 100)),
        ("e_brightness:-20", (400, 300)),
        ("c_crop,w_100,h_100,x_350,y_299", (50, 1)),
    ],
)
def test_the_size_after_an_edit_is_known(edit: str, size: tuple[int, int]) -> None:
    assert clean_edit(edit) == edit
    assert size_after(edit, 400, 300) == size


def _sample(argument: range | re.Pattern[str], end: int) -> str:
    return str(argument[end]) if isinstance(argument, range) else argument.pattern.split("|")[end]


@pytest.mark.parametrize("end", [0, -1])
def test_our_own_service_answers_every_effect_at_the_ends_of_its_range(end: int) -> None:
    for name, arguments in EFFECTS.items():
        step = ":".join([f"e_{name}", *(_sample(each, end) for each in arguments)])
        assert clean_edit(step) == step
        EffectKind().read(step[2:])
        for word in (each.pattern for each in arguments if isinstance(each, re.Pattern) and name == "art"):
            for look in word.split("|"):
                EffectKind().read(f"art:{look}")


def test_a_cut_outside_of_the_picture_is_refused(owner: FlaskClient, make: Maker, database: Database) -> None:
    picture = make()
    for edit in (
        "c_crop,w_10,h_10,x_1600,y_0",
        "a_90/c_crop,w_10,h_10,x_1200,y_0",
        "c_crop,w_9,h_9/c_crop,w_1,h_1,x_9",
    ):
        answer = patched(owner, picture.id, edit=edit)
        assert (answer.status_code, "lies outside the picture" in answer.json["detail"]) == (400, True)
    assert database.gallery.count_documents({"edit": {"$exists": True}}) == 0
    assert (
        patched(owner, picture.id, edit="a_90/c_crop,w_10,h_10,x_1190,y_1599").json["picture"]["height"] == 1
    )


def test_turns_add_up_and_undo_each_other(owner: FlaskClient, client: FlaskClient, make: Maker) -> None:
    assert turned("", "90") == "a_90"
    assert turned("a_90", "90") == "a_180"
    assert turned("a_90", "-90") == ""
    assert turned("e_sepia/a_270", "90") == "e_sepia"
    assert turned("a_hflip", "hflip") == ""
    assert turned("a_90", "hflip") == "a_90/a_hflip"
    picture = make()
    for way, edit in (("-90", "a_270"), ("vflip", "a_hflip/a_270"), ("vflip", "a_270"), ("none", "")):
        assert post(owner, f"/gallery/{picture.id}/turn", way=way).location == f"/gallery/{picture.id}"
        assert json_of(client.get(f"/api/v1/pictures/{picture.id}"))["picture"]["edit"] == edit
    undo = re.findall(r'action="([^"]*/editor/undo[^"]*)"', owner.get(f"/gallery/{picture.id}").text)[-1]
    post(owner, html.unescape(undo))  # also for who took a whole edit away
    assert json_of(client.get(f"/api/v1/pictures/{picture.id}"))["picture"]["edit"] == "a_270"
    assert post(owner, f"/gallery/{picture.id}/turn", way="inside out").status_code == 400
    assert "Turn right" not in client.get(f"/gallery/{picture.id}").text
    post(owner, f"/gallery/{picture.id}/visibility", visibility="private")
    assert "The picture is private now" in owner.get(f"/gallery/{picture.id}").text


def test_only_those_who_may_change_it_edit(people: dict[str, FlaskClient], make: Maker) -> None:
    picture = make()
    for role, status in (("visitor", 401), ("viewer", 403), ("contributor", 403), ("editor", 200)):
        assert patched(people[role], picture.id, edit="a_90").status_code == status


def test_what_is_no_picture_of_the_cloud_cannot_be_edited(
    owner: FlaskClient, make: Maker, database: Database
) -> None:
    picture = make()
    database.gallery.update_many({}, {"$unset": {"public_id": "", "url": ""}})
    answer = patched(owner, picture.id, edit="a_90")
    assert (answer.status_code, "cannot be edited" in answer.json["detail"]) == (400, True)


def test_texts_and_edit_are_saved_together_and_conflicts_told(owner: FlaskClient, make: Maker) -> None:
    picture = make()
    read = json_of(owner.get(f"/api/v1/pictures/{picture.id}"))["picture"]["updated_at"]
    told = json_of(patched(owner, picture.id, updated_at=read, description="New", edit="a_180"))["picture"]
    assert (told["description"], told["edit"]) == ("New", "a_180")
    assert patched(owner, picture.id, updated_at=read, edit="a_90").status_code == 409
    assert patched(owner, picture.id, description="Newer").status_code == 400
    assert patched(owner, picture.id).status_code == 400


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("2026-05-17T18:30:00", "2026-05-17T18:30:00"),
        ("2026-05-17T18:30:00.25+02:00", "2026-05-17T18:30:00+02:00"),
        ("2026-05-17T18:30:00Z", "2026-05-17T18:30:00+00:00"),
        ("2026-05-17", "2026-05-17T00:00:00"),
        ("", None),
        (None, None),
    ],
)
def test_the_time_can_be_set(owner: FlaskClient, make: Maker, given: str | None, kept: str | None) -> None:
    picture = make(taken_at="2001-01-01T00:00:00")
    assert json_of(patched(owner, picture.id, taken_at=given))["picture"]["taken_at"] == kept


def test_the_time_is_written_in_the_form(owner: FlaskClient, make: Maker) -> None:
    picture = make(taken_at="2001-01-01T00:00:00+01:00")
    path = f"/gallery/{picture.id}/edit"

    def saved(taken_at: str) -> tuple[int, str, str]:
        told = json_of(owner.get(f"/api/v1/pictures/{picture.id}"))["picture"]
        form = {"description": f"Boat, {taken_at}", "tags": "", "updated_at": told["updated_at"]}
        answer = post(owner, path, **form, taken_at=taken_at)
        told = json_of(owner.get(f"/api/v1/pictures/{picture.id}"))["picture"]
        return answer.status_code, told["taken_at"] or "", told["description"]

    assert 'value="2001-01-01 00:00:00+01:00"' in owner.get(path).text
    assert saved("2001-01-01 00:00:00+01:00")[:2] == (303, "2001-01-01T00:00:00+01:00")
    assert saved("2002-02-03 04:05") == (303, "2002-02-03T04:05:00", "Boat, 2002-02-03 04:05")
    assert ">3 February 2002, 04:05</time>" in owner.get(f"/gallery/{picture.id}").text
    assert saved("soon") == (400, "2002-02-03T04:05:00", "Boat, 2002-02-03 04:05")
    assert saved("")[:2] == (303, "")


@pytest.mark.parametrize("given", ["yesterday", "2026-13-01", "17.5.2026", 5, ["2026-05-17"]])
def test_what_is_no_time_is_refused(owner: FlaskClient, make: Maker, given: object) -> None:
    picture = make()
    assert patched(owner, picture.id, taken_at=given).status_code == 400


def test_the_time_of_the_camera_is_read_from_the_clouds_answer() -> None:
    day = "2024:07:09 10:11:12"
    for fields, taken in (
        ({"DateTimeOriginal": day}, "2024-07-09T10:11:12"),
        ({"DateTimeOriginal": day, "OffsetTimeOriginal": "-03:30"}, "2024-07-09T10:11:12-03:30"),
        ({"DateTimeOriginal": day, "OffsetTimeOriginal": "   :  "}, "2024-07-09T10:11:12"),
        ({"DateTimeOriginal": "0000:00:00 00:00:00"}, ""),
        ({"DateTimeOriginal": 5}, ""),
        ({"CreateDate": day}, ""),
    ):
        assert taken_in({"image_metadata": fields}) == taken
        assert taken_in({"media_metadata": fields}) == taken
    assert taken_in({}) == taken_in({"image_metadata": "x"}) == ""
    with pytest.raises(BadRequest):
        clean_taken_at("soon")


def photograph(taken: str, zone: str) -> bytes:
    """A picture of 60 by 40 with one red corner, as a camera writes it."""
    image = Image.new("RGB", (60, 40), "white")
    image.paste("red", (0, 0, 20, 20))
    exif = Image.Exif()
    exif.get_ifd(0x8769).update({0x9003: taken, 0x9011: zone})
    into = io.BytesIO()
    image.save(into, "JPEG", quality=95, exif=exif)
    return into.getvalue()


def test_an_upload_tells_when_it_was_taken_and_its_edit_turns_the_pixels(service: Service) -> None:
    """The whole program: the camera's time from the file, and a corner that moves."""
    browser = Browser(service.url)
    browser.sign_in(service.owner_email, service.owner_password)
    content = photograph("2021:03:04 05:06:07", "+05:30")
    browser.post("/upload/", {"description": "corner"}, [("image", "corner.jpg", content)])
    [identity, *_] = browser.get("/gallery/").tiles()
    told = json.loads(browser.get(f"/api/v1/pictures/{identity}").body)["picture"]
    assert told["taken_at"] == "2021-03-04T05:06:07+05:30"
    browser.post(f"/gallery/{identity}/turn", {"way": "90"})
    told = json.loads(browser.get(f"/api/v1/pictures/{identity}").body)["picture"]
    assert (told["edit"], told["width"], told["height"]) == ("a_90", 40, 60)
    for address in (told["url"], told["image"]["url"].replace("{w}", "40"), f"/gallery/{identity}/download"):
        image = opened(browser.get(address).body).convert("RGB")
        assert image.size == (40, 60)
        assert is_red(image.getpixel((30, 8)))  # the left upper corner went to the right
        assert not is_red(image.getpixel((8, 8)))
    original = opened(browser.get(f"/gallery/{identity}/download?original=1").body)
    assert original.size == (60, 40)


def is_red(pixel: Any) -> bool:
    return bool(pixel[0] > 180 and pixel[1] < 90 and pixel[2] < 90)
