"""One message after an action, shown on the next page: a text, perhaps a link, perhaps an Undo."""

from collections.abc import MutableMapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from flask import flash, get_flashed_messages, request, session

MAX_TICKS = 100
MAX_TEXT = 250  # characters: names of files and tags stand in it, which may be long
_TICKS, _NOTICES = "ticks", "_flashes"


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
    flash(asdict(replace(notice, text=_shortened(notice.text))))  # type: ignore[arg-type]


def _shortened(text: str) -> str:
    """A text without its middle, when it is too long: it begins with what it is about, and ends with the reason."""
    half = MAX_TEXT // 2 - 2
    return text if len(text) <= MAX_TEXT else f"{text[:half]} … {text[-half:]}"


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


def let_go(kept: MutableMapping[str, Any]) -> bool:
    """Take out what can be done without first, ticks, then the oldest notice; False when there is nothing such."""
    if kept.pop(_TICKS, None) is not None:
        return True
    if notices := kept.get(_NOTICES):
        kept[_NOTICES] = notices[1:]
    return bool(notices)
