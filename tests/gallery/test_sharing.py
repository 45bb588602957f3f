"""Jump to a month, the feed, and oEmbed."""

import html
import re
import secrets
from datetime import UTC, datetime
from xml.etree import ElementTree as ET

import pytest
from bson import ObjectId
from flask.testing import FlaskClient

from tests.gallery.conftest import Maker, opened, post


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
    assert opened(client, "/gallery/?month=4&year=2024").tiles() == (may + june)[::-1]
    years = re.search(r'name="year"[^>]*', opened(client, "/gallery/").text)
    assert years
    assert 'min="2024" max="2024" value="2024"' in years[0]


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


def test_of_two_owners_the_second_is_shown_what_the_first_has_written(owner: FlaskClient) -> None:
    seen = re.search(r'name="seen" value="([^"]+)"', owner.get("/site/").text)
    assert seen
    assert post(owner, "/site/", seen=seen[1], name="Ours", words="Look.").status_code == 303
    refused = post(owner, "/site/", seen=seen[1], name="Mine", words="Look there.")
    assert refused.status_code == 409
    assert "They are now “Ours” and “Look.”." in refused.text
    assert 'value="Mine"' in refused.text
    seen = re.search(r'name="seen" value="([^"]+)"', refused.text)
    assert seen
    assert post(owner, "/site/", seen=seen[1], name="Mine", words="Look there.").status_code == 303


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_feed_reader_that_asks_again_loads_nothing(client: FlaskClient, make: Maker, encoding: str) -> None:
    make(description="A boat")
    accept = {"Accept-Encoding": encoding}
    first = client.get("/gallery/feed.atom", headers=accept)
    known = {"If-None-Match": first.headers["ETag"], **accept}
    again = client.get("/gallery/feed.atom", headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    make(description="Another boat")
    changed = client.get("/gallery/feed.atom", headers=known)
    assert changed.status_code == 200
    assert changed.headers["ETag"] != first.headers["ETag"]
