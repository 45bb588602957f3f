"""When a picture was taken: the clock of the camera, with its zone where that is known. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from picturerail.errors import BadRequest

MAX_LENGTH = 40
# what lies beyond, 0001-01-01 and 9999-12-31, means that a program knew no time
MIN_YEAR, MAX_YEAR = 1800, 2199
_WRITTEN = (
    re.compile(  # as cameras, Photoshop, exiftool and people write it, who leave out what they do not know
        r"(\d{4})(?:([-:/.])(\d\d?)(?:\2(\d\d?))?)?"
        r"(?:[ T]+(\d\d?):(\d\d)(?::(\d\d)(?:[.,]\d*)?)?\s*(Z|UTC|GMT|[+-]\d\d:?\d\d)?)?",
        re.ASCII,
    )
)
_EXIF = re.compile(r"(\d{4}):(\d\d):(\d\d)[ T](\d\d:\d\d:\d\d)")
_ZONE = re.compile(r"[+-]\d\d:\d\d|Z")


def clean_taken_at(text: str) -> str:
    """A time as it is kept: ISO 8601 to the second, with the zone that it has, if any; "" for none."""
    if not text.strip():
        return ""
    try:
        taken = datetime.fromisoformat(_iso(text.strip()[:MAX_LENGTH]))
    except ValueError:
        taken = None
    if taken is None:
        raise BadRequest(
            "'taken_at' must be a time such as 2026-05-17T18:30:00 or 2026-05-17T18:30:00+02:00."
        )
    if not MIN_YEAR <= taken.year <= MAX_YEAR:
        raise BadRequest(f"'taken_at' must lie in the years {MIN_YEAR} to {MAX_YEAR}.")
    return taken.isoformat(timespec="seconds")


def _iso(text: str) -> str:
    """A time as ISO 8601 has it; of a year or a month, also with 00 behind it, its first day."""
    found = _WRITTEN.fullmatch(text)
    if found is None:
        return text
    year, _, month, day, hour, minute, second, zone = found.groups()
    clock = f"T{hour:0>2}:{minute}:{second or '00'}" if hour else ""
    known = "+00:00" if zone in ("Z", "UTC", "GMT") else zone or ""
    return f"{year}-{int(month or 0) or 1:02}-{int(day or 0) or 1:02}{clock}{known}"


def taken_in_words(taken_at: str, *, clock: bool = False) -> str:
    """The day on which a picture was taken as people read it, with the camera's clock where that is wanted."""
    return datetime.fromisoformat(taken_at).strftime("%-d %B %Y, %H:%M" if clock else "%-d %B %Y")


def shifted(taken_at: str, hours: float) -> str | None:
    """The time so many hours later; None where there is none, or none that can be told."""
    try:
        return clean_taken_at((datetime.fromisoformat(taken_at) + timedelta(hours=hours)).isoformat())
    except (ValueError, OverflowError, BadRequest):
        return None


def taken_in(answer: Mapping[str, Any]) -> str:
    """The time in a cloud's answer to an upload: the camera's own fields, "" when it wrote none that can be."""
    for name in ("image_metadata", "media_metadata", "exif"):
        told = answer.get(name)
        written = told.get("DateTimeOriginal") if isinstance(told, dict) else None
        found = _EXIF.match(written) if isinstance(written, str) else None
        if found and isinstance(told, dict):
            zone = told.get("OffsetTimeOriginal")
            known = zone if isinstance(zone, str) and _ZONE.fullmatch(zone) else ""
            try:
                return clean_taken_at(f"{found[0]}{known}")
            except BadRequest:
                return ""
    return ""
