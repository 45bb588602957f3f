"""The same signed request again, within its hour, answers with the same asset and makes no second one.

A request is the same when its signature and its bytes are. One exception: clients that upload the same file
twice within the same second make two requests with one signature, and want two assets. Their bodies have
different multipart boundaries, while a request that is sent again has the same one.
"""

from datetime import UTC, datetime, timedelta

from pymongo.errors import DuplicateKeyError

from picturerail.media.asset import Asset
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.signing import REQUEST_SECONDS
from picturerail.spool import Spooled
from picturerail.storage import keys

SAME_SECOND = 2.0


def earlier(media: Media, call: ApiRequest, file: Spooled) -> Asset | None:
    """The asset that this very request made before."""
    record = media.database["uploads"].find_one({"_id": _id(call, file)})
    if record is None or not call.params.text("signature"):
        return None
    if record["boundary"] != call.boundary and media.clock() - record["at"] < SAME_SECOND:
        return None
    asset = assets.find_by_asset_id(media.database, record["asset_id"])
    return asset if asset is not None and asset.sha256 == file.sha256 else None


def remember(media: Media, call: ApiRequest, file: Spooled, asset: Asset) -> None:
    """Keep what this request made, for as long as its signature is good."""
    if not call.params.text("signature"):
        return
    at = media.clock()
    record = {
        "_id": _id(call, file),
        "asset_id": asset.asset_id,
        "boundary": call.boundary,
        "at": at,
        "expires_at": datetime.fromtimestamp(at, UTC) + timedelta(seconds=REQUEST_SECONDS + 600),
    }
    try:
        media.database["uploads"].insert_one(record)
    except DuplicateKeyError:  # the first one stays the one that is repeated
        return


def _id(call: ApiRequest, file: Spooled) -> str:
    return keys.hash_of(f"request {call.params.text('signature')} {file.sha256}")
