"""A database of the first release is brought up to date, however often the program is killed between its writes."""

import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from bson import ObjectId
from pymongo import IndexModel
from pymongo.collection import Collection

from picturerail import database as databases
from picturerail.database import Database, connect, ensure_schema
from picturerail.database import database as database_of
from picturerail.errors import StartupError
from picturerail.schema_steps import STEPS
from tests.media_service import empty

WRITES = (
    "insert_one",
    "insert_many",
    "update_one",
    "update_many",
    "replace_one",
    "delete_many",
    "bulk_write",
    "drop",
    "drop_index",
)
NAMES = ("gallery", "albums", "users", "jobs", "notifications", "purges", "counters", "schema", "assets")
AT = datetime(2126, 1, 2, 3, 4, 5, tzinfo=UTC)  # nothing expires while the test runs


class Killed(BaseException):
    """kill -9, as far as the code can see it: nothing of ours catches it."""


@pytest.fixture(scope="module")
def own(new_mongo_uri: Callable[[], str]) -> Iterator[Database]:
    """A database of these tests alone: whoever works at another one changes no job in between."""
    with connect(new_mongo_uri()) as client:
        yield database_of(client)


@pytest.fixture
def database(own: Database) -> Database:
    """The same, by the name that all tests have for theirs."""
    ensure_schema(own)
    return own


@pytest.fixture(autouse=True)
def without_indexes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Making an index is one step of MongoDB's own, and may be repeated."""
    monkeypatch.setattr(databases, "COLLECTIONS", {})


@pytest.fixture(autouse=True)
def clean(database: Database) -> Iterator[None]:
    yield
    empty(database)


def id_(number: int) -> ObjectId:
    return ObjectId(f"{number:024x}")


def fill(db: Database) -> None:
    """What the first release left: states, addresses and queues under their old names."""
    for name in NAMES:
        db[name].delete_many({})
    states = ["live", "held", "gone", "trash", "held"]
    db["gallery"].insert_many([{"_id": id_(n), "state": state} for n, state in enumerate(states)])
    emails = ["Anna@Example.COM", "anna@example.com", "ＢＯＢ@example.com", "c@example.com"]
    db["users"].insert_many([{"_id": id_(10 + n), "email": email} for n, email in enumerate(emails)])
    timed = {"created_at": AT, "due_at": AT}
    old = {"kind": "eager", "arguments": "{}", "tries": 1, **timed}
    db["jobs"].insert_many([{"_id": id_(20 + n), **old} for n in range(2)])
    told = {
        "url": "https://receiver.example/",
        "line": "line",
        "attempts": 0,
        "expires_at": AT + timedelta(days=3),
    }
    db["notifications"].insert_many(
        [{"_id": id_(30 + n), "body": str(n), "sequence": 40 + n, **told, **timed} for n in range(6)]
    )
    db["counters"].insert_one({"_id": "notifications", "value": 43})
    purge = {"target": "nginx a:1", "kind": "image/upload", "names": ["x"], "soft": True, "made_at": AT}
    db["purges"].insert_many([{"_id": id_(50 + n), **purge, **timed} for n in range(2)])
    albums: list[dict[str, Any]] = [
        {"parent": None, "visibility": "public"},
        {"parent": id_(60), "visibility": "private"},
    ]
    db["albums"].insert_many(
        [{"_id": id_(60 + n), "slugs": [f"album-{n}"], **album} for n, album in enumerate(albums)]
    )
    db["gallery"].update_one({"_id": id_(0)}, {"$set": {"albums": [id_(61)]}})
    assets: list[dict[str, Any]] = [{"display_name": "Sea"}, {"display_name": ""}, {}]
    db["assets"].insert_many(
        [
            {
                "_id": id_(70 + n),
                **dict.fromkeys(("public_id", "asset_id", "original"), str(n)),
                "search": {"filename": f"f{n}"},
                **asset,
            }
            for n, asset in enumerate(assets)
        ]
    )


def state(db: Database) -> dict[str, list[dict[str, Any]]]:
    """All documents, in the order of their ids, but the one that says when the gallery was made."""
    kept = {"_id": {"$ne": "born"}}
    found = {name: list(db[name].find(kept).sort("_id", 1)) for name in NAMES}
    return {name: documents for name, documents in found.items() if documents}


