"""In lists, people see at a glance what not everybody sees; visitors and those who opened a link are told nothing."""

import re

import pytest
from flask.testing import FlaskClient

from tests.gallery.conftest import Maker, call, json_of
from tests.gallery.test_albums import fill, made


def marks(page: str) -> list[str]:
    return re.findall(r'class="tile-stack" title="(\w+)"', page)


@pytest.fixture
def hidden(owner: FlaskClient, make: Maker) -> str:
    """A private album's address, with a picture in it, beside an unlisted and a public one."""
    pictures = [make(description=f"Boat {number}") for number in range(3)]
    call(owner, "PATCH", f"/api/v1/pictures/{pictures[1].id}", {"visibility": "unlisted"})
    album = made(owner, "Family", visibility="private")
    fill(owner, album, pictures[:1])
    made(owner, "Sea")
    return str(album["id"])


def test_people_see_what_is_hidden(owner: FlaskClient, hidden: str) -> None:
    for page in ("/gallery/", "/gallery/?q=boat", "/gallery/?select=1"):
        assert marks(owner.get(page).text) == ["Unlisted", "Private"], page
    albums = owner.get("/albums/").text
    assert re.findall(r'hidden">(\w+): </span> <bdi>(\w+)<', albums) == [("Private", "Family")]


def test_visitors_and_guests_are_told_nothing(owner: FlaskClient, client: FlaskClient, hidden: str) -> None:
    link = json_of(call(owner, "POST", "/api/v1/shares", {"album": hidden}))["share"]["url"]
    opened = client.get(link.removeprefix("http://localhost"), follow_redirects=True)
    assert "Boat 0" in opened.text
    for page in (opened.text, client.get("/gallery/").text, client.get("/albums/").text):
        assert marks(page) == []
        assert "Private" not in page
