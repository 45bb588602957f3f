"""What everybody sees: landing, gallery, picture, and the tutorial's documents among them."""

import html
import json
import re
import secrets
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from bson import ObjectId
from flask import Flask
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery import pictures
from picturerail.settings import Settings
from tests.files import jpeg
from tests.gallery.browser import Page
from tests.gallery.conftest import Maker


def opened(client: FlaskClient, path: str, status: int = 200) -> Page:
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == status, answer.text
    return Page(answer.status_code, answer.headers, answer.data, path)  # type: ignore[arg-type]


def test_landing_has_its_two_buttons_and_says_when_the_wall_is_empty(client: FlaskClient) -> None:
    page = opened(client, "/")
    assert re.search(r'<a class="btn[^>]*href="/upload/"', page.text)
    assert re.search(r'<a class="btn[^>]*href="/gallery/"', page.text)
    assert "<img" not in re.sub(r"<header.*?</header>", "", page.text, flags=re.DOTALL)
    assert "No pictures yet" in opened(client, "/gallery/").words


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
    pictures.trash(database, newest_first[59])
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


def made_in(make: Maker, year: int, month: int, day: int = 15) -> str:
    seconds = int(datetime(year, month, day, tzinfo=UTC).timestamp())
    return make(_id=ObjectId(seconds.to_bytes(4, "big") + secrets.token_bytes(8))).id


def test_jump_to_a_month(client: FlaskClient, make: Maker) -> None:
    may = [made_in(make, 2024, 5, day) for day in range(1, 31)]
    june = [made_in(make, 2024, 6, day) for day in range(1, 31)]
    december = [made_in(make, 2024, 12, day) for day in range(1, 31)]
    page = opened(client, "/gallery/?month=6&year=2024")
    assert page.tiles() == (may + june)[::-1]
    assert page.link("prev") == f"/gallery/?before={june[-1]}"
    assert "Page" not in page.words.partition("Older")[0].partition("Newer")[2]
    assert opened(client, "/gallery/?month=12&year=2024").tiles() == (june + december)[::-1]
    assert opened(client, "/gallery/?month=4&year=2024").tiles() == (june + december)[::-1]
    years = re.search(r'name="year".*?</select>', opened(client, "/gallery/").text, re.DOTALL)
    assert years
    assert re.findall(r"<option[^>]*>(\d+)", years[0]) == ["2024"]


@pytest.mark.parametrize(
    "query", ["month=13&year=2024", "month=5", "year=2024", "month=x&year=y", "month=1&year=99999"]
)
def test_an_unfit_month_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/gallery/?{query}").status_code == 400


def test_feed(client: FlaskClient, make: Maker) -> None:
    assert ET.fromstring(client.get("/gallery/feed.atom").data).tag.endswith("feed")
    made = [make(description=f"{text}\0\x0b") for text in ("plain", "<b>&\"'", "]]>", "\ud7ff\ufffe")]
    answer = client.get("/gallery/feed.atom")
    assert answer.content_type == "application/atom+xml; charset=utf-8"
    atom = "{http://www.w3.org/2005/Atom}"
    entries = ET.fromstring(answer.data).findall(f"{atom}entry")
    assert [entry.findtext(f"{atom}summary") for entry in entries] == ["\ud7ff", "]]>", "<b>&\"'", "plain"]
    links = [entry.findtext(f"{atom}id") for entry in entries]
    assert links == [f"http://127.0.0.1:8000/gallery/{one.id}" for one in made[::-1]]
    assert 'type="application/atom+xml"' in client.get("/gallery/").text


def test_oembed(client: FlaskClient, make: Maker) -> None:
    picture = make(width=4000, height=2000, description="Wide")
    link = re.search(r'json\+oembed" href="([^"]+)"', client.get(f"/gallery/{picture.id}").text)
    assert link
    told = client.get(f"{html.unescape(link[1])}&maxwidth=800&maxheight=300").json
    assert told == {
        "version": "1.0",
        "type": "photo",
        "title": "Wide",
        "provider_name": "Picturerail",
        "provider_url": "http://127.0.0.1:8000",
        "url": f"http://127.0.0.1:8000/picturerail/image/upload/c_limit,f_jpg,h_300,q_auto,w_600/v17/{picture.public_id}.jpg",
        "width": 600,
        "height": 300,
    }


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("", 404),
        ("url=https://evil.example/gallery/x", 404),
        ("url=http://127.0.0.1:8000/gallery/", 404),
        ("url=http://127.0.0.1:8000.evil.example/gallery/x", 404),
        ("format=xml", 400),
        ("maxwidth=0", 400),
        ("maxheight=x", 400),
    ],
)
def test_oembed_of_nothing(client: FlaskClient, query: str, status: int) -> None:
    assert client.get(f"/oembed?{query}").status_code == status


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
    assert re.search(
        rf"<style nonce=\"[\w-]{{20,}}\">.*\.p{big.id}{{--w:4640;--h:3480;--r:1.3333;--c:#a1b2c3}}", text
    )


