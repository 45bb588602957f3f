"""MongoDB: how to connect, what the collections are called, and their indexes."""

import contextlib
from datetime import UTC, datetime
from typing import Any, TypeAlias
from urllib.parse import unquote

from pymongo import ASCENDING, DESCENDING, IndexModel, MongoClient
from pymongo.database import Database as MongoDatabase
from pymongo.errors import (
    BulkWriteError,
    ConfigurationError,
    ConnectionFailure,
    InvalidURI,
    OperationFailure,
    PyMongoError,
)

from picturerail import standstill
from picturerail.errors import StartupError, Unavailable
from picturerail.metrics import DatabaseTime
from picturerail.schema_steps import STEPS, has_older_pictures
from picturerail.topology_watch import Watch
from picturerail.url_parts import split_url

Document: TypeAlias = dict[str, Any]
Client: TypeAlias = MongoClient[Document]
Database: TypeAlias = MongoDatabase[Document]

DATABASE = "gallery"

# An acknowledged write has reached the journal of a majority. Selection is short, so that a page answers
# 503 quickly when MongoDB is away, and longer than an election with the settings of the embedded server.
CLIENT_OPTIONS: dict[str, Any] = {
    "w": "majority",
    "journal": True,
    "retryWrites": True,
    "retryReads": True,
    "tz_aware": True,
    "serverSelectionTimeoutMS": 3000,
    "connectTimeoutMS": 3000,
    "heartbeatFrequencyMS": 1000,  # how soon a server that is back is noticed
    "appname": "picturerail",
}

UNAUTHORIZED, DUPLICATE_KEY = 13, 11000
_DIRECT: dict[str, Any] = {"directConnection": True, "serverSelectionTimeoutMS": 1000}
AWAY = "The database does not answer at the moment. Please try again shortly."
AGAIN_AFTER = 2

# What a replica set answers while it elects a primary or has just come back, beside what PyMongo retries itself:
# WriteConcernFailed, ShutdownInProgress, PrimarySteppedDown, KeyNotFound (its clock's keys), interruptions.
PASSING = {64, 91, 189, 211, 11600, 11602}

# ---- pictures (the gallery) ------------------------------------------------------------------------------
# pictures with a word or a tag, newest first
TOKEN_ORDER = (("tokens", ASCENDING), ("state", ASCENDING), ("shown", ASCENDING), ("_id", DESCENDING))
# live pictures, newest first
LIVE_ORDER = (("state", ASCENDING), ("shown", ASCENDING), ("_id", DESCENDING))
# pictures in an album: newest first, and in the order in which somebody hung them, `hung.ALBUM`
ALBUM_ORDER = (("albums", ASCENDING), ("state", ASCENDING), ("shown", ASCENDING), ("_id", DESCENDING))
HAND_ORDER = (("hung.$**", ASCENDING),)
# pictures that somebody has marked (few of all)
MARK_ORDER = (("marks", ASCENDING), ("state", ASCENDING), ("_id", DESCENDING))
# groups of pictures that look alike (few of all)
LOOKALIKE_ORDER = (("alike", DESCENDING), ("_id", ASCENDING))
# the pictures of a stack (few of all lie in one), and how many of them somebody sees
STACK_ORDER = (("stack", ASCENDING), ("state", ASCENDING), ("shown", ASCENDING), ("stack_place", ASCENDING))
GALLERY_INDEXES = [
    IndexModel(list(TOKEN_ORDER)),
    IndexModel(list(ALBUM_ORDER)),
    IndexModel(list(HAND_ORDER)),
    IndexModel(list(MARK_ORDER), partialFilterExpression={"marks": {"$exists": True}}),
    *(
        IndexModel([*first, ("state", ASCENDING), ("shown", ASCENDING), (f"sort.{name}", DESCENDING)])
        for name in ("taken", "title")
        for first in ((), (("albums", ASCENDING),))
    ),
    IndexModel(list(LIVE_ORDER)),
    IndexModel([("state", ASCENDING), ("_id", DESCENDING)]),
    IndexModel([("state", ASCENDING), ("trashed_at", ASCENDING)]),
    # by the hash of its bytes: the first picture that has them, and those that are not it (few of all)
    IndexModel([("first_of", ASCENDING)], unique=True, sparse=True),
    IndexModel([("etag", ASCENDING)], partialFilterExpression={"first_of": None}, name="etag_of_others"),
    IndexModel([("public_id", ASCENDING)], unique=True, sparse=True),
    IndexModel([("moving", ASCENDING)], sparse=True),
    IndexModel(list(LOOKALIKE_ORDER), partialFilterExpression={"alike": {"$gt": ""}}),
    IndexModel([("phash_bands", ASCENDING)], sparse=True),
    IndexModel(list(STACK_ORDER), partialFilterExpression={"stack": {"$exists": True}}),
    IndexModel([("unhashed", ASCENDING)], sparse=True),
    # those that came before there was a word on location, until the clean-up has asked where they were taken
    IndexModel([("place", ASCENDING)], partialFilterExpression={"place": None}),
    IndexModel([("versions.replaced_at", ASCENDING)], sparse=True),
    IndexModel([("versions.public_id", ASCENDING)], sparse=True),
    IndexModel(
        [("held", ASCENDING), ("_id", DESCENDING)], partialFilterExpression={"held": {"$exists": True}}
    ),
    IndexModel([("owner", ASCENDING), ("state", ASCENDING), ("_id", DESCENDING)]),
]

