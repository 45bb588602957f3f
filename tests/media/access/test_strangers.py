"""A hostile holder of a key of role `upload`, or of an unsigned preset: they add, and see and replace nothing."""

import io
import json
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlencode

import pytest
from cloudinary import api, uploader
from PIL import Image

from picturerail import signing
from picturerail.database import Database
from picturerail.media.access import key_pairs
from picturerail.media.access.policy import REFUSAL
from picturerail.media.key_pair import KeyPair
from tests.files import jpeg, opened
from tests.media.http import Got, send, upload
from tests.media_service import MediaService
from tests.service import wait_until

RED, PICTURE = (250, 0, 0), jpeg(60, 40)
TOKEN_ONLY = [{"access_type": "token"}]
CUBE = b"LUT_3D_SIZE 2\n" + b"1 0 0\n" * 8


@pytest.fixture
def key(records: Database) -> KeyPair:
    return key_pairs.add(records, f"form {uuid.uuid4().hex[:8]}", "upload")


def signed(pair: KeyPair, **params: Any) -> dict[str, Any]:
    full = {"timestamp": str(int(time.time())), **params}
    return {"api_key": pair.key, "signature": signing.sign_request(full, pair.secret), **full}


def sent(cloud: MediaService, pair: KeyPair, file: bytes = PICTURE, **params: Any) -> Got:
    return upload(cloud, signed(pair, **params), file)


def told(got: Got) -> dict[str, Any]:
    assert got.status == 200, got.body
    answer: dict[str, Any] = json.loads(got.body)
    return answer


def red() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (80, 80), RED).save(file, "PNG")
    return file.getvalue()


def owned(kind: str = "authenticated", **options: Any) -> dict[str, Any]:
    """A red picture of the owner's."""
    named = {"public_id": f"own/{uuid.uuid4().hex}", "tags": "secret-tag", "type": kind, **options}
    answer: dict[str, Any] = uploader.upload(red(), **named)
    return answer


def name() -> str:
    return f"new/{uuid.uuid4().hex}"


@pytest.mark.parametrize("kind", ["upload", "private", "authenticated"])
@pytest.mark.parametrize("asked", ["upload", "private", "authenticated"])
@pytest.mark.parametrize("overwrite", ["true", "false"])
def test_a_name_that_is_taken_is_refused_and_nothing_is_told_of_it(
    cloud: MediaService, key: KeyPair, kind: str, asked: str, overwrite: str
) -> None:
    there = owned(kind)
    got = sent(cloud, key, public_id=there["public_id"], type=asked, overwrite=overwrite, eager="w_10")
    assert got.status == 400
    for secret in ("secret-tag", there["etag"], "s--", there["asset_id"]):
        assert secret not in str(got.headers) + got.body.decode()
    after = api.resource(there["public_id"], type=kind)
    assert (after["version"], after["etag"], after["derived"]) == (there["version"], there["etag"], [])


@pytest.mark.parametrize(("there", "asked"), [("{}.jpg", "{}"), ("{}", "{}.jpg"), ("{}", "{}.PNG")])
def test_a_name_that_would_take_over_an_address_is_refused(
    cloud: MediaService, key: KeyPair, there: str, asked: str
) -> None:
    stem = name()
    owned("upload", public_id=there.format(stem))
    assert sent(cloud, key, public_id=asked.format(stem)).status == 400
    assert sent(cloud, key, public_id=f"{stem}-other").status == 200


@pytest.mark.parametrize("before", ["w_100", "v12", "s--abcdefgh--", "c_fill,w_9/h_3"])
def test_a_name_that_reads_as_something_else_is_refused(
    cloud: MediaService, key: KeyPair, before: str
) -> None:
    assert sent(cloud, key, public_id=f"{before}/{uuid.uuid4().hex}", type="authenticated").status == 400


def test_of_two_at_once_one_is_kept(cloud: MediaService, key: KeyPair) -> None:
    public_id = name()
    with ThreadPoolExecutor(6) as crowd:
        files = [jpeg(60 + index, 40) for index in range(6)]
        answers = list(crowd.map(lambda file: sent(cloud, key, file, public_id=public_id), files))
    assert sorted(got.status for got in answers) == [200, *[400] * 5]
    [kept] = [json.loads(got.body) for got in answers if got.status == 200]
    assert api.resource(public_id)["etag"] == kept["etag"]


@pytest.mark.parametrize("kind", ["private", "authenticated"])
def test_what_it_is_told_opens_nothing(
    cloud: MediaService, records: Database, key: KeyPair, kind: str
) -> None:
    """The signature of an address signs a name only: that of what it uploads would open the owner's of that name."""
    wanted: dict[str, Any] = {
        "type": kind,
        "eager": "w_10|w_11",
        "responsive_breakpoints": '{"max_images": 2}',
    }
    answers = [
        told(sent(cloud, key, public_id=name(), **wanted)),
        told(sent(cloud, key, public_id=name(), eager_async="true", **wanted)),
    ]
    wait_until(lambda: not records["jobs"].count_documents({"kind": "eager"}))
    assert all("s--" not in json.dumps(answer["eager"]) for answer in answers)
    assert "s--" not in json.dumps(answers)
    assert send(answers[0]["url"]).status == 401
    again = sent(cloud, key, public_id=answers[0]["public_id"], type="upload")
    assert again.status == 400


