"""Chunked uploads: order, repetition, restart, unknown totals, and what does not fit."""

import hashlib
import json
import os
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.media.http import Got, send, signed, upload
from tests.media_service import MediaService
from tests.services import Services

MEGABYTE = 1024 * 1024
CONTENT = os.urandom(14 * MEGABYTE)
PARTS = [(0, 6 * MEGABYTE), (6 * MEGABYTE, 12 * MEGABYTE), (12 * MEGABYTE, len(CONTENT))]


def part(
    cloud: MediaService, upload_id: str, first: int, end: int, total: int | str = len(CONTENT), **params: Any
) -> Got:
    headers = {"Content-Range": f"bytes {first}-{end - 1}/{total}", "X-Unique-Upload-Id": upload_id}
    return upload(
        cloud, signed(cloud, **params), CONTENT[first:end], kind="raw", headers=headers, name="film.bin"
    )


def body(got: Got) -> dict[str, Any]:
    assert got.status == 200, got.body
    answer: dict[str, Any] = json.loads(got.body)
    return answer


def whole(cloud: MediaService, answer: dict[str, Any]) -> None:
    """The finished upload is what was sent."""
    assert answer["done"] is True
    assert answer["bytes"] == len(CONTENT)
    assert answer["etag"] == hashlib.md5(CONTENT).hexdigest()
    assert send(answer["url"]).body == CONTENT


@pytest.fixture
def upload_id() -> str:
    return uuid.uuid4().hex


def spooled(cloud: MediaService) -> set[Path]:
    return {path for path in (cloud.data / "spool").rglob("*") if path.is_file()}


@pytest.fixture
def before(cloud: MediaService) -> set[Path]:
    """What other tests have left half sent."""
    return spooled(cloud)


def test_parts_in_order_with_a_total_known_at_the_end(
    cloud: MediaService, upload_id: str, before: set[Path]
) -> None:
    *middle, last = PARTS
    answers = [body(part(cloud, upload_id, first, end, -1)) for first, end in middle]
    assert [answer["done"] for answer in answers] == [False, False]
    assert len({answer["public_id"] for answer in answers}) == 1
    answer = body(part(cloud, upload_id, *last, public_id=answers[0]["public_id"]))
    assert answer["public_id"] == answers[0]["public_id"]
    whole(cloud, answer)
    assert spooled(cloud) == before


@pytest.mark.parametrize("order", [(2, 1, 0), (1, 0, 2), (0, 0, 1, 1, 2)])
def test_parts_in_any_order_and_again(cloud: MediaService, upload_id: str, order: tuple[int, ...]) -> None:
    answers = [body(part(cloud, upload_id, *PARTS[index])) for index in order]
    whole(cloud, answers[-1])


def test_the_last_part_again_answers_the_same(cloud: MediaService, upload_id: str, before: set[Path]) -> None:
    first = [body(part(cloud, upload_id, *each)) for each in PARTS][-1]
    again = body(part(cloud, upload_id, *PARTS[-1]))
    told = ("asset_id", "version", "done")
    assert {name: again[name] for name in told} == {name: first[name] for name in told}
    assert spooled(cloud) == before


def test_overlapping_parts(cloud: MediaService, upload_id: str) -> None:
    for first, end in ((0, 7 * MEGABYTE), (6 * MEGABYTE, 13 * MEGABYTE)):
        body(part(cloud, upload_id, first, end))
    whole(cloud, body(part(cloud, upload_id, 8 * MEGABYTE, len(CONTENT))))


def test_parts_that_overlap_hold_no_more_than_the_total(
    cloud: MediaService, upload_id: str, before: set[Path]
) -> None:
    for step in range(6):
        body(part(cloud, upload_id, step, step + 6 * MEGABYTE))
    held = sum(path.stat().st_size for path in spooled(cloud) - before if path.name != "total")
    assert held == 6 * MEGABYTE + 5
    body(part(cloud, upload_id, 8 * MEGABYTE, len(CONTENT)))
    whole(cloud, body(part(cloud, upload_id, 3 * MEGABYTE, 9 * MEGABYTE)))


def test_a_restart_between_the_parts(services: Services, upload_id: str) -> None:
    service = services.media(workers=1)
    service.start()
    try:
        body(part(service, upload_id, *PARTS[0]))
        service.kill()
        service.start()
        body(part(service, upload_id, *PARTS[1]))
        service.kill()
        service.start()
        whole(service, body(part(service, upload_id, *PARTS[2])))
    finally:
        service.stop()


@pytest.mark.parametrize(
    ("header", "status"),
    [
        ("bytes 0-99/200", 400),  # small, and not the last one
        ("bytes 0-50/200", 400),  # other than the bytes that came
        ("bytes 5-1/200", 400),
        ("bytes 0-99/50", 400),
        ("bytes 0-99/99999999999", 400),
        ("bytes 99999999900-99999999999/-1", 400),
        ("nonsense", 400),
        ("bytes -1-5/6", 400),
        ("bytes 0-99/9999999999999999999999", 400),
    ],
)
def test_ranges_that_do_not_fit(
    cloud: MediaService, upload_id: str, before: set[Path], header: str, status: int
) -> None:
    headers = {"Content-Range": header, "X-Unique-Upload-Id": upload_id}
    got = upload(cloud, signed(cloud), CONTENT[:100], kind="raw", headers=headers)
    assert got.status == status, got.body
    assert spooled(cloud) == before