# ---- albums (the gallery) --------------------------------------------------------------------------------
ALBUM_INDEXES = [
    # the present one and those before, of which no two have one
    IndexModel([("slugs", ASCENDING)], unique=True),
    IndexModel([("state", ASCENDING), ("shown", ASCENDING), ("parent", ASCENDING), ("_id", DESCENDING)]),
    IndexModel([("tokens", ASCENDING), ("state", ASCENDING), ("shown", ASCENDING), ("_id", DESCENDING)]),
    IndexModel([("state", ASCENDING), ("shown", ASCENDING), ("_id", DESCENDING)]),
    IndexModel([("owner", ASCENDING), ("state", ASCENDING), ("_id", DESCENDING)]),
    IndexModel([("parent", ASCENDING)]),
    IndexModel([("batch", ASCENDING)], sparse=True),
    IndexModel([("viewers", ASCENDING)], sparse=True),
]
CHANGE_INDEXES = [IndexModel([("at", ASCENDING)], expireAfterSeconds=86_400)]  # for Undo

# ---- people ----------------------------------------------------------------------------------------------
USER_INDEXES = [
    IndexModel([("email", ASCENDING)], unique=True),
    IndexModel([("groups", ASCENDING)], sparse=True),
]
GROUP_INDEXES = [IndexModel([("folded", ASCENDING)], unique=True)]
TOKEN_INDEXES = [
    IndexModel([("hash", ASCENDING)], unique=True),
    IndexModel([("name", ASCENDING)], unique=True),
]
KEY_INDEXES = [IndexModel([("name", ASCENDING)], unique=True)]
# seconds for which a link that has ended, and what was chosen by it, can be looked at
SHARES_KEPT = 30 * 86_400
CHOICE_INDEXES = [
    IndexModel([("share", ASCENDING), ("picture", ASCENDING)]),
    IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=SHARES_KEPT),
]
PERMIT_INDEXES = [IndexModel([("at", ASCENDING)])]
REVOKED_TOKEN_INDEXES = [IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0)]
PASSKEY_INDEXES = [IndexModel([("user", ASCENDING)])]
IDENTITY_INDEXES = [IndexModel([("user", ASCENDING)])]
SHARE_INDEXES = [
    IndexModel([("owner", ASCENDING), ("_id", DESCENDING)]),
    # of what they link to, which names one thing
    IndexModel([("album", ASCENDING)], partialFilterExpression={"album": {"$gt": ""}}),
    IndexModel([("picture", ASCENDING)], partialFilterExpression={"picture": {"$gt": ""}}),
    IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=SHARES_KEPT),
]
ACTIVITY_INDEXES = [
    IndexModel([("who", ASCENDING), ("_id", DESCENDING)]),
    IndexModel([("kind", ASCENDING), ("_id", DESCENDING)]),
]
SESSION_INDEXES = [
    IndexModel([("user", ASCENDING)]),
    IndexModel([("provider_session", ASCENDING)], sparse=True),
    IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
]

