"""Originals that were asked for are answered without a look at the database, until anything about them changes."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import cloudinary
import pytest
from cloudinary import api, uploader

from tests.files import jpeg
from tests.media.delivery.client import get, put
from tests.media.http import send
from tests.media_service import MediaService
from tests.service import wait_until

CLOSED = [{"access_type": "token"}]
PICTURES = {"small": jpeg(60, 40, 1), "large": jpeg(60, 40, 2) + bytes(300_000)}
OTHER = jpeg(50, 50, 3)
CHANGES: dict[str, tuple[Callable[[str], Any], int]] = {
    "access_control": (lambda name: api.update(name, access_control=CLOSED), 401),
    "type": (lambda name: uploader.rename(name, name, to_type="private"), 404),
    "name": (lambda name: uploader.rename(name, f"{name}2"), 404),
    "destroyed": (lambda name: uploader.destroy(name), 404),
    "deleted": (lambda name: api.delete_resources([name]), 404),
    "replaced": (lambda name: uploader.upload(OTHER, public_id=name), 200),
    "replaced and closed": (
        lambda name: uploader.upload(OTHER, public_id=name, access_control=json.dumps(CLOSED)),
        401,
    ),
}


def held(cloud: MediaService, address: str, content: bytes) -> None:
    """Ask until the application is not reached any more, which names each request."""

    def is_held() -> bool:
        got = send(address)
        assert (got.status, got.body) == (200, content)
        return "x-request-id" not in got.headers

    wait_until(lambda: all(is_held() for _ in range(2 * cloud.workers)))


@pytest.mark.parametrize("size", PICTURES)
@pytest.mark.parametrize("change", CHANGES)
def test_no_process_answers_with_what_it_held_after_a_change(
    cloud: MediaService, size: str, change: str
) -> None:
    cloudinary.config(**cloud.sdk_config)
    name = uuid.uuid4().hex
    put(cloud, PICTURES[size], public_id=name)
    address = f"{cloud.delivery}/image/upload/{name}.jpg"
    held(cloud, address, PICTURES[size])
    act, status = CHANGES[change]
    act(name)
    for _ in range(4 * cloud.workers):
        got = send(address)
        assert got.status == status, got.body[:100]
        assert status != 200 or got.body == OTHER


@pytest.mark.parametrize("size", PICTURES)
def test_a_held_original_is_answered_as_one_that_was_not(cloud: MediaService, size: str) -> None:
    asset = put(cloud, PICTURES[size], public_id=f"a/{uuid.uuid4().hex}")
    for transformation in ("", "fl_attachment:n"):
        first = get(cloud, asset, transformation)
        middle = f"{transformation}/" if transformation else ""
        address = f"{cloud.delivery}/image/upload/{middle}v{asset['version']}/{asset['public_id']}.jpg"
        held(cloud, address, PICTURES[size])
        for method, fields in (("GET", {}), ("HEAD", {}), ("GET", {"If-None-Match": first.headers["etag"]})):
            got = send(address, method, headers=fields)
            expected = send(f"{address}?a=%41", method, headers=fields)  # which may name something
            left_out = ("date", "x-request-id")
            assert got.status == expected.status
            assert {name: value for name, value in got.headers.items() if name not in left_out} == {
                name: value for name, value in expected.headers.items() if name not in left_out
            }
            assert got.body == expected.body
        part = send(address, headers={"Range": "bytes=3-9"})
        assert (part.status, part.body) == (206, PICTURES[size][3:10])


@pytest.mark.parametrize("size", PICTURES)
def test_a_damaged_original_is_never_answered(cloud: MediaService, size: str) -> None:
    content = PICTURES[size]
    asset = put(cloud, content)
    held(cloud, f"{cloud.delivery}/image/upload/{asset['public_id']}.jpg", content)
    record = cloud.records["assets"].find_one({"asset_id": asset["asset_id"]})
    assert record is not None
    (cloud.data / "originals" / record["original"]).write_bytes(content[:-1] + b"!")
    for _ in range(2 * cloud.workers):
        got = get(cloud, asset)
        assert got.status in (404, 503) or got.body == content
