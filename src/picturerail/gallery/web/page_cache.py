"""Pages that edges may keep for strangers: which, for how long, and when they must forget them.

Such a page is noted under the ids of the pictures that it shows or leads to, and under NEWEST when an upload changes
it. An action that changes a picture renews them (`gallery/page_cache.py`).
"""

from collections.abc import Iterable

from flask import Response, g, request

from picturerail import cache_policy
from picturerail.edge.format_class import PAGE
from picturerail.edge.origin_auth import FOR_ALL
from picturerail.edge.purges.targets import CachedUrl, all_edges
from picturerail.gallery.web import access, services


def may_be_kept(names: Iterable[str]) -> None:
    """Say that the page is the same for all strangers, until one of the pictures `names` changes."""
    g.shared_names = sorted({name for name in names if name})


def mark(response: Response) -> Response:
    """Let the edge that asks for all strangers keep the page, if it is one and the purges will find it."""
    names: list[str] | None = g.get("shared_names")
    for_all = request.environ.get(FOR_ALL) and not request.cookies and not access.is_personal()
    if names is not None and for_all and response.status_code == 200 and "Set-Cookie" not in response.headers:
        query = request.query_string.decode("latin-1")
        address = CachedUrl(f"{request.path}?{query}" if query else request.path, PAGE)
        if all_edges(services.settings()) and services.services().notes.note(address, PAGE, names):
            response.headers.update(cache_policy.header(cache_policy.SHARED_PAGE))
    return response
