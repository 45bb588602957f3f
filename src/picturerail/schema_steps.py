"""Numbered schema steps, append-only: step N brings a database from version N to N + 1.

Each may be run again after a crash in its middle.
"""

import json
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta
from typing import Any, TypeAlias

from pymongo.database import Database as MongoDatabase
from pymongo.errors import DuplicateKeyError, OperationFailure

Document: TypeAlias = dict[str, Any]
Database: TypeAlias = MongoDatabase[Document]


def _name_states(db: Database) -> None:
    """The states of a picture are called `duplicate` and `deleted`."""
    for before, after in (("held", "duplicate"), ("gone", "deleted")):
        db["gallery"].update_many({"state": before}, {"$set": {"state": after}})


def _fold_addresses(db: Database) -> None:
    """E-mail addresses are found by their case-folded form; where two accounts would get one, both stay as they are."""
    for account in db["users"].find({}, {"email": 1}):
        folded = unicodedata.normalize(
            "NFKC", unicodedata.normalize("NFKC", account["email"]).casefold()
        ).strip()
        if folded != account["email"]:
            with suppress(DuplicateKeyError):
                db["users"].update_one({"_id": account["_id"]}, {"$set": {"email": folded}})


def _drop_index_of_words(db: Database) -> None:
    """Searches read `tokens` now, which the housekeeping writes for each picture that has none."""
    _drop_indexes(db, "gallery", "words_1_state_1__id_-1")


def _drop_indexes(db: Database, collection: str, *names: str) -> None:
    for name in names:
        with suppress(OperationFailure):  # a new database has none of them
            db[collection].drop_index(name)


def _join_queues(db: Database) -> None:
    """Jobs, notifications and purges wait in one queue. Each keeps its id, so that a second run moves none twice."""
    for old in db["jobs"].find({"state": {"$exists": False}}):
        _queue(db, old, old["kind"], old["arguments"], tries=old["tries"])
    for old in db["notifications"].find({}):
        arguments = json.dumps({"url": old["url"], "body": old["body"]})
        given = {"line": old["line"], "sequence": old["sequence"], "give_up_at": old["expires_at"]}
        _queue(db, old, "notification", arguments, tries=old["attempts"], **given)
    if counter := db["counters"].find_one({"_id": "notifications"}):
        db["counters"].update_one({"_id": "jobs"}, {"$max": {"value": counter["value"]}}, upsert=True)
    for old in db["purges"].find({}):
        arguments = json.dumps({name: old[name] for name in ("kind", "names", "soft")})
        _queue(db, {**old, "created_at": old["made_at"]}, f"purge {old['target']}", arguments)
    for name in ("notifications", "purges", "edges"):
        db[name].drop()
    _drop_indexes(db, "jobs", "due_at_1")


def _queue(db: Database, old: Document, kind: str, arguments: str, *, tries: int = 0, **given: Any) -> None:  # noqa: ANN401
    """Put what waited in a queue of its own into the one. No line has a head yet: the workers give it one."""
    give_up_at = given.get("give_up_at") or old["created_at"] + timedelta(days=30)
    job = {
        "_id": old["_id"],
        "kind": kind,
        "line": str(old["_id"]),
        "sequence": 0,
        "head": "line" not in given,
        "state": "waiting",
        "arguments": arguments,
        "due_at": old["due_at"],
        "tries": tries,
        "created_at": old["created_at"],
        "give_up_at": give_up_at,
        "expires_at": give_up_at + timedelta(days=1),
        "keep": 0,
        **given,
    }
    db["jobs"].replace_one({"_id": old["_id"]}, job, upsert=True)


def _index_facets(db: Database) -> None:
    """Pictures are filtered by camera, shape, colour...: the housekeeping indexes each that has no `sort` anew."""
    db["gallery"].update_many({"sort": {"$exists": True}}, {"$unset": {"sort": ""}})


