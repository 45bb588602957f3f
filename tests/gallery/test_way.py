"""The page of a picture leads on along the way by which one came: an album, a search, the gallery in an order."""

import html
import re
from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.errors import Unavailable
from picturerail.gallery.pages.way import way_of
from picturerail.gallery.pictures import listing
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.policy import VISITOR
from tests.gallery.conftest import Maker, call
from tests.gallery.test_albums import fill, made


def opened(client: FlaskClient, listing_page: str, picture: Picture) -> str:
    """The address to which the tile of a picture leads from a page."""
    page = client.get(listing_page)
    assert page.status_code == 200, page.text
    found = re.search(rf'id="p{picture.id}" href="([^"]+)"', page.text)
    assert found, page.text
    return html.unescape(found[1])


def steps(client: FlaskClient, address: str, rel: str = "next") -> list[str]:
    """The ids of the pictures to which one comes by pressing the button again and again."""
    ids: list[str] = []
    while len(ids) < 20:
        page = client.get(address)
        assert page.status_code == 200, page.text
        found = re.search(rf'<a class="btn btn-quiet" rel="{rel}" href="([^"]+)"', page.text)
        if not found:
            break
        address = html.unescape(found[1])
        ids.append(address.split("/")[2].partition("?")[0])
    return ids


def back_from(client: FlaskClient, address: str) -> str:
    found = re.search(
        r'<a class="btn btn-link" href="([^"]+)">(?:Back to|All pictures)', client.get(address).text
    )
    assert found
    return html.unescape(found[1])


@pytest.fixture
def pictures(make: Maker) -> list[Picture]:
    """Boats and hills in turn, the older ones taken later."""
    return [
        make(
            description=f"{'Boat' if number % 2 else 'Hill'} {number}",
            taken_at=datetime(2020, 1, 20 - number, tzinfo=UTC).strftime("%Y-%m-%dT%H:%M:%S"),
        )
        for number in range(6)
    ]


def test_through_an_album_in_its_order(
    owner: FlaskClient, client: FlaskClient, pictures: list[Picture]
) -> None:
    album = made(owner, "Sea & Sky")
    hung = [pictures[at] for at in (4, 0, 3)]
    fill(owner, album, hung)
    first = opened(client, album["href"], hung[0])
    assert first == f"/gallery/{hung[0].id}?album=sea-sky"
    assert steps(client, first) == [hung[1].id, hung[2].id]
    assert steps(client, opened(client, album["href"], hung[2]), "prev") == [hung[1].id, hung[0].id]
    assert back_from(client, first) == f"/albums/sea-sky?at={hung[0].id}#p{hung[0].id}"
    assert client.get(back_from(client, first)).status_code == 200


def test_through_a_search(client: FlaskClient, pictures: list[Picture]) -> None:
    first = opened(client, "/gallery/?q=hill", pictures[4])
    assert steps(client, first) == [pictures[2].id, pictures[0].id]
    assert back_from(client, first) == f"/gallery/?q=hill&at={pictures[4].id}#p{pictures[4].id}"


def test_through_the_gallery_in_an_order(client: FlaskClient, pictures: list[Picture]) -> None:
    first = opened(client, "/gallery/?order=taken", pictures[0])
    assert steps(client, first) == [one.id for one in pictures[1:]]
    newest = opened(client, "/gallery/", pictures[5])
    assert newest == f"/gallery/{pictures[5].id}"
    assert steps(client, newest) == [one.id for one in pictures[4::-1]]
    assert back_from(client, newest) == f"/gallery/?at={pictures[5].id}#p{pictures[5].id}"


def test_nobody_comes_through_an_album_that_they_do_not_see(
    owner: FlaskClient, client: FlaskClient, pictures: list[Picture]
) -> None:
    album = made(owner, "Secret", visibility="private")
    fill(owner, album, [pictures[0]])
    call(owner, "PATCH", f"/api/v1/pictures/{pictures[0].id}", {"visibility": "private"})
    page = client.get(f"/gallery/{pictures[3].id}?album=secret")
    assert page.status_code == 200
    assert "Secret" not in page.text
    assert pictures[0].id not in page.text
    assert "album=" not in page.text.partition("<nav")[0].replace(page.request.full_path, "")


@pytest.mark.parametrize("query", ["album=nowhere", "order=nonsense", "q=!!!", "album=", "q="])
def test_a_way_that_leads_nowhere_is_that_of_all(
    client: FlaskClient, pictures: list[Picture], query: str
) -> None:
    assert steps(client, f"/gallery/{pictures[2].id}?{query}")[0] == pictures[1].id


def test_a_picture_that_left_the_album_has_no_neighbours_there(
    owner: FlaskClient, client: FlaskClient, pictures: list[Picture]
) -> None:
    album = made(owner)
    fill(owner, album, pictures[:2])
    page = client.get(f"/gallery/{pictures[4].id}?album={album['slug']}")
    assert page.status_code == 200
    assert 'rel="next"' not in page.text


def test_a_search_that_is_too_wide_has_a_page_without_neighbours(
    client: FlaskClient, pictures: list[Picture], monkeypatch: pytest.MonkeyPatch
) -> None:
    def too_wide(*_: object) -> object:
        raise Unavailable(listing.TOO_WIDE)

    monkeypatch.setattr(listing, "neighbours", too_wide)
    page = client.get(f"/gallery/{pictures[3].id}?q=boat")
    assert page.status_code == 200
    assert 'rel="next"' not in page.text


def test_edges_keep_ways_through_albums_and_no_searches(
    app: Flask, database: Database, owner: FlaskClient, pictures: list[Picture]
) -> None:
    album = made(owner)
    with app.test_request_context(f"/?album={album['slug']}"):
        assert album["id"] in (way_of(database, VISITOR).names or ())
    with app.test_request_context("/?q=boat"):
        assert way_of(database, VISITOR).names is None
    smart = made(owner, "Found", q="boat")
    with app.test_request_context(f"/?album={smart['slug']}"):
        assert way_of(database, VISITOR).names is None
