"""What docs/search.md calls indexed is answered from an index; totals beyond the bound say so."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from bson import ObjectId
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from picturerail.database import NAME_ORDER, Database, connect, ensure_schema
from picturerail.media.admin import lists
from picturerail.media.http.pagination import Cursors, page_of
from picturerail.media.http.params import Params
from picturerail.media.search import pagination, run
from picturerail.media.search.expression.fields import ASSET_FIELDS
from picturerail.media.search.request import SearchRequest, read_request
from picturerail.media.store import assets
from picturerail.media.store.search_fields import search_fields

NOW = datetime(2026, 1, 31, tzinfo=UTC)


def request(expression: str, **more: Any) -> SearchRequest:
    return read_request(Params({"expression": expression, **more}), ASSET_FIELDS, NOW)


def plan(database: Database, asked: SearchRequest) -> str:
    finding = {
        "find": "assets",
        "filter": asked.query,
        "sort": dict(pagination.mongo_sort(asked.sort)),
        "limit": 31,
    }
    return json.dumps(database.command("explain", finding)["queryPlanner"]["winningPlan"], default=str)


@pytest.mark.parametrize(
    "expression",
    [
        *("word", "tags=shoes", "tags:shoes", "tags:sho*", "public_id=a", "public_id:shop/a*", "filename:a"),
        *(
            "display_name:a",
            "asset_id=a",
            "etag=a",
            "folder=shop",
            "resource_type:image",
            "type:private",
            "format:gif",
        ),
        *(
            "context.alt=a",
            "context.alt:*",
            "metadata.size=1",
            "metadata.size>1",
            "moderation_status:pending",
            "access_control:token",
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
    ("expression", "rare"),
    [
        ("etag=7", {"etag": "7"}),  # clients ask by the MD5 of a file whether it is here
        ("access_mode=authenticated", {"access_mode": "authenticated"}),
        ("transparent:true", {"search": {"transparent": True}}),
    ],
)
def test_what_few_have_is_found_without_reading_the_others(
    database: Database, expression: str, rare: dict[str, Any]
) -> None:
    names = map(str, range(300))
    common = {"access_mode": "public", "search": {"transparent": False}, "created_at": NOW}
    made = [
        {**common, "asset_id": each, "original": each, "etag": f"x{each}", "public_id": each}
        for each in names
    ]
    database["assets"].insert_many([{**made[0], **rare}, *made[1:]])
    asked = request(expression)
    sort = dict(pagination.mongo_sort(asked.sort))
    finding = {"find": "assets", "filter": asked.query, "sort": sort, "limit": 31}
    told = database.command("explain", finding, verbosity="executionStats")["executionStats"]
    assert (told["nReturned"], told["totalDocsExamined"]) == (1, 1)


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


@pytest.mark.parametrize("expression", ["cat", "public_id:cat", "tags:cat"])
def test_the_index_of_words_answers_in_order_in_whichever_field_a_word_stands(
    database: Database, expression: str
) -> None:
    found = plan(database, request(expression))
    assert "search.entries_1_created_at_-1__id_-1" in found
    assert '"SORT"' not in found


@pytest.mark.parametrize(
    ("expression", "is_found"),
    [
        *(("shop", True), ("cat", True), ("ca*", True), ("shop AND cat", True), ("red", True), ("sea", True)),
        *(
            ("public_id:shop", True),
            ("public_id:sh*", True),
            ('public_id:"shop cat"', True),
            ("tags:r*", True),
        ),
        *(("filename:cat", True), ("display_name:sea", True), ("blue", True), ("context.alt:blue", True)),
        *(("filename:shop", False), ("public_id:red", False), ("tags:cat", False), ("alt", False)),
    ],
)
def test_each_word_is_found_in_assets_of_this_program_and_of_older_ones(
    database: Database, expression: str, *, is_found: bool
) -> None:
    given = {"public_id": "shop/cat", "tags": ["red"], "display_name": "Sea", "context": {"alt": "blue"}}
    new = {
        **given,
        "version": 1,
        "created_at": NOW,
        "resource_type": "image",
        "asset_id": "a",
        "original": "a",
    }
    words = {"public_id": ("shop", "cat"), "filename": ("cat",), "display_name": ("sea",), "tags": ("red",)}
    words |= {"context.alt": ("blue",), "": ("shop", "cat", "sea", "red", "blue")}
    entries = [f"{field}={word}" for field, each in words.items() for word in each] + ["context.alt==blue"]
    older = {
        **new,
        "resource_type": "raw",
        "asset_id": "b",
        "original": "b",
        "search": {"filename": "cat", "entries": entries},
    }
    database["assets"].insert_many([{**new, "search": search_fields(new)}, older])
    found = run.run(database, "assets", request(expression), {}).documents
    assert len(found) == 2 * is_found


def test_a_name_that_is_like_no_other_is_one_entry() -> None:
    new = {"public_id": "gallery/0a1b", "version": 1}
    assert [each for each in search_fields(new)["entries"] if "0a1b" in each] == ["filename=0a1b"]


def test_a_total_beyond_the_bound_says_that_it_is_the_least(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run, "MAX_COUNTED", 4)
    names = [
        {"asset_id": f"{number}", "original": f"{number}", "public_id": f"{number}"} for number in range(6)
    ]
    database["assets"].insert_many([{**name, "format": "png", "created_at": NOW} for name in names])

    def counted(expression: str, most: int) -> dict[str, Any]:
        return run.counted(run.run(database, "assets", request(expression, max_results=most), {}))

    assert counted("format:png", 2) == {"total_count": 4, "total_count_relation": "gte"}
    assert counted("format:png", 10) == {"total_count": 6}  # all of them are on the page
    assert counted("", 2) == {"total_count": 6}
    only = run.run(database, "assets", request("format:png", max_results=0, aggregate=["format"]), {})
    assert (only.documents, only.total, only.cursor, only.aggregations) == (
        [],
        4,
        None,
        {"format": {"png": 6}},
    )
    database["assets"].delete_many({"asset_id": {"$in": ["1", "2", "3"]}})
    assert counted("format:png", 2) == {"total_count": 3}


def test_all_that_a_search_asks_shares_its_time(
    new_mongo_uri: Callable[[], str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fifty ranges of each of several fields took fifty times as long as a search may."""
    limits: list[int] = []

    class Limits(CommandListener):
        def started(self, event: CommandStartedEvent) -> None:
            limits.extend([event.command["maxTimeMS"]] if "maxTimeMS" in event.command else [])

        def succeeded(self, event: CommandSucceededEvent) -> None: ...

        def failed(self, event: CommandFailedEvent) -> None: ...

    seconds = iter(range(100))
    monkeypatch.setattr(run, "monotonic", lambda: next(seconds))
    ranges = [{"key": f"{number}", "from": number, "to": number + 1} for number in range(7)]
    asked = request("format:png", aggregate=[{"type": "bytes", "ranges": ranges}, "format"], max_results=1)
    with connect(new_mongo_uri(), event_listeners=[Limits()]) as client:
        run.run(client.get_default_database(), "assets", asked, {})
    assert limits == [*range(9000, 0, -1000)]
    left = run._clock()
    assert [left() for _ in range(11)][-2:] == [1, 1]  # 0 would be no limit


