"""One message after an action, shown on the next page: a text, perhaps a link, perhaps an Undo."""

from dataclasses import asdict, dataclass
from typing import Any

from flask import flash, get_flashed_messages, request, session


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
