"""Searches by the official SDK over HTTP, against assets made of known values."""

import json
import urllib.error
import urllib.request
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from cloudinary import Search, api, uploader
from cloudinary.api_client.call_api import call_json_api
from cloudinary.exceptions import BadRequest, NotFound

from picturerail.database import Database
from picturerail.media.asset import Identity
from picturerail.media.store.search_fields import search_fields
from tests.media_service import MediaService
from tests.pictures import encoded, quadrants

pytestmark = pytest.mark.usefixtures("cloud")
NOW = datetime.now(UTC)


def insert(database: Database, identity: Identity, number: int, **fields: Any) -> None:
    """An asset as an upload stores it, of known numbers and times."""
    stored = {
        **identity.query(),
        "asset_id": f"{number:032x}",
        "version": 1_700_000_000 + number,
        "version_id": f"{number:032x}",
        "format": "png",
        "width": 100 + number,
        "height": 100,
        "bytes": 1000 * number,
        "etag": f"{number:032x}",
        "sha256": f"{number:064x}",
        "original": f"{number:02x}/{number:032x}",
        "original_filename": "a",
        "tags": [],
        "context": {},
        "facts": None,
        "created_at": NOW - timedelta(hours=number),
        "updated_at": NOW - timedelta(hours=number),
        **fields,
    }
    database["assets"].insert_one({**stored, "search": search_fields(stored)})


@pytest.fixture
def stored(cloud: MediaService, database: Database) -> Database:
    """Twelve assets: a0 to a11, a0 the newest."""
    for number in range(12):
        identity = Identity("image" if number < 10 else "raw", "upload", f"shop/a{number}")
        options: dict[str, Any] = {"tags": ["even" if number % 2 == 0 else "odd", f"Red Shoes {number}"]}
        options |= {"context": {"stage": f"value {number % 3}"}, "metadata": {"size": number}}
        insert(database, identity, number, **options)
    return database


def found(expression: str) -> list[str]:
    resources = Search().expression(expression).execute()["resources"]
    return [each["public_id"].removeprefix("shop/a") for each in resources]


@pytest.mark.parametrize(
    ("expression", "wanted"),
    [
        ("", range(12)),
        ("tags=even", range(0, 12, 2)),
        ("tags=Even", []),
        ("tags:EVEN", range(0, 12, 2)),
        ("tags:shoes", range(12)),
        ('tags:"red shoes 3"', [3]),
        ('tags="Red Shoes 3"', [3]),
        ("tags:sho*", range(12)),
        ("tags=Red\\ Shoes\\ 1*", [1, 10, 11]),
        ("shoes AND odd", range(1, 12, 2)),
        ("public_id=shop/a7", [7]),
        ("public_id:shop/a1*", [1, 10, 11]),
        ("filename=a4", [4]),
        ("folder=shop AND tags=odd", range(1, 12, 2)),
        ("folder:sho*", range(12)),
        ("folder=sho", []),
        ('folder:"shop/*" AND tags=odd', range(1, 12, 2)),
        ("folder:shop/a* AND tags=odd", []),
        ("folder:* AND public_id=shop/a7", [7]),
        ("resource_type:raw", [10, 11]),
        ("bytes>9k", [10, 11]),
        ("bytes:[2000 TO 4000]", [2, 3, 4]),
        ("bytes:{2000 TO 4000}", [3]),
        ("width<=102", [0, 1, 2]),
        ("aspect_ratio=1", [0]),
        ("created_at>150m", range(12)),
        ("created_at>5h", range(5)),
        ("context.stage:2", [2, 5, 8, 11]),
        ('context.stage="value 2"', [2, 5, 8, 11]),
        ("context.stage:*", range(12)),
        ("context.other:*", []),
        ("metadata.size>=10", [10, 11]),
        ("metadata.size=3", [3]),
        ("NOT tags=even AND bytes<4000", [1, 3]),
        ("(public_id=shop/a1 OR public_id=shop/a2) AND tags=odd", [1]),
        ("tags=(even OR odd) AND width>110", [11]),
    ],
)
def test_expressions_find_what_they_say(stored: Database, expression: str, wanted: Any) -> None:
    assert found(expression) == [str(number) for number in wanted]


@pytest.mark.parametrize(
    "key", ["created_at", "public_id", "bytes", "format", "display_name", "metadata.size"]
)
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_pages_follow_each_other_without_gap_or_repetition(
    stored: Database, key: str, direction: str
) -> None:
    stored["metadata_fields"].insert_one({"external_id": "size", "label": "Size", "type": "integer"})
    stored["assets"].update_many({"bytes": {"$gt": 6000}}, {"$unset": {"format": "", "metadata": ""}})
    names: list[str] = []
    cursor = ""
    while True:
        page = Search().sort_by(key, direction).max_results(5).next_cursor(cursor).execute()
        names += [each["public_id"] for each in page["resources"]]
        assert page["total_count"] == 12
        cursor = page.get("next_cursor", "")
        if not cursor:
            break
    assert len(names) == len(set(names)) == 12
    whole = Search().sort_by(key, direction).max_results(500).execute()["resources"]
    assert names == [each["public_id"] for each in whole]
    values = [each.get(key) or "" for each in whole]
    if key in ("created_at", "public_id", "bytes"):
        assert values == sorted(values, key=lambda value: value or 0, reverse=direction == "desc")


def test_names_that_are_given_and_names_of_files_have_one_order(stored: Database) -> None:
    insert(stored, Identity("image", "upload", "z"), 20, display_name="a35")
    named = Search().sort_by("display_name", "asc").execute()["resources"]
    assert [each["display_name"] for each in named][5:9] == ["a3", "a35", "a4", "a5"]


