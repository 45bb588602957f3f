"""What docs/search.md calls indexed is answered from an index; totals beyond the bound say so."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from bson import ObjectId

from picturerail.database import Database
from picturerail.media.search import paging, run
from picturerail.media.search.expression.fields import ASSET_FIELDS
from picturerail.media.search.request import SearchRequest, read_request
from picturerail.media.wire.params import Params

NOW = datetime(2026, 1, 31, tzinfo=UTC)


def request(expression: str, **more: Any) -> SearchRequest:
    return read_request(Params({"expression": expression, **more}), ASSET_FIELDS, NOW)


def plan(database: Database, asked: SearchRequest) -> str:
    finding = {
        "find": "assets",
        "filter": asked.query,
        "sort": dict(paging.mongo_sort(asked.sort)),
        "limit": 31,
    }
    return json.dumps(database.command("explain", finding)["queryPlanner"]["winningPlan"], default=str)


@pytest.mark.parametrize(
    "expression",
    [
        *("word", "tags=shoes", "tags:shoes", "tags:sho*", "public_id=a", "public_id:shop/a*", "filename:a"),
        *("display_name:a", "asset_id=a", "folder=shop", "resource_type:image", "type:private", "format:gif"),
        *(
            "context.alt=a",
            "context.alt:*",
            "metadata.size=1",
            "metadata.size>1",
            "moderation_status:pending",
        ),
        *("bytes>1m", "width<100", "height:[1 TO 2]", "aspect_ratio>2", "created_at>1d", "uploaded_at>1d"),
        *(
            "updated_at>1d",
            "tags=a OR tags=b",
            "tags=a AND NOT tags=b",
            "tags=a AND pages>3",
            "etag=a AND tags=b",
        ),
    ],
)
def test_an_index_finds_what_the_documentation_calls_indexed(database: Database, expression: str) -> None:
    database["assets"].insert_one({"_id": ObjectId(), "asset_id": "a", "original": "a"})
    found = plan(database, request(expression))
    assert "IXSCAN" in found
    assert "COLLSCAN" not in found


@pytest.mark.parametrize(
    "field",
    [
        *("created_at", "uploaded_at", "updated_at", "public_id", "filename", "bytes", "width", "height"),
        "aspect_ratio",
    ],
)
@pytest.mark.parametrize("direction", ["asc", "desc"])
def test_an_index_sorts_all_assets(database: Database, field: str, direction: str) -> None:
    found = plan(database, request("", sort_by=[{field: direction}]))
    assert "IXSCAN" in found
    assert '"SORT"' not in found


def test_a_total_beyond_the_bound_says_that_it_is_the_least(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "MOST_COUNTED", 4)
    names = [
        {"asset_id": f"{number}", "original": f"{number}", "public_id": f"{number}"} for number in range(6)
    ]
    database["assets"].insert_many([{**name, "format": "png", "created_at": NOW} for name in names])

    def counted(expression: str, most: int) -> dict[str, Any]:
        return run.counted(run.run(database, "assets", request(expression, max_results=most), {}))

    assert counted("format:png", 2) == {"total_count": 4, "total_count_relation": "gte"}
    assert counted("format:png", 10) == {"total_count": 6}  # all of them are on the page
    assert counted("", 2) == {"total_count": 6}
    database["assets"].delete_many({"asset_id": {"$in": ["1", "2", "3"]}})
    assert counted("format:png", 2) == {"total_count": 3}
