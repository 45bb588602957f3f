"""Searching and tags: what is found, in which order, at which cost, and what is said when there is nothing."""

import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery.maintenance import search_index
from picturerail.gallery.pictures.text import TEXT_NAMES
from picturerail.gallery.search import index
from picturerail.gallery.search.periods import periods_of
from tests.gallery.conftest import Maker, call, post

Find = Callable[[str], list[str]]
TILE = re.compile(r'class="tile p([0-9a-f]{24})')


@pytest.fixture
def found(client: FlaskClient) -> Find:
    """The ids of the pictures on the page of a search, in order."""

    def search(text: str) -> list[str]:
        answer = client.get("/gallery/", query_string={"q": text})
        assert answer.status_code == 200
        return TILE.findall(answer.text)

    return search


# ---- pages ---------------------------------------------------------------------------------------------------


def test_newest_first_and_all_words_at_once(found: Find, make: Maker) -> None:
    old = make(description="A boat on the sea", filename="1.jpg")
    new = make(description="Boats", filename="seaside.jpg")
    make(description="A tree", filename="2.jpg")
    assert found("boat") == [new.id, old.id]
    assert found("boat sea") == [new.id, old.id]
    assert found("the boat") == [old.id]
    assert found("boat tree") == []
    assert found("oat") == []


SEA = {"description": "A red boat on the wide sea", "filename": "1.jpg", "taken_at": "2024-05-17T10:00:00"}
LAKE = {
    "description": "The sea, wide and red; a LAKE",
    "filename": "2.jpg",
    "taken_at": "2025-01-01T00:00:00",
}
TOKYO = {
    "description": "東京タワーの夜景",
    "filename": "3.jpg",
    "tags": ["Golden Gate"],
    "taken_at": "1999-12-31",
}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("boat OR lake", "SEA LAKE"),
        ("boat | lake | 夜景", "SEA LAKE TOKYO"),
        ("red boat OR lake", "SEA LAKE"),
        ("red boat OR 夜景", "SEA"),
        ("boat OR lake -wide", ""),
        ("boat OR lake NOT boat", "LAKE"),
        ("boat AND sea", "SEA"),
        ('"wide sea"', "SEA"),
        ('"WIDE   Sea"', "SEA"),
        ("“sea wide”", "LAKE"),
        ('"wide se"', ""),
        ('"red a"', "LAKE"),
        ('sea -"wide sea"', "LAKE"),
        ('"wide sea" OR lake', "SEA LAKE"),
        ('"タワーの"', "TOKYO"),
        ('"夜景東京"', ""),
        ('"golden gate"', "TOKYO"),
        ("「東京タワー」", "TOKYO"),
        ("taken:2024-05-17..2024-05-17", "SEA"),
        ("taken:2024..2025", "SEA LAKE"),
        ("taken:2024-05-18..2025", "LAKE"),
        ("taken:..2024-05", "SEA TOKYO"),
        ("taken:2024-05..", "SEA LAKE"),
        ("sea -taken:2024..2024-12", "LAKE"),
        ("taken:1999..2000 OR lake", "LAKE TOKYO"),
        ("taken:2025..2024", ""),
        ("OR boat", "SEA"),  # an operator that joins nothing is a word, or nothing
        ("boat OR", ""),
        ("| boat |", "SEA"),
        ('"', ""),
        ('boat "', "SEA"),
    ],
)
def test_either_phrases_and_days(found: Find, make: Maker, query: str, expected: str) -> None:
    """Each as it is written, and by the index."""
    ids = {make(**SEA).id: "SEA", make(**LAKE).id: "LAKE", make(**TOKYO).id: "TOKYO"}
    if query == "OR boat":
        assert found(query) == []  # no picture has the word
    else:
        assert [ids[each] for each in reversed(found(query))] == expected.split()


YEARS = ("0001", "0850", "1750", "1899", "1900", "2024", "2099", "2100", "2250", "9999")


@pytest.mark.parametrize(
    ("query", "first", "last"),
    [
        ("taken:2024..", "2024", "9999"),
        ("taken:..2024", "0001", "2024"),
        ("taken:..1800", "0001", "1750"),
        ("taken:1700..1799", "1750", "1750"),
        ("taken:1749-12..1750-06", "1750", "1750"),
        ("taken:..1750-06-14", "0001", "0850"),
        ("taken:2101..", "2250", "9999"),
        ("taken:9999-06-15..", "9999", "9999"),
        ("taken:0001..9999", "0001", "9999"),
    ],
)
def test_a_range_goes_as_far_as_days_do(found: Find, make: Maker, query: str, first: str, last: str) -> None:
    """There are pictures of older things than photographs, and cameras with a wrong clock."""
    years = {make(taken_at=f"{year}-06-15T12:00:00").id: year for year in YEARS}
    assert sorted(years[each] for each in found(query)) == [year for year in YEARS if first <= year <= last]


