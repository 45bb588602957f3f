"""What edges hold of our assets, and the queue by which they are told to forget it.

The origin notes each address that an edge asks for, under the asset's names. When the asset changes, those copies are
put into a queue in the database, once for each edge: at once, and again a little later, because an edge may be
fetching the old bytes just now. `media/purger.py` delivers; an edge that is away finds its purges when it is back.
"""

import time
from collections import OrderedDict
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import pymongo
from pymongo.errors import PyMongoError

from picturerail.database import Database, Document
from picturerail.edge.guard import FROM_EDGE
from picturerail.edge.purge import Kept, all_edges, format_class
from picturerail.errors import PicturerailError
from picturerail.media.delivery.urls import parse_path
from picturerail.media.store import assets
from picturerail.settings import Settings

PATIENCE = 1.0  # seconds; without a note the edge gets the picture, but may not keep it
AGAIN = timedelta(seconds=1.5)
BATCH = 50  # copies in one job
REMEMBER_SECONDS = 3600  # a process notes the same address again after this time
MOST_REMEMBERED = 50_000


def purge(db: Database, settings: Settings, asset: Document, *, soft: bool) -> None:
    """Make every edge forget all copies of `asset`, under the name that it has in this document.

    `soft` keeps the old copy for visitors until the new one is there: for what was replaced, not for what is gone.
    """
    targets = [edges.name for edges in all_edges(settings)]
    if not targets:
        return
    kind = f"{asset['resource_type']}/{asset['type']}"
    held = [
        row["_id"] for row in db["edge_copies"].find({"names": asset["public_id"], "kind": kind}, {"_id": 1})
    ]
    now = assets.now()
    jobs = [
        {"target": target, "copies": held[start : start + BATCH], "soft": soft, "due_at": due, "made_at": now}
        for due in (now, now + AGAIN)
        for target in targets
        for start in range(0, len(held), BATCH)
    ]
    if jobs:
        db["purges"].insert_many(jobs)


def copies(job: Document) -> list[Kept]:
    """The copies that a job of the queue names."""
    return [Kept(path, name) for name, _, path in (text.partition(" ") for text in job["copies"])]


def remembering(db: Database, settings: Settings, app: WSGIApplication) -> WSGIApplication:
    """`app`, noting what edges ask it for; `app` itself when there are none."""
    if not all_edges(settings):
        return app
    memory = _Memory(db)
    prefix = f"/{settings.cloud_name}"

    def remember(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        by_edge = environ.get(FROM_EDGE) or settings.cdn_purge
        if not by_edge or environ["REQUEST_METHOD"] != "GET" or not path.startswith(f"{prefix}/"):
            return app(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:  # noqa: ANN401
            if status[:3] in ("200", "304") and not memory.note(environ, path.removeprefix(prefix)):
                headers = [*headers, ("X-Accel-Expires", "0")]
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        return app(environ, start)

    return remember


class _Memory:
    """Notes copies in the database, each of them now and then."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._noted: OrderedDict[str, float] = OrderedDict()

    def note(self, environ: WSGIEnvironment, path: str) -> bool:
        """Note that an edge is about to keep the answer, before it leaves; False when it must not be kept."""
        full = quote(environ["PATH_INFO"].encode("latin-1"), safe="/:@!$&'()*+,;=~-._")
        query = environ.get("QUERY_STRING", "")
        if "__cld_token__" in query:
            return True  # never kept
        full = f"{full}?{query}" if query else full
        name = f"{format_class(environ['PATH_INFO'], environ.get('HTTP_ACCEPT', ''))} {full}"
        if time.monotonic() < self._noted.get(name, -REMEMBER_SECONDS) + REMEMBER_SECONDS:
            return True
        names, kind = _names(path)
        if not names:
            return True  # no asset: searches and lists, which live for minutes
        row = {"names": names, "kind": kind, "seen_at": assets.now()}
        try:
            with pymongo.timeout(PATIENCE):
                self._db["edge_copies"].replace_one({"_id": name}, row, upsert=True)
        except PyMongoError:
            return False
        self._noted[name] = time.monotonic()
        if len(self._noted) > MOST_REMEMBERED:
            self._noted.popitem(last=False)
        return True


def _names(path: str) -> tuple[list[str], str]:
    """The public_ids that a delivery path may mean, with and without its extension."""
    try:
        parsed = parse_path(path.encode("latin-1").decode())
    except (PicturerailError, UnicodeDecodeError):
        return [], ""
    return sorted({parsed.name, parsed.stem_and_extension[0]}), f"{parsed.resource_type}/{parsed.type}"


def take_due(db: Database, target: str, now: datetime) -> Document | None:
    """The first job of `target` that is due."""
    return db["purges"].find_one({"target": target, "due_at": {"$lte": now}}, sort=[("due_at", 1)])


def done(db: Database, job: Document) -> None:
    """Forget a job that was delivered."""
    db["purges"].delete_one({"_id": job["_id"]})
