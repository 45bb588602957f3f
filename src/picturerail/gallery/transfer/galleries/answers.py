"""Fields of the answers of other galleries, whatever they hold: what is missing or strange counts as empty. Pure."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any, TypeAlias

from picturerail.errors import BadRequest
from picturerail.gallery.pictures.capture import clean_taken_at

Answer: TypeAlias = Mapping[str, Any]

MAX_OFFSET = timedelta(hours=14)
_QUARTER = timedelta(minutes=15)


def within(answer: object, *names: str) -> Answer:
    """The object in an answer under these names, one in the other."""
    for name in names:
        answer = answer.get(name) if isinstance(answer, Mapping) else None
    return answer if isinstance(answer, Mapping) else {}


def items(answer: object, name: str = "") -> Iterator[Answer]:
    """The objects of a list, or of the one that stands under a name."""
    listed = answer.get(name) if name and isinstance(answer, Mapping) else answer
    yield from (each for each in (listed if isinstance(listed, list) else ()) if isinstance(each, Mapping))


def text(answer: Answer, *names: str) -> str:
    """The first of these fields that holds something, as text."""
    found = (answer.get(name) for name in names)
    return next((str(each) for each in found if isinstance(each, str | int) and str(each)), "")


def number(answer: Answer, name: str) -> int:
    """A whole number, which some write as text."""
    value = answer.get(name)
    try:
        return int(value) if isinstance(value, str | int | float) else 0
    except (ValueError, OverflowError):
        return 0


def flag(answer: Answer, *names: str) -> bool:
    """Whether one of these fields is true."""
    return any(answer.get(name) is True for name in names)


def time(written: str) -> str:
    """A time as it is kept here; "" for none."""
    try:
        return clean_taken_at(written)
    except BadRequest:
        return ""


def local_time(local: str, instant: str, *, zone_known: bool) -> str:
    """The clock of the camera, with the zone that its distance from the instant tells."""
    try:
        clock = datetime.fromisoformat(local).replace(tzinfo=None)
        there = datetime.fromisoformat(instant).replace(tzinfo=None)
    except ValueError:
        return ""
    offset = clock - there
    if not zone_known or abs(offset) > MAX_OFFSET or offset % _QUARTER:
        return time(clock.isoformat())
    sign, minutes = ("-" if offset < timedelta() else "+"), int(abs(offset).total_seconds()) // 60
    return time(f"{clock.isoformat(timespec='seconds')}{sign}{minutes // 60:02}:{minutes % 60:02}")
