"""Pictures that edges hold: noted as they leave, and forgotten when their asset changes."""

from collections.abc import Iterable
from typing import Any
from urllib.parse import quote
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

from picturerail.database import Database
from picturerail.edge.format_class import format_class
from picturerail.edge.origin_auth import FROM_EDGE
from picturerail.edge.purges import queue
from picturerail.edge.purges.queue import Purge
from picturerail.edge.purges.targets import CachedUrl, all_edges
from picturerail.errors import PicturerailError
from picturerail.media.asset import Identity
from picturerail.media.transformations import registry
from picturerail.media.urls.delivery_path import parse_path, split_extension
from picturerail.settings import Settings


def purge(db: Database, settings: Settings, asset: Identity, *, soft: bool) -> None:
    """Make every edge forget all copies of `asset`, under the name that it has in this document.

    `soft` keeps the old copy for visitors until the new one is there: for what was replaced, not for what is gone.
    """
    if all_edges(settings):
        queue.purge(db, settings, *_purges(db, asset, soft=soft))


def announce(db: Database, settings: Settings, asset: Identity, *, soft: bool) -> None:
    """Write down before a change of `asset` what `purge` says after it: no kill between the two loses it."""
    if all_edges(settings):
        queue.announce(db, settings, *_purges(db, asset, soft=soft))


def purge_named(db: Database, settings: Settings, name: str) -> None:
    """Make every edge forget what a named transformation made, alone or within others."""
    if all_edges(settings):
        queue.purge(db, settings, _all_of(registry.dependent(db, f"t_{name}")))


def _purges(db: Database, asset: Identity, *, soft: bool) -> list[Purge]:
    """The copies of an asset, and those of pictures on which it lies."""
    # what is open of a private one is so under both names
    types = (asset.type, "upload") if asset.type == "private" else (asset.type,)
    own = [Purge(f"{asset.resource_type}/{each}", [asset.public_id], soft) for each in types]
    if asset.resource_type == "video":
        return own
    kind = "raw" if asset.resource_type == "raw" else asset.type  # a table of colours, or a font
    return [*own, _all_of(registry.dependent_on_picture(db, kind, asset.public_id))]


def _all_of(names: set[str]) -> Purge:
    """What a named transformation, or a picture in a layer, has a part in.

    Not softly: there may be thousands, and to make them all anew at once would keep other purges waiting.
    """
    return Purge(queue.ANY, sorted(names), soft=False)


def remembering(db: Database, settings: Settings, app: WSGIApplication) -> WSGIApplication:
    """`app`, noting what edges ask it for; `app` itself when there are none."""
    if not all_edges(settings):
        return app
    notes = queue.SurrogateKeys(db)
    prefix = f"/{settings.cloud_name}"

    def remember(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ["PATH_INFO"]
        by_edge = environ.get(FROM_EDGE) or settings.cdn_purge
        if not by_edge or environ["REQUEST_METHOD"] != "GET" or not path.startswith(f"{prefix}/"):
            return app(environ, start_response)

        def start(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> Any:  # noqa: ANN401
            if status[:3] in ("200", "304") and not _note(notes, environ, path.removeprefix(prefix)):
                headers = [*headers, ("X-Accel-Expires", "0")]
            return start_response(status, headers, exc_info) if exc_info else start_response(status, headers)

        return app(environ, start)

    return remember


def _note(notes: queue.SurrogateKeys, environ: WSGIEnvironment, path: str) -> bool:
    """Note that an edge is about to keep the answer; False when it must not be kept."""
    query = environ.get("QUERY_STRING", "")
    names, kind = _names(path)
    if "__cld_token__" in query or not names:
        return True  # never kept; or no asset: searches and lists, which live for minutes
    full = quote(environ["PATH_INFO"].encode("latin-1"), safe="/:@!$&'()*+,;=~-._")
    full = f"{full}?{query}" if query else full
    copy = CachedUrl(full, format_class(environ["PATH_INFO"], environ.get("HTTP_ACCEPT", "")))
    return notes.note(copy, kind, names)


def _names(path: str) -> tuple[list[str], str]:
    """What a delivery path may name: a public_id with and without its extension, transformations (t_), layers (l_)."""
    try:
        parsed = parse_path(path.encode("latin-1").decode())
    except (PicturerailError, UnicodeDecodeError):
        return [], ""
    mentioned = registry.mentioned(parsed.transformation)
    named = {each for name in parsed.names for each in (name, split_extension(name)[0])}
    names = sorted(named | mentioned)
    return names, f"{parsed.resource_type}/{parsed.type}"
