"""GET /usage and /usage/<day>: what the account holds, and what it did: in all, or on one day."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

from picturerail.database import Database
from picturerail.errors import BadRequest
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.service import Media

PLAN = "Self-hosted"


def usage(media: Media, call: ApiRequest) -> dict[str, Any]:
    """The last thirty days, and everything that is stored."""
    if day := call.params.text("date"):
        return usage_of_day(media, call, day)
    until = datetime.fromtimestamp(media.clock(), UTC)
    return _figures(media, until - timedelta(days=30), until) | {"last_updated": until.date().isoformat()}


def usage_of_day(media: Media, call: ApiRequest, day: str) -> dict[str, Any]:
    """One day, and what of the things that are stored now was there at its end."""
    del call
    start = _day(day)
    end = start + timedelta(days=1, milliseconds=-1)
    return _figures(media, start, end) | {"last_updated": start.date().isoformat(), "date_requested": day}


def _day(text: str) -> datetime:
    """The beginning of a day: SDKs write dd-mm-yyyy in the path, the reference yyyy-mm-dd behind `?date=`."""
    for form in ("%d-%m-%Y", "%Y-%m-%d"):
        with suppress(ValueError):
            return datetime.strptime(text, form).replace(tzinfo=UTC)
    raise BadRequest("Invalid date: use yyyy-mm-dd or dd-mm-yyyy.")


def _figures(media: Media, start: datetime, end: datetime) -> dict[str, Any]:
    db = media.database
    counted = _counted(db, start, end)
    assets, stored = _held(db, "assets", end)
    derived, rendered = _held(db, "derived", end)
    asked = {"copy": {"$exists": False}}
    made = db["derived"].count_documents({"created_at": {"$gte": start, "$lte": end}, **asked})
    settings = media.settings
    return {
        "plan": PLAN,
        "transformations": {"usage": made},
        "objects": {"usage": assets + derived},
        "bandwidth": {"usage": counted["bandwidth"]},
        "storage": {"usage": stored + rendered},
        "requests": counted["requests"],
        "resources": assets,
        "derived_resources": derived,
        "media_limits": {
            "image_max_size_bytes": settings.max_upload_bytes,
            "raw_max_size_bytes": settings.max_upload_bytes,
            "image_max_px": settings.max_pixels,
            "asset_max_frames": settings.max_frames,
        },
    }


def _held(db: Database, collection: str, end: datetime) -> tuple[int, int]:
    """How many documents were there at `end`, and their bytes."""
    stages: list[dict[str, Any]] = [
        {"$match": {"created_at": {"$lte": end}}},
        {"$group": {"_id": None, "count": {"$sum": 1}, "bytes": {"$sum": "$bytes"}}},
    ]
    found = next(iter(db[collection].aggregate(stages)), {"count": 0, "bytes": 0})
    return found["count"], found["bytes"]


def _counted(db: Database, start: datetime, end: datetime) -> dict[str, int]:
    days = {"$gte": start.date().isoformat(), "$lte": end.date().isoformat()}
    found = list(db["usage"].find({"_id": days}))
    return {name: sum(day.get(name, 0) for day in found) for name in ("requests", "bandwidth")}