def killed_at(monkeypatch: pytest.MonkeyPatch, at: int) -> Callable[[], int]:
    """Kill after write number `at`; what it answers counts the writes."""
    seen, ours = 0, threading.get_ident()

    def counted(write: Callable[..., Any]) -> Callable[..., Any]:
        def called(self: Collection[Any], *arguments: Any, **options: Any) -> Any:
            nonlocal seen
            if threading.get_ident() != ours:  # of what an earlier test has left running
                return write(self, *arguments, **options)
            seen += 1
            killed = seen == at
            try:
                return write(self, *arguments, **options)
            finally:
                if killed:
                    raise Killed

        return called

    for name in WRITES:
        monkeypatch.setattr(Collection, name, counted(getattr(Collection, name)))
    return lambda: seen


def test_whatever_is_killed_the_next_start_ends_in_the_same_state(database: Database) -> None:
    fill(database)
    with pytest.MonkeyPatch.context() as patched:
        writes = killed_at(patched, 0)
        ensure_schema(database)
        total = writes()
    whole = state(database)
    assert whole["schema"] == [{"_id": "version", "version": len(STEPS)}]
    assert total >= 25
    assert [each["search"]["display_name"] for each in whole["assets"]] == ["Sea", "f1", "f2"]
    for at in range(1, total + 1):  # before the next write the database is as after this one
        fill(database)
        with pytest.MonkeyPatch.context() as patched:
            killed_at(patched, at)
            with pytest.raises(Killed):
                ensure_schema(database)
        ensure_schema(database)
        assert state(database) == whole, f"killed after write {at}"


def test_a_database_of_a_newer_program_is_refused_and_left_as_it_is(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    database["schema"].update_one({"_id": "version"}, {"$set": {"version": len(STEPS) + 1}}, upsert=True)
    before = state(database)
    monkeypatch.setattr(databases, "COLLECTIONS", {"made": [IndexModel("a")]})
    with pytest.raises(StartupError, match="written by a newer Picturerail; update the program"):
        ensure_schema(database)
    assert state(database) == before
    assert "made" not in database.list_collection_names()


def test_indexes_that_others_do_the_work_of_are_dropped(database: Database) -> None:
    orders = ("resource_type", "type", "public_id"), ("public_id", "_id")
    old = set(database["assets"].create_indexes([IndexModel(list(order)) for order in orders]))
    database["gallery"].create_index("etag", sparse=True)
    database["schema"].delete_one({"_id": "version"})
    ensure_schema(database)
    assert not old & set(database["assets"].index_information())
    assert "etag_1" not in database["gallery"].index_information()


def test_an_up_to_date_database_is_left_as_it_is(database: Database) -> None:
    fill(database)
    ensure_schema(database)
    before = state(database)
    ensure_schema(database)
    assert state(database) == before


def test_pictures_that_an_older_program_put_beside_newer_ones_are_brought_up_to_date(
    database: Database,
) -> None:
    """`mongorestore` leaves the version as it was; a kill on the way loses nothing of it."""
    ours = {"public_id": "gallery/a", "state": "live"}
    newer = {**ours, "_id": id_(0), "visibility": "private", "shown": "private", "delivery": "authenticated"}
    database["gallery"].insert_one(newer)
    for killed in (0, 1, 2, 3, 4, 5):
        older = {"_id": id_(1 + killed), "public_id": f"gallery/b{killed}", "state": "trash"}
        database["gallery"].insert_one(older)
        if killed:
            with pytest.MonkeyPatch.context() as patched:
                killed_at(patched, killed * 3)
                with pytest.raises(Killed):
                    ensure_schema(database)
        ensure_schema(database)
        one = database["gallery"].find_one({"_id": older["_id"]})
        assert one is not None
        assert (one["shown"], one["moving"], one["unhashed"]) == ("public", True, True)
        assert database["schema"].find_one({"_id": "version"}) == {"_id": "version", "version": len(STEPS)}
    assert database["gallery"].find_one({"_id": id_(0)}) == {**newer, "unhashed": True}
