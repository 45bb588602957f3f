"""The pages of albums, by plain forms: make one, fill it from the grid, order it, rename it, undo it all."""

import html
import io
import re
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image

from picturerail.database import Database
from picturerail.gallery.pages import albums
from tests.gallery.browser import Browser
from tests.gallery.conftest import Maker, call, json_of, opened, post, token
from tests.gallery.test_albums import fill, hung, made
from tests.service import Service


def send(client: FlaskClient, action: str, album: str, chosen: list[str], **fields: str) -> Any:
    form = {"csrf_token": token(client), "action": action, "album": album, "id": chosen, **fields}
    return client.post("/albums/selection", data=form)


def told(client: FlaskClient) -> str:
    """What the next page says about the last action."""
    found = re.search(r'class="flash-text">([^<]+)<', client.get("/albums/").text)
    return html.unescape(found[1]) if found else ""


def undo_in(page: str) -> str:
    found = re.search(r'action="(/albums/(?:changes/[0-9a-f]+/undo|restore/[0-9a-f]+))"', page)
    assert found
    return found[1]


def test_an_album_is_made_filled_and_undone_by_forms(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    assert "No albums yet" in client.get("/albums/").text
    one, two = make(), make()
    answer = post(owner, "/albums/new", title="Sea & Sky", description="Boats", order="hand")
    assert (answer.status_code, answer.location) == (303, "/albums/sea-sky")
    grid = owner.get("/gallery/?select=1").text
    choice = re.search(r'<option value="([0-9a-f]{24})">Sea &amp; Sky</option>', grid)
    assert choice
    back = send(owner, "hang", choice[1], [one.id, two.id], back="/gallery/?select=1")
    assert back.location == "/gallery/?select=1"
    page = owner.get("/albums/sea-sky").text
    assert "2 pictures are hung in “Sea & Sky”." in html.unescape(page)
    assert page.index(f'id="p{one.id}"') < page.index(f'id="p{two.id}"')
    assert f'href="/gallery/{one.id}?album=sea-sky"' in client.get("/albums/sea-sky").text
    post(owner, undo_in(page))
    assert told(owner) == "“Sea & Sky”: 2 pictures are taken down again."
    assert "No picture hangs here yet" in client.get("/albums/sea-sky").text


def test_ticked_pictures_are_ordered_and_taken_out(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    pictures = [make() for _ in range(4)]
    a, b, c, d = (one.id for one in pictures)
    album = made(owner)
    fill(owner, album, pictures)
    page = owner.get("/albums/sea?select=1").text
    assert {"first", "earlier", "later", "last", "cover", "take-down"} <= set(
        re.findall(r'name="action" value="([a-z-]+)"', page)
    )
    for action, chosen, expected in (
        ("earlier", [c], [a, c, b, d]),
        ("later", [a, c], [b, a, c, d]),
        ("first", [c, d], [c, d, b, a]),
        ("last", [c], [d, b, a, c]),
        ("earlier", [d], [d, b, a, c]),
        ("later", [c], [d, b, a, c]),
    ):
        assert send(owner, action, album["id"], chosen).status_code == 303
        assert hung(client, album) == expected, action
        page = owner.get("/albums/sea?select=1").text
        assert "The order is saved." in page
        ticked = re.findall(r'value="([0-9a-f]{24})" aria-label="[^"]*" checked', page)
        assert sorted(ticked) == sorted(chosen), "they may go one more place"
    send(owner, "first", album["id"], [a, c])
    undo = undo_in(owner.get("/albums/sea").text)
    post(owner, undo)
    assert (told(owner), hung(client, album)) == ("“Sea”: the order is as before.", [d, b, a, c])
    assert post(owner, undo).status_code == 404
    send(owner, "cover", album["id"], [b])
    shelf = client.get("/albums/").text
    assert re.search(rf'<span class="tile p{b}">', shelf)
    send(owner, "take-down", album["id"], [b, d])
    page = owner.get("/albums/sea").text
    assert "2 pictures are taken out of “Sea”." in page
    post(owner, undo_in(page))
    assert hung(client, album) == [d, b, a, c]


def test_former_addresses_lead_to_the_present_one(owner: FlaskClient, client: FlaskClient) -> None:
    made(owner, "Sea")
    assert post(owner, "/albums/sea/edit", title="Ocean").location == "/albums/ocean"
    answer = client.get("/albums/sea?page=2&_external=1&slug=x")
    assert (answer.status_code, answer.location) == (301, "/albums/ocean?page=2")
    assert client.get("/albums/nothing").status_code == 404


def test_an_album_is_deleted_by_its_form_and_comes_back(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    picture = make()
    outer = made(owner, "Outer")
    inner = made(owner, "Inner", parent=outer["id"])
    fill(owner, inner, [picture])
    page = client.get("/albums/inner").text
    assert '<a href="/albums/outer"><bdi>Outer</bdi></a>' in page
    assert 'href="/albums/inner"' in client.get("/albums/outer").text
    assert 'href="/albums/inner"' not in client.get("/albums/").text
    post(owner, "/albums/outer/delete")
    assert client.get("/albums/inner").status_code == 404
    assert client.get(f"/gallery/{picture.id}").status_code == 200
    post(owner, undo_in(owner.get("/albums/").text))
    assert hung(client, inner) == [picture.id]


def test_unfit_forms_change_nothing(people: dict[str, FlaskClient], make: Maker) -> None:
    owner, picture = people["owner"], make()
    album = made(owner)
    for action, named, chosen, status in (
        ("hang", "", [picture.id], 200),  # it is asked in which one
        ("take-down", "", [picture.id], 400),
        ("burn", album["id"], [picture.id], 400),
        ("hang", "5f" * 12, [picture.id], 404),
        ("hang", album["id"], ["no id"], 404),
        ("hang", album["id"], [], 303),
        ("later", album["id"], [picture.id], 404),
    ):
        assert send(owner, action, named, chosen).status_code == status
    assert send(people["viewer"], "hang", album["id"], [picture.id]).status_code == 403
    assert send(people["contributor"], "hang", album["id"], [picture.id]).status_code == 403
    assert "Edit album" not in people["contributor"].get("/albums/sea").text
    assert hung(owner, album) == []
    assert post(owner, "/albums/new", title=" ").status_code == 400


def test_a_picture_is_hung_from_its_own_page_which_names_its_albums(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    picture, album = make(), made(owner, "Sea & Sky")
    page = owner.get(f"/gallery/{picture.id}").text
    assert '<button class="btn btn-sm btn-quiet" name="action" value="choose">Add to album' in page
    page = send(owner, "choose", "", [picture.id], back=f"/gallery/{picture.id}").text
    assert f'value="{album["id"]}"><bdi>Sea &amp; Sky</bdi>' in page
    send(owner, "hang", album["id"], [picture.id], back=f"/gallery/{picture.id}")
    page = client.get(f"/gallery/{picture.id}").text
    assert '<a href="/albums/sea-sky"><bdi>Sea &amp; Sky</bdi></a>' in page
    assert "Add to album" not in page


def test_who_saves_late_is_shown_what_somebody_else_has_saved(people: dict[str, FlaskClient]) -> None:
    owner, editor = people["owner"], people["editor"]
    album = made(owner, "Sea", description="Waves")

    def form(client: FlaskClient, **changed: str) -> dict[str, str]:
        text = client.get(f"{href()}/edit").text
        seen = re.search(r'name="seen" value="([^"]+)"', text)
        assert seen
        return {
            "seen": seen[1],
            "title": "Sea",
            "description": "Waves",
            "order": "hand",
            "parent": "",
            **changed,
        }

    def href() -> str:
        return str(json_of(owner.get(f"/api/v1/albums/{album['id']}"))["album"]["href"])

    late = form(owner, order="taken")
    assert (
        post(editor, f"{href()}/edit", **form(editor, title="Ocean", description="Tides")).status_code == 303
    )
    refused = post(owner, f"{href()}/edit", **late)
    assert refused.status_code == 409
    assert "Somebody else changed this album meanwhile" in refused.text
    assert '<p dir="auto"><strong>Ocean</strong></p>' in refused.text
    assert ">Waves</textarea>" in refused.text
    assert '<option value="taken" selected>' in refused.text
    assert json_of(owner.get(f"/api/v1/albums/{album['id']}"))["album"]["description"] == "Tides"
    seen = re.search(r'name="seen" value="([^"]+)"', refused.text)
    assert seen
    assert post(owner, f"{href()}/edit", **{**late, "seen": seen[1]}).status_code == 303
    kept = json_of(owner.get(f"/api/v1/albums/{album['id']}"))["album"]
    assert (kept["title"], kept["order"]) == ("Sea", "taken")


def test_titles_run_as_their_script_does(owner: FlaskClient, client: FlaskClient) -> None:
    """Else the mark at the end of a Hebrew or Arabic title stands in front of it."""
    title = "אלבום קיץ (1)!"
    sea = made(owner, title, description="תיאור!")
    inner = made(owner, "Inner", parent=sea["id"])
    for path in ("/albums/", sea["href"], inner["href"]):
        assert f"<bdi>{title}</bdi>" in client.get(path).text, path
    assert '<p class="album-text" dir="auto">' in client.get(sea["href"]).text


def test_an_album_stays_where_it_lies_however_many_there_are(
    owner: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(albums, "PAGE", 2)
    sea = made(owner, "Sea")
    made(owner, "Boats", parent=sea["id"])
    for title in ("One", "Two", "Three"):
        made(owner, title)
    form = opened(owner, "/albums/boats/edit").text
    assert f'<option value="{sea["id"]}" selected>' in form


def test_who_may_change_an_album_only_leaves_it_where_it_lies(people: dict[str, FlaskClient]) -> None:
    owner, contributor = people["owner"], people["contributor"]
    sea, boats = made(owner, "Sea"), made(contributor, "Boats")
    call(owner, "PATCH", f"/api/v1/albums/{boats['id']}", {"parent": sea["id"]})
    assert f'<option value="{sea["id"]}" selected>' in opened(contributor, "/albums/boats/edit").text
    form = {"title": "Sailing boats", "parent": sea["id"]}
    assert post(contributor, "/albums/boats/edit", **form).location == "/albums/sailing-boats"
    assert json_of(owner.get(f"/api/v1/albums/{boats['id']}"))["album"]["parent"] == sea["id"]


def test_the_card_of_a_link_shows_what_hangs_there(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    def card(path: str) -> str:
        found = re.search(r'og:image" content="[^"]+/([^/"]+)\.jpg"', client.get(path).text)
        return f"gallery/{found[1]}" if found else ""

    album = made(owner, "Sea")
    assert (card("/"), card("/albums/sea")) == ("", "")
    one, two, hidden = make(description="One"), make(), make(visibility="private")
    call(owner, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": [hidden.id, one.id, two.id]})
    assert (card("/"), card("/albums/sea")) == (two.public_id, one.public_id)
    send(owner, "cover", album["id"], [two.id])
    assert card("/albums/sea") == two.public_id
    assert 'og:url" content="http://127.0.0.1:8000/albums/sea"' in client.get("/albums/sea").text


def test_who_sees_more_than_everybody_sees_the_cover_that_everybody_sees_if_there_is_one(
    people: dict[str, FlaskClient], owner: FlaskClient, make: Maker, database: Database
) -> None:
    def covers(role: str) -> dict[str, str]:
        page = people[role].get("/albums/").text
        return dict(re.findall(r'href="/albums/(\w+)">(?:(?!</a>).)*?tile p(\w+)', page, re.DOTALL))

    one, newer = make(), make()
    closed = call(owner, "POST", "/api/v1/albums", {"title": "Closed", "visibility": "private"}).json["album"]
    for album, pictures in ((made(owner, "Both"), [one, newer]), (closed, [newer])):
        call(owner, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": [each.id for each in pictures]})
    [viewer] = database.users.find({"role": "viewer"})
    call(owner, "POST", f"/api/v1/albums/{closed['id']}/viewers", {"add": [viewer["email"]]})
    assert covers("viewer") == {"closed": newer.id, "both": one.id}
    assert covers("editor") == {"closed": newer.id, "both": newer.id}
    assert covers("visitor") == {"both": one.id}


def test_each_of_many_albums_has_its_own_newest_picture_for_cover(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    """They are asked for together: chosen, newest, hidden, and of an empty one none."""
    albums = {name: made(owner, name)["id"] for name in ("one", "two", "three", "chosen", "empty", "hidden")}
    pictures = [make() for _ in albums]
    hidden = make(visibility="private")
    covers = {name: pictures[place].id for place, name in enumerate(albums)}
    for place, (name, album) in enumerate(albums.items()):
        hung = [hidden.id] if name == "hidden" else [each.id for each in pictures[: place + 1]]
        added = {"add": [] if name == "empty" else hung}
        call(owner, "POST", f"/api/v1/albums/{album}/pictures", added)
    send(owner, "cover", albums["chosen"], [pictures[0].id])
    covers |= {"chosen": pictures[0].id}
    del covers["empty"], covers["hidden"]

    def shelf(who: FlaskClient) -> dict[str, str]:
        page = who.get("/albums/").text
        return dict(re.findall(r'href="/albums/(\w+)">(?:(?!</a>).)*?tile p(\w+)', page, re.DOTALL))

    assert shelf(client) == covers
    assert shelf(owner) == covers | {"hidden": hidden.id}


def test_pictures_are_hung_in_an_album_as_they_come(service: Service) -> None:
    """Without a script, against the whole program; an album that is not there is refused before anything is sent."""
    browser = Browser(service.url)
    browser.sign_in(service.owner_email, service.owner_password)
    browser.post("/albums/new", {"title": "As they come"})
    page = browser.get("/upload/").text
    choice = re.search(r'<option value="([0-9a-f]{24})">As they come</option>', page)
    assert choice
    file = io.BytesIO()
    Image.new("RGB", (30, 20), "teal").save(file, "PNG")
    browser.post("/upload/", {"album": choice[1]}, [("image", "teal.png", file.getvalue())])
    assert len(browser.get("/albums/as-they-come").tiles()) == 1
    assert f'value="{choice[1]}" selected' in browser.get(f"/upload/?album={choice[1]}").text
    refused = browser.post("/upload/", {"album": "5f" * 12}, [("image", "red.png", file.getvalue())])
    assert refused.status == 404


def test_a_page_of_an_album_in_order_by_hand_names_the_picture_behind_it(
    owner: FlaskClient, client: FlaskClient, make: Maker
) -> None:
    """Behind which what is dragged to the end of the page is put; whether the page was reached forwards or back."""
    album = made(owner, "Sea", order="hand")
    pictures = [make().id for _ in range(130)]
    for some in (pictures[:70], pictures[70:]):
        call(owner, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": some})

    def behind(who: FlaskClient, query: str = "") -> str:
        found = re.search(r'data-behind="(\w*)"', who.get(f"/albums/sea{query}").text)
        return found[1] if found else "nothing"

    assert behind(owner) == pictures[60]
    assert behind(owner, f"?after={pictures[59]}") == pictures[120]
    assert behind(owner, f"?before={pictures[125]}") == pictures[125]
    assert behind(owner, f"?after={pictures[119]}") == ""
    assert behind(client) == "nothing"
