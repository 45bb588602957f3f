"""Which day it is."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from picturerail import clock


@pytest.fixture
def zone(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[None]:
    with monkeypatch.context() as patch:
        patch.setenv("TZ", request.param)
        time.tzset()
        yield
    time.tzset()


@pytest.mark.parametrize(
    ("zone", "day"),
    [("UTC", "2026-11-30"), ("Asia/Tokyo", "2026-12-01"), ("America/Los_Angeles", "2026-11-29")],
    indirect=["zone"],
)
@pytest.mark.usefixtures("zone")
def test_today_is_the_day_where_the_machine_is(monkeypatch: pytest.MonkeyPatch, day: str) -> None:
    hour = 20 if day > "2026-11-30" else 3
    monkeypatch.setattr(clock, "now", lambda: datetime(2026, 11, 30, hour, tzinfo=UTC))
    assert f"{clock.today()}" == day