def test_only_what_has_one_value_is_sorted_by(stored: Database) -> None:
    stored["metadata_fields"].insert_one({"external_id": "hues", "label": "Hues", "type": "set"})
    for name, error in (
        ("metadata.hues", BadRequest),
        ("metadata.none", NotFound),
        ("metadata.$a", BadRequest),
    ):
        with pytest.raises(error):
            Search().sort_by(name).execute()


def test_a_page_goes_on_where_the_last_one_ended_though_assets_come_and_go(stored: Database) -> None:
    first = Search().max_results(4).execute()
    insert(stored, Identity("image", "upload", "newer"), 99, created_at=NOW + timedelta(hours=1))
    stored["assets"].delete_one({"public_id": "shop/a2"})
    second = Search().max_results(4).next_cursor(first["next_cursor"]).execute()
    assert [each["public_id"] for each in second["resources"]] == [
        f"shop/a{number}" for number in range(4, 8)
    ]


@pytest.mark.parametrize("cursor", ["x", "W10", "bnVsbA", "WyJhIixbeyIkbmUiOjF9LHsiJG5lIjoxfV1d", "é" * 10])
def test_a_foreign_cursor_is_refused(stored: Database, cursor: str) -> None:
    with pytest.raises(BadRequest, match="next_cursor"):
        Search().next_cursor(cursor).execute()


def test_a_cursor_belongs_to_its_search(stored: Database) -> None:
    cursor = Search().expression("tags=odd").max_results(1).execute()["next_cursor"]
    with pytest.raises(BadRequest, match="next_cursor"):
        Search().expression("tags=even").max_results(1).next_cursor(cursor).execute()


def test_results_hold_what_was_asked_for(stored: Database) -> None:
    plain = Search().expression("public_id=shop/a3").execute()["resources"][0]
    assert plain["folder"] == "shop"
    assert plain["status"] == "active"
    assert not {"tags", "context", "metadata"} & plain.keys()
    more = Search().expression("public_id=shop/a3").with_field("context").with_field("metadata").execute()
    assert more["resources"][0]["context"] == {"stage": "value 0"}
    assert more["resources"][0]["metadata"] == {"size": 3}
    less = Search().expression("public_id=shop/a3").fields("bytes").fields("tags").execute()["resources"][0]
    assert less.keys() == {
        *("public_id", "asset_id", "created_at", "status", "type", "resource_type", "folder", "bytes", "tags")
    }


def test_counts_by_value_and_by_range(stored: Database) -> None:
    ranges = [{"key": "small", "to": 3000}, {"key": "large", "from": 10_000}]
    search = Search().aggregate("resource_type").aggregate({"type": "bytes", "ranges": ranges})
    assert search.execute()["aggregations"] == {
        "resource_type": {"image": 10, "raw": 2},
        "bytes": {"small": 4, "large": 2},
    }


@pytest.mark.parametrize(
    "options",
    [
        {"sort_by": [{"$where": "asc"}]},
        {"sort_by": [{"tags": "asc"}]},
        {"sort_by": [{"created_at": 1}]},
        {"sort_by": "created_at"},
        {"aggregate": ["$tags"]},
        {"aggregate": [{"type": "bytes", "ranges": [{"key": "a", "from": {"$gt": 1}}]}]},
        {"max_results": 501},
        {"max_results": "many"},
        {"expression": {"$ne": 1}},
        {"expression": "tags="},
    ],
)
def test_bad_parameters_are_refused(stored: Database, options: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        call_json_api("post", ["resources", "search"], options)


def test_a_bad_expression_is_pointed_at(stored: Database) -> None:
    with pytest.raises(BadRequest, match=r"position 14: .*\ntags=odd AND \n {13}\^"):
        Search().expression("tags=odd AND ").execute()


def test_an_upload_is_found_at_once_and_no_more_when_it_is_gone(
    cloud: MediaService, database: Database
) -> None:
    name = f"found-{ObjectId()}"
    uploader.upload(encoded(quadrants(), "PNG"), public_id=name, tags=["first"], context={"alt": "a bridge"})
    found_by = Search().expression(f"public_id={name}").with_field("tags").execute()["resources"]
    assert [each["tags"] for each in found_by] == [["first"]]
    assert Search().expression(f"context.alt:bridge AND public_id={name}").execute()["total_count"] == 1
    uploader.destroy(name)
    assert Search().expression(f"public_id={name}").execute()["total_count"] == 0


def test_visual_search_is_refused_with_a_sentence(cloud: MediaService) -> None:
    with pytest.raises(BadRequest, match="Visual search"):
        api.visual_search(text="a bridge")


def test_a_search_is_a_signed_address_too(stored: Database, cloud: MediaService) -> None:
    search = Search().expression("tags=odd").sort_by("public_id", "asc").max_results(4)
    with urllib.request.urlopen(search.to_url(ttl=60)) as answer:
        assert answer.headers["Cache-Control"] == "public, max-age=60"
        first = json.load(answer)
    with urllib.request.urlopen(search.to_url(ttl=60, next_cursor=first["next_cursor"])) as answer:
        second = json.load(answer)
    found = [each["public_id"] for each in first["resources"] + second["resources"]]
    assert found == sorted(f"shop/a{number}" for number in range(1, 12, 2))


@pytest.mark.parametrize("change", [("/60/", "/6000/"), ("/search/", "/search/0"), ("ey", "eY")])
def test_a_search_address_that_was_changed_is_refused(
    stored: Database, cloud: MediaService, change: tuple[str, str]
) -> None:
    url = Search().expression("tags=odd").to_url(ttl=60).replace(*change)
    with pytest.raises(urllib.error.HTTPError, match="401"):
        urllib.request.urlopen(url)
