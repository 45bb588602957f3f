"""Which lines of the activity log an address asks for."""

from datetime import UTC, datetime, timedelta

from werkzeug.datastructures import MultiDict

from picturerail.errors import BadRequest
from picturerail.gallery.activity.store import ActivityFilter
from picturerail.gallery.web import params

MAX_WHO = 60  # characters of an id


def asked(args: MultiDict[str, str]) -> ActivityFilter:
    """The filter of `who`, `kind`, and the days `since` and `until`, both counted in."""
    since, until = _day(args, "since"), _day(args, "until")
    return ActivityFilter(
        who=params.field(args, "who", limit=MAX_WHO, required=False),
        kind=params.field(args, "kind", limit=20, required=False),
        since=since,
        until=until + timedelta(days=1) if until else None,
    )


def cursor(args: MultiDict[str, str]) -> str:
    """The line behind which the page begins; "" for the newest."""
    return params.cursor(MultiDict({"after": args["after"]}))[1] if args.get("after") else ""


def _day(args: MultiDict[str, str], name: str) -> datetime | None:
    text = args.get(name, "")
    if not text:
        return None
    try:
        day = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError:
        day = None
    if day is None or not 1970 <= day.year <= 2100:
        raise BadRequest(f"'{name}' must be a day, such as 2026-05-17.")
    return day