def test_only_the_first_row_is_eager(client: FlaskClient, make: Maker) -> None:
    for _ in range(20):
        make()
    images = re.findall(r"<img [^>]*srcset[^>]*>", opened(client, "/gallery/").text)
    eager = ['fetchpriority="high"' in image and 'loading="eager"' in image for image in images]
    assert eager == sorted(eager, reverse=True)
    assert 1 <= sum(eager) <= 8
    for image in images[sum(eager) :]:
        assert 'loading="lazy"' in image
        assert 'decoding="async"' in image


def test_the_viewer_is_told_what_it_needs(client: FlaskClient, make: Maker) -> None:
    picture = make(width=2000, height=1000, description="It's \"<wide>\" & 'flat'")
    found = re.search(r"data-picture='([^']*)'", opened(client, "/gallery/").text)
    assert found
    told = json.loads(found[1])
    assert told == {
        "id": picture.id,
        "w": 2000,
        "h": 1000,
        "alt": "It's \"<wide>\" & 'flat'",
        "url": f"/picturerail/image/upload/c_limit,f_auto,q_auto,w_{{w}}/v17/{picture.public_id}",
        "widths": [640, 1080, 1440, 1920, 2000],
    }


def test_a_gallery_page_stays_under_100_kilobytes(client: FlaskClient, make: Maker) -> None:
    for _ in range(61):
        make(description="A boat in the harbour of a small town, seen from the hill in the evening")
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


@pytest.mark.parametrize("state", ["trash", "held", "gone"])
def test_what_is_not_live_is_nowhere(client: FlaskClient, make: Maker, state: str) -> None:
    hidden = make(state=state)
    for path in (f"/gallery/{hidden.id}", f"/gallery/{hidden.id}/download", f"/api/v1/pictures/{hidden.id}"):
        assert client.get(path).status_code == 404
    for path in ("/", "/gallery/", "/api/v1/pictures"):
        assert hidden.id not in client.get(path).text


@pytest.mark.parametrize("name", ["x", "0" * 23, "0" * 24, "0" * 25, "../etc", "%00", "A" * 24, "{$gt:1}"])
def test_unknown_pictures_are_404(client: FlaskClient, name: str) -> None:
    assert client.get(f"/gallery/{name}").status_code == 404


def test_download_goes_to_the_original_under_its_own_name(client: FlaskClient, make: Maker) -> None:
    picture = make(filename="Überfahrt, 50 %.v2.jpg")
    answer = client.get(f"/gallery/{picture.id}/download")
    assert answer.status_code == 302
    flag = "fl_attachment:%C3%9Cberfahrt%252C%2050%20%2525%252Ev2"
    assert answer.location == f"/picturerail/image/upload/{flag}/v17/{picture.public_id}.jpg"


# ---- the tutorial's documents ------------------------------------------------------------------------------


def tutorial_file(settings: Settings, name: str, content: bytes) -> None:
    settings.upload_folder.mkdir(parents=True, exist_ok=True)
    (settings.upload_folder / name).write_bytes(content)


def added(database: Database, **document: Any) -> str:
    return str(database.gallery.insert_one(document).inserted_id)


def test_a_file_of_the_tutorial_is_shown_and_served(
    client: FlaskClient, settings: Settings, database: Database
) -> None:
    tutorial_file(settings, "møte.jpg", content := jpeg(64, 48))
    identity = added(database, filename="møte.jpg", description="Our first upload")
    page = opened(client, "/gallery/")
    assert page.tiles() == [identity]
    assert 'alt="Our first upload"' in page.text
    assert "unsized" in page.text
    assert re.search(r'<img [^>]*width="\d+" height="\d+"', page.text)
    assert "Our first upload" in opened(client, f"/gallery/{identity}").words
    served = client.get(f"/gallery/{identity}/file")
    assert (served.status_code, served.data, served.content_type) == (200, content, "image/jpeg")
    assert served.headers["X-Content-Type-Options"] == "nosniff"
    assert "default-src 'none'" in served.headers["Content-Security-Policy"]
    saved = client.get(f"/gallery/{identity}/download")
    assert saved.data == content
    assert (
        saved.headers["Content-Disposition"]
        == "attachment; filename=\"m_te.jpg\"; filename*=UTF-8''m%C3%B8te.jpg"
    )