def _say_who_sees(db: Database) -> None:
    """Pictures and albums say who sees them: what was there is public. Indexes that do not know of it go."""
    db["gallery"].update_many({"shown": None}, {"$set": {"visibility": "public", "shown": "public"}})
    strict: dict[str, list[Any]] = {"unlisted": [], "private": []}
    albums = {each["_id"]: each for each in db["albums"].find({}, {"parent": 1, "visibility": 1})}
    for album in albums.values():
        said, above = {album["visibility"]}, albums.get(album["parent"])
        while above is not None:
            said.add(above["visibility"])
            above = albums.get(above["parent"])
        shown = next((each for each in ("private", "unlisted") if each in said), "public")
        db["albums"].update_one({"_id": album["_id"]}, {"$set": {"shown": shown}})
        strict.get(shown, []).append(album["_id"])
    for shown, ids in strict.items():
        db["gallery"].update_many({"albums": {"$in": ids}}, {"$set": {"shown": shown, "moving": True}})
    for name, indexes in _WITHOUT_VISIBILITY.items():
        _drop_indexes(db, name, *indexes)


def _close_originals(db: Database) -> None:
    """Of public pictures all but the original is open: the housekeeping moves those that were there, one by one."""
    own = {"public_id": {"$regex": "^gallery/"}, "delivery": {"$in": ["upload", None]}}
    db["gallery"].update_many(own, {"$set": {"moving": True}})


_WITHOUT_VISIBILITY = {
    "gallery": (
        "tokens_1_state_1__id_-1",
        "albums_1_state_1__id_-1",
        *(f"{first}state_1_sort.{name}_-1" for name in ("taken", "title") for first in ("", "albums_1_")),
    ),
    "albums": ("state_1_parent_1__id_-1", "state_1__id_-1"),
}


def _ask_for_hashes(db: Database) -> None:
    """Pictures that look alike are found by `phash_bands`: the housekeeping asks for the hash of each that has none."""
    asked = {"public_id": {"$type": "string"}, "phash": None}
    db["gallery"].update_many(asked, {"$set": {"unhashed": True}})


def _index_centuries(db: Database) -> None:
    """Whole centuries before 1900 and after 2099 are one place in the index, of covers of stacks too."""
    far = [{"$gte": "@taken=0", "$lt": "@taken=19"}, {"$gte": "@taken=21", "$lt": "@taken=:"}]
    query: Document = {"$or": [{"tokens": {"$elemMatch": each}} for each in far]}
    added = {name: {"$setUnion": [f"${name}", _centuries(f"${name}")]} for name in ("tokens", "lent")}
    lends = {"$cond": [{"$isArray": "$lent"}, added["lent"], "$$REMOVE"]}
    db["gallery"].update_many(query, [{"$set": {"tokens": added["tokens"], "lent": lends}}])


def _centuries(tokens: str) -> Document:
    """Those of the years among these tokens, as an expression."""
    is_year = {"$regexMatch": {"input": "$$this", "regex": r"^@taken=(?!19|20)\d{4}$"}}
    years = {"$filter": {"input": tokens, "cond": is_year}}
    return {"$map": {"input": years, "in": {"$substrBytes": ["$$this", 0, len("@taken=18")]}}}


def _sort_display_names(db: Database) -> None:
    """Assets are sorted by their display name, which is the name of the file where none was given."""
    given = {"$gt": ["$display_name", ""]}
    name = {"$cond": [given, "$display_name", "$search.filename"]}
    db["assets"].update_many(
        {"search.filename": {"$exists": True}}, [{"$set": {"search.display_name": name}}]
    )


def _join_indexes(db: Database) -> None:
    """Each index of what is like no other was written anew, page by page, for each new document: one does for two."""
    _drop_indexes(db, "assets", "resource_type_1_type_1_public_id_1", "public_id_1__id_1")
    _drop_indexes(db, "gallery", "etag_1")


def _find_what_lies_in_the_root(db: Database) -> None:
    """Assets that were moved out of all folders are found there, and no more in the folder of their public_id."""
    moved = {"asset_folder": "", "search.folder": {"$gt": ""}}
    db["assets"].update_many(moved, {"$set": {"search.folder": ""}})


STEPS: list[Callable[[Database], None]] = [
    _name_states,
    _fold_addresses,
    _drop_index_of_words,
    _join_queues,
    _index_facets,
    _say_who_sees,
    _ask_for_hashes,
    _close_originals,
    _index_centuries,
    _sort_display_names,
    _join_indexes,
    _find_what_lies_in_the_root,
]


def has_older_pictures(db: Database) -> bool:
    """Whether pictures have not seen all steps: `mongorestore`, or an older program, has put them beside newer ones.

    The version that stands in the database says nothing of these.
    """
    return bool(db["gallery"].count_documents({"state": {"$in": ["live", "trash"]}, "shown": None}, limit=1))
