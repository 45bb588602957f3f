"""Lists by time lead to each month of them: the gallery in three orders, albums, searches, favourites, share links."""

import html
import re
from dataclasses import replace
from urllib.parse import urlsplit

import pytest
from bson import ObjectId
from flask.testing import FlaskClient

from picturerail.database import Database, connect
from picturerail.database import database as database_of
from picturerail.gallery import policy
from picturerail.gallery.pictures import listing, timeline
from picturerail.gallery.pictures.order import ORDERS as BY_NAME
from picturerail.gallery.policy import VISITOR
from picturerail.gallery.search.words import tokens_of
from picturerail.settings import Settings
from tests.gallery.conftest import Maker, call, json_of, opened, post
from tests.gallery.test_albums import made
from tests.gallery.test_search_cost import Heard

UPLOADED = (1_400_000_000, 1_500_000_000, 1_600_000_000, 1_700_000_000, 1_710_000_000)
TAKEN = ("1999-12", "1980-01", "2020-02", "1980-01", "2010-07")
DOWN, UP = -1, 1


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, page_size=2)


@pytest.fixture
def wall(make: Maker) -> list[str]:
    """Five pictures in the order of their upload, which is not that of their capture; two are of the same month."""
    found = []
    for number, (second, month) in enumerate(zip(UPLOADED, TAKEN, strict=True)):
        identity = ObjectId(f"{second:08x}{number:016x}")
        found.append(
            make(_id=identity, description=f"Boat {number}", taken_at=f"{month}-0{number + 1}T12:00:00")
        )
    return [one.id for one in found]


def form(client: FlaskClient, path: str) -> dict[str, str]:
    """The form that leads to a month: its range, its fields; empty where there is none."""
    found = re.search(r'<form class="jump scrubber".*?</form>', client.get(path).text, re.DOTALL)
    if not found:
        return {}
    text = html.unescape(found[0])
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text))
    numbers = re.findall(r'(data-begin|data-step|[" ]max)="(-?\d+)"', text)
    chosen = re.findall(r'<option value="(\d+)" selected>|name="year"[^>]* value="(\d+)"', text)
    action = re.findall(r'action="([^"]*)"', text)[0]
    at = "-".join(part.zfill(2) for part in (chosen[1][1], chosen[0][0]))
    return {name.strip(): value for name, value in numbers[:3]} | fields | {"action": action, "at": at}


ORDERS = {
    "newest": (DOWN, "2024-03 2014-05", [4, 3, 2, 1, 0]),
    "taken": (DOWN, "2020-02 1980-01", [2, 4, 0, 3, 1]),
    "oldest": (UP, "1980-01 2020-02", [1, 3, 0, 4, 2]),
}


def number(month: str) -> int:
    return 12 * int(month[:4]) + int(month[5:]) - 1


def month_of(order: str, which: int) -> tuple[int, int]:
    """Of a picture of the wall, by what the order goes by."""
    uploaded = ("2014-05", "2017-07", "2020-09", "2023-11", "2024-03")
    text = (uploaded if order == "newest" else TAKEN)[which]
    return int(text[:4]), int(text[5:])


