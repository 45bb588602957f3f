"""Wide tables of hostile input at the doors: paths in every parameter, forged forms, cross-origin, header injection."""

import json
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from picturerail import signing
from tests.files import jpeg
from tests.media.http import Got, send, signed, upload
from tests.media_service import MediaService

PICTURE = jpeg(30, 20)
STEPS = (
    "..",
    "..;",
    ".. ",
    "...",
    "%2e%2e",
    "%252e%252e",
    "%c0%ae%c0%ae",
    "．．",
    "․․",
    "..\x00",
    "\x00..",
    "..%00",
)
SLASHES = ("/", "\\", "%2f", "%5c", "%252f", "%c0%af", "／", "//")
TRAVERSALS = [f"{step}{slash}{step}{slash}escaped" for step in STEPS[:3] for slash in SLASHES]
TRAVERSALS += [f"{step}/escaped" for step in STEPS[3:]]
TRAVERSALS += [
    "/escaped",
    "//escaped",
    "C:\\escaped",
    "\\\\host\\escaped",
    "~/escaped",
    "file:///escaped",
    "a/../escaped",
    "a/..",
]
# A few of them on every run, all of them with `-m slow`.
TABLE = [
    pytest.param(name, marks=[] if number % 7 == 0 else [pytest.mark.slow])
    for number, name in enumerate(TRAVERSALS)
]
OURS = ("originals", "derived", "run", "mongo")


@pytest.fixture
def outside(cloud: MediaService) -> Iterator[None]:
    """Nothing but the store and its document may change, whatever a name says."""
    before = _tree(cloud)
    yield
    assert _tree(cloud) - before == set()


def _tree(cloud: MediaService) -> set[Path]:
    parent = cloud.data.parent
    everything = {path.relative_to(parent) for path in parent.rglob("*")}
    return {path for path in everything if not set(path.parts) & set(OURS)}


def clean(got: Got) -> None:
    """Accepted or refused, but never a fault of ours, and nothing leaks into the answer."""
    assert got.status in (200, 400, 401, 404), (got.status, got.body)
    assert b"Traceback" not in got.body
    assert b"root:" not in got.body
    assert not any("\n" in value or "\r" in value for value in got.headers.values())


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize(
    "where", ["public_id", "folder", "public_id_prefix", "asset_folder", "display_name", "filename_override"]
)
def test_no_parameter_is_a_path(cloud: MediaService, outside: None, where: str, name: str) -> None:
    given = {where: name, **({"use_filename": "1"} if where == "filename_override" else {})}
    got = upload(cloud, signed(cloud, **given), PICTURE)
    clean(got)
    if got.status == 200:
        public_id = json.loads(got.body)["public_id"]
        assert not {"..", ".", ""} & set(public_id.split("/"))
        assert not set("\\\x00") & set(public_id)


@pytest.mark.parametrize("name", TABLE)
def test_a_file_name_is_no_path(cloud: MediaService, outside: None, name: str) -> None:
    got = upload(
        cloud, signed(cloud, use_filename="1"), PICTURE, name=name.replace("\x00", "").replace('"', "")
    )
    clean(got)
    if got.status == 200:
        assert "/" not in json.loads(got.body)["public_id"]


@pytest.mark.parametrize("name", TABLE)
def test_an_upload_id_is_no_path(cloud: MediaService, name: str) -> None:
    before = _tree(cloud)
    headers = {
        "X-Unique-Upload-Id": quote(name, safe="/\\%"),
        "Content-Range": f"bytes 0-{len(PICTURE) - 1}/-1",
    }
    got = upload(cloud, signed(cloud), PICTURE, headers=headers)
    clean(got)
    assert all("chunks" in path.parts for path in _tree(cloud) - before)


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize(
    "path",
    [
        "image/upload/{}",
        "image/upload/v1/{}.jpg",
        "raw/upload/{}",
        "image/upload/l_{}/a.jpg",
        "image/upload/t_{}/a",
        "{}",
        "iu/{}",
    ],
)
def test_no_delivery_path_leaves_the_store(cloud: MediaService, path: str, name: str) -> None:
    for spelling in (quote(name, safe=""), quote(name, safe="/%;\\")):
        got = send(f"{cloud.delivery}/{path.format(spelling)}")
        clean(got)
        assert got.status != 200 or got.body == PICTURE  # some of these are names that another test gave


# ---- names ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other"),
    [("A{}", "a{}"), ("é{}", "e\u0301{}"), ("ﬁ{}", "fi{}"), ("a{}", "а{}"), ("x{}", "x{}\u200b")],
)
def test_names_that_look_alike_never_overwrite_each_other(cloud: MediaService, one: str, other: str) -> None:
    unique = uuid.uuid4().hex
    made = []
    for name, content in ((one, PICTURE), (other, jpeg(40, 40))):
        got = upload(cloud, signed(cloud, public_id=name.format(unique)), content)
        clean(got)
        if got.status == 200:
            made.append(json.loads(got.body))
    assert len({asset["asset_id"] for asset in made}) == len(made)
    assert send(made[0]["url"]).body == PICTURE


@pytest.mark.parametrize("length", [255, 256, 10_000, 200_000])
def test_long_names(cloud: MediaService, length: int) -> None:
    got = upload(cloud, signed(cloud, public_id=("x" * length)), PICTURE)
    assert got.status == (200 if length <= 255 else 400)


