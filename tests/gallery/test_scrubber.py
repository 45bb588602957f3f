"""The scrubber of the timeline: how far it reaches for whom, and where its fields lead."""

import html
import re

import pytest
from flask.testing import FlaskClient

from tests.gallery.conftest import Maker, opened

RANGE = re.compile(r'type="range"[^>]* min="0" max="(\d+)" data-begin="(\d+)" data-step="-1"')
YEARS = re.compile(r'name="year"[^>]* min="(\d+)" max="(\d+)" value="(\d+)"')
CHOSEN = re.compile(r'<option value="(\d+)" selected>')


def scrubber(client: FlaskClient, path: str = "/timeline/") -> list[int]:
    """Months from end to end, the newest in months since the year 0, first and last year, what stands chosen."""
    text = html.unescape(client.get(path).text)
    found = [RANGE.search(text), YEARS.search(text), CHOSEN.search(text)]
    return [int(number) for match in found if match for number in match.groups()]


@pytest.mark.parametrize(
    ("oldest", "reach"),
    [("2021-02-28", 1), ("2020-03-01", 12), ("1969-12-31", 615), ("0001-01-01", 12 * 2020 + 2)],
)
def test_it_reaches_from_the_newest_month_to_the_oldest(
    client: FlaskClient, make: Maker, oldest: str, reach: int
) -> None:
    make(taken_at="2021-03-04T12:00:00")
    assert scrubber(client) == []  # nothing to choose from
    old = make(taken_at=f"{oldest}T12:00:00")
    make(taken_at="1850-01-01T12:00:00", state="trash")
    year, month = int(oldest[:4]), int(oldest[5:7])
    assert scrubber(client) == [reach, 2021 * 12 + 2, year, 2021, 2021, 3]
    assert scrubber(client, f"/timeline/?year={year}")[-2:] == [year, 3 if year == 2021 else month]
    assert opened(client, f"/gallery/?order=taken&month={month}&year={year}").tiles() == [old.id]


def test_what_somebody_may_not_see_does_not_stretch_it(
    client: FlaskClient, people: dict[str, FlaskClient], make: Maker
) -> None:
    for day in ("2021-03-04", "2020-05-06"):
        make(taken_at=f"{day}T12:00:00")
    for day in ("1999-01-02", "2031-01-02"):
        make(taken_at=f"{day}T12:00:00", visibility="private")
    assert scrubber(client)[:4] == [10, 2021 * 12 + 2, 2020, 2021]
    assert scrubber(people["owner"])[:4] == [12 * 32, 2031 * 12, 1999, 2031]


@pytest.mark.parametrize(
    "query",
    [
        *("month=0&year=2024", "month=13&year=2024", "month=5&year=", "month=&year=2024", "month=5&year=0"),
        *("month=5&year=-1", "month=5&year=2024.5", "month=5&year=12345", "month=٥&year=2024", "month=5"),
    ],
)
def test_a_month_that_is_none_is_refused(client: FlaskClient, query: str) -> None:
    answer = client.get(f"/gallery/?order=taken&{query}")
    assert answer.status_code == 400
    assert "Give a year and a month to jump to" in answer.text