# ---- assets (the media service) --------------------------------------------------------------------------
# A whole name; it begins with public_id, so that no second index sorts by that.
NAME_ORDER = ("public_id", "resource_type", "type")
OWN_ORDERS = ("bytes", "width", "height", "updated_at")
SEARCH_ORDERS = ("search.filename", "search.aspect_ratio", "search.uploaded_at")
MODERATION_ORDER = ("moderation.status", "moderation.kind", "resource_type")
TAG_ORDER = ("resource_type", "tags")  # in which the tags in use are told, one look for each
ASSET_INDEXES = [
    IndexModel([(name, ASCENDING) for name in NAME_ORDER], unique=True),
    IndexModel([("asset_id", ASCENDING)], unique=True),
    IndexModel([("original", ASCENDING)], unique=True),
    IndexModel([("etag", ASCENDING)]),  # clients ask by the MD5 of a file whether it is here
    IndexModel([("damage", ASCENDING)], sparse=True),  # of lost and damaged bytes
    # what searches and lists begin with, in the order in which they answer
    IndexModel([("created_at", DESCENDING), ("_id", DESCENDING)]),
    *(
        IndexModel([(name, ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)])
        for name in ("search.entries", "search.folder", "tags", "resource_type", "type", "format")
    ),
    IndexModel([(name, ASCENDING) for name in TAG_ORDER]),
    *(IndexModel([(name, ASCENDING), ("_id", ASCENDING)]) for name in OWN_ORDERS + SEARCH_ORDERS),
    IndexModel([("metadata.$**", ASCENDING)]),
    *(  # of few assets each
        IndexModel(
            [(name, ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)],
            partialFilterExpression={name: value},
        )
        for name, value in (("access_mode", "authenticated"), ("search.transparent", True))
    ),
    IndexModel(
        [*((name, ASCENDING) for name in MODERATION_ORDER), ("created_at", DESCENDING), ("_id", DESCENDING)],
        partialFilterExpression={"moderation.status": {"$exists": True}},  # few assets are moderated
    ),
    IndexModel(
        [("access_control.access_type", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)],
        partialFilterExpression={"access_control.access_type": {"$exists": True}},  # and few are closed so
    ),
]
VERSION_INDEXES = [IndexModel([("at", ASCENDING)], expireAfterSeconds=30 * 86_400)]  # long past by any clock
UPLOAD_INDEXES = [IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0)]

DERIVED_INDEXES = [
    IndexModel([("original", ASCENDING), ("created_at", ASCENDING)]),
    IndexModel([("used_at", ASCENDING)]),
    IndexModel([("layers", ASCENDING)], sparse=True),
    IndexModel([("asset_id", ASCENDING)]),
    IndexModel([("id", ASCENDING)]),
    IndexModel([("transformation", ASCENDING), ("_id", ASCENDING)]),
]
BACKUP_INDEXES = [
    IndexModel(
        [
            ("resource_type", ASCENDING),
            ("type", ASCENDING),
            ("public_id", ASCENDING),
            ("backed_up_at", DESCENDING),
        ]
    ),
    IndexModel([("asset_id", ASCENDING), ("backed_up_at", DESCENDING)]),
    IndexModel([("original", ASCENDING)]),
]

# ---- jobs: of one line only the head is taken ------------------------------------------------------------
JOB_INDEXES = [
    IndexModel([("line", ASCENDING)], unique=True, partialFilterExpression={"head": True}, name="one_head"),
    IndexModel([("line", ASCENDING), ("state", ASCENDING), ("sequence", ASCENDING)]),
    IndexModel([("kind", ASCENDING), ("head", ASCENDING), ("due_at", ASCENDING), ("sequence", ASCENDING)]),
    IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
]
TRIGGER_INDEXES = [IndexModel([("id", ASCENDING)], unique=True), IndexModel([("event_type", ASCENDING)])]
MESSAGE_INDEXES = [
    IndexModel([("channel", ASCENDING), ("batch_id", ASCENDING), ("_id", ASCENDING)]),
    IndexModel([("handle", ASCENDING)]),
    IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0),
]

