"""What a picture is, told by its file: the camera's own words, shape, colour, day; found as searches are."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from picturerail.clock import today
from picturerail.database import Database
from picturerail.gallery.maintenance.search_index import index_words
from picturerail.gallery.pictures.camera import CameraFacts, camera_in
from picturerail.gallery.pictures.capture import shifted
from picturerail.gallery.pictures.facets import COLOURS, colour_of, shape_of
from picturerail.gallery.search.terms import terms_of
from picturerail.schema_steps import STEPS
from tests.gallery.conftest import Maker, call, json_of, opened, post, token

NIKON = {"camera": "NIKON D750", "lens": "AF-S 50mm f/1.8G"}


def found(client: FlaskClient, query: str) -> list[str]:
    return [
        one["id"] for one in json_of(client.get("/api/v1/pictures", query_string={"q": query}))["pictures"]
    ]


@pytest.mark.parametrize(
    ("written", "facts"),
    [
        ({"Make": "NIKON CORPORATION", "Model": "NIKON D750"}, {"camera": "NIKON D750"}),
        ({"Make": "Panasonic", "Model": "DMC-GX80"}, {"camera": "Panasonic DMC-GX80"}),
        ({"Model": " iPhone  15 "}, {"camera": "iPhone 15"}),
        ({"Make": "Canon"}, {"camera": "Canon"}),
        ({"ExposureTime": "1/60", "FNumber": "2.8"}, {"exposure": "1/60 s", "aperture": "f/2.8"}),
        ({"ISOSpeedRatings": "400", "FocalLength": "50"}, {"iso": "400", "focal_length": "50 mm"}),
        ({"ISO": 100, "FocalLength": "50.0 mm"}, {"iso": "100", "focal_length": "50.0 mm"}),
        ({"LensModel": "x" * 200, "Colorspace": "RGB"}, {"lens": "x" * 80, "color_space": "RGB"}),
        ({"Make": ["a"], "Model": None, "ISO": {}}, {}),
    ],
)
def test_the_cameras_words_are_read(written: dict[str, Any], facts: dict[str, str]) -> None:
    assert camera_in({"image_metadata": written}).plain == facts
    assert CameraFacts.of_document(facts).plain == facts


def test_strange_answers_tell_nothing() -> None:
    assert camera_in({}) == camera_in({"image_metadata": "x"}) == CameraFacts.of_document(5) == CameraFacts()


@pytest.mark.parametrize(
    ("size", "shape"),
    [
        ((0, 0), ""),
        ((300, 200), "landscape"),
        ((200, 300), "portrait"),
        ((100, 102), "square"),
        ((400, 200), "panorama"),
    ],
)
def test_shapes(size: tuple[int, int], shape: str) -> None:
    assert shape_of(*size) == shape


@pytest.mark.parametrize(
    ("color", "name"),
    [
        *(("", ""), ("#000000", "black"), ("#ffffff", "white"), ("#808080", "grey"), ("#ff0000", "red")),
        *(("#ff8c00", "orange"), ("#ffe000", "yellow"), ("#20a040", "green"), ("#00d0e0", "cyan")),
        *(("#2040c0", "blue"), ("#7a20c0", "purple"), ("#ff40c0", "pink"), ("#6b4a30", "brown")),
    ],
)
def test_colours_have_names(color: str, name: str) -> None:
    assert colour_of(color) == name
    assert not name or name in COLOURS


def test_a_facet_is_a_word_of_a_search(client: FlaskClient, make: Maker) -> None:
    nikon = make(camera=NIKON, taken_at="2021-03-04T05:06:07", description="Boat", color="#2040c0")
    other = make(
        camera={"camera": "Canon"},
        width=800,
        height=900,
        taken_at="2021-04-01T00:00:00+02:00",
        color="#20a040",
    )
    for query, ids in (
        ("camera:nikon_d750", [nikon]),
        ("CAMERA:NIKON_D750", [nikon]),
        ("camera:nikon", []),
        ("lens:AF-S_50mm_f/1.8G boat", [nikon]),
        ("lens:AF-S_50mm_f/1.8G car", []),
        ("shape:portrait", [other]),
        ("colour:blue", [nikon]),
        ("format:jpg", [other, nikon]),
        ("taken:2021", [other, nikon]),
        ("taken:2021-04", [other]),
        ("taken:2021-03-04", [nikon]),
        ("day:03-04", [nikon]),
        ("taken:", []),
    ):
        assert found(client, query) == [one.id for one in ids], query
    assert [term.label for term in terms_of("camera:nikon_d750 #a_b")] == ["camera: nikon d750", "#a_b"]


def test_an_edit_changes_the_shape_that_is_found(owner: FlaskClient, make: Maker) -> None:
    picture = make()
    assert found(owner, "shape:landscape") == [picture.id]
    post(owner, f"/gallery/{picture.id}/turn", way="90")
    assert (found(owner, "shape:landscape"), found(owner, "shape:portrait")) == ([], [picture.id])


def test_the_form_leads_to_a_search_with_chips(client: FlaskClient, make: Maker, database: Database) -> None:
    make(camera=NIKON)
    make(camera={"camera": "Secret"}, state="trash")
    page = opened(client, "/gallery/filters?q=boat+camera:nikon_d750").text
    assert '<option value="NIKON D750" selected>' in page
    assert "Secret" not in page
    path = "/gallery/filters?go=1&q=boat+camera:x&camera=NIKON+D750&shape=landscape&taken=2021-05"
    answer = client.get(path)
    assert answer.status_code == 303
    assert answer.location == "/gallery/?q=boat+camera:NIKON_D750+shape:landscape+taken:2021-05"
    page = client.get("/gallery/?q=camera:NIKON_D750+shape:landscape").text
    assert 'href="/gallery/?q=shape:landscape">camera: NIKON D750' in page
    assert client.get("/gallery/filters?go=1&taken=May").status_code == 400
    assert client.get("/gallery/filters?go=1").location == "/gallery/"
    database.gallery.delete_many({})
    assert "Any" in client.get("/gallery/filters").text


@pytest.mark.parametrize(
    ("query", "offered"),
    [
        ("format:jpeg", "format:jpg"),
        ("boat+lens:AF-S_50m_f/1.8G", "boat lens:af-s_50mm_f/1.8g"),
        ("day:05-18", ""),
    ],
)
def test_another_spelling_of_a_facet_is_offered_as_it_is_written(
    client: FlaskClient, make: Maker, query: str, offered: str
) -> None:
    make(camera=NIKON, description="Boat", taken_at="2021-05-17T12:00:00")
    page = opened(client, f"/gallery/?q={query}").words
    assert ("Did you mean" in page) == bool(offered)
    assert offered in page
    assert not offered or found(client, offered.replace(" ", "+"))


def test_the_page_of_a_picture_has_a_panel_of_the_camera(client: FlaskClient, make: Maker) -> None:
    picture = make(camera={**NIKON, "exposure": "1/60 s", "aperture": "f/2.8", "iso": "400"})
    page = html.unescape(client.get(f"/gallery/{picture.id}").text)
    assert '<a href="/gallery/?q=camera:NIKON_D750">NIKON D750</a>' in page
    assert "1/60 s, f/2.8, ISO 400" in page
    assert json_of(client.get(f"/api/v1/pictures/{picture.id}"))["picture"]["camera"]["lens"] == NIKON["lens"]


def test_pictures_of_an_older_program_are_indexed_anew(
    client: FlaskClient, make: Maker, database: Database
) -> None:
    picture = make(camera=NIKON)
    database.gallery.update_one({}, {"$pull": {"tokens": "@camera=nikon_d750"}})
    assert found(client, "camera:nikon_d750") == []
    STEPS[4](database)
    assert index_words(database) == 1
    assert found(client, "camera:nikon_d750") == [picture.id]


@pytest.mark.parametrize(
    ("before", "hours", "after"),
    [
        ("2021-03-04T05:06:07", 1, "2021-03-04T06:06:07"),
        ("2021-03-04T05:06:07+02:00", -5.5, "2021-03-03T23:36:07+02:00"),
        ("2021-12-31T23:30:00", 0.5, "2022-01-01T00:00:00"),
        ("1800-01-01T00:00:00", -1, None),
        ("", 1, None),
    ],
)
def test_a_time_is_shifted(before: str, hours: float, after: str | None) -> None:
    assert shifted(before, hours) == after


def test_the_clock_of_a_camera_is_corrected_for_many(people: dict[str, FlaskClient], make: Maker) -> None:
    owner = people["owner"]
    one, two, unknown = make(taken_at="2021-01-01T00:30:00"), make(taken_at="2021-06-01T00:00:00"), make()

    def shift(client: FlaskClient, hours: str) -> Any:
        form = {"csrf_token": token(client), "action": "shift-time", "hours": hours}
        return client.post(
            "/selection/", data={**form, "id": [one.id, two.id, unknown.id]}, follow_redirects=True
        )

    def taken(picture_id: str) -> str:
        return str(json_of(owner.get(f"/api/v1/pictures/{picture_id}"))["picture"]["taken_at"])

    page = shift(owner, "-1").text
    assert "2 pictures are moved by -1 hours. 1 picture is as before" in page
    assert (taken(one.id), taken(two.id)) == ("2020-12-31T23:30:00", "2021-05-31T23:00:00")
    assert found(owner, "taken:2020") == [one.id]
    undo = re.search(r'action="(/selection/[0-9a-f]+/undo[^"]*)"', page)
    assert undo
    post(owner, html.unescape(undo[1]))
    assert (taken(one.id), taken(two.id)) == ("2021-01-01T00:30:00", "2021-06-01T00:00:00")
    for hours in (
        "1,5",
        "+1.5",
        "\N{MINUS SIGN}1,5",
        "-\N{ARABIC-INDIC DIGIT ONE}\N{ARABIC DECIMAL SEPARATOR}5",
    ):
        assert shift(owner, hours).status_code == 200, hours
    assert taken(two.id) == "2021-06-01T00:00:00"
    for hours in ("", "0", "soon", "1e9", "1,5,5"):
        assert shift(owner, hours).status_code == 400
    assert "0 pictures are moved" in shift(people["contributor"], "1").text


def test_an_undo_leaves_what_somebody_has_changed_since(people: dict[str, FlaskClient], make: Maker) -> None:
    owner, editor = people["owner"], people["editor"]
    one, two = make(taken_at="2021-01-01T00:30:00"), make(taken_at="2021-06-01T00:00:00")
    form = {"csrf_token": token(owner), "action": "shift-time", "hours": "1", "id": [one.id, two.id]}
    page = owner.post("/selection/", data=form, follow_redirects=True).text
    undo = re.search(r'action="(/selection/[0-9a-f]+/undo[^"]*)"', page)
    assert undo
    call(editor, "PATCH", f"/api/v1/pictures/{one.id}", {"taken_at": "1999-01-01T00:00:00"})
    page = owner.post(html.unescape(undo[1]), data={"csrf_token": token(owner)}, follow_redirects=True).text
    assert "1 picture is as before. 1 picture is not: somebody has changed" in page
    times = [json_of(owner.get(f"/api/v1/pictures/{each.id}"))["picture"]["taken_at"] for each in (one, two)]
    assert times == ["1999-01-01T00:00:00", "2021-06-01T00:00:00"]


def test_the_timeline_tells_years_and_months_and_leads_there(client: FlaskClient, make: Maker) -> None:
    assert "No pictures yet" in client.get("/timeline/").text
    times = ("2019-02-01", "2021-03-04", "2021-03-31", "2021-12-31")
    made = [make(taken_at=f"{day}T12:00:00") for day in times]
    make(taken_at="2018-01-01T00:00:00", state="trash")
    page = opened(client, "/timeline/").words
    assert re.search(r"2021 3 pictures? December 1 picture March 2 pictures", page)
    assert "2019 1 picture" in page
    assert "2018" not in page
    assert "February 1 picture" in opened(client, "/timeline/?year=2019").words
    assert client.get("/timeline/?year=x").status_code == 400
    march = opened(client, "/gallery/?order=taken&year=2021&month=3")
    assert march.tiles() == [made[2].id, made[1].id, made[0].id]
    behind = opened(client, "/gallery/?order=taken&year=2001&month=3")
    assert behind.tiles() == [each.id for each in reversed(made)]


def test_this_day_in_other_years_is_shown(client: FlaskClient, make: Maker) -> None:
    here = today()
    day = make(taken_at=f"2003-{here:%m-%d}T12:00:00")
    make(taken_at=f"2003-{here + timedelta(days=1):%m-%d}T12:00:00")
    make(taken_at=f"{here:%Y-%m-%d}T00:00:00")
    page = opened(client, "/timeline/")
    assert page.tiles() == [day.id]
    assert f"/gallery/?q=day:{here:%m-%d}" in html.unescape(page.text)


@pytest.mark.parametrize("day", ["0001-01-01", "1942-06-05", "1969-12-31", "2107-02-03", "9999-12-31"])
def test_the_timeline_leads_to_any_month_in_which_a_picture_may_have_been_taken(
    client: FlaskClient, make: Maker, day: str
) -> None:
    old = make(taken_at=f"{day}T12:00:00")
    make(taken_at="2021-03-04T12:00:00")
    year = opened(client, f"/timeline/?year={int(day[:4])}").text
    [month] = re.findall(r'href="(/gallery/\?order=taken[^"]*month=[^"]*)"', year)
    assert opened(client, html.unescape(month)).tiles()[0] == old.id
    for order in ("newest", "oldest", "title"):
        path = f"/gallery/?order={order}&year={day[:4]}&month={day[5:7]}"
        assert client.get(path, follow_redirects=True).status_code == 200
