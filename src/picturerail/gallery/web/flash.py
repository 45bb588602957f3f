"""One message after an action, shown on the next page: a text, perhaps a link, perhaps an Undo."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from flask import flash, get_flashed_messages, request, session

MAX_TICKS = 100
_TICKS = "ticks"


@dataclass(frozen=True)
class Notice:
    """`kind` is a Bootstrap colour; `undo` is the address that a POST takes the action back with."""

    text: str
    kind: str = "success"
    href: str = ""
    label: str = ""
    undo: str = ""


def notify(notice: Notice) -> None:
    """Show this on the person's next page."""
    flash(asdict(notice))  # type: ignore[arg-type]


def notices() -> list[Notice]:
    """The messages for this page, once. A visitor without our cookie has none, and gets none."""
    if not request.cookies or not session:
        return []
    given: list[Any] = get_flashed_messages()
    return [Notice(**one) for one in given if isinstance(one, dict)]


def keep_ticks(picture_ids: Sequence[str]) -> None:
    """Tick these again on the next page with boxes; what does not fit into a cookie is let go."""
    session[_TICKS] = list(picture_ids[:MAX_TICKS])


def ticks() -> frozenset[str]:
    """The pictures to tick on this page, once."""
    return frozenset(session.pop(_TICKS, ())) if request.cookies else frozenset()