MANY = 600


class Asked(CommandListener):
    """The commands that were sent, so that MongoDB can say what each of them reads."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []

    def started(self, event: CommandStartedEvent) -> None:
        if event.command_name == "find":
            kept = ("find", "filter", "sort", "limit", "hint", "projection", "singleBatch")
            self.commands.append({name: event.command[name] for name in kept if name in event.command})

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...

    def read(self, database: Database) -> int:
        """How many documents or keys, whichever are more, were looked at since the last time."""
        commands, self.commands = self.commands, []
        runs = [database.command("explain", each, verbosity="executionStats") for each in commands]
        stats = [run["executionStats"] for run in runs]
        assert stats
        return max(
            sum(int(each[name]) for each in stats) for name in ("totalDocsExamined", "totalKeysExamined")
        )


ASKED = Asked()


@pytest.fixture(scope="module")
def many(new_mongo_uri: Callable[[], str]) -> Iterator[Database]:
    """Images with a tag and a context of their own, a few of them with rare ones, and a few raw files."""
    client = connect(new_mongo_uri(), event_listeners=[ASKED])
    database = client.get_default_database()
    ensure_schema(database)
    database["assets"].insert_many(map(_document, range(MANY)))
    yield database
    client.close()


def _document(number: int) -> dict[str, Any]:
    rare = number % 150 == 7
    fields = {
        "asset_id": f"{number}",
        "original": f"{number}",
        "version": 1,
        "public_id": f"a{number}",
        "resource_type": "raw" if number < 3 else "image",
        "type": "upload",
        "created_at": NOW + timedelta(seconds=number),
        "tags": ["only raw", "Ä"] if number == 1 else [f"t{number % 5}", "all"] + ["rare"] * rare,
        "context": {"alt": f"n{number}", **({"seldom": "so"} if rare else {})},
        "moderation": [{"kind": "manual", "status": "approved" if rare else "pending"}],
    }
    return {**fields, "search": search_fields(fields)}


def read(database: Database, query: dict[str, Any], after: str = "") -> tuple[list[str], int]:
    """The public_ids of a page of a list, and how much MongoDB looked at for it."""
    asked: dict[str, Any] = {"max_results": "5", "next_cursor": after}
    ASKED.commands.clear()
    page = page_of(database["assets"], query, Params(asked), secret="s", sort="created_at", direction=-1)
    return [asset["public_id"] for asset in page.documents], ASKED.read(database)


def by_context(key: str, value: str = "") -> dict[str, Any]:
    """The query of the list by context."""
    asked: dict[str, Any] = {}
    params = {"key": key, "value": value} if value else {"key": key}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists, "_list", lambda _media, _call, query: asked.update(query) or {})
        lists.by_context(Any, SimpleNamespace(params=Params(params)), "image")  # type: ignore[arg-type]
    return asked


def by_moderation(status: str) -> dict[str, Any]:
    """The query of a moderation queue."""
    asked: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lists, "_list", lambda _media, _call, query: asked.update(query) or {})
        lists.by_moderation(Any, Any, "image", "manual", status)  # type: ignore[arg-type]
    return asked


@pytest.mark.parametrize(
    ("query", "first"),
    [
        (by_context("seldom"), ["a457", "a307", "a157", "a7"]),
        (by_context("seldom", "so"), ["a457", "a307", "a157", "a7"]),
        (by_context("alt", "n500"), ["a500"]),
        (by_context("alt"), ["a599", "a598", "a597", "a596", "a595"]),
        (by_moderation("approved"), ["a457", "a307", "a157", "a7"]),
        (by_moderation("pending"), ["a599", "a598", "a597", "a596", "a595"]),
        ({"resource_type": "image", "tags": "rare"}, ["a457", "a307", "a157", "a7"]),
        ({"resource_type": "image", "tags": "all"}, ["a599", "a598", "a597", "a596", "a595"]),
        ({"resource_type": "image"}, ["a599", "a598", "a597", "a596", "a595"]),
    ],
)
def test_a_list_reads_little_more_than_it_answers(many: Database, query: Any, first: list[str]) -> None:
    found, examined = read(many, query)
    assert found == first
    assert examined <= 30, f"{examined} of {MANY}"


def test_a_later_page_reads_no_more_than_the_first(many: Database) -> None:
    query = {"resource_type": "image", "tags": "all"}
    last = many["assets"].find_one({"public_id": "a100"}) or {}
    cursors = Cursors("s", f"assets created_at -1 {query!r}")
    found, examined = read(many, query, cursors.after(last["created_at"], last["_id"]))
    assert found == ["a99", "a98", "a97", "a96", "a95"]
    assert examined <= 30


def test_a_list_by_prefix_reads_little_more_than_it_answers(many: Database) -> None:
    query = {"resource_type": "image", "type": "upload", "public_id": {"$regex": "^a10"}}
    pages: list[list[str]] = []
    cursor = ""
    while not pages or cursor:
        ASKED.commands.clear()
        asked = Params({"max_results": "4", "next_cursor": cursor})
        page = page_of(many["assets"], query, asked, secret="s", sort="public_id")
        pages.append([asset["public_id"] for asset in page.documents])
        cursor = page.cursor
        assert ASKED.read(many) <= 10
    assert pages == [
        ["a10", "a100", "a101", "a102"],
        ["a103", "a104", "a105", "a106"],
        ["a107", "a108", "a109"],
    ]


@pytest.mark.parametrize("direction", [1, -1])
def test_assets_of_one_public_id_stand_on_pages_each_once(database: Database, direction: int) -> None:
    names = [
        ("a", "image", "upload"),
        ("b", "image", "private"),
        ("b", "image", "upload"),
        ("b", "raw", "private"),
    ]
    names += [("b", "raw", "upload"), ("c", "image", "upload")]
    for at, name in enumerate(reversed(names)):
        fields = dict(zip(NAME_ORDER, name, strict=True))
        database["assets"].insert_one({**fields, "asset_id": f"{at}", "original": f"{at}"})

    def pages(cursor: str = "") -> Iterator[tuple[str, ...]]:
        asked = Params({"max_results": "1", "next_cursor": cursor})
        page = page_of(database["assets"], {}, asked, secret="s", sort="public_id", direction=direction)
        yield from (tuple(each[name] for name in NAME_ORDER) for each in page.documents)
        yield from pages(page.cursor) if page.cursor else ()

    def searched(cursor: str = "") -> Iterator[tuple[str, ...]]:
        by_name = [{"public_id": "asc" if direction > 0 else "desc"}]
        found = run.run(
            database, "assets", request("", sort_by=by_name, max_results=1, next_cursor=cursor), {}
        )
        yield from (tuple(each[name] for name in NAME_ORDER) for each in found.documents)
        yield from searched(found.cursor) if found.cursor else ()

    assert list(pages()) == list(searched()) == names[::direction]


def test_tags_are_told_by_one_look_for_each(many: Database) -> None:
    assert list(assets.tags(many, "raw", "", after="")) == ["all", "only raw", "t0", "t2", "Ä"]
    assert list(assets.tags(many, "image", "t", after="t2")) == ["t3", "t4"]
    assert not list(assets.tags(many, "video", "", after=""))
    ASKED.commands.clear()
    assert list(assets.tags(many, "image", "", after="")) == ["all", "rare", "t0", "t1", "t2", "t3", "t4"]
    assert ASKED.read(many) <= 20