@pytest.mark.parametrize(
    "name",
    [
        "a\r\nSet-Cookie: x=1.jpg",
        "a\nb.jpg",
        "a\tb.jpg",
        "\N{RIGHT-TO-LEFT OVERRIDE}gpj.exe",
        "a\u0085b.jpg",
        'a"; filename=b.exe',
    ],
)
def test_no_name_makes_a_header(cloud: MediaService, name: str) -> None:
    got = upload(cloud, signed(cloud, public_id=uuid.uuid4().hex, filename_override=name), PICTURE)
    clean(got)
    assert "set-cookie" not in got.headers
    for flag in (name, quote(name, safe=""), quote(quote(name, safe=""), safe="")):
        sent = send(f"{cloud.delivery}/image/upload/fl_attachment:{quote(flag, safe='')}/nothing.jpg")
        clean(sent)
        assert "set-cookie" not in sent.headers


# ---- signatures -------------------------------------------------------------------------------------------


SIGNED = {"public_id": "forged/x", "tags": "a,b", "overwrite": "1", "context": "k=v"}


@pytest.mark.parametrize(
    "change",
    [
        {"public_id": "forged/y"},
        {"public_id": "forged/x "},
        {"public_id": "forged/X"},
        {"tags": "a"},
        {"tags": "a,b,c"},
        {"tags": "b,a"},
        {"tags": None},
        {"tags": ["a", "c"]},
        {"overwrite": "true"},
        {"overwrite": "0"},
        {"overwrite": None},
        {"context": "k=v&folder=admin"},
        {"context": "k=v|l=w"},
        {"type": "private"},
        {"folder": "admin"},
        {"eager": "w_10"},
        {"transformation": "w_10"},
        {"notification_url": "https://example.com"},
        {"upload_preset": "any"},
        {"invalidate": "true"},
        {"timestamp": str(int(time.time()) + 1)},
        {"resource_type ": "raw"},
        {"Signature": "x"},
    ],
)
def test_each_signed_parameter_counts(cloud: MediaService, change: dict[str, Any]) -> None:
    params = {**signed(cloud, **SIGNED), **change}
    got = upload(cloud, {name: value for name, value in params.items() if value is not None}, PICTURE)
    assert got.status == 401, got.body
    assert got.headers["cache-control"] == "no-store"


def test_the_same_list_in_another_shape_is_the_same(cloud: MediaService) -> None:
    params = {**signed(cloud, **SIGNED), "tags": ["a", "b"]}
    assert upload(cloud, params, PICTURE).status == 200


def test_the_last_of_two_equal_names_counts_for_both(cloud: MediaService) -> None:
    """What is checked is what is used: a second value neither hides behind the signature nor changes what it signs."""
    params = signed(cloud, public_id=f"twice/{uuid.uuid4().hex}")
    for extra, expected in (((params["public_id"], "evil/x"), 401), (("evil/x", params["public_id"]), 200)):
        fields = "".join(
            f'--b\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
            for name, value in [
                *((k, v) for k, v in params.items() if k != "public_id"),
                *(("public_id", e) for e in extra),
            ]
        )
        file = '--b\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
        body = fields.encode() + file.encode() + PICTURE + b"\r\n--b--\r\n"
        kind = {"Content-Type": "multipart/form-data; boundary=b"}
        got = send(f"{cloud.url}/v1_1/cloud/image/upload", "POST", body, kind)
        assert got.status == expected
        if expected == 200:
            assert json.loads(got.body)["public_id"] == params["public_id"]


@pytest.mark.parametrize(
    "name", ["public_id", "folder", "context", "tags", "eager", "filename_override", "callback"]
)
@pytest.mark.parametrize("smuggled", ["folder=admin", "type=private", "overwrite=1", "public_id=x", "x[]=1"])
def test_no_value_smuggles_a_parameter(cloud: MediaService, name: str, smuggled: str) -> None:
    """Signed as version 1, `a=1&b=2` is the text of one parameter and of two; only one reading may be believed."""
    key, _, value = smuggled.partition("=")
    honest = {name: "v", key.removesuffix("[]"): value, "timestamp": str(int(time.time()))}
    if key == name:
        return
    for version in (1, 2):
        signature = signing.sign_request(honest, "the secret", version=version)
        first, second = sorted((name, key.removesuffix("[]")))
        joined = {first: f"{honest[first]}&{second}={honest[second]}", "timestamp": honest["timestamp"]}
        got = upload(cloud, {**joined, "api_key": "123456789", "signature": signature}, PICTURE)
        assert got.status == 401


# ---- cross-origin -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "origin", ["null", "https://evil.example", "http://127.0.0.1.evil.example", "https://x.pictures.example"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "OPTIONS"])
def test_no_origin_is_echoed_and_no_credentials_are_let_through(
    cloud: MediaService, origin: str, method: str
) -> None:
    for path in (
        "/v1_1/cloud/image/upload",
        "/v1_1/cloud/resources/image",
        "/v1_1/cloud/ping",
        "/cloud/image/upload/a.jpg",
    ):
        got = send(cloud.url + path, method, headers={"Origin": origin, "Cookie": "a=b"})
        assert got.headers.get("access-control-allow-origin") in (None, "*")
        assert "access-control-allow-credentials" not in got.headers
        assert got.headers["x-content-type-options"] == "nosniff"
        policy = got.headers["content-security-policy"]
        assert all(f"{name} 'none'" in policy for name in ("default-src", "object-src", "base-uri"))


def test_admin_calls_are_not_for_other_pages(cloud: MediaService) -> None:
    got = send(f"{cloud.url}/v1_1/cloud/resources/image", headers={"Origin": "https://evil.example"})
    assert got.status == 401
    assert "access-control-allow-origin" not in got.headers
