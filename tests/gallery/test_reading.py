"""What everybody sees: landing, gallery, one picture; and what a page costs."""

import html
import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.pictures import lifecycle, listing, lookup
from picturerail.gallery.pictures.filter import in_state
from picturerail.gallery.pictures.model import STATES
from tests.gallery.conftest import Maker, opened


def test_landing_has_its_two_buttons_and_says_when_the_wall_is_empty(client: FlaskClient) -> None:
    page = opened(client, "/")
    assert re.search(r'<a class="btn[^>]*href="/upload/"', page.text)
    assert re.search(r'<a class="btn[^>]*href="/gallery/"', page.text)
    assert "<img" not in re.sub(r"<header.*?</header>", "", page.text, flags=re.DOTALL)
    assert "No pictures yet" in opened(client, "/gallery/").words


def test_an_empty_gallery_offers_the_upload_to_those_who_may(people: dict[str, FlaskClient]) -> None:
    offered = {
        role: ">Upload images" in re.sub(r"<svg.*?</svg> ", "", page.get("/gallery/").text)
        for role, page in people.items()
    }
    assert offered == {role: role != "viewer" for role in people}


def test_a_slash_too_many_leads_to_the_page(client: FlaskClient, make: Maker) -> None:
    picture = make()
    answer = client.get(f"/gallery/{picture.id}/?q=a+b")
    assert (answer.status_code, answer.location) == (308, f"/gallery/{picture.id}?q=a+b")
    assert client.get("/sign-in//").location == "/sign-in"
    for path in ("/nowhere/", "/.//gallery/x/", "/gallery/x/y/", "/api/v1/pictures/"):
        assert client.get(path).status_code == 404, path
    assert client.post(f"/gallery/{picture.id}/").status_code in (404, 405)


@pytest.mark.parametrize(
    ("asked", "leads_to"),
    [("/gallery", "/gallery/"), ("/gallery?q=a", "/gallery/?q=a"), ("/upload", "/upload/")],
)
def test_a_missing_slash_leads_on_by_a_path(client: FlaskClient, asked: str, leads_to: str) -> None:
    """Not to the name by which a proxy asks, which may be another one than visitors use, or lack their port."""
    answer = client.get(asked, headers={"Host": "localhost"})
    assert (answer.status_code, answer.location) == (308, leads_to)


def test_landing_shows_the_latest_twelve(client: FlaskClient, make: Maker) -> None:
    made = [make() for _ in range(15)]
    text = opened(client, "/").text
    assert [one.id for one in made if f"/gallery/{one.id}" in text] == [one.id for one in made[3:]]


def test_gallery_is_newest_first_sixty_to_a_page(client: FlaskClient, make: Maker) -> None:
    newest_first = [make().id for _ in range(130)][::-1]
    first = opened(client, "/gallery/")
    second = opened(client, first.link("next"))
    third = opened(client, second.link("next"))
    assert [first.tiles(), second.tiles(), third.tiles()] == [
        newest_first[:60],
        newest_first[60:120],
        newest_first[120:],
    ]
    assert "130 pictures" in first.words
    assert first.link("prev") == ""
    assert third.link("next") == ""
    assert opened(client, second.link("prev")).tiles() == newest_first[:60]
    assert opened(client, third.link("prev")).tiles() == newest_first[60:120]
    assert ["Page 1" in first.words, "Page 2" in second.words, "Page 3" in third.words] == [True] * 3


def test_pages_stay_put_while_pictures_come_and_go(
    client: FlaskClient, make: Maker, database: Database
) -> None:
    newest_first = [make().id for _ in range(130)][::-1]
    first = opened(client, "/gallery/")
    newer = [make().id for _ in range(5)][::-1]
    lifecycle.trash(database, newest_first[59])
    second = opened(client, first.link("next"))
    assert second.tiles() == newest_first[60:120]
    back = opened(client, second.link("prev"))
    assert back.tiles() == (newer + newest_first[:59] + newest_first[60:])[4:64]
    assert "Page 1" in opened(client, back.link("prev")).words


