"""Values in search expressions: numbers, sizes, ratios and times. Pure; ValueError says what is expected."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from picturerail.media.store.search_fields import rounded_ratio

SIZES = {"": 1, "b": 1, "k": 1024, "m": 1024**2, "g": 1024**3}
AGES = {"h": 1 / 24, "d": 1, "w": 7, "m": 30, "y": 365}  # in days
MAX_AGE_DAYS = 365_000

_NUMBER = re.compile(r"-?\d{1,15}(?:\.\d{1,10})?", re.ASCII)
_SIZE = re.compile(r"(\d{1,15}(?:\.\d{1,10})?) ?(?:([kmg])b?|b)?", re.ASCII | re.IGNORECASE)
_RATIO = re.compile(r"(\d{1,6}(?:\.\d{1,6})?):(\d{1,6}(?:\.\d{1,6})?)", re.ASCII)
_AGE = re.compile(r"(\d{1,6})([hdwmy])", re.ASCII)
_UNIX = re.compile(r"\d{6,11}", re.ASCII)


@dataclass(frozen=True)
class TimeSpan:
    """The moments that a time in an expression means: from `start` to before `end`. An age is one moment."""

    start: datetime
    end: datetime


def number(text: str) -> float | int:
    """A number, whole when it is written so."""
    if not _NUMBER.fullmatch(text):
        raise ValueError("a number is expected")
    return float(text) if "." in text else int(text)


def size(text: str) -> int:
    """Bytes: 500, 100kb, 1.5m, 2gb; a kilobyte has 1024."""
    if not (match := _SIZE.fullmatch(text)):
        raise ValueError("a size is expected, such as 500, 100kb or 1.5mb")
    return round(float(match[1]) * SIZES[(match[2] or "").lower()])


def ratio(text: str) -> float:
    """Width over height: 1.33 or 4:3, rounded as it is stored."""
    if match := _RATIO.fullmatch(text):
        if not float(match[2]):
            raise ValueError("a ratio such as 4:3 is expected")
        return rounded_ratio(float(match[1]), float(match[2]))
    return rounded_ratio(float(number(text)), 1)


def flag(text: str) -> bool:
    """True or false."""
    if text not in ("true", "false"):
        raise ValueError("true or false is expected")
    return text == "true"


def span(text: str, now: datetime) -> TimeSpan:
    """A day, a second of ISO 8601, Unix seconds, or an age such as 3d, counted back from `now`."""
    if match := _AGE.fullmatch(text):
        days = min(int(match[1]) * AGES[match[2]], MAX_AGE_DAYS)
        return TimeSpan(now - timedelta(days=days), now - timedelta(days=days))
    try:
        if _UNIX.fullmatch(text):
            return _second(datetime.fromtimestamp(int(text), UTC))
        if len(text) == len("2026-01-31"):
            day = datetime.combine(date.fromisoformat(text), time(), UTC)
            return TimeSpan(day, day + timedelta(days=1))
        moment = datetime.fromisoformat(text)
        return _second(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        raise ValueError(
            "a time is expected: 2026-01-31, 2026-01-31T12:00:00Z, Unix seconds, or an age such as 3d"
        ) from None


def _second(moment: datetime) -> TimeSpan:
    return TimeSpan(moment, moment + timedelta(seconds=1))
