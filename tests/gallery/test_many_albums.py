"""More albums than a page or a form has room for: each of them is found, opened, filled, and lain in."""

import html
import re
from typing import Any

import pytest
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.maintenance import search_index
from picturerail.gallery.pages import album_choice, albums, listing
from tests.gallery.conftest import Maker, call, json_of, post, token
from tests.gallery.test_albums import hung, made

TITLES = ("Zürich im Mai", "วันหยุดที่ทะเล", "東京の夜", "Harbour", "Harbour at night", "Boats #sea")


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pages and forms have room for three."""
    for room in (albums, album_choice):
        monkeypatch.setattr(room, "PAGE", 3)
    monkeypatch.setattr(listing, "MAX_CHOICES", 3)


def shown(page: str) -> list[str]:
    """The titles on a page of albums."""
    found = re.findall(r'class="album-title">(?:<svg.*?</span> )?<bdi>([^<]+)<', page, re.DOTALL)
    return [html.unescape(each) for each in found]


def choices(page: str) -> list[str]:
    found = re.findall(
        r'<button class="btn btn-quiet" name="(?:album|parent)" value="\w+"><bdi>([^<]+)</bdi>', page
    )
    return [html.unescape(each) for each in found]


def last_form(page: str) -> str:
    """The form by which an album is chosen."""
    return page.rpartition('action="/albums/selection"')[2].partition("</form>")[0]


def all_of(client: FlaskClient, address: str) -> list[str]:
    """The titles on this page and on those behind it."""
    titles: list[str] = []
    while address:
        page = client.get(address).text
        titles += shown(page)
        more = re.search(r'href="([^"]+)">(?:Older|More albums in it)', page)
        address = html.unescape(more[1]) if more else ""
    return titles


def test_albums_in_an_album_are_all_within_reach(owner: FlaskClient, client: FlaskClient) -> None:
    year = made(owner, "2026")
    names = [f"Month {number}" for number in range(1, 9)]
    for name in names:
        made(owner, name, parent=year["id"])
    assert all_of(client, year["href"]) == names[::-1]
    assert all_of(client, "/albums/") == ["2026"]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("zurich", ["Zürich im Mai"]),
        ("ZUERICH mai", ["Zürich im Mai"]),
        ("ทะเล", ["วันหยุดที่ทะเล"]),
        ("夜", ["東京の夜"]),
        ("harb", ["Harbour at night", "Harbour"]),
        ("night harbour", ["Harbour at night"]),
        ("#sea", ["Boats #sea"]),
        ("arbour", []),
        ("!!!", []),
        ("x" * 5000, []),
    ],
)
def test_an_album_is_found_by_words_of_its_title(
    owner: FlaskClient, client: FlaskClient, text: str, found: list[str]
) -> None:
    outer = made(owner, "Outer")
    for title in TITLES:
        made(owner, title, parent=outer["id"])
    assert shown(client.get("/albums/", query_string={"q": text}).text) == found
    told = json_of(client.get("/api/v1/albums", query_string={"q": text[:200]}))["albums"]
    assert [each["title"] for each in told] == found


def test_what_is_found_has_pages_too(owner: FlaskClient, client: FlaskClient) -> None:
    names = [f"Boats of {year}" for year in range(2016, 2024)]
    for name in names:
        made(owner, name)
    made(owner, "Hills")
    assert all_of(client, "/albums/?q=boats") == names[::-1]
    assert 'placeholder="Find an album"' in client.get("/albums/").text


def test_nobody_finds_an_album_that_they_do_not_see(owner: FlaskClient, client: FlaskClient) -> None:
    made(owner, "Secret harbour", visibility="private")
    assert shown(owner.get("/albums/?q=harbour").text) == ["Secret harbour"]
    assert shown(client.get("/albums/?q=harbour").text) == []
    assert json_of(client.get("/api/v1/albums?q=harbour"))["albums"] == []


def test_a_new_title_is_found_and_the_old_one_no_more(owner: FlaskClient) -> None:
    album = made(owner, "Harbour")
    call(owner, "PATCH", f"/api/v1/albums/{album['id']}", {"title": "Hills"})
    assert shown(owner.get("/albums/?q=hills").text) == ["Hills"]
    assert shown(owner.get("/albums/?q=harbour").text) == []


def test_albums_of_an_older_program_are_found_after_the_housekeeping(
    owner: FlaskClient, database: Database
) -> None:
    for number in range(3):
        made(owner, f"Harbour {number}")
    database.albums.update_many({}, {"$unset": {"tokens": ""}})
    assert shown(owner.get("/albums/?q=harbour").text) == []
    assert search_index.index_words(database) == 3
    assert len(shown(owner.get("/albums/?q=harbour").text)) == 3
    assert search_index.index_words(database) == 0


@pytest.fixture
def old(owner: FlaskClient) -> dict[str, Any]:
    """An album that is older than those for which forms have room."""
    album = made(owner, "The oldest harbour")
    for number in range(4):
        made(owner, f"Newer {number}")
    return album


def chosen(owner: FlaskClient, ids: list[str], **fields: str) -> str:
    form = {"csrf_token": token(owner), "action": "choose", "id": ids, "back": "/gallery/?select=1", **fields}
    answer = owner.post("/albums/selection", data=form)
    assert answer.status_code == 200, answer.text
    return answer.text


def test_pictures_are_hung_in_an_old_album_from_the_grid(
    owner: FlaskClient, make: Maker, old: dict[str, Any]
) -> None:
    pictures = [make().id, make().id]
    for page in ("/gallery/?select=1", f"/gallery/{pictures[0]}"):
        form = owner.get(page).text
        assert old["id"] not in form
        assert 'value="choose"' in form
    for action in ("choose", "hang"):  # *Add to album* asks, where none was chosen yet
        page = chosen(owner, pictures, action=action, album="")
    assert "In which album shall 2 pictures hang?" in page
    assert choices(page) == ["Newer 3", "Newer 2", "Newer 1"]
    assert "Type words of the title" in page
    page = chosen(owner, pictures, find="old")
    assert choices(page) == ["The oldest harbour"]
    sent = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', last_form(page))
    kept: dict[str, Any] = {name: html.unescape(value) for name, value in sent}
    kept["id"] = [value for name, value in sent if name == "id"]
    answer = owner.post("/albums/selection", data={**kept, "album": old["id"]})
    assert (answer.status_code, answer.location) == (303, "/gallery/?select=1")
    assert hung(owner, old) == pictures
    assert "No album of yours has these words" in chosen(owner, pictures, find="nowhere")


def test_who_has_few_albums_is_offered_no_search(owner: FlaskClient, make: Maker) -> None:
    assert '<a href="/albums/new">make one</a>' in chosen(owner, [make().id])
    made(owner, "One")
    assert 'value="choose"' not in owner.get("/gallery/?select=1").text
    assert "Find an album" not in owner.get("/albums/").text
    assert "These are the newest" not in owner.get("/albums/one/edit").text


def test_an_upload_goes_to_the_old_album_that_it_was_begun_from(
    owner: FlaskClient, old: dict[str, Any]
) -> None:
    page = owner.get(f"/upload/?album={old['id']}").text
    assert f'<option value="{old["id"]}" selected>The oldest harbour</option>' in page
    assert "These are the newest." in page
    for nonsense in ("x", "f" * 24, "0"):
        assert owner.get(f"/upload/?album={nonsense}").status_code == 200


def test_a_new_album_lies_where_it_was_begun(owner: FlaskClient, old: dict[str, Any]) -> None:
    there = re.search(r'href="(/albums/new\?parent=\w+)">New album here', owner.get(old["href"]).text)
    assert there
    assert f'<option value="{old["id"]}" selected>' in owner.get(there[1]).text
    assert owner.get("/albums/new?parent=nonsense").status_code == 200


def test_an_album_moves_into_an_old_one(owner: FlaskClient, old: dict[str, Any]) -> None:
    album = made(owner, "To move", description="stays")
    form = owner.get(f"{album['href']}/edit").text
    there = re.search(r'href="([^"]+/move)">Choose another one', form)
    assert there
    assert choices(owner.get(there[1]).text) == ["Newer 3", "Newer 2"]
    page = owner.get(there[1], query_string={"find": "oldest"}).text
    assert choices(page) == ["The oldest harbour"]
    answer = post(owner, f"{album['href']}/edit", parent=old["id"])
    assert answer.location == album["href"]
    told = json_of(owner.get(f"/api/v1/albums/{album['id']}"))["album"]
    assert (told["parent"], told["title"], told["description"]) == (old["id"], "To move", "stays")
    assert f'<option value="{old["id"]}" selected>' in owner.get(f"{album['href']}/edit").text