# ---- structured metadata (the media service) -----------------------------------------------------------
METADATA_FIELD_INDEXES = [
    IndexModel([("external_id", ASCENDING)], unique=True),
    # fields of older programs, of which two may have one label, do not say that theirs is their own
    IndexModel([("label", ASCENDING)], unique=True, partialFilterExpression={"has_own_label": True}),
]
METADATA_RULE_INDEXES = [IndexModel([("external_id", ASCENDING)], unique=True)]

# ---- edges: what they hold, and what they are to forget --------------------------------------------------
EDGE_COPY_INDEXES = [
    IndexModel([("names", ASCENDING), ("kind", ASCENDING)]),
    IndexModel([("seen_at", ASCENDING)], expireAfterSeconds=30 * 86_400),  # edges ask again after a day
]

# ---- folders and the account (the media service) -------------------------------------------------------
FOLDER_INDEXES = [
    IndexModel([("path", ASCENDING)], unique=True),
    IndexModel([("external_id", ASCENDING)]),
    IndexModel([("parent", ASCENDING), ("name", ASCENDING), ("_id", ASCENDING)]),
    IndexModel([("search.entries", ASCENDING), ("created_at", DESCENDING), ("_id", DESCENDING)]),
    IndexModel([("created_at", DESCENDING), ("_id", DESCENDING)]),
]
UPLOAD_MAPPING_INDEXES = [IndexModel([("folder", ASCENDING)], unique=True)]
STREAMING_PROFILE_INDEXES = [IndexModel([("name", ASCENDING)], unique=True)]

ADMIN_CALL_INDEXES = [IndexModel([("expires_at", ASCENDING)], expireAfterSeconds=0)]

COLLECTIONS: dict[str, list[IndexModel]] = {
    "gallery": GALLERY_INDEXES,
    "albums": ALBUM_INDEXES,
    "album_changes": CHANGE_INDEXES,
    "picture_changes": CHANGE_INDEXES,
    "users": USER_INDEXES,
    "groups": GROUP_INDEXES,
    "sessions": SESSION_INDEXES,
    "shares": SHARE_INDEXES,
    "passkeys": PASSKEY_INDEXES,
    "identities": IDENTITY_INDEXES,
    "choices": CHOICE_INDEXES,
    "permits": PERMIT_INDEXES,
    "revoked_tokens": REVOKED_TOKEN_INDEXES,
    "activity": ACTIVITY_INDEXES,
    "tokens": TOKEN_INDEXES,
    "api_keys": KEY_INDEXES,
    "assets": ASSET_INDEXES,
    "versions": VERSION_INDEXES,
    "uploads": UPLOAD_INDEXES,
    "jobs": JOB_INDEXES,
    "triggers": TRIGGER_INDEXES,
    "messages": MESSAGE_INDEXES,
    "metadata_fields": METADATA_FIELD_INDEXES,
    "metadata_rules": METADATA_RULE_INDEXES,
    "folders": FOLDER_INDEXES,
    "upload_mappings": UPLOAD_MAPPING_INDEXES,
    "admin_calls": ADMIN_CALL_INDEXES,
    "streaming_profiles": STREAMING_PROFILE_INDEXES,
    "derived": DERIVED_INDEXES,
    "backups": BACKUP_INDEXES,
    "edge_copies": EDGE_COPY_INDEXES,
}


def expect_writable(client: Client) -> None:
    """Raise Unavailable at once when writes are known to have nowhere to go; nothing while an election may be on."""
    watches = [found for found in client.options.event_listeners if isinstance(found, Watch)]
    # The driver tells a watch later, from a thread of its own; what it knows by itself counts.
    if any(watch.is_away() for watch in watches) and not client.topology_description.has_writable_server():
        raise Unavailable(AWAY, retry_after=AGAIN_AFTER)


def connect(uri: str, **options: Any) -> Client:  # noqa: ANN401
    """Return a client for `uri` without waiting for the server; raise StartupError for an unreadable one."""
    watching = {"event_listeners": [Watch(), DatabaseTime()]}
    try:
        client: Client = MongoClient(uri, **(CLIENT_OPTIONS | standstill.options(uri) | watching | options))
    except (InvalidURI, ConfigurationError, ValueError) as error:
        raise StartupError(f"MONGO_URI cannot be used: {error}") from error
    standstill.guard(client)
    return client


