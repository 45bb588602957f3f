"""The door: what a request says, checked and typed, or a 4xx that tells what to change."""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from werkzeug.datastructures import MultiDict

from picturerail.errors import BadRequest
from picturerail.url_parts import read_url

MAX_WAY_BACK = 2000  # characters of an address: nginx refuses an answer whose headers have more than 4,000

_PATH = re.compile(r"/(?![/\\])[\x21-\x5b\x5d-\x7e]*")
_STRANGE = re.compile(r"[\x00-\x20\x7f\\]")
_DECIMAL = re.compile(r"[-+]?\d{1,6}(\.\d{1,6})?")
# as half of the world's keyboards have them
_SIGNS = str.maketrans(",\N{ARABIC DECIMAL SEPARATOR}\N{MINUS SIGN}", "..-")
_DAY = re.compile(r"[0-9]{4}(-[0-9]{2}){0,2}")
_CURSOR = re.compile(r"[0-9a-f]{24}")
MAX_PAGE = 10**9


def field(form: Mapping[str, Any], name: str, *, limit: int = 10_000, required: bool = True) -> str:
    """One text of a form or of JSON; anything but a text is refused, operators of the database included."""
    value = form.get(name)
    if value is None and not required:
        return ""
    if not isinstance(value, str):
        raise BadRequest(f"'{name}' is missing." if value is None else f"'{name}' must be a text.")
    if len(value) > limit:
        raise BadRequest(f"'{name}' may have at most {limit:,} characters.")
    return value


def by_commas(form: Mapping[str, Any], name: str) -> list[str]:
    """The parts of a form's text between commas; none when it is missing."""
    return field(form, name, required=False).split(",")


def number(form: Mapping[str, Any], name: str) -> int:
    """One whole number, not negative, of JSON."""
    value = form.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise BadRequest(f"'{name}' must be a whole number.")
    return value


def amount(form: Mapping[str, Any], name: str, default: float, low: float, high: float) -> float:
    """One number of a form between two bounds, as people write it; the default where nothing is written."""
    text = field(form, name, limit=20, required=False).strip().translate(_SIGNS)
    if not text:
        return default
    if not _DECIMAL.fullmatch(text) or not low <= float(text) <= high:
        raise BadRequest(f"'{name}' must be a number between {low} and {high}.")
    return float(text)


def cursor(args: MultiDict[str, str]) -> tuple[str, str]:
    """(direction, picture id) of a page's address: at most one of `after`, `before` and `at`."""
    given = [(name, args[name]) for name in ("after", "before", "at") if name in args]
    if not given:
        return "after", ""
    if len(given) > 1 or not _CURSOR.fullmatch(given[0][1]):
        raise BadRequest("The address of this page is not right. Begin with the first page of the gallery.")
    return given[0]


def size(args: MultiDict[str, str], name: str, limit: int) -> int:
    """A number of pixels between 1 and `limit`, which is also what a missing one counts as."""
    text = args.get(name, str(limit))
    if not (text.isascii() and text.isdigit() and len(text) < 10 and int(text) > 0):
        raise BadRequest(f"'{name}' must be a number of pixels.")
    return min(int(text), limit)


def is_day(text: str) -> bool:
    """Whether a text is a year, a month or a day: 2026, 2026-05, 2026-05-17."""
    return _DAY.fullmatch(text) is not None


def year(args: MultiDict[str, str]) -> int:
    """The year that is asked for; 0 when none is."""
    text = args.get("year", "")
    if text and not (text.isascii() and text.isdigit() and len(text) <= 4):
        raise BadRequest("Give a year in numbers, such as year=2026.")
    return int(text or 0)


def month(args: MultiDict[str, str]) -> tuple[int, int] | None:
    """(year, month) to jump to; None when none is asked for."""
    texts = [args.get("year", ""), args.get("month", "")]
    if not any(texts):
        return None
    if not all(text.isascii() and text.isdigit() and len(text) <= 4 for text in texts):
        raise BadRequest("Give a year and a month to jump to, such as year=2026&month=5.")
    year, number = int(texts[0]), int(texts[1])
    if not (year and 1 <= number <= 12):
        raise BadRequest("Give a year and a month to jump to, such as year=2026&month=5.")
    return year, number


def page_number(args: MultiDict[str, str]) -> int:
    """The page's number, for the eye only; 0 when nobody knows it, as after a jump into the middle."""
    text = args.get("page", "")
    return min(int(text), MAX_PAGE) if text.isascii() and text.isdigit() and len(text) < 12 else 0


def local_path(text: str, otherwise: str) -> str:
    """The address if it lies on this site for every browser, and can be led to, else `otherwise`."""
    if len(text) > MAX_WAY_BACK:
        return otherwise
    path = unquote(text.partition("?")[0])
    fits = _PATH.fullmatch(text) and "//" not in path and not _STRANGE.search(path)
    parts = read_url(text) if fits else None
    return text if parts and not parts.scheme and not parts.netloc else otherwise