@pytest.mark.parametrize(
    "filename",
    [
        "../secret.jpg",
        "/etc/passwd",
        "..",
        ".",
        "",
        "a/../../secret.jpg",
        "link.jpg",
        "missing.jpg",
        "nul\0.jpg",
        "page.jpg",
        "folder",
    ],
)
def test_nothing_but_pictures_of_the_folder_is_served(
    client: FlaskClient, settings: Settings, database: Database, filename: str
) -> None:
    tutorial_file(settings, "page.jpg", b"<html><script>alert(1)</script>")
    (settings.upload_folder / "folder").mkdir()
    secret = settings.upload_folder.parent / "secret.jpg"
    secret.write_bytes(jpeg(8, 8))
    (settings.upload_folder / "link.jpg").symlink_to(secret)
    identity = added(database, filename=filename, description="x")
    assert client.get(f"/gallery/{identity}/file").status_code == 404
    assert client.get("/gallery/").status_code == 200


def test_an_address_at_cloudinary_is_shown_in_the_right_width(
    client: FlaskClient, database: Database
) -> None:
    identity = added(
        database, url="http://res.cloudinary.com/demo/image/upload/v1/a b.jpg", description="Cloudy"
    )
    answer = client.get("/gallery/")
    assert (
        "https://res.cloudinary.com/demo/image/upload/c_limit,f_auto,q_auto,w_640/v1/a%20b.jpg 640w"
        in answer.text
    )
    assert (
        "img-src 'self' data: blob: https://res.cloudinary.com;" in answer.headers["Content-Security-Policy"]
    )
    assert (
        client.get(f"/gallery/{identity}/download").location
        == "http://res.cloudinary.com/demo/image/upload/v1/a%20b.jpg"
    )
    assert "cloudinary" not in client.get("/sign-in").headers["Content-Security-Policy"]


def test_any_other_address_is_shown_as_it_is(client: FlaskClient, database: Database) -> None:
    added(database, url="https://pictures.example:8443/x.png?a=1&b=2", description="Elsewhere")
    answer = client.get("/gallery/")
    assert 'src="https://pictures.example:8443/x.png?a=1&amp;b=2"' in answer.text
    assert "https://pictures.example:8443;" in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "data:image/svg+xml,<svg onload=alert(1)>",
        "//evil.example/x.png",
        "https://a b/x",
        "https://x;script-src *;/y",
        "https://[x/",
        "ftp://x/y",
    ],
)
def test_addresses_that_are_none_are_not_used(client: FlaskClient, database: Database, url: str) -> None:
    identity = added(database, url=url, description="Bad")
    answer = client.get("/gallery/")
    assert f'src="/gallery/{identity}/file"' in answer.text
    assert "img-src 'self' data: blob:;" in answer.headers["Content-Security-Policy"]


def test_documents_of_every_shape_are_survived(client: FlaskClient, database: Database, app: Flask) -> None:
    strange: list[Any] = [None, 7, -1, 2**40, 1.5, True, [], {}, {"$gt": 1}, b"x", "x" * 5000, "\0", "<b>"]
    fields = (
        "url",
        "description",
        "filename",
        "width",
        "height",
        "version",
        "tags",
        "color",
        "created_at",
        "format",
    )
    for name in fields:
        for value in strange:
            added(database, **{name: value})
    path = "/gallery/"
    seen = 0
    while path:
        page = opened(client, path)
        for identity in page.tiles():
            assert client.get(f"/gallery/{identity}").status_code == 200
        seen, path = seen + len(page.tiles()), page.link("next")
    assert seen == len(fields) * len(strange)


# ---- cost --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("bound", [{}, {"$lt": 1500}, {"$gt": 1500}, {"$lte": 1500}])
def test_a_page_is_served_by_the_index(database: Database, bound: dict[str, int]) -> None:
    documents = [
        {"description": "x"} if n % 3 == 0 else {"state": ("live", "trash")[n % 2]} for n in range(3000)
    ]
    ids = database.gallery.insert_many(documents).inserted_ids
    query: dict[str, Any] = {"state": pictures.STATES["live"]}
    if bound:
        query["_id"] = {name: ids[place] for name, place in bound.items()}
    order = 1 if "$gt" in bound else -1
    plan = database.gallery.find(query).sort("_id", order).limit(61).explain()
    stats = plan["executionStats"]
    assert "COLLSCAN" not in json.dumps(plan["queryPlanner"]["winningPlan"])
    assert stats["nReturned"] == 61
    assert stats["totalDocsExamined"] <= 2 * 61
    assert stats["totalKeysExamined"] <= 2 * 61


def test_count_is_exact_for_small_galleries_and_an_estimate_for_large(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database.gallery.insert_many([{"state": "trash" if n < 10 else "live"} for n in range(100)])
    assert pictures.count(database) == pictures.Count(90, exact=True)
    monkeypatch.setattr(pictures, "EXACT_COUNT", 50)
    assert pictures.count(database) == pictures.Count(90, exact=False)


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
