"""Every query about assets."""

import secrets
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import DuplicateKeyError

from picturerail import clock
from picturerail.database import TAG_ORDER, Database, Document
from picturerail.errors import Unavailable
from picturerail.media.store import folders
from picturerail.media.store.search_fields import search_fields
from picturerail.media.store.versions import next_version

TRIES = 20
LAST = "\U0010ffff"  # comes behind whatever goes on behind a prefix


@dataclass(frozen=True)
class Identity:
    """What names an asset: its resource type (image, raw), delivery type (upload, private...) and public_id."""

    resource_type: str
    type: str
    public_id: str

    def query(self) -> Document:
        """The query that finds it."""
        return {"resource_type": self.resource_type, "type": self.type, "public_id": self.public_id}


def find(db: Database, identity: Identity) -> Document | None:
    """The asset of this name."""
    return db["assets"].find_one(identity.query())


def find_first(db: Database, identities: Iterable[Identity]) -> Document | None:
    """The first of several names under which there is an asset, asked in one query."""
    wanted = list(identities)
    query: Document = wanted[0].query() | {"public_id": {"$in": [each.public_id for each in wanted]}}
    found = {asset["public_id"]: asset for asset in db["assets"].find(query)}
    return next((found[each.public_id] for each in wanted if each.public_id in found), None)


def find_by_asset_id(db: Database, asset_id: str) -> Document | None:
    """The asset with this id."""
    return db["assets"].find_one({"asset_id": asset_id})


def save(
    db: Database, identity: Identity, fields: Document, before_replacing: Callable[[Document], None]
) -> tuple[Document, Document | None]:
    """Insert the asset, or replace what is stored under its name; the asset, and what was there before.

    The new document takes the place of the old one in one step, so the last of several writers wins whole.
    """
    for _ in range(TRIES):
        before = find(db, identity)
        if before is None:
            if (made := _insert(db, identity, fields)) is not None:
                return made, None
        else:
            before_replacing(before)
            version = next_version(db, identity.query(), before["version"] + 1)
            kept = {"asset_id": before["asset_id"], "created_at": before["created_at"], "version": version}
            after = _replace(db, before, {**identity.query(), **fields, **kept})
            if after is not None:
                return after, before
    raise _too_often()


def insert_or_find(db: Database, identity: Identity, fields: Document) -> Document:
    """Insert the asset unless one of this name is there; whichever is there then."""
    for _ in range(TRIES):
        there = _insert(db, identity, fields) or find(db, identity)
        if there is not None:
            return there
    raise _too_often()


def modify(db: Database, asset: Document, change: Callable[[Document], Document]) -> Document | None:
    """Set the fields that `change` answers for the asset as it is; the asset as it is then, None when it is gone."""
    current: Document | None = asset
    for _ in range(TRIES):
        if current is None:
            return None
        changed = _replace(db, current, {**current, **change(current)})
        if changed is not None:
            return changed
        current = db["assets"].find_one({"_id": asset["_id"]})
    raise _too_often()


def move(db: Database, asset: Document, to: Identity) -> Document | None:
    """Give the asset another name, and a version that this name never had. May raise DuplicateKeyError."""
    return modify(
        db, asset, lambda held: {**to.query(), "version": next_version(db, to.query(), held["version"])}
    )


def modify_all(db: Database, query: Document, change: Callable[[Document], Document]) -> list[Document]:
    """`modify` each asset that `query` finds; those that are still there."""
    changed = (modify(db, asset, change) for asset in list(db["assets"].find(query)))
    return [asset for asset in changed if asset is not None]


def note_remote(db: Database, asset: Document, remote: Document) -> None:
    """Keep what a remote host said about a fetched asset, and when; the asset itself is not changed by it."""
    db["assets"].update_one({"_id": asset["_id"]}, {"$set": {"remote": remote}})


def _insert(db: Database, identity: Identity, fields: Document) -> Document | None:
    made = {"asset_id": secrets.token_hex(16), "created_at": clock.now()}
    given = {**identity.query(), "version": next_version(db, identity.query())}
    document = _stamped({**made, **fields, **given}, clock.now())
    try:
        db["assets"].insert_one(document)
    except DuplicateKeyError:
        if find(db, identity) is None:
            raise
        return None
    _make_folder(db, document)
    return document


def _replace(db: Database, before: Document, after: Document) -> Document | None:
    """Put `after` in the place of `before`, unless somebody was faster. May raise DuplicateKeyError for its name."""
    at = max(clock.now(), before["updated_at"] + timedelta(milliseconds=1))
    document = _stamped({**after, "_id": before["_id"]}, at)
    unchanged = {"_id": before["_id"], "original": before["original"], "updated_at": before["updated_at"]}
    if not db["assets"].replace_one(unchanged, document).matched_count:
        return None
    _make_folder(db, document)
    return document


def _make_folder(db: Database, asset: Document) -> None:
    if asset["search"]["folder"]:
        folders.ensure(db, asset["search"]["folder"])


def _stamped(document: Document, at: datetime) -> Document:
    """The document with what is computed from the rest of it."""
    return {**document, "updated_at": at, "search": search_fields(document)}


def _too_often() -> Unavailable:
    return Unavailable("This asset is being changed by many at once. Try again shortly.", retry_after=1)


def tags(db: Database, resource_type: str, prefix: str, *, after: str) -> Iterator[str]:
    """The tags of all assets of a type, each once, in order; each next one is one look into the index.

    The bounds stand in one $elemMatch, so that both hold for the same tag: the first asset in the order of the index
    has the least tag between them.
    """
    order = [(name, 1) for name in TAG_ORDER]
    while True:
        between = {"$gte": prefix, "$gt": after, "$lt": prefix + LAST}
        query = {"resource_type": resource_type, "tags": {"$elemMatch": between}}
        found = db["assets"].find_one(query, {"tags": 1}, hint=order)
        if found is None:
            return
        after = min(tag for tag in found["tags"] if tag > after and prefix <= tag < prefix + LAST)
        yield after


def owns(db: Database, original: str) -> bool:
    """True when some asset has this original."""
    return db["assets"].find_one({"original": original}, {"_id": 1}) is not None


def every(db: Database, fields: Iterable[str]) -> Iterator[dict[str, Any]]:
    """All assets, with these fields only, in the order of their making."""
    yield from db["assets"].find({}, dict.fromkeys(fields, 1)).sort("_id", 1)
