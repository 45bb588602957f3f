"""The time as MongoDB keeps it."""

from datetime import UTC, datetime


def now() -> datetime:
    """The present time: UTC, in whole milliseconds."""
    present = datetime.now(UTC)
    return present.replace(microsecond=present.microsecond // 1000 * 1000)
