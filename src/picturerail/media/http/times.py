"""Moments as clients of several languages write them. Pure."""

import re
from datetime import UTC, datetime

_SAID = re.compile(r" \(.*\)$")  # the name of a zone behind its number
_FORMS = (
    "%a %b %d %Y %H:%M:%S GMT%z",  # JavaScript; in a query its + may have become a space
    *("%a, %d %b %Y %H:%M:%S %Z", "%Y-%m-%d %H:%M:%S %Z"),  # HTTP, Ruby
)


def read_time(text: str) -> datetime:
    """The moment; without a zone it is UTC. ValueError for text that is none."""
    plain = re.sub(r"GMT (?=\d{4})", "GMT+", _SAID.sub("", text.strip()))
    plain = re.sub(r"(?<=\d) (?=[+-]\d\d)", "", plain)  # Ruby has a space before the zone
    try:
        found = datetime.fromisoformat(plain)
    except ValueError:
        found = next(filter(None, (_by(form, plain) for form in _FORMS)), None) or _none(text)
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _by(form: str, text: str) -> datetime | None:
    try:
        return datetime.strptime(text, form)  # noqa: DTZ007 - the zone is added above
    except ValueError:
        return None


def _none(text: str) -> datetime:
    raise ValueError(f"not a time: {text[:50]}")
