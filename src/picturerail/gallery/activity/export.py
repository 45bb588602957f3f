"""The activity log as a file: CSV for spreadsheets, or a line of JSON for each."""

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from picturerail.gallery.activity.model import ActivityEntry

COLUMNS = ("id", "at", "who", "name", "address", "deed", "number", "things", "about")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")  # with which a spreadsheet would begin to reckon


def as_csv(entries: Iterable[ActivityEntry]) -> Iterator[str]:
    """A line of names, and one for each entry."""
    yield _row(COLUMNS)
    for entry in entries:
        told = told_of(entry)
        things = " ".join(entry.things)
        yield _row([_harmless(str({**told, "things": things}[column])) for column in COLUMNS])


def as_json_lines(entries: Iterable[ActivityEntry]) -> Iterator[str]:
    """A line of JSON for each entry."""
    for entry in entries:
        yield json.dumps(told_of(entry), ensure_ascii=False) + "\n"


Exporter = Callable[[Iterable[ActivityEntry]], Iterator[str]]

FORMATS: Mapping[str, tuple[str, Exporter]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "jsonl": ("application/x-ndjson", as_json_lines),
}


def told_of(entry: ActivityEntry) -> dict[str, object]:
    """An entry as exports and the API tell it."""
    return {
        "id": entry.id,
        "at": entry.at.isoformat(timespec="milliseconds"),
        "who": entry.who,
        "name": entry.name,
        "address": entry.address,
        "deed": entry.deed,
        "number": entry.number,
        "things": list(entry.things),
        "about": entry.about,
    }


def _row(values: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(values)
    return line.getvalue()


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text