def test_a_page_before_that_would_not_be_full_is_the_first(client: FlaskClient, make: Maker) -> None:
    newest_first = [make().id for _ in range(70)][::-1]
    page = opened(client, f"/gallery/?before={newest_first[10]}&page=7")
    assert page.tiles() == newest_first[:60]
    assert "Page 1" in page.words


def test_the_way_back_to_a_pictures_place_in_the_gallery(client: FlaskClient, make: Maker) -> None:
    newest_first = [make().id for _ in range(70)][::-1]
    link = f"/gallery/?at={newest_first[65]}#p{newest_first[65]}"
    assert link in html.unescape(opened(client, f"/gallery/{newest_first[65]}").text)
    assert opened(client, link).tiles() == newest_first[65:]


def test_beyond_the_end_is_the_beginning(client: FlaskClient, make: Maker) -> None:
    only = make()
    assert opened(client, f"/gallery/?after={only.id}").tiles() == [only.id]


@pytest.mark.parametrize(
    "query",
    ["after=x", "after=", "before=5f", "at=%00", "after[$gt]=1&after=zz", f"after={'a' * 24}&at={'a' * 24}"],
)
def test_an_unfit_cursor_is_refused(client: FlaskClient, query: str) -> None:
    assert "address of this page is not right" in opened(client, f"/gallery/?{query}", 400).words


@pytest.mark.parametrize("number", ["0", "-3", "x", "1e9", "9" * 40, "%00"])
def test_the_page_number_is_for_the_eye_only(client: FlaskClient, make: Maker, number: str) -> None:
    make()
    assert "1 picture" in opened(client, f"/gallery/?page={number}").words


def test_images_hold_their_place_and_offer_every_width_up_to_the_originals(
    client: FlaskClient, make: Maker
) -> None:
    big, small = make(width=4640, height=3480), make(width=500, height=375)
    text = opened(client, "/gallery/").text
    images = re.findall(r"<img [^>]*srcset[^>]*>", text)
    [widths_small, widths_big] = [[int(w) for w in re.findall(r" (\d+)w[,\"]", image)] for image in images]
    assert widths_big == [320, 480, 640, 960, 1440]
    assert widths_small == [320, 480, 500]
    assert 'width="4640" height="3480"' in images[1]
    assert 'width="500" height="375"' in images[0]
    assert f"/picturerail/image/upload/c_limit,f_auto,q_auto,w_320/v17/{big.public_id} 320w" in images[1]
    assert f"/v17/{small.public_id}" in images[0]
    for image in images:
        assert 'alt="A boat"' in image
        assert "data-thumbhash=" in image
    assert re.search(rf"<style nonce=\"[\w-]{{20,}}\">.*\.p{big.id}{{--w:4640;--h:3480;--c:#a1b2c3}}", text)


def test_only_the_first_row_is_eager(client: FlaskClient, make: Maker) -> None:
    """Of its pictures the first and the widest come before the others, and all before the page's scripts."""
    for number in range(20):
        make(width=1600 if number != 16 else 4000)
    text = opened(client, "/gallery/").text
    images = re.findall(r"<img [^>]*srcset[^>]*>", text)
    eager = ['loading="eager"' in image for image in images]
    assert eager == [True] * 6 + [False] * 14
    priorities = [re.findall(r'fetchpriority="(\w+)"', image) for image in images]
    assert priorities == [["high"], ["low"], ["low"], ["high"], ["low"], ["low"], *([[]] * 14)]
    for image in images[sum(eager) :]:
        assert 'loading="lazy"' in image
        assert 'decoding="async"' in image
    assert re.search(r'<script type="module" src="[^"]+" fetchpriority="low">', text)


def test_the_pictures_that_a_phone_shows_on_the_landing_page_at_once_do_not_wait(
    client: FlaskClient, make: Maker
) -> None:
    """Three hang on its wires, and one row of the latest begins below the words: there its largest picture is."""
    for _ in range(12):
        make()
    text = opened(client, "/").text
    hung, latest = (re.findall("<img [^>]*>", part) for part in text.split('id="latest-title"'))
    assert ['loading="eager"' in image for image in hung] == [True] * 3 + [False] * 2
    assert ['fetchpriority="high"' in image for image in latest] == [True] * 2 + [False] * 5


