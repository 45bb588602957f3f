"""Lists by tag for scripts in pages: open where a setting says so, else for signed addresses only."""

import json
import uuid
from dataclasses import replace
from typing import Any

import pytest
from cloudinary.utils import cloudinary_url

from picturerail.media.delivery import tag_list
from picturerail.media.http.raw_request import RawRequest
from picturerail.media.service import Media
from picturerail.media.urls.delivery_path import parse_path
from tests.files import jpeg
from tests.media.http import send, signed, upload
from tests.media.in_process import put
from tests.media_service import MediaService


def test_a_signed_address_lists_what_is_public(cloud: MediaService) -> None:
    tag = f"tag {uuid.uuid4().hex}"
    names = [f"listed/{uuid.uuid4().hex}" for _ in range(4)]
    for name, more in zip(
        names, ({"context": "alt=x"}, {}, {"access_mode": "authenticated"}, {}), strict=True
    ):
        assert upload(cloud, signed(cloud, public_id=name, tags=tag, **more), jpeg(20, 10)).status == 200
    upload(cloud, signed(cloud, public_id=f"{names[0]}p", tags=tag, type="private"), jpeg(20, 10))
    url, _ = cloudinary_url(f"{tag}.json", type="list", sign_url=True)
    got = send(url)
    assert (got.status, got.headers["content-type"]) == (200, "application/json")
    assert got.headers["access-control-allow-origin"] == "*"
    told: list[dict[str, Any]] = json.loads(got.body)["resources"]
    assert [each["public_id"] for each in told] == [names[3], names[1], names[0]]
    assert {*told[0]} == {"public_id", "version", "format", "width", "height", "type", "created_at"}
    assert told[2]["context"] == {"custom": {"alt": "x"}}
    again = send(url, headers={"If-None-Match": got.headers["etag"]})
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize("path", ["image/list/a.json", "image/list/v1/a.json", "raw/list/a.json"])
def test_without_a_signature_it_is_closed(cloud: MediaService, path: str) -> None:
    got = send(f"{cloud.delivery}/{path}")
    assert (got.status, b"PICTURERAIL_TAG_LISTS" in got.body) == (401, True)
    assert send(f"{cloud.delivery}/image/list/s--AAAAAAAA--/a.json").status == 401


def test_the_setting_opens_it(media: Media) -> None:
    put(media, "a", jpeg(20, 10))
    media.database["assets"].update_one({}, {"$set": {"tags": ["red"]}})
    opened = replace(media, settings=replace(media.settings, tag_lists=True))

    def listed(path: str) -> list[str]:
        raw = RawRequest(path, f"/cloud/{path}", "", {}, "")
        answer = tag_list.deliver_list(opened, raw, parse_path(path))
        return [each["public_id"] for each in json.loads(answer.get_data())["resources"]]

    assert listed("image/list/red.json") == ["a"]
    assert listed("image/list/v7/red.json") == ["a"]
    assert listed("image/list/blue.json") == []
    assert listed("raw/list/red.json") == []
