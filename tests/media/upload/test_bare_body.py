"""Uploads whose whole body is the file, as Rails' Active Storage has browsers send them."""

import hashlib
import json
import uuid
from base64 import b64encode
from typing import Any
from urllib.parse import urlencode

import cloudinary.api
import pytest

from tests.files import jpeg
from tests.media.http import Got, send, signed
from tests.media_service import MediaService

PICTURE = jpeg(60, 40)
MD5 = b64encode(hashlib.md5(PICTURE).digest()).decode()


def put(
    cloud: MediaService,
    params: dict[str, Any],
    path: str = "image/upload",
    body: Any = PICTURE,
    **headers: str,
) -> Got:
    named = {"Content-Type": "image/jpeg"} | {
        name.replace("_", "-"): value for name, value in headers.items()
    }
    return send(f"{cloud.url}/v1_1/cloud/{path}?{urlencode(params)}", "PUT", body, named)


@pytest.mark.parametrize("path", ["image/upload", "image/direct_upload", "auto/upload", "raw/upload"])
@pytest.mark.parametrize("kind", ["image/jpeg", "application/json", "application/x-www-form-urlencoded", ""])
def test_the_body_is_the_file_whatever_it_says_of_itself(cloud: MediaService, path: str, kind: str) -> None:
    params = signed(cloud, public_id=uuid.uuid4().hex, context="active_storage_key=k|other=2")
    got = put(cloud, params, path, Content_Type=kind, Content_MD5=MD5)
    told = json.loads(got.body)
    assert (got.status, told["etag"]) == (200, hashlib.md5(PICTURE).hexdigest())
    assert told["context"]["custom"] == {"active_storage_key": "k", "other": "2"}
    assert send(told["url"]).body == PICTURE


def test_its_text_stands_for_nothing_else(cloud: MediaService) -> None:
    told = json.loads(put(cloud, signed(cloud), "raw/upload", b"http://127.0.0.1:9/a.png").body)
    assert send(told["url"]).body == b"http://127.0.0.1:9/a.png"


def test_it_may_come_in_chunks(cloud: MediaService) -> None:
    blocks = iter([PICTURE[:100], PICTURE[100:]])
    got = put(cloud, signed(cloud), body=blocks, Transfer_Encoding="chunked")
    assert json.loads(got.body)["bytes"] == len(PICTURE)


def test_what_is_refused(cloud: MediaService) -> None:
    known = signed(cloud, public_id=uuid.uuid4().hex)
    assert put(cloud, {**known, "public_id": "other"}).status == 401
    assert put(cloud, {}).status == 400  # neither a signature nor a preset
    assert put(cloud, known, Content_MD5=b64encode(bytes(16)).decode()).status == 400
    assert b"empty" in put(cloud, known, body=b"").body.lower()
    assert put(cloud, {"file": "http://127.0.0.1/a.png", **known}, body=b"").status in (400, 401)
    assert put(cloud, known, body=b"no picture").status == 400
    assert put(cloud, known).status == 200


def test_a_preset_allows_it_without_a_signature(cloud: MediaService) -> None:
    name = cloudinary.api.create_upload_preset(unsigned=True, folder="bare")["name"]
    assert json.loads(put(cloud, {"upload_preset": name}).body)["public_id"].startswith("bare/")


def test_a_browser_may_send_it_from_any_page(cloud: MediaService) -> None:
    asked = {
        "Origin": "https://rails.example",
        "Access-Control-Request-Method": "PUT",
        "Access-Control-Request-Headers": "content-md5,content-type",
    }
    told = send(f"{cloud.url}/v1_1/cloud/image/direct_upload", "OPTIONS", None, asked).headers
    assert "PUT" in told["access-control-allow-methods"]
    assert "content-md5" in told["access-control-allow-headers"].lower()
    assert put(cloud, signed(cloud)).headers["access-control-allow-origin"] == "*"
