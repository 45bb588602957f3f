"""The log of the server processes: times in UTC, one line for each thing, no secrets, bounded refusals."""

import io
import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from urllib3 import HTTPConnectionPool
from urllib3.connection import HTTPConnection

from picturerail import logs


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """What the log writes, which is as before when the test is over."""
    root, refused = logging.getLogger(), logging.getLogger("picturerail.refused")
    before = (list(root.handlers), root.level, list(refused.filters))
    stream = io.StringIO()
    logs.configure(stream)
    yield stream
    root.handlers[:], refused.filters[:] = before[0], before[2]
    root.setLevel(before[1])


def refuse(status: int, number: int = 1) -> None:
    for _ in range(number):
        logs.note_refusal(status, "POST", "/reset/<token>", who="nobody", address="10.0.0.1", request_id="ab")


def test_each_line_has_its_time_in_utc(written: io.StringIO) -> None:
    logging.getLogger("picturerail.media.web").error("it broke")
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ ERROR picturerail\.media\.web: it broke\n", written.getvalue()
    )


def test_more_calls_at_once_than_connections_are_kept_is_no_trouble(written: io.StringIO) -> None:
    """As when the bytes of many pictures are moved: one line for each call told operators of nothing."""
    with HTTPConnectionPool("localhost", maxsize=1) as pool:
        for _ in range(2):
            pool._put_conn(HTTPConnection("localhost"))
    assert not written.getvalue()
    logging.getLogger("urllib3.connectionpool").warning("Retrying after connection broken")
    assert "Retrying" in written.getvalue()


def test_nobody_writes_a_line_of_their_own(written: io.StringIO) -> None:
    forged = "/a\n2026-01-01T00:00:00Z ERROR forged: \x1b[31m\r\u2028\x85x"
    log = logging.getLogger("picturerail")
    log.error("%s", forged)
    log.error("with a traceback", exc_info=ValueError(forged))
    lines = re.split(r"[\n\r\x85\u2028]", written.getvalue().removesuffix("\n"))
    assert r"/a\n2026-01-01T00:00:00Z ERROR forged: \x1b[31m\r\u2028\x85x" in lines[0]
    assert lines[1].endswith("ERROR picturerail: with a traceback")
    assert all(line.startswith("    ") for line in lines[2:])
    assert "\x1b" not in written.getvalue()


def test_a_refusal_is_one_line_without_a_secret(written: io.StringIO) -> None:
    for status in logs.REFUSED:
        refuse(status)
    lines = written.getvalue().splitlines()
    assert len(lines) == len(logs.REFUSED)
    assert lines[0].endswith(
        "WARNING picturerail.refused: 401 for POST /reset/<token>, nobody at 10.0.0.1 (request ab)"
    )


def test_no_other_file_is_written() -> None:
    sources = Path(logs.__file__).parent.rglob("*.py")
    assert [
        path for path in sources if re.search(r"FileHandler|logging\.handlers|basicConfig", path.read_text())
    ] == []


def test_strangers_cannot_fill_it(written: io.StringIO) -> None:
    refused, moment = logging.getLogger("picturerail.refused"), [60.0]
    refused.filters[:] = [logs.RefusalBound(3, lambda: moment[0])]
    refuse(401, 100)
    assert len(written.getvalue().splitlines()) == 3
    moment[0] = 120.0
    refuse(401)
    assert written.getvalue().endswith("; 97 before it were left out\n")