def test_a_range_has_few_periods() -> None:
    assert len(periods_of("0001..9999")) < 400
    assert len(periods_of("0001-01-02..9999-12-30")) < 700
    assert len(periods_of("2024..")) < 200


@pytest.mark.parametrize(
    "query",
    [
        " | ".join(f"w{number % 10}" for number in range(200)),
        " OR ".join(f"w{number}" for number in range(130)),
        " OR ".join(["taken:.."] * 80),
        " OR ".join(["taken:0001-01-02..9999-12-30"] * 30),
        " ".join(f"taken:00{number}-01-02..9999-12-30" for number in range(30, 60)),
        " ".join(['"a b"', "OR"] * 100),
        " ".join(["NOT"] * 200),
        '"' + "a " * 480 + '"',
        "“" * 500 + "”" * 500,
    ],
)
def test_what_nobody_means_is_answered(found: Find, make: Maker, query: str) -> None:
    """A query may be as deep or as wide as the field takes; the database allows less."""
    make(**SEA)
    found(query)


def test_phrases_are_looked_for_in_all_texts() -> None:
    assert set(index.PHRASE_FIELDS) == {*TEXT_NAMES, "filename"}


def test_a_tag_is_found_whole_and_as_a_word(found: Find, make: Maker, client: FlaskClient) -> None:
    tagged = make(description="x", tags=["New York", "Sea"])
    other = make(description="sea of york")
    assert found("#new_york") == [tagged.id]
    assert found("#New_York #sea") == [tagged.id]
    assert found("#new") == []
    assert found("york sea") == [other.id, tagged.id]
    written = make(description="On the beach #sunset", filename="#1 best.jpg")
    assert found("#sunset") == found("#1 best.jpg") == found("sunset best") == [written.id]
    assert found("#beach") == []
    page = client.get(f"/gallery/{tagged.id}").text
    assert '<a class="chip" dir="auto" href="/gallery/?q=%23New_York" rel="tag">New York</a>' in page


def test_what_is_not_live_is_not_found(found: Find, make: Maker) -> None:
    for state in ("trash", "duplicate", "deleted"):
        make(description="lighthouse", state=state)
    assert found("lighthouse") == []
    assert found("lighthouse") == []


def test_pages_of_a_search_keep_it(client: FlaskClient, make: Maker) -> None:
    every = [make(description="wave").id for _ in range(130)][::-1]
    make(description="something else")
    seen: list[str] = []
    address = "/gallery/?q=wave"
    for _ in range(3):
        page = client.get(address).text
        seen += TILE.findall(page)
        following = re.search(r'rel="next" href="(/gallery/[^"]+)"', page)
        address = html.unescape(following[1]) if following else ""
    assert seen == every
    assert address == ""
    back = client.get("/gallery/", query_string={"q": "wave", "before": every[60]}).text
    assert TILE.findall(back) == every[:60]
    assert "130 pictures with" in back
    assert client.get("/gallery/?q=wave&after=000000000000000000000000").location == "/gallery/?q=wave"


def test_nothing_found_says_so_and_offers_what_is_spelled_nearly_so(client: FlaskClient, make: Maker) -> None:
    make(description="A lighthouse in fog")
    page = client.get("/gallery/?q=lihgthouse+fog").text
    assert "No picture has all of these" in page
    assert '<a href="/gallery/?q=lighthouse+fog">lighthouse fog</a>' in page
    for text in ("zzz", "lihgthouse+fgo+boaat", "lihgthouse+zzz"):
        assert "Did you mean" not in client.get(f"/gallery/?q={text}").text
    assert "There is no word in “!?”" in client.get("/gallery/?q=!?").text


def test_each_word_can_be_taken_out(client: FlaskClient, make: Maker) -> None:
    make(description="A lighthouse in fog", tags=["sea"])
    page = client.get("/gallery/?q=fog+%23sea").text
    assert 'href="/gallery/?q=%23sea">fog' in page
    assert 'href="/gallery/?q=fog">#sea' in page
    assert 'href="/gallery/">fog' in client.get("/gallery/?q=fog").text
    assert "<mark>fog</mark>" in page


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("sea -boat", "mt"),
        ("sea -#tagged", "mb"),
        ("sea -bo -#tagged", "m"),
        ("-format:png sea", "tb"),
        ("sea-boat", "b"),
        ("sea - boat", "b"),
        ("-boat", ""),
        ("sea -sea", ""),
        ("sea -Straße", "mtb"),
    ],
)
def test_a_minus_leaves_out(client: FlaskClient, make: Maker, query: str, found: str) -> None:
    made = {
        "b": make(filename="1.jpg", description="A boat at sea").id,
        "t": make(filename="2.jpg", description="The sea", tags=["tagged"]).id,
        "m": make(filename="3.png", description="The sea by moonlight", format="png").id,
    }
    page = client.get("/gallery/", query_string={"q": query}).text
    assert [
        name for one in re.findall(r'class="tile p([0-9a-f]{24})', page) for name in made if made[name] == one
    ] == list(found)


