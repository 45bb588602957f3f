"""Parts of what an edge keeps: each form of a range, from a copy, for a first visitor, and through a row."""

import hashlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.client import get
from tests.edge.conftest import Running
from tests.edge.origin import Answer, Asked, Origin
from tests.edge.test_row import row_of

PATH = "/picturerail/raw/upload/v1/large-{}.bin"
WHOLE = hashlib.shake_256(b"picture").digest(1_000_000)
LENGTH = len(WHOLE)
ETAG, CHANGED = '"one"', "Sun, 22 Nov 2026 10:00:00 GMT"


def original(asked: Asked) -> Answer:
    headers = {"Content-Type": "application/octet-stream", "Cache-Control": "public, max-age=3600"}
    return Answer(headers=headers | {"ETag": ETAG, "Last-Modified": CHANGED}, body=WHOLE)


@pytest.fixture(params=["one", "row"])
def place(request: pytest.FixtureRequest, edge: Running, origin: Origin, tmp_path: Path) -> Iterator[Running]:
    """One edge by itself, or the first one of a row."""
    origin.answer = original
    if request.param == "one":
        yield edge
        return
    row = row_of(2, origin, tmp_path / "row")
    yield row[0]
    for each in row:
        each.close()


@pytest.mark.parametrize(
    ("asked", "first", "last"),
    [("0-0", 0, 0), ("10-19", 10, 19), ("999999-", 999_999, 999_999), ("-10", 999_990, 999_999),
     ("500000-9999999", 500_000, 999_999), ("-9999999", 0, 999_999)],
)  # fmt: skip
def test_one_range_cold_and_warm(place: Running, origin: Origin, asked: str, first: int, last: int) -> None:
    path = PATH.format(asked)
    for _ in range(2):
        status, headers, part = get(place, path, {"Range": f"bytes={asked}"})
        assert (status, part) == (206, WHOLE[first : last + 1])
        assert headers["Content-Range"] == f"bytes {first}-{last}/{LENGTH}"
        assert headers["ETag"] == ETAG
    assert get(place, path)[2] == WHOLE, "what a range has brought is the whole"
    assert len(origin.asked) == 1
    assert "range" not in origin.asked[0].headers


def test_several_ranges_at_once(place: Running) -> None:
    """While the whole comes in, nginx hands out one range at most, and the whole for more: both are right."""
    path, several = PATH.format("several"), {"Range": "bytes=0-9,100-109,-5"}
    assert get(place, path, several)[0::2] == (200, WHOLE)
    status, headers, body = get(place, path, several)
    assert status == 206
    found = re.fullmatch("multipart/byteranges; boundary=(.+)", headers["Content-Type"])
    assert found
    parts = [part.partition(b"\r\n\r\n")[2][:-2] for part in body.split(b"--" + found[1].encode())[1:-1]]
    assert parts == [WHOLE[:10], WHOLE[100:110], WHOLE[-5:]]
    status, _, body = get(place, path, {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(6))})
    assert (status, body) == (200, WHOLE), "more than five cost more than the whole"


@pytest.mark.parametrize("asked", ["1000000-", "5000000-6000000", "9-3", "-0", "a-b"])
def test_what_is_no_part_of_it(place: Running, asked: str) -> None:
    status, headers, body = get(place, PATH.format("none"), {"Range": f"bytes={asked}"})
    assert status in (200, 416)
    if status == 416:
        assert headers["Content-Range"] == f"bytes */{LENGTH}"
    else:
        assert body == WHOLE
    assert get(place, PATH.format("none"))[2] == WHOLE, "and a refusal is not kept"


@pytest.mark.parametrize(
    ("condition", "status"),
    [(ETAG, 206), ('"two"', 200), (f"W/{ETAG}", 200), (CHANGED, 206), ("Sat, 21 Nov 2026 10:00:00 GMT", 200)],
)
def test_a_part_only_of_what_the_visitor_has_the_rest_of(place: Running, condition: str, status: int) -> None:
    path = PATH.format("if-range")
    for _ in range(2):
        got = get(place, path, {"Range": "bytes=10-19", "If-Range": condition})
        assert got[0] == status
        assert got[2] == (WHOLE[10:20] if status == 206 else WHOLE)


@pytest.mark.slow
def test_a_huge_file(place: Running, origin: Origin) -> None:
    """Ranges are cut from the whole: the first visitor of a part waits for all of it, the others do not."""
    huge = WHOLE * 200
    origin.answer = lambda asked: Answer(headers=original(asked).headers, body=huge)
    path = PATH.format("huge")
    for start in (len(huge) - 10, 123_456_789, 0):
        assert get(place, path, {"Range": f"bytes={start}-{start + 9}"})[2] == huge[start : start + 10]
    assert len(origin.asked) == 1