@pytest.mark.parametrize("place", ["gallery", "album", "share"])
@pytest.mark.parametrize("order", list(ORDERS))
def test_each_month_is_led_to(
    client: FlaskClient, owner: FlaskClient, wall: list[str], place: str, order: str
) -> None:
    step, ends, numbers = ORDERS[order]
    path, carried = "/gallery/", {} if order == "newest" else {"order": order}
    if place != "gallery":
        album = made(owner, order=order)
        call(owner, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": wall})
        path, carried = album["href"], {}
    if place == "share":
        told = json_of(call(owner, "POST", "/api/v1/shares", {"album": album["id"]}))["share"]
        path = urlsplit(told["url"]).path
    asked = "&".join(f"{name}={value}" for name, value in carried.items())
    first, last = ends.split()
    expected = {"action": path, "data-begin": str(number(first)), "data-step": str(step), "at": first}
    reach = {"max": str(abs(number(last) - number(first)))}
    assert form(client, f"{path}?{asked}") == {**expected, **reach, **carried}
    wanted = [wall[each] for each in numbers]
    assert opened(client, f"{path}?{asked}").tiles() == wanted[:2]
    for at, which in enumerate(numbers):
        year, month = month_of(order, which)
        jumped = f"{path}?{asked}&year={year}&month={month}"
        begin = min(each for each in range(5) if month_of(order, numbers[each]) == (year, month))
        page = opened(client, jumped)
        assert page.tiles() == wanted[begin : begin + 2], at
        assert form(client, jumped)["at"] == f"{year}-{month:02}"
        assert bool(page.link("prev")) == (begin > 0)
    # Behind all of them is the last page, before all of them the first one; between two months the later in the order.
    for far, page_of in (("1900", wanted[-2:]), ("2999", wanted[:2])):
        shown = page_of if step == DOWN else wanted[:2] if far == "1900" else wanted[-2:]
        assert opened(client, f"{path}?{asked}&year={far}&month=1").tiles() == shown
    between = opened(client, f"{path}?{asked}&year=2018&month=1").tiles()
    assert between == (wanted[3:5] if order == "newest" else wanted[1:3] if order == "taken" else wanted[4:])


@pytest.mark.parametrize("order", ["title", "hand"])
def test_where_no_time_orders_nothing_is_offered(
    client: FlaskClient, owner: FlaskClient, wall: list[str], order: str
) -> None:
    album = made(owner, order=order)
    call(owner, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": wall})
    lists = [f"{album['href']}?", *(["/gallery/?order=title&"] if order == "title" else [])]
    for path in lists:
        assert form(client, path) == {}
        assert "data-month" not in client.get(path).text
        assert opened(client, f"{path}year=2020&month=2").tiles() == opened(client, path).tiles()
        assert "Next" in opened(client, path).words


def test_searches_and_favourites_lead_to_months_of_the_upload(
    owner: FlaskClient, client: FlaskClient, wall: list[str]
) -> None:
    for each in wall:
        post(owner, f"/gallery/{each}/mark", stars="4")
    for who, path, carried in (
        (client, "/gallery/?q=boat", {"q": "boat"}),
        (owner, "/favourites/?mark=4-stars", {"mark": "4-stars"}),
    ):
        told = form(who, path)
        assert (told["data-begin"], told["max"], told["at"]) == (str(number("2024-03")), "118", "2024-03")
        assert carried.items() <= told.items()
        assert opened(who, f"{path}&year=2020&month=9").tiles() == [wall[2], wall[1]]
    assert (
        form(client, "/gallery/?q=boat+-boat") == form(owner, "/favourites/") == form(owner, "/trash/") == {}
    )


def test_its_ends_are_those_that_one_sees(
    client: FlaskClient, owner: FlaskClient, wall: list[str], make: Maker
) -> None:
    make(taken_at="1900-01-01T00:00:00", visibility="private")
    for order in ("taken", "oldest"):
        ends = [form(each, f"/gallery/?order={order}")["max"] for each in (client, owner)]
        assert ends == ["481", str(481 + 12 * 80)]


def test_a_page_in_the_middle_names_its_own_month_and_those_of_its_tiles(
    client: FlaskClient, wall: list[str]
) -> None:
    path = f"/gallery/?order=oldest&at={wall[0]}"
    assert form(client, path)["at"] == "1999-12"
    months = re.findall(r'data-month="(\d+)"', client.get(path).text)
    assert months == [str(number("1999-12")), str(number("2010-07"))]


def test_the_size_of_the_pictures_and_the_choice_keep_the_month(owner: FlaskClient, wall: list[str]) -> None:
    text = html.unescape(owner.get("/gallery/?order=oldest&year=1999&month=12&density=large").text)
    assert form(owner, "/gallery/?order=oldest&density=large")["density"] == "large"
    for rule in (r'href="([^"]*density=small[^"]*)"', r'href="([^"]*select=1[^"]*)"'):
        [address] = re.findall(rule, text)
        assert opened(owner, address).tiles() == [wall[0], wall[4]]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ("newest", "Newer Older"),
        ("taken", "Newer Older"),
        ("oldest", "Older Newer"),
        ("title", "Before Next"),
    ],
)
def test_the_ways_on_are_called_what_they_are(
    client: FlaskClient, wall: list[str], order: str, words: str
) -> None:
    """On pages of pictures, and on the page of one."""
    middle = opened(client, f"/gallery/?order={order}").tiles()[1]
    for path in (f"/gallery/?order={order}&at={middle}", f"/gallery/{middle}?order={order}"):
        text = client.get(path).text
        links = [re.search(rf'<a class="btn btn-quiet" rel="{rel}".*?</a>', text) for rel in ("prev", "next")]
        said = " ".join(re.sub(r"<[^>]+>", "", link[0]).strip() for link in links if link)
        assert said == words


def test_a_wide_search_does_without_when_its_far_end_takes_long(
    client: FlaskClient, database: Database, make: Maker, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (tokens_of("mountain", "", []), tokens_of("harbour", "", []))
    old = [ObjectId(f"{UPLOADED[0]:08x}{number:016x}") for number in range(6000)]
    database.gallery.insert_many(
        [
            {"_id": each, "state": "live", "shown": "public", "tokens": words[number % 2]}
            for number, each in enumerate(old)
        ]
    )
    found = [make(_id=ObjectId(f"{UPLOADED[0] - 1:08x}{0:016x}"), description="Mountain, harbour").id]
    found += [make(description="Mountain, harbour").id for _ in range(3)]
    assert form(client, "/gallery/?q=mountain+harbour")
    database.gallery.delete_one({"_id": ObjectId(found[0])})
    monkeypatch.setattr(listing, "MAX_END_MILLISECONDS", 1)
    assert opened(client, "/gallery/?q=mountain+harbour").tiles() == found[:1:-1]
    assert form(client, "/gallery/?q=mountain+harbour") == {}


@pytest.mark.parametrize("order", list(ORDERS))
def test_its_ends_cost_one_key_of_an_index_each(
    owner: FlaskClient, database: Database, make: Maker, mongo_uri: str, order: str
) -> None:
    """However many pictures there are: in the gallery, in an album, in a search."""
    added = [make(description="Boat", taken_at=f"{1990 + number}-05-01T00:00:00") for number in range(30)]
    album = made(owner, order=order)
    call(owner, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": [one.id for one in added]})
    listed, heard = policy.listed(VISITOR), Heard()
    lists = [listed.ordered(BY_NAME[order]), listed.hung_in(album["id"]).ordered(BY_NAME[order])]
    lists += [listed.among({"tokens": "=boat"})] if order == "newest" else []
    with connect(mongo_uri, event_listeners=[heard]) as client:
        for wanted in lists:
            assert timeline.span(database_of(client), wanted)
    asked = [each for each in heard.commands if "find" in each]
    assert len(asked) == 2 * len([each for each in lists if not each.is_by_id])
    for each in asked:
        find = {name: each[name] for name in ("find", "filter", "projection", "sort", "limit", "hint")}
        told = database.command("explain", find, verbosity="executionStats")["executionStats"]
        assert told["totalKeysExamined"] <= 2
        assert told["totalDocsExamined"] <= 1
