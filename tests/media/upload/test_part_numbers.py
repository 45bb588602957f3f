"""Parts of any size that say by headers which they are, as the SDKs of .NET and of asset-management send them."""

import hashlib
import json
import os
import uuid
from typing import Any

import pytest

from tests.media.http import Got, signed, upload
from tests.media_service import MediaService

MEGABYTE = 1024 * 1024
PARTS = [os.urandom(size) for size in (5 * MEGABYTE, 7 * MEGABYTE + 3, 17)]


def part(cloud: MediaService, upload_id: str, number: int | str, total: int | str = "", **params: Any) -> Got:
    """One part; `total` is not said when it is empty."""
    counts = {"X-Upload-Part-Number": f"{number}"} | ({"X-Upload-Total-Parts": f"{total}"} if total else {})
    content = PARTS[int(number) - 1] if str(number).isdecimal() and 0 < int(number) <= 3 else b"x"
    headers = {"X-Unique-Upload-Id": upload_id, **counts}
    return upload(cloud, signed(cloud, **params), content, kind="raw", headers=headers, name="film.bin")


@pytest.fixture
def upload_id() -> str:
    return uuid.uuid4().hex


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (1, 1, 3, 2, 2)])
@pytest.mark.parametrize("said_by_all", [True, False])
def test_parts_become_a_file_in_their_order(
    cloud: MediaService, upload_id: str, order: tuple[int, ...], *, said_by_all: bool
) -> None:
    totals = [3 if said_by_all or number == 3 else "" for number in order]
    got = [part(cloud, upload_id, number, total) for number, total in zip(order, totals, strict=True)]
    answers = [json.loads(each.body) for each in got]
    ended = [answer["done"] for answer in answers]
    first = ended.index(True)
    assert set(order[: first + 1]) == {1, 2, 3}
    assert not any(ended[:first])
    assert len({answer["public_id"] for answer in answers}) == 1
    whole = b"".join(PARTS)
    assert (answers[-1]["bytes"], answers[-1]["etag"]) == (len(whole), hashlib.md5(whole).hexdigest())


def test_one_part_is_a_whole_file(cloud: MediaService, upload_id: str) -> None:
    answer = json.loads(part(cloud, upload_id, 1, 1).body)
    assert answer["etag"] == hashlib.md5(PARTS[0]).hexdigest()


@pytest.mark.parametrize(
    ("number", "total"),
    [
        (0, 3),
        (4, 3),
        ("one", 3),
        (1, "many"),
        (-1, 3),
        (10_001, ""),
        (1, 10_001),
        (1, "0"),
        (3, ""),
    ],
)
def test_numbers_that_make_no_sense_are_refused(
    cloud: MediaService, upload_id: str, number: int | str, total: int | str
) -> None:
    """The last one among them is a small part that is not said to be the last."""
    assert part(cloud, upload_id, number, total).status == 400


def test_totals_that_differ_are_refused(cloud: MediaService, upload_id: str) -> None:
    assert part(cloud, upload_id, 1, 3).status == 200
    assert part(cloud, upload_id, 2, 2).status == 400
    assert part(cloud, upload_id, 2).status == 200
    other = f"{upload_id}x"
    assert part(cloud, other, 2).status == 200
    assert part(cloud, other, 1, 1).status == 200  # alone it is a whole file
    assert part(cloud, other, 1, 2).status == 200


def test_a_total_below_what_has_come_is_refused(cloud: MediaService, upload_id: str) -> None:
    assert part(cloud, upload_id, 2).status == 200
    later = upload(
        cloud,
        signed(cloud),
        PARTS[1],
        kind="raw",
        headers={
            "X-Unique-Upload-Id": upload_id,
            "X-Upload-Part-Number": "5",
        },
        name="film.bin",
    )
    assert later.status == 200
    assert part(cloud, upload_id, 1, 3).status == 400
