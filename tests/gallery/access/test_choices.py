"""Proofing: what a client chooses by a link is kept, told to who made the link, and ends when it is done."""

import csv
import io
import re
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.spreadsheet import BEGIN
from tests.gallery.access.test_shares import album, form_token, shared
from tests.gallery.conftest import Maker, call, json_of, opened, post, signed_in


def choose(client: FlaskClient, link: dict[str, Any], picture: str, **form: str) -> int:
    path = f"{link['path']}/{picture}"
    token = form_token(client, {"path": path})
    return int(client.post(f"{path}/choice", data={**form, "csrf_token": token}).status_code)


def test_a_client_chooses_and_the_maker_of_the_link_takes_it_from_there(
    app: Flask, owner: FlaskClient, client: FlaskClient, make: Maker, database: Database
) -> None:
    one, two, three = (make(visibility="private", filename=f"={number}.jpg") for number in range(3))
    named = album(owner, "Wedding", one.id, two.id, three.id, visibility="private")
    link = shared(owner, album=named, chooses=True, name="Ada & Grace")
    path = f"/shares/{link['id']}/choices"
    assert "Nothing is chosen yet" in opened(owner, path).words
    assert choose(client, link, one.id, picked="yes", comment="Brighter,\r\nplease\x00\x1b") == 303
    assert choose(client, link, two.id, stars="4") == 303
    assert choose(client, link, three.id, stars="5", picked="yes") == 303
    assert choose(client, link, three.id) == 303  # taken back
    page = opened(client, f"{link['path']}/{one.id}").text
    assert 'value="yes" checked' in page
    assert "Brighter,\nplease</textarea>" in page
    assert '<option value="3" aria-label="3 stars">' in page  # a star by itself is read as "black star"
    shown = opened(client, link["path"])
    assert "2 chosen so far" in shown.words
    corners = re.findall(r'class="tile-stack">(.*?)</span></span>|</a>', shown.text)
    assert [" ".join(re.findall(r'aria-label="([^"]*)"', each)) for each in corners if each] == [
        "Picked Commented",
        "4 stars",
    ]
    # A click leads to the form, not to the viewer; arrows move from tile to tile.
    assert (" data-gallery" in shown.text, "data-picture" in shown.text) == (True, False)
    assert 'data-picture="' in opened(owner, "/gallery/").text.replace("'", '"')
    assert (
        'attachment; filename="choice-ada-grace.zip"'
        in owner.head(f"{path}/zip").headers["Content-Disposition"]
    )

    def told(only: str = "") -> list[str]:
        text = owner.get(f"{path}?format=csv&only={only}").text
        assert text.startswith(BEGIN)
        return [row["filename"] for row in csv.DictReader(io.StringIO(text.removeprefix(BEGIN)))]

    assert told() == ["'=1.jpg", "'=0.jpg"]
    assert (told("picked"), told("stars"), told("comments")) == (["'=0.jpg"], ["'=1.jpg"], ["'=0.jpg"])
    assert "Brighter, please" in opened(owner, f"{path}?only=comments").words
    assert (
        client.post(f"{link['path']}/done", data={"csrf_token": form_token(client, link)}).status_code == 303
    )
    client.post(f"{link['path']}/done", data={"csrf_token": form_token(client, link)})  # once more: told once
    assert choose(client, link, three.id, picked="yes") == 409
    assert "Your choice is told: 2 pictures." in opened(client, link["path"]).words
    assert "The client was done on" in opened(owner, path).words
    assert json_of(call(owner, "GET", "/api/v1/shares"))["shares"][0]["done_at"]
    assert post(owner, f"{path}/reopen").status_code == 303
    assert choose(client, link, three.id, picked="yes") == 303
    hung = post(owner, f"{path}/album?only=picked")
    assert set(opened(owner, hung.location).tiles()) == {one.id, three.id}
    assert client.get(hung.location).status_code == 404
    other = signed_in(app, database, "contributor")
    for refused in (other.get(path), post(other, f"{path}/reopen"), post(other, f"{path}/album")):
        assert refused.status_code == 404
    lines = [each["deed"] for each in database.activity.find({"kind": "share"}).sort("_id", 1)]
    assert lines == ["share.add", "share.done", "share.reopen"]
    post(owner, f"/shares/{link['id']}/revoke")
    assert database.choices.count_documents({}) == 0


