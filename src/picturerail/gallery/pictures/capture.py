"""When a picture was taken: the clock of the camera, with its zone where that is known. Pure."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from picturerail.errors import BadRequest

MAX_LENGTH = 40
_EXIF = re.compile(r"(\d{4}):(\d\d):(\d\d)[ T](\d\d:\d\d:\d\d)")
_ZONE = re.compile(r"[+-]\d\d:\d\d|Z")


def clean_taken_at(text: str) -> str:
    """A time as it is kept: ISO 8601 to the second, with the zone that it has, if any; "" for none."""
    if not text.strip():
        return ""
    try:
        taken = datetime.fromisoformat(text.strip()[:MAX_LENGTH])
    except ValueError:
        taken = None
    if taken is None:
        raise BadRequest(
            "'taken_at' must be a time such as 2026-05-17T18:30:00 or 2026-05-17T18:30:00+02:00."
        )
    return taken.isoformat(timespec="seconds")


def taken_in_words(taken_at: str, *, clock: bool = False) -> str:
    """The day on which a picture was taken as people read it, with the camera's clock where that is wanted."""
    return datetime.fromisoformat(taken_at).strftime("%-d %B %Y, %H:%M" if clock else "%-d %B %Y")


def shifted(taken_at: str, hours: float) -> str | None:
    """The time so many hours later; None where there is none, or none that can be told."""
    try:
        return clean_taken_at((datetime.fromisoformat(taken_at) + timedelta(hours=hours)).isoformat())
    except (ValueError, OverflowError):
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
                return clean_taken_at(f"{found[1]}-{found[2]}-{found[3]}T{found[4]}{known}")
            except BadRequest:
                return ""
    return ""