@pytest.mark.parametrize("path", ["/", "/gallery/", "/albums/", "/timeline/", "/sign-in"])
def test_pages_that_may_be_found_by_a_search_engine_say_what_they_are(client: FlaskClient, path: str) -> None:
    head = opened(client, path).text.partition("</head>")[0]
    assert "noindex" not in head
    assert re.search(r'<meta name="description" content="[^"]{20,}">', head)


def test_the_viewer_is_told_what_it_needs(client: FlaskClient, make: Maker) -> None:
    picture = make(width=2000, height=1000, description="It's \"<wide>\" & 'flat'")
    found = re.search(r"data-picture='([^']*)'", opened(client, "/gallery/").text)
    assert found
    told = json.loads(found[1])
    assert told == {
        "id": picture.id,
        "w": 2000,
        "h": 1000,
        "url": f"/picturerail/image/upload/c_limit,f_auto,q_auto,w_{{w}}/v17/{picture.public_id}",
        "widths": [640, 960, 1440, 1920, 2000],
    }


def test_a_gallery_page_stays_under_100_kilobytes(client: FlaskClient, make: Maker) -> None:
    for number in range(61):
        make(
            description="A boat in the harbour of a small town, seen from the hill in the evening",
            delivery="private",
            public_id=f"gallery/1fci2yilpacqmiqt{number:04}",  # as long as the media service makes it
            version=1795970452,
            width=4608,
            height=3456,
        )
    assert len(opened(client, "/gallery/").body) < 100_000


def test_picture_page_tells_everything(client: FlaskClient, make: Maker) -> None:
    older, picture, newer = make(), make(description="A harbour\nat night", filename="hafen ☾.jpg"), make()
    page = opened(client, f"/gallery/{picture.id}")
    assert "A harbour at night" in page.words
    assert "1600 × 1200 pixels" in page.words
    assert "337.6 kB" in page.words
    assert "hafen ☾.jpg" in page.words
    assert page.link("prev") == f"/gallery/{newer.id}"
    assert page.link("next") == f"/gallery/{older.id}"
    assert re.search(r'<time datetime="20\d\d-', page.text)
    for name, content in {
        "og:title": "A harbour",
        "og:image": f"http://127.0.0.1:8000/picturerail/image/upload/c_limit,f_jpg,q_auto,w_1200/v17/{picture.public_id}.jpg",
        "og:image:width": "1200",
        "og:image:height": "900",
        "og:url": f"http://127.0.0.1:8000/gallery/{picture.id}",
    }.items():
        assert f'<meta property="{name}" content="{content}">' in page.text
    assert "Delete" not in page.words
    assert "Edit" not in page.words


@pytest.mark.parametrize("state", ["trash", "duplicate", "deleted"])
def test_what_is_not_live_is_nowhere(client: FlaskClient, make: Maker, state: str) -> None:
    hidden = make(state=state)
    for path in (f"/gallery/{hidden.id}", f"/gallery/{hidden.id}/download", f"/api/v1/pictures/{hidden.id}"):
        assert client.get(path).status_code == 404
    for path in ("/", "/gallery/", "/api/v1/pictures"):
        assert hidden.id not in client.get(path).text


@pytest.mark.parametrize("name", ["x", "0" * 23, "0" * 24, "0" * 25, "../etc", "%00", "A" * 24, "{$gt:1}"])
def test_unknown_pictures_are_404(client: FlaskClient, name: str) -> None:
    assert client.get(f"/gallery/{name}").status_code == 404


def test_download_goes_to_the_original_under_its_own_name(owner: FlaskClient, make: Maker) -> None:
    picture = make(filename="Überfahrt, 50 %.v2.jpg")
    answer = owner.get(f"/gallery/{picture.id}/download")
    assert answer.status_code == 302
    flag = "fl_attachment:%C3%9Cberfahrt%252C%2050%20%2525%252Ev2"
    assert answer.location == f"/picturerail/image/upload/{flag}/v17/{picture.public_id}.jpg"


