"""Bodies of calls as languages and their libraries write them: one way was taken, another dropped or refused."""

import json
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.files import animated_gif, png
from tests.media.http import form, send, signed
from tests.media.test_spellings import BASIC, JPEG, ask, name, put
from tests.media_service import MediaService

pytestmark = pytest.mark.usefixtures("cloud")


def test_letters_of_a_media_type_are_equal_in_both_sizes(cloud: MediaService) -> None:
    body, kind = form(signed(cloud, public_id=name()), JPEG)
    kind = kind.replace("multipart/form-data", "Multipart/Form-Data")
    url = f"{cloud.url}/v1_1/cloud"
    assert send(f"{url}/image/upload", "POST", body, {"Content-Type": kind}).status == 200
    wish = b'{"expression": "public_id:none", "max_results": 3}'
    got = send(f"{url}/resources/search", "POST", wish, {**BASIC, "Content-Type": "Application/JSON"})
    assert json.loads(got.body)["total_count"] == 0


@pytest.mark.parametrize("picture", [JPEG, png(33, 22), animated_gif(33, 22, 2)], ids=["jpeg", "png", "gif"])
def test_a_file_without_a_name_or_a_type_is_still_one(cloud: MediaService, picture: bytes) -> None:
    body, kind = form(signed(cloud, public_id=name()), picture, "a.jpg")
    body = body.replace(b'; filename="a.jpg"', b"")
    got = send(f"{cloud.url}/v1_1/cloud/image/upload", "POST", body, {"Content-Type": kind})
    assert got.status == 200, got.body
    assert json.loads(got.body)["width"] == 33


@pytest.mark.parametrize("kind", ["text/plain;charset=UTF-8", "application/x-www-form-urlencoded", ""])
def test_a_body_of_json_counts_whatever_it_is_said_to_be(cloud: MediaService, kind: str) -> None:
    """fetch() calls it a plain text, and curl -d a form: the search found everything then."""
    made = put(cloud)
    wish = json.dumps({"expression": f"public_id={made['public_id']}", "max_results": 2.0}).encode()
    headers = {**BASIC, **({"Content-Type": kind} if kind else {})}
    got = send(f"{cloud.url}/v1_1/cloud/resources/search", "POST", wish, headers)
    assert [each["asset_id"] for each in json.loads(got.body)["resources"]] == [made["asset_id"]]
    assert send(f"{cloud.url}/v1_1/cloud/resources/search", "POST", b"null", headers).status == 200


@pytest.mark.parametrize("said", ["2.0", "2", 2.0, "2.50", 2.5, "2e0"])
def test_whole_numbers_of_languages_with_one_kind_of_number(cloud: MediaService, said: Any) -> None:
    status, told = ask(cloud, "POST", "resources/search", {"max_results": said})
    if said in ("2.50", 2.5, "2e0"):
        assert (status, told["error"]["message"].partition(":")[0]) == (
            400,
            "Invalid value for parameter max_results",
        )
    else:
        assert status == 200
        assert len(told["resources"]) <= 2


def test_a_list_as_a_text_of_json(cloud: MediaService) -> None:
    made = put(cloud, tags='["red","dark blue"]')
    assert made["tags"] == ["red", "dark blue"]
    assert put(cloud, tags="[red],blue]")["tags"] == ["[red]", "blue]"]


def test_what_nobody_reads_may_come_unsigned(cloud: MediaService) -> None:
    """How long the SDK for iOS waits stands in its body."""
    wish = signed(cloud, public_id=put(cloud)["public_id"], type="upload")
    for more, status in ({"timeout": "60"}, 200), ({"tags": "a"}, 401):
        body = urlencode({**wish, **more}).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded; charset=utf-8"}
        assert send(f"{cloud.url}/v1_1/cloud/image/explicit", "POST", body, kind).status == status