def test_a_part_of_five_million_bytes_is_large_enough(cloud: MediaService, upload_id: str) -> None:
    assert body(part(cloud, upload_id, 0, 5_000_000, -1))["done"] is False
    assert part(cloud, upload_id, 5_000_000, 9_999_999, -1).status == 400


def test_small_parts_are_refused_as_cloudinary_does(cloud: MediaService, upload_id: str) -> None:
    for total in (len(CONTENT), -1, "*"):
        got = part(cloud, upload_id, 0, MEGABYTE, total)
        assert got.status == 400
        assert (
            json.loads(got.body)["error"]["message"] == "All parts except EOF-chunk must be larger than 5mb"
        )


def test_a_small_file_whose_length_is_known_only_at_its_end(cloud: MediaService, upload_id: str) -> None:
    headers = {"Content-Range": "bytes 0-99/100", "X-Unique-Upload-Id": upload_id}
    assert upload(cloud, signed(cloud), CONTENT[:100], kind="raw", headers=headers).status == 200


@pytest.mark.parametrize(
    ("first", "other", "status"),
    [
        ({}, {"folder": "somebody_elses"}, 400),
        ({"tags": "a"}, {}, 400),
        ({"public_id": "parts/a"}, {"public_id": "parts/b"}, 400),
        ({"public_id": "parts/c"}, {}, 400),
        ({}, {"public_id": "parts/d"}, 400),
        ({"public_id": "parts/e"}, {"public_id": "parts/e", "timestamp": "later"}, 200),
        ({"tags": "a"}, {"tags": "a", "timestamp": "later"}, 200),
        ({"folder": "f"}, {"folder": "f", "public_id": "told by the first"}, 200),
    ],
)
def test_an_upload_belongs_to_whom_began_it(
    cloud: MediaService, upload_id: str, first: dict[str, Any], other: dict[str, Any], status: int
) -> None:
    told = body(part(cloud, upload_id, *PARTS[0], **first))
    given = {
        name: told["public_id"] if value == "told by the first" else value for name, value in other.items()
    }
    if given.pop("timestamp", ""):
        given["timestamp"] = str(int(time.time()) - 7)
    assert part(cloud, upload_id, *PARTS[1], **given).status == status
    assert body(part(cloud, upload_id, *PARTS[1], **first))["public_id"] == told["public_id"]


def test_an_upload_that_is_done_is_told_to_nobody_else(cloud: MediaService, upload_id: str) -> None:
    whole(cloud, [body(part(cloud, upload_id, *each, tags="own")) for each in PARTS][-1])
    assert part(cloud, upload_id, *PARTS[-1], tags="other").status == 400


def test_totals_that_change_are_refused(cloud: MediaService, upload_id: str) -> None:
    body(part(cloud, upload_id, *PARTS[2]))
    assert part(cloud, upload_id, 0, 6 * MEGABYTE, len(CONTENT) + 5).status == 400
    assert part(cloud, upload_id, 6 * MEGABYTE, 13 * MEGABYTE, 20 * MEGABYTE).status == 400


def test_the_sdk_of_dart_tells_the_last_byte_in_its_own_way(cloud: MediaService, upload_id: str) -> None:
    """Counted from the part's beginning, and for a part beyond the middle as the last of the file."""
    for (first, end), last in zip(PARTS, (6 * MEGABYTE - 1, len(CONTENT) - 1, len(CONTENT) - 1), strict=True):
        told = {"Content-Range": f"bytes {first}-{last}/{len(CONTENT)}", "X-Unique-Upload-Id": upload_id}
        got = upload(cloud, signed(cloud), CONTENT[first:end], kind="raw", headers=told)
    whole(cloud, body(got))
    second = f"{upload_id}b"
    for first, end in PARTS[:2]:
        told = {
            "Content-Range": f"bytes {first}-{end - first - 1}/{20 * MEGABYTE}",
            "X-Unique-Upload-Id": second,
        }
        assert (
            body(upload(cloud, signed(cloud), CONTENT[first:end], kind="raw", headers=told))["bytes"]
            == 6 * MEGABYTE
        )


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "a" * 3000, "%2e%2e%2f", "..\\x"])
def test_upload_ids_are_no_paths(cloud: MediaService, name: str) -> None:
    upload_id = f"{name}{uuid.uuid4().hex}"
    whole(cloud, [body(part(cloud, upload_id, *each)) for each in PARTS][-1])


def test_an_id_is_needed(cloud: MediaService) -> None:
    headers = {"Content-Range": f"bytes 0-{6 * MEGABYTE - 1}/{len(CONTENT)}"}
    got = upload(cloud, signed(cloud), CONTENT[: 6 * MEGABYTE], kind="raw", headers=headers)
    assert got.status == 400
    assert b"X-Unique-Upload-Id" in got.body


@pytest.fixture(autouse=True)
def clean_chunks(cloud: MediaService) -> Iterator[None]:
    """Unfinished uploads of one test are not the next one's."""
    yield
    import shutil

    shutil.rmtree(cloud.data / "spool" / "chunks", ignore_errors=True)
