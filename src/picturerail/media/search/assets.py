"""POST and GET /resources/search: find assets by an expression; and the searches that need what is not here."""

import time
from datetime import UTC, datetime
from typing import Any

from picturerail.errors import BadRequest
from picturerail.media.asset import Asset
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.params import Params
from picturerail.media.metadata import fields as metadata_fields
from picturerail.media.search.expression.fields import ASSET_FIELDS
from picturerail.media.search.request import read_request
from picturerail.media.search.results import result
from picturerail.media.search.run import counted, run
from picturerail.media.service import Media


def search(media: Media, call: ApiRequest) -> dict[str, Any]:
    """One page of assets."""
    return page(media, call.params)


def page(media: Media, params: Params) -> dict[str, Any]:
    """One page of what `params` ask for."""
    started = time.monotonic()
    now = datetime.fromtimestamp(media.clock(), UTC)
    request = read_request(params, ASSET_FIELDS, now)
    for key in request.sort:
        _refuse_lists(media, key.path)
    found = run(media.database, "assets", request, {})
    answer: dict[str, Any] = {
        **counted(found),
        "time": round((time.monotonic() - started) * 1000),
        "resources": [result(media.settings, Asset.from_document(each), request) for each in found.documents],
    }
    if found.cursor:
        answer["next_cursor"] = found.cursor
    if found.aggregations:
        answer["aggregations"] = found.aggregations
    return answer


def _refuse_lists(media: Media, path: str) -> None:
    """Several values of one asset have no place in an order; NotFound for a field of metadata that is not there."""
    room, _, name = path.partition(".")
    if room == "metadata" and metadata_fields.find(media.database, name)["type"] == "set":
        raise BadRequest(f"Invalid sort_by: {path} is a set, which may have several values.")


def visual_search(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Searching by a picture or by what it shows needs a model that this service does not have."""
    del media, call
    raise BadRequest("Visual search is not available here. Use POST /resources/search with an expression.")