def test_what_was_chosen_is_not_hidden_by_the_album_that_it_is_hung_in(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    one = make(filename="one.jpg")
    link = shared(owner, album=album(owner, "Fair", one.id), chooses=True)
    assert choose(client, link, one.id, picked="yes") == 303
    hung = post(owner, f"/shares/{link['id']}/choices/album").location
    assert client.get(f"/gallery/{one.id}").status_code == 200
    assert opened(client, hung).tiles() == [one.id]


def test_of_two_devices_neither_erases_what_it_has_not_seen(
    owner: FlaskClient, client: FlaskClient, make: Maker, database: Database
) -> None:
    picture = make()
    link = shared(owner, album=album(owner, "Fair", picture.id), chooses=True)
    path = f"{link['path']}/{picture.id}"

    def seen() -> dict[str, str]:
        found = re.search(r'name="seen" value="([^"]*)"', client.get(path).text)
        assert found
        return {"seen": found[1], "csrf_token": form_token(client, {"path": path})}

    phone, desk = seen(), seen()
    assert client.post(f"{path}/choice", data={**desk, "comment": "Less sky"}).status_code == 303
    # a double click
    assert client.post(f"{path}/choice", data={**desk, "comment": "Less sky"}).status_code == 303
    refused = client.post(f"{path}/choice", data={**phone, "picked": "yes", "comment": "Mine"})
    assert refused.status_code == 409
    assert '<q dir="auto">Less sky</q>' in refused.text
    assert ">Mine</textarea>" in refused.text
    assert 'value="yes" checked' in refused.text
    assert database.choices.find_one({}, {"_id": 0, "comment": 1}) == {"comment": "Less sky"}
    assert client.post(f"{path}/choice", data={**seen(), "comment": "Both"}).status_code == 303
    assert "Both" in opened(owner, f"/shares/{link['id']}/choices").words


def test_words_that_are_not_taken_can_be_read_and_mended(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    picture = make()
    link = shared(owner, album=album(owner, "Fair", picture.id), chooses=True)
    path = f"{link['path']}/{picture.id}"
    form = {"csrf_token": form_token(client, {"path": path}), "comment": "ก" * 1001}
    assert re.search(
        r"<textarea [^>]*name=\"comment\"[^>]*>ก{1001}</textarea>",
        client.post(f"{path}/choice", data=form).text,
    )


@pytest.mark.parametrize(
    ("form", "status"),
    [
        ({"stars": "6"}, 400),
        ({"stars": "x"}, 400),
        ({"comment": "c" * 1001}, 400),
        ({"comment": "c" * 1000}, 303),
    ],
)
def test_a_choice_has_limits(
    owner: FlaskClient, client: FlaskClient, make: Maker, form: dict[str, str], status: int
) -> None:
    picture = make()
    link = shared(owner, album=album(owner, "Sea", picture.id), chooses=True)
    assert choose(client, link, picture.id, **form) == status


def test_only_pictures_of_the_link_are_chosen_and_only_where_it_asks(
    owner: FlaskClient, client: FlaskClient, make: Maker, database: Database
) -> None:
    inside, beside = make(), make(visibility="private")
    named = album(owner, "Sea", inside.id)
    asks, shows = shared(owner, album=named, chooses=True), shared(owner, album=named)
    token = form_token(client, {"path": f"{asks['path']}/{inside.id}"})
    for path, status in (
        (f"{asks['path']}/{beside.id}/choice", 404),
        (f"{shows['path']}/{inside.id}/choice", 403),
        (f"{shows['path']}/done", 403),
    ):
        assert client.post(path, data={"picked": "yes", "csrf_token": token}).status_code == status
    assert database.choices.count_documents({}) == 0
    assert call(owner, "POST", "/api/v1/shares", {"picture": inside.id, "chooses": True}).status_code == 400


def test_a_cover_tells_of_what_is_chosen_under_it(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    under, other, cover = (make() for _ in range(3))
    call(owner, "POST", "/api/v1/stacks", {"pictures": [cover.id, under.id, other.id]})
    link = shared(owner, album=album(owner, "Burst", cover.id, under.id, other.id), chooses=True)

    def corners(path: str) -> list[str]:
        chips = re.findall(r'<span class="tile-stack">(.*?)</a>', client.get(path).text, re.DOTALL)
        return [re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", chip)).strip() for chip in chips]

    grid, page = link["path"], f"{link['path']}/{cover.id}"
    assert [each.split(" pictures")[0] for each in corners(grid)] == ["Stack of 3"]
    assert choose(client, link, under.id, picked="yes") == 303
    [corner] = corners(grid)
    assert corner.startswith("Stack of 3 pictures, 1 chosen")
    assert choose(client, link, cover.id, stars="4") == 303
    [corner] = corners(grid)  # one corner: two would lie on each other
    assert corner.startswith("4★Stack of 3 pictures, 1 chosen")
    assert corners(page) == ["4★", "✓"], "the strip tells which of them"
