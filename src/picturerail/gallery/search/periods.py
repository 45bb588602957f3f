"""Ranges of days as the fewest periods that fill them, each of which is one place in the index. Pure.

These are years, months and days; of centuries in which few cameras worked, whole ones too, so that a range without an
end has as many places as one of some centuries.
"""

import calendar
import re
from collections.abc import Iterator
from datetime import date, timedelta

BY_YEAR = ("19", "20")  # the first digits of the years that stand in the index by themselves only
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def periods_of(text: str) -> tuple[str, ...]:
    """What `FROM..UNTIL` fills, in periods (17, 2024, 2024-05, 2024-05-17); () for no such range.

    Both ends belong to it, and one may be left away.
    """
    begin, dots, end = text.partition("..")
    if not dots or not (begin or end):
        return ()
    first = _first(begin) if begin else date.min
    last = _last(end) if end else date.max
    if first is None or last is None or first > last:
        return ()
    return tuple(_filled(first, last))


def century_of(taken: str) -> str:
    """The century of a day (2024-05-17) as it stands in the index; "" when it does not."""
    return "" if taken[:2] in BY_YEAR else taken[:2]


def _first(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(int(found[1]), int(found[2] or 1), int(found[3] or 1))
    except ValueError:
        return None


def _last(text: str) -> date | None:
    """The last day of a year, a month or a day."""
    found, first = _DAY.fullmatch(text), _first(text)
    if found is None or first is None:
        return None
    if found[3]:
        return first
    return _end_of_month(first) if found[2] else date(first.year, 12, 31)


def _filled(day: date, last: date) -> Iterator[str]:
    """From `day` to `last`, at each step the longest period that begins there and fits."""
    while True:
        end, name = next(period for period in _periods_from(day) if period[0] <= last)
        yield name
        if end == last:
            return
        day = end + timedelta(days=1)


def _periods_from(day: date) -> Iterator[tuple[date, str]]:
    """The periods that begin at a day, the longest first: the last day of each, and its name."""
    text = day.isoformat()
    if (day.month, day.day) == (1, 1):
        if (day.year % 100 == 0 or day == date.min) and (century := century_of(text)):
            yield date(day.year // 100 * 100 + 99, 12, 31), century
        yield date(day.year, 12, 31), text[:4]
    if day.day == 1:
        yield _end_of_month(day), text[:7]
    yield day, text


def _end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
