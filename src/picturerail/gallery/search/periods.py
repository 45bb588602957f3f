"""Ranges of days as the fewest years, months and days that fill them, each of which is one place in the index. Pure."""

import calendar
import re
from datetime import date, timedelta

FIRST, LAST = 1826, 2100  # the first photograph, and far away
_DAY = re.compile(r"(\d{4})(?:-(\d\d)(?:-(\d\d))?)?")


def periods_of(text: str) -> tuple[str, ...]:
    """What `FROM..UNTIL` fills, each a year, a month or a day (2024, 2024-05, 2024-05-17); () for no such range.

    Both ends belong to it, and one may be left away.
    """
    begin, dots, end = text.partition("..")
    if not dots or not (begin or end):
        return ()
    first = _first(begin) if begin else date(FIRST, 1, 1)
    last = _last(end) if end else date(LAST, 12, 31)
    if first is None or last is None or first > last:
        return ()
    return tuple(_filled(max(first, date(FIRST, 1, 1)), min(last, date(LAST, 12, 31))))


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


def _filled(day: date, last: date) -> list[str]:
    """From `day` to `last`, at each step the longest period that begins there and fits."""
    periods = []
    while day <= last:
        year_end, month_end = date(day.year, 12, 31), _end_of_month(day)
        if (day.month, day.day) == (1, 1) and year_end <= last:
            end, name = year_end, f"{day:%Y}"
        elif day.day == 1 and month_end <= last:
            end, name = month_end, f"{day:%Y-%m}"
        else:
            end, name = day, f"{day:%Y-%m-%d}"
        periods.append(name)
        day = end + timedelta(days=1)
    return periods


def _end_of_month(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])
