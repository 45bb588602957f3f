"""Every query about assets."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from pymongo.errors import BulkWriteError, DuplicateKeyError

from picturerail import clock
from picturerail.database import TAG_ORDER, Database, Document, duplicates_in
from picturerail.errors import Unavailable
from picturerail.media.asset import Asset, Identity, RemoteState
from picturerail.media.store import folders
from picturerail.media.store.search_fields import search_fields
from picturerail.media.store.versions import keep_version, next_version, next_versions
from picturerail.storage import keys

MADE_OF_TAGS = ("sprite", "multi")  # kept under their transformation and name, which say nothing of folders
TRIES = 20
_NAME = {"resource_type": 1, "type": 1, "public_id": 1}
LAST = "\U0010ffff"  # comes behind whatever goes on behind a prefix


def find(db: Database, identity: Identity) -> Asset | None:
    """The asset of this name."""
    return find_one(db, identity.query())


def find_one(db: Database, query: Document) -> Asset | None:
    """An asset that a query finds."""
    document = db["assets"].find_one(query)
    return None if document is None else Asset.from_document(document)


def find_all(db: Database, query: Document, *, sort: str = "_id", limit: int = 0) -> list[Asset]:
    """The assets that a query finds, in the order of a field; at most `limit` of them."""
    return [Asset.from_document(each) for each in db["assets"].find(query).sort(sort, 1).limit(limit)]


def find_each(db: Database, query: Document) -> Iterator[Asset]:
    """The assets that a query finds, oldest first, one by one."""
    for document in db["assets"].find(query).sort("_id", 1):
        yield Asset.from_document(document)


def newest(db: Database, query: Document, *, limit: int) -> list[Asset]:
    """The newest assets that a query finds."""
    return [
        Asset.from_document(each) for each in db["assets"].find(query).sort("created_at", -1).limit(limit)
    ]


def find_first(db: Database, identities: Iterable[Identity]) -> Asset | None:
    """The first of several names under which there is an asset, asked in one query."""
    wanted = list(identities)
    query: Document = wanted[0].query() | {"public_id": {"$in": [each.public_id for each in wanted]}}
    found = {document["public_id"]: document for document in db["assets"].find(query)}
    documents = (found[each.public_id] for each in wanted if each.public_id in found)
    return next((Asset.from_document(document) for document in documents), None)


def taken(db: Database, names: Sequence[Identity]) -> set[Identity]:
    """Those of these names under which there is an asset."""
    found = db["assets"].find({"public_id": {"$in": [each.public_id for each in names]}}, _NAME)
    return {Identity(each["resource_type"], each["type"], each["public_id"]) for each in found}


def find_by_asset_id(db: Database, asset_id: str) -> Asset | None:
    """The asset with this id."""
    return find_one(db, {"asset_id": asset_id})


def save(
    db: Database,
    identity: Identity,
    fields: Document,
    before_replacing: Callable[[Asset], None],
    version: int = 0,
) -> tuple[Asset, Asset | None]:
    """Insert the asset, or replace what is stored under its name; the asset, and what was there before.

    The new document takes the place of the old one in one step, so the last of several writers wins whole. `version`
    is the one that it had in another cloud; it counts unless there was a greater one here.
    """
    for _ in range(TRIES):
        before = find(db, identity)
        if before is None:
            if (made := _insert(db, identity, fields, version)) is not None:
                return made, None
        else:
            before_replacing(before)
            if (after := replace(db, before, fields, version)) is not None:
                return after, before
    raise _too_often()


def replace(db: Database, before: Asset, fields: Document, version: int = 0) -> Asset | None:
    """The asset with these fields in the place of what it had; None when somebody was faster."""
    given = version if version > before.version else 0
    version = _version(db, before.identity, given, before.version + 1)
    kept = {"asset_id": before.asset_id, "created_at": before.created_at, "version": version}
    return _replace(db, before, {**before.identity.query(), **fields, **kept})


def insert_or_find(db: Database, identity: Identity, fields: Document) -> Asset:
    """Insert the asset unless one of this name is there; whichever is there then."""
    for _ in range(TRIES):
        there = _insert(db, identity, fields) or find(db, identity)
        if there is not None:
            return there
    raise _too_often()


def insert_all(db: Database, new: Sequence[tuple[Identity, Document]]) -> list[Asset | None]:
    """Insert several assets by one write; None in the place of each whose name was taken at this moment."""
    numbers = next_versions(db, [identity for identity, _ in new])
    documents = [_new(*each, number) for each, number in zip(new, numbers, strict=True)]
    taken: set[int] = set()
    try:
        db["assets"].insert_many(documents, ordered=False)
    except BulkWriteError as error:
        taken = duplicates_in(error)
    for folder in {each["search"]["folder"] for each in documents} - {""}:
        folders.ensure(db, folder)
    return [None if at in taken else Asset.from_document(each) for at, each in enumerate(documents)]


def modify(db: Database, asset: Asset, change: Callable[[Asset], Document]) -> Asset | None:
    """Set the fields that `change` answers for the asset as it is; the asset as it is then, None when it is gone."""
    current: Asset | None = asset
    for _ in range(TRIES):
        if current is None:
            return None
        changed = _replace(db, current, {**current.document, **change(current)})
        if changed is not None:
            return changed
        current = find_one(db, {"_id": asset.document["_id"]})
    raise _too_often()


def move(db: Database, asset: Asset, to: Identity) -> Asset | None:
    """Give the asset another name, and a version that this name never had. May raise DuplicateKeyError."""
    return modify(db, asset, lambda held: {**to.query(), "version": next_version(db, to, held.version)})


def modify_all(db: Database, query: Document, change: Callable[[Asset], Document]) -> list[Asset]:
    """`modify` each asset that `query` finds; those that are still there."""
    changed = (modify(db, asset, change) for asset in find_all(db, query))
    return [asset for asset in changed if asset is not None]


def delete(db: Database, asset: Asset) -> bool:
    """Delete the document of an asset; False when it was deleted or replaced meanwhile."""
    return db["assets"].delete_one(_same(asset)).deleted_count > 0


def note(db: Database, asset: Asset, field: str, value: Any) -> None:  # noqa: ANN401
    """Keep what was found out about the bytes of an asset; the asset itself is not changed by it."""
    db["assets"].update_one(_same(asset), {"$set": {field: value}})


def noted(db: Database, asset: Asset, field: str) -> Any:  # noqa: ANN401
    """What was found out about the bytes of an asset since it was read; None for nothing."""
    return (db["assets"].find_one(_same(asset), {field: 1}) or {}).get(field)


def note_remote(db: Database, asset: Asset, remote: RemoteState) -> None:
    """Keep what a remote host said about a fetched asset, and when; the asset itself is not changed by it."""
    db["assets"].update_one({"_id": asset.document["_id"]}, {"$set": {"remote": asdict(remote)}})


def _insert(db: Database, identity: Identity, fields: Document, version: int = 0) -> Asset | None:
    document = _new(identity, fields, _version(db, identity, version))
    try:
        db["assets"].insert_one(document)
    except DuplicateKeyError:  # it may have been renamed or deleted already: whoever asked looks again
        return None
    _make_folder(db, document)
    return Asset.from_document(document)


def _new(identity: Identity, fields: Document, version: int) -> Document:
    made = {"asset_id": keys.time_ordered(), "created_at": clock.now()}
    return _stamped({**made, **fields, **identity.query(), "version": version}, clock.now())


def _version(db: Database, identity: Identity, given: int, at_least: int = 0) -> int:
    return keep_version(db, identity, given) if given else next_version(db, identity, at_least)


def _replace(db: Database, before: Asset, after: Document) -> Asset | None:
    """Put `after` in the place of `before`, unless somebody was faster. May raise DuplicateKeyError for its name."""
    at = max(clock.now(), before.updated_at + timedelta(milliseconds=1))
    id_ = before.document["_id"]
    document = _stamped({**after, "_id": id_}, at)
    unchanged = {"_id": id_, "original": before.original, "updated_at": before.updated_at}
    if not db["assets"].replace_one(unchanged, document).matched_count:
        return None
    _make_folder(db, document)
    return Asset.from_document(document)


def _same(asset: Asset) -> Document:
    """The query for an asset as long as it has these bytes."""
    return {"_id": asset.document["_id"], "original": asset.original}


def _make_folder(db: Database, document: Document) -> None:
    if document["search"]["folder"] and document["type"] not in MADE_OF_TAGS:
        folders.ensure(db, document["search"]["folder"])


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


def is_at(db: Database, asset: Asset) -> bool:
    """True while these bytes are shown under this name."""
    query = {"original": asset.original, **asset.identity.query()}
    return db["assets"].find_one(query, {"_id": 1}) is not None


def every(db: Database, fields: Iterable[str]) -> Iterator[dict[str, Any]]:
    """All assets, with these fields only, in the order of their making."""
    yield from db["assets"].find({}, dict.fromkeys(fields, 1)).sort("_id", 1)