# ---- cost --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bound", [{}, {"$lt": 1500}, {"$gt": 1500}, {"$lte": 1500}])
def test_a_page_is_served_by_the_index(database: Database, bound: dict[str, int]) -> None:
    documents = [
        {"description": "x"} if n % 3 == 0 else {"state": ("live", "trash")[n % 2]} for n in range(3000)
    ]
    ids = database.gallery.insert_many(documents).inserted_ids
    query: dict[str, Any] = {"state": STATES["live"]}
    if bound:
        query["_id"] = {name: ids[place] for name, place in bound.items()}
    order = 1 if "$gt" in bound else -1
    plan = database.gallery.find(query).sort("_id", order).limit(61).explain()
    stats = plan["executionStats"]
    assert "COLLSCAN" not in json.dumps(plan["queryPlanner"]["winningPlan"])
    assert stats["nReturned"] == 61
    assert stats["totalDocsExamined"] <= 2 * 61
    assert stats["totalKeysExamined"] <= 2 * 61


def test_pictures_of_the_same_bytes_are_found_by_their_hash(database: Database) -> None:
    first, again, edited = "a" * 32, "b" * 32, "c" * 32
    many = [{"state": "live", "etag": f"{n:032}", "first_of": f"{n:032}"} for n in range(300)]
    some = [
        {"state": "live", "etag": first, "first_of": first},
        {"state": "duplicate", "etag": first},
        {"state": "trash", "etag": again},
        {"state": "live", "etag": again},
        {"state": "live", "etag": edited},
    ]
    documents = [{"public_id": f"gallery/{n}", **each} for n, each in enumerate([*some, *many])]
    ids = [str(each) for each in database.gallery.insert_many(documents).inserted_ids]
    found = [lookup.with_same_bytes(database, etag) for etag in (first, again, edited, "d" * 32)]
    assert [each and each.id for each in found] == [ids[0], ids[3], ids[4], None]
    stats = database.gallery.find({"$or": lookup.with_bytes([first, again])}).explain()["executionStats"]
    assert stats["nReturned"] == 2
    assert stats["totalKeysExamined"] <= 10


def test_count_is_exact_for_small_galleries_and_an_estimate_for_large(database: Database) -> None:
    database.gallery.insert_many([{"state": "trash" if n < 10 else "live"} for n in range(100)])
    assert listing.count(database, in_state("live")) == listing.Count(90, exact=True)
    few = replace(in_state("live"), countable=50)
    assert listing.count(database, few) == listing.Count(90, exact=False)


def test_nothing_is_asked_of_the_media_service_for_a_page(
    client: FlaskClient, make: Maker, tmp_path: Path
) -> None:
    """The cloud of these tests answers nobody, and still every page is whole."""
    picture = make()
    for path in ("/", "/gallery/", f"/gallery/{picture.id}", "/api/v1/pictures"):
        assert client.get(path).status_code == 200


# ---- documentation -----------------------------------------------------------------------------------------


def test_every_route_is_documented(app: Flask) -> None:
    docs = (Path(__file__).parents[2] / "docs" / "gallery.md").read_text()
    rows = dict(re.findall(r"^\| `(/[^`]*)` \| ([A-Z, ]+) \|", docs, re.MULTILINE))
    told = {(path, method) for path, methods in rows.items() for method in methods.split(", ")}
    real = {
        (rule.rule, method)
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.endpoint != "static"
    }
    assert told == real


def test_what_scripts_show_is_written_once_for_all_who_may_do_the_same(
    people: dict[str, FlaskClient],
) -> None:
    roles = ("owner", "visitor", "editor", "viewer", "contributor", "visitor")
    for role, client in ((each, people[each]) for each in roles):
        words = client.get("/").text.partition("data-flashes")[2]
        assert ('"flash-deleted"' in words) == (role not in ("visitor", "viewer")), role
        assert ('"flash-refused"' in words) == (role != "visitor"), role
        assert ("In the viewer: favourite" in words) == (role != "visitor"), role
        assert "csrf" not in words, "a token is of one page"
