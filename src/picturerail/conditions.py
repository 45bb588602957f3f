"""Which answer the conditions and the range of a request lead to (RFC 9110, 13.2.2 and 14). Pure."""

import re
from dataclasses import dataclass
from typing import Protocol

from werkzeug.http import parse_date, parse_etags

# A request without one of these gets the whole answer.
CONDITIONS = ("range", "if-match", "if-none-match", "if-modified-since", "if-unmodified-since")

_RANGE = re.compile(r"bytes=[ \t]*(?P<first>\d{0,30})[ \t]*-[ \t]*(?P<last>\d{0,30})[ \t]*", re.IGNORECASE)


class ConditionHeaders(Protocol):
    """The headers of a request; names are small."""

    def get(self, name: str, /) -> str | None:
        """The value of a header; None when it is not there."""


@dataclass(frozen=True)
class ConditionOutcome:
    """200, 206, 304, 412 or 416; with the first and the last byte to send."""

    status: int
    first: int = 0
    last: int = -1


def decide(
    method: str, headers: ConditionHeaders, *, etag: str, modified: str, length: int
) -> ConditionOutcome:
    """What to answer to a GET or HEAD of what has this entity tag ("" for none), time of change, and length."""
    if _is_refused(headers, etag, modified):
        return ConditionOutcome(412)
    if is_unchanged(headers, etag=etag, modified=modified):
        return ConditionOutcome(304)
    wanted = headers.get("range")
    if method == "GET" and wanted and _is_current(headers.get("if-range"), etag):
        return _part(wanted, length)
    return ConditionOutcome(200, 0, length - 1)


def is_unchanged(headers: ConditionHeaders, *, etag: str, modified: str) -> bool:
    """Whether the visitor has it already. The time counts only where no entity tag is given."""
    tags = headers.get("if-none-match")
    if tags is not None:
        return bool(etag) and parse_etags(tags).contains_weak(etag.removeprefix("W/").strip('"'))
    since, changed = parse_date(headers.get("if-modified-since")), parse_date(modified)
    return since is not None and changed is not None and changed <= since


def _is_refused(headers: ConditionHeaders, etag: str, modified: str) -> bool:
    tags = headers.get("if-match")
    if tags is not None:
        given = parse_etags(tags)
        return not (given.star_tag or (etag and given.is_strong(etag.strip('"'))))
    since, changed = parse_date(headers.get("if-unmodified-since")), parse_date(modified)
    return since is not None and changed is not None and changed > since


def _is_current(given: str | None, etag: str) -> bool:
    """Whether the range is of these bytes. A time tells nothing: two versions may have come within its second."""
    return given is None or given.strip() == etag


def _part(wanted: str, length: int) -> ConditionOutcome:
    """One part; what is no range of bytes, or several, is no range to us: then all of it is sent."""
    match = _RANGE.fullmatch(wanted.strip())
    whole = ConditionOutcome(200, 0, length - 1)
    if match is None or not (match["first"] or match["last"]):
        return whole
    if not match["first"]:  # so many of the last bytes
        first, last = max(length - int(match["last"]), 0), length - 1
        return ConditionOutcome(206, first, last) if int(match["last"]) and length else ConditionOutcome(416)
    first, last = int(match["first"]), int(match["last"] or length)
    if last < first and match["last"]:
        return whole
    return ConditionOutcome(206, first, min(last, length - 1)) if first < length else ConditionOutcome(416)