def test_what_it_sends_again_is_not_told_when_it_was_closed_meanwhile(
    cloud: MediaService, key: KeyPair
) -> None:
    params = signed(key, public_id=name())
    first, again = (upload(cloud, params, PICTURE, boundary="one") for _ in range(2))
    assert told(first)["asset_id"] == told(again)["asset_id"]
    uploader.rename(params["public_id"], params["public_id"], to_type="authenticated")
    assert upload(cloud, params, PICTURE, boundary="one").status == 400


def layer(asset: dict[str, Any]) -> str:
    return f"l_image:{asset['type']}:{asset['public_id'].replace('/', ':')},w_60,h_40,c_scale"


def closed_layers() -> dict[str, str]:
    """Transformations that show something closed, each in another way."""
    hidden, restricted = owned(), owned("upload", access_control=TOKEN_ONLY)
    lut = uploader.upload(CUBE, resource_type="raw", public_id=f"{name()}.cube", access_control=TOKEN_ONLY)
    named = uuid.uuid4().hex
    api.create_transformation(named, layer(hidden))
    variable = f"$secret_!image:authenticated:{hidden['public_id'].replace('/', ':')}!/l_$secret,w_60,h_40"
    return {
        "authenticated": layer(hidden),
        "private": layer(owned("private")),
        "access control": layer(restricted),
        "a table of colours": f"l_lut:{lut['public_id'].replace('/', ':')}",
        "named": f"t_{named}",
        "variable": variable,
        "below another": f"w_50/{layer(hidden)}/e_grayscale",
    }


def is_red(content: bytes) -> bool:
    pixel = opened(content).convert("RGB").getpixel((30, 20))
    assert isinstance(pixel, tuple)
    return pixel[0] > 200 and max(pixel[1:]) < 60


def test_what_is_closed_shows_in_nothing_that_it_has_made(
    cloud: MediaService, records: Database, key: KeyPair
) -> None:
    for how, text in closed_layers().items():
        answer = told(sent(cloud, key, public_id=name(), eager=text))
        assert answer["eager"][0].get("status") == "failed", how
        assert answer["eager"][0]["reason"] == REFUSAL, how
        assert sent(cloud, key, public_id=name(), transformation=text).status == 401, how
        script = f"upload_options['eager'] = '{text}'"
        scripted = told(sent(cloud, key, public_id=name(), eval=script))
        assert scripted["eager"][0]["status"] == "failed", how
        later = told(sent(cloud, key, public_id=name(), eager=text, eager_async="true"))
        wait_until(lambda: not records["jobs"].count_documents({"kind": "eager"}))
        assert not records["derived"].count_documents({"asset_id": later["asset_id"]}), how


def test_the_owner_may_and_what_is_open_may_be_shown(cloud: MediaService, key: KeyPair) -> None:
    """Else the refusals above could be for another reason."""
    hidden, shown = owned(), owned("upload")
    mine = uploader.upload(PICTURE, public_id=name(), eager=[{"raw_transformation": layer(hidden)}])
    assert "status" not in mine["eager"][0]
    theirs = told(sent(cloud, key, public_id=name(), eager=layer(shown), transformation=layer(shown)))
    assert is_red(send(theirs["eager"][0]["url"]).body)
    assert is_red(send(theirs["url"]).body)


def test_rails_may_send_straight_from_a_browser(cloud: MediaService, key: KeyPair) -> None:
    for path in ("image/upload", "image/direct_upload"):
        url = f"{cloud.url}/v1_1/cloud/{path}?{urlencode(signed(key, public_id=name()))}"
        assert told(send(url, "PUT", PICTURE, {"Content-Type": "image/jpeg"}))["bytes"] == len(PICTURE)


def test_a_part_of_a_file_is_refused_before_the_rest_is_sent(cloud: MediaService, key: KeyPair) -> None:
    there = owned()
    headers = {"X-Unique-Upload-Id": uuid.uuid4().hex, "Content-Range": "bytes 0-5999999/12000000"}
    params = signed(key, public_id=there["public_id"], type="authenticated")
    got = upload(cloud, params, PICTURE + bytes(6_000_000 - len(PICTURE)), headers=headers)
    assert got.status == 400


def test_a_preset_that_lets_everybody_upload_tells_no_more(cloud: MediaService) -> None:
    hidden = owned()
    preset = api.create_upload_preset(unsigned=True, type="authenticated", eager="w_10")["name"]
    params = {"upload_preset": preset}
    assert upload(cloud, {**params, "public_id": hidden["public_id"]}, PICTURE).status == 400
    answer = told(upload(cloud, {**params, "public_id": name()}, PICTURE))
    assert "s--" not in json.dumps(answer)
    api.update_upload_preset(preset, type="upload", eager="$a_ctx:!logo!/l_$a,w_60,h_40")
    for asset, status in ((hidden, "failed"), (owned("upload"), None)):
        context = f"logo=image:{asset['type']}:{asset['public_id'].replace('/', ':')}"
        [eager] = told(upload(cloud, {**params, "public_id": name(), "context": context}, PICTURE))["eager"]
        assert eager.get("status") == status, eager
