"""The time as MongoDB keeps it, and which day it is."""

from datetime import UTC, date, datetime


def now() -> datetime:
    """The present time: UTC, in whole milliseconds."""
    present = datetime.now(UTC)
    return present.replace(microsecond=present.microsecond // 1000 * 1000)


def today() -> date:
    """The day that the machine's own clock shows; the environment's TZ says whose clock that is."""
    return now().astimezone().date()