def test_what_is_left_out_is_a_chip_and_marked_nowhere(client: FlaskClient, make: Maker) -> None:
    make(filename="1.jpg", description="The sea, no ship in sight")
    page = client.get("/gallery/?q=sea+-boat").text
    assert 'href="/gallery/?q=sea">-boat' in page
    assert "<mark>sea</mark>" in page
    assert "Say what to look for, too" in client.get("/gallery/?q=-boat").text


@pytest.mark.parametrize("query", ["sea&after=1", "sea&before=" + "a" * 23])
def test_a_search_too_far_is_refused(client: FlaskClient, query: str) -> None:
    assert client.get(f"/gallery/?q={query}").status_code == 400


@pytest.mark.parametrize(
    "text",
    [
        "(a+)+$",
        "$where",
        "{'$gt': ''}",
        ".*",
        "^",
        "\\",
        "a\x00b",
        "<script>alert(1)</script>",
        "%00",
        "\U0010ffff",
    ],
)
def test_signs_are_signs(client: FlaskClient, make: Maker, text: str) -> None:
    make(description="wave")
    answer = client.get("/gallery/", query_string={"q": text})
    assert answer.status_code == 200
    assert TILE.findall(answer.text) == []
    assert "<script>alert" not in answer.text


# ---- keeping -------------------------------------------------------------------------------------------------


def test_tags_are_edited_with_the_description(owner: FlaskClient, make: Maker, found: Find) -> None:
    picture = make(description="before", tags=["old"])
    form = f"/gallery/{picture.id}/edit"
    assert 'name="tags" value="old"' in owner.get(form).text
    answer = post(owner, form, description="after", tags="Sea, New York,,sea", updated_at=picture.revision)
    assert answer.status_code == 303
    assert found("#sea #new_york after") == [picture.id]
    assert found("before") == found("#old") == []
    refused = post(owner, form, description="kept", tags="x" * 41, updated_at="")
    assert refused.status_code == 400
    assert "at most 40 characters" in refused.text
    assert f'value="{"x" * 41}"' in refused.text


def test_the_api_finds_and_keeps_tags(owner: FlaskClient, client: FlaskClient, make: Maker) -> None:
    picture = make(description="a wave")
    path = f"/api/v1/pictures/{picture.id}"
    change: dict[str, Any] = {"description": "a wave", "updated_at": picture.revision, "tags": ["Sea"]}
    changed = call(owner, "PATCH", path, change)
    assert changed.status_code == 200
    assert changed.get_json()["picture"]["tags"] == ["Sea"]
    for query, ids in (("wave %23sea", [picture.id]), ("%23wave", [])):
        answer = client.get(f"/api/v1/pictures?q={query}").get_json()
        assert [one["id"] for one in answer["pictures"]] == ids
        assert answer["next"] is None
    revision = changed.get_json()["picture"]["updated_at"]
    kept = call(owner, "PATCH", path, {"description": "b", "updated_at": revision})
    assert kept.get_json()["picture"]["tags"] == ["Sea"]
    for tags in ("Sea", [1], ["x" * 41], ["t"] * 101):
        wrong = {"description": "b", "updated_at": kept.get_json()["picture"]["updated_at"], "tags": tags}
        assert call(owner, "PATCH", path, wrong).status_code == 400


def test_pictures_of_the_tutorial_and_of_older_programs_are_found(database: Database, found: Find) -> None:
    """Whatever wrote them: the hourly clean-up gives them their words."""
    documents: list[dict[str, Any]] = [
        {"filename": "old-boat.jpg", "description": "A boat"},
        {"url": "https://example.com/a.jpg", "description": "Another boat"},
        {"description": 5, "tags": "no list"},
        {"_id": "not an id of ours", "description": "boat"},
    ]
    database.gallery.insert_many(documents)
    assert found("boat") == []
    assert search_index.index_words(database) == 3
    assert len(found("boat")) == 2
    assert search_index.index_words(database) == 0


def test_an_upload_brings_its_tags(owner: FlaskClient) -> None:
    assert 'name="tags"' in owner.get("/upload/").text


# ---- cost ----------------------------------------------------------------------------------------------------
