"""The activity log as a file: CSV for spreadsheets, or a line of JSON for each."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping

from picturerail.gallery import spreadsheet
from picturerail.gallery.activity.model import ActivityEntry

COLUMNS = ("id", "at", "who", "name", "address", "deed", "number", "things", "about")


def as_csv(entries: Iterable[ActivityEntry]) -> Iterator[str]:
    """A line of names, and one for each entry."""
    yield spreadsheet.BEGIN + spreadsheet.row(COLUMNS)
    for entry in entries:
        told = told_of(entry)
        things = " ".join(entry.things)
        yield spreadsheet.row([{**told, "things": things}[column] for column in COLUMNS])


def as_json_lines(entries: Iterable[ActivityEntry]) -> Iterator[str]:
    """A line of JSON for each entry."""
    for entry in entries:
        yield json.dumps(told_of(entry), ensure_ascii=False) + "\n"


Exporter = Callable[[Iterable[ActivityEntry]], Iterator[str]]

FORMATS: Mapping[str, tuple[str, Exporter]] = {
    "csv": (spreadsheet.CONTENT_TYPE, as_csv),
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