def database(client: Client) -> Database:
    """Return the database that the URI names, `gallery` when it names none."""
    return client.get_default_database(DATABASE)


def place(uri: str) -> str:
    """Servers and database of a URI, without its password."""
    servers = unquote(uri.partition("://")[2].partition("/")[0].rpartition("@")[2])
    return f"{servers}/{split_url(uri).path.strip('/') or DATABASE}"


def check(client: Client) -> None:
    """Raise StartupError unless a MongoDB answers that lets us in."""
    try:
        client.admin.command("ping")
        hello = client.admin.command("hello")
        database(client).list_collection_names()  # the first question that a stranger is not answered
    except OperationFailure as error:
        raise StartupError(_refusal(client, error)) from error
    except PyMongoError as error:
        raise StartupError(_absence(client)) from error
    if "setName" not in hello and hello.get("msg") != "isdbgrid":
        raise StartupError(
            "MONGO_URI: the server is no replica set, which retryable writes need. Start it with --replSet."
        )


def has_gallery(db: Database) -> bool:
    """True when a Picturerail was once started on this database."""
    return db["schema"].find_one({"_id": "born"}) is not None


def _refusal(client: Client, error: OperationFailure) -> str:
    """What to change, for a server that answers and does not let us in."""
    if error.code == UNAUTHORIZED and client.options.pool_options._credentials is None:  # noqa: SLF001
        return (
            "MONGO_URI names no user, and the server asks for one: mongodb://USER:PASSWORD@HOST/DATABASE, "
            "with ?authSource=admin if the user was made there."
        )
    if error.code == UNAUTHORIZED:
        name = database(client).name
        return f"MONGO_URI: its user may not read and write the database {name}. Give the role readWrite on {name}."
    said = str((error.details or {}).get("errmsg", error)).rstrip(".")
    return f"MONGO_URI: the server refused us: {said}. Check user, password and authSource."


def _absence(client: Client) -> str:
    """What to change, where no server answers as the URI wants it: it is away, or its set has another name."""
    wanted = client.options.replica_set_name
    for host, port in client._topology_settings.seeds if wanted else ():  # noqa: SLF001
        with contextlib.suppress(PyMongoError), MongoClient(host, port, **_DIRECT) as direct:
            called = direct.admin.command("hello").get("setName", "")
            if called != wanted:
                what = f"calls its set {called}" if called else "is no member of a replica set"
                return f"MONGO_URI: replicaSet={wanted} does not fit: the server {host}:{port} {what}."
    return "MONGO_URI: no MongoDB server answers there. Is it running, and is the address right?"


def ensure_schema(db: Database) -> None:
    """Create missing indexes and run the schema steps that this database has not seen."""
    kept = db["schema"].find_one({"_id": "version"}) or {"version": 0}
    if kept["version"] > len(STEPS):
        raise StartupError("This database was written by a newer Picturerail; update the program.")
    for name, indexes in COLLECTIONS.items():
        db[name].create_indexes(indexes)
    db["schema"].update_one({"_id": "born"}, {"$setOnInsert": {"at": datetime.now(UTC)}}, upsert=True)
    first = 0 if has_older_pictures(db) else kept["version"]
    for number, step in enumerate(STEPS[first:], start=first):
        step(db)
        db["schema"].update_one({"_id": "version"}, {"$set": {"version": number + 1}}, upsert=True)


def duplicates_in(error: BulkWriteError) -> set[int]:
    """Which of several new documents were there already, by their places; any other failure is raised again."""
    failed = error.details["writeErrors"]
    if error.details["writeConcernErrors"] or any(each["code"] != DUPLICATE_KEY for each in failed):
        raise error
    return {each["index"] for each in failed}


def as_unavailable(error: Exception) -> Unavailable | None:
    """The refusal for a MongoDB that does not answer, which heals by itself; None for any other error."""
    passing = isinstance(error, OperationFailure) and error.code in PASSING
    return (
        Unavailable(AWAY, retry_after=AGAIN_AFTER)
        if passing or isinstance(error, ConnectionFailure)
        else None
    )
