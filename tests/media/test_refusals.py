"""What must be refused at the doors of the Upload and the Admin API, and how a refusal looks."""

import base64
import json
import time
from typing import Any

import pytest

from picturerail import signing
from picturerail.door.refusals import too_large
from tests.files import jpeg
from tests.media.http import Got, form, send, signed, upload
from tests.media_service import MediaService
from tests.raw import exchange, head

PICTURE = jpeg(30, 20)


def refused(got: Got, status: int) -> str:
    """The message of a refusal, whose shape is always the same."""
    assert got.status == status, got.body
    assert got.headers["content-type"] == "application/json"
    assert got.headers["cache-control"] == "no-store"
    assert got.headers["x-request-id"]
    body = json.loads(got.body)
    assert set(body) == {"error"}
    message: str = body["error"]["message"]
    assert got.headers["x-cld-error"][:100] == message[:100].encode("latin-1", "replace").decode("latin-1")
    assert "Traceback" not in message
    assert "/" + "originals" not in message
    return message


def test_a_signed_request_passes(cloud: MediaService) -> None:
    assert upload(cloud, signed(cloud), PICTURE).status == 200


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
@pytest.mark.parametrize("version", [1, 2])
def test_all_kinds_of_signature_pass(cloud: MediaService, algorithm: str, version: int) -> None:
    params = {"timestamp": str(int(time.time())), "context": "caption=Tom & Jerry", "tags": "a,b"}
    signature = signing.sign_request(params, "the secret", algorithm, version)
    got = upload(cloud, {**params, "api_key": "123456789", "signature": signature}, PICTURE)
    assert got.status == 200
    assert json.loads(got.body)["context"]["custom"] == {"caption": "Tom & Jerry"}


@pytest.mark.parametrize("timestamp", ["{:.6f}", "{:.0f}000"])
def test_the_sdk_of_dart_and_directus_pass(cloud: MediaService, timestamp: str) -> None:
    """With fractions and with milliseconds; the SDK of Dart names the file in a field that it does not sign."""
    params = {
        **signed(cloud, timestamp=timestamp.format(time.time())),
        "/data/user/0/photo.jpg": "/data/user/0/photo.jpg",
    }
    assert upload(cloud, params, PICTURE).status == 200


@pytest.mark.parametrize(
    "change",
    [
        {"signature": "null"},
        {"signature": "0" * 40},
        {"api_key": None},
        {"api_key": "987654321"},
        {"public_id": "somebody_elses"},
        {"tags": "added"},
        {"overwrite": "1"},
    ],
)
def test_unsigned_or_changed_requests_are_refused(cloud: MediaService, change: dict[str, Any]) -> None:
    params = {name: value for name, value in {**signed(cloud), **change}.items() if value is not None}
    refused(upload(cloud, params, PICTURE), 401)


@pytest.mark.parametrize("signature", [None, ""])
def test_who_shows_neither_a_signature_nor_a_preset_is_told_so(
    cloud: MediaService, signature: str | None
) -> None:
    """With the words and the status that client libraries and their users look for (cloudinary_js, issue 49)."""
    params = {
        name: value for name, value in {**signed(cloud), "signature": signature}.items() if value is not None
    }
    message = refused(upload(cloud, params, PICTURE), 400)
    assert message == "Upload preset must be specified when using unsigned upload"


def test_signatures_with_another_secret_or_cut_short(cloud: MediaService) -> None:
    params = signed(cloud)
    other = signing.sign_request(params, "other secret")
    right = params["signature"]
    for signature in (other, right[:-1], right[:8], right[::-1], right + "0", f" {right}"):
        message = refused(upload(cloud, {**params, "signature": signature}, PICTURE), 401)
        assert message.startswith("Invalid Signature")
        assert f"String to sign - 'timestamp={params['timestamp']}'" in message


@pytest.mark.parametrize(
    ("age", "sentence"),
    [(3700, "Stale request - reported time is"), (-4000, "in the future")],
)
def test_old_and_future_requests_are_refused(cloud: MediaService, age: int, sentence: str) -> None:
    params = signed(cloud, timestamp=str(int(time.time()) - age))
    assert sentence in refused(upload(cloud, params, PICTURE), 401)


def test_a_timestamp_must_be_there(cloud: MediaService) -> None:
    assert "timestamp" in refused(upload(cloud, signed(cloud, timestamp=None), PICTURE), 401)


def test_a_value_cannot_smuggle_a_parameter(cloud: MediaService) -> None:
    honest = {"folder": "a", "public_id": "x", "timestamp": str(int(time.time()))}
    signature = signing.sign_request(honest, "the secret", version=1)
    forged = {"folder": "a&public_id=x", "timestamp": honest["timestamp"]}
    refused(upload(cloud, {**forged, "api_key": "123456789", "signature": signature}, PICTURE), 401)


def basic(user: str, password: str) -> dict[str, str]:
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


def test_the_admin_api_takes_the_right_pair_only(cloud: MediaService) -> None:
    ping = f"{cloud.url}/v1_1/cloud/ping"
    right = send(ping, headers=basic("123456789", "the secret"))
    assert (right.status, json.loads(right.body)) == (200, {"status": "ok"})
    assert int(right.headers["x-featureratelimit-remaining"]) > 0
    assert int(right.headers["x-featureratelimit-limit"]) > 0
    assert right.headers["x-featureratelimit-reset"].endswith("GMT")
    wrong = [{}, basic("123456789", "wrong"), basic("1", "the secret"), basic("", ""), basic("123456789", "")]
    wrong += [
        {"Authorization": "Bearer nonsense"},
        {"Authorization": "Basic %%%"},
        {"Authorization": "Basic"},
    ]
    for headers in wrong:
        refused(send(ping, headers=headers), 401)
    signed_query = "&".join(f"{name}={value}" for name, value in signed(cloud).items())
    refused(send(f"{ping}?{signed_query}"), 401)


def test_basic_authentication_serves_uploads_too(cloud: MediaService) -> None:
    assert upload(cloud, {}, PICTURE, headers=basic("123456789", "the secret")).status == 200
    refused(upload(cloud, {}, PICTURE, headers=basic("123456789", "wrong")), 401)


def test_another_cloud_is_refused(cloud: MediaService) -> None:
    refused(send(f"{cloud.url}/v1_1/other/ping", headers=basic("123456789", "the secret")), 401)


def test_unknown_endpoints_and_methods(cloud: MediaService) -> None:
    headers = basic("123456789", "the secret")
    refused(send(f"{cloud.url}/v1_1/cloud/nothing", headers=headers), 404)
    refused(send(f"{cloud.url}/v1_1/cloud/image/upload", headers=headers), 405)


TRAVERSALS = [
    "../../etc/passwd",
    "a/../../b",
    "..",
    "..\\..\\b",
    "%2e%2e%2fb",
    "a\0b",
    "a\r\nSet-Cookie: x=1",
    "a\u2028b",
    "a/./b",
    "x" * 10_000,
    "?a",
    "#a",
]


@pytest.mark.parametrize("public_id", TRAVERSALS)
def test_names_that_are_none_are_refused_and_write_nothing(cloud: MediaService, public_id: str) -> None:
    before = sorted(
        path for path in cloud.data.parent.rglob("*") if path.is_file() and "originals" not in path.parts
    )
    originals = sum(1 for _ in (cloud.data / "originals").rglob("*"))
    message = refused(upload(cloud, signed(cloud, public_id=public_id), PICTURE), 400)
    assert "public_id" in message
    assert sum(1 for _ in (cloud.data / "originals").rglob("*")) == originals
    after = sorted(
        path for path in cloud.data.parent.rglob("*") if path.is_file() and "originals" not in path.parts
    )
    assert [path for path in after if path not in before and "locks" not in path.parts] == []


@pytest.mark.parametrize(
    "public_id", ["．．／．．／etc", "~root", "ﬁ/ﬂ", "a.php.jpg", ".htaccess", "con", "é", "e\u0301"]
)  # noqa: RUF100
def test_odd_names_are_just_names(cloud: MediaService, public_id: str) -> None:
    got = upload(cloud, signed(cloud, public_id=public_id), PICTURE)
    assert got.status == 200
    assert json.loads(got.body)["public_id"] == public_id


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\xff\xd8\xff",
        b"GIF89a",
        b"<?php echo 1;",
        b"MZ" + bytes(500),
        b"<html>" * 50,
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        jpeg(40, 40)[:200],
    ],
)
def test_bytes_that_are_no_picture_are_refused(cloud: MediaService, content: bytes) -> None:
    refused(upload(cloud, signed(cloud), content), 400)


def test_bodies_that_end_too_early(cloud: MediaService) -> None:
    import socket

    body, content_type = form(signed(cloud), jpeg(400, 300))
    for length, sent in ((len(body), body[:-5000]), (len(body) + 10, body)):
        with socket.create_connection(("127.0.0.1", cloud.port)) as raw:
            head = f"POST /v1_1/cloud/image/upload HTTP/1.1\r\nHost: x\r\nContent-Type: {content_type}\r\n"
            raw.sendall(f"{head}Content-Length: {length}\r\n\r\n".encode() + sent)
            raw.shutdown(socket.SHUT_WR)
            assert raw.recv(4096).startswith(b"HTTP/1.1 400")


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"no parts", "multipart/form-data; boundary=x"),
        (b"--x\r\n\r\n", "multipart/form-data"),
        (b"--x\r\n" + b"a" * 2_000_000, "multipart/form-data; boundary=x"),
        (b"{", "application/json"),
        (b"[1]", "application/json"),
        (b"[" * 200_000, "application/json"),
        (b'{"a":' + b"[" * 700 + b"]" * 700 + b"}", "application/json"),
        (b'{"a":' * 700 + b"1" + b"}" * 700, "application/json"),
        (b"a=%ff", "application/x-www-form-urlencoded"),
        (b"\xff=1", "application/x-www-form-urlencoded"),
    ],
)
def test_broken_bodies(cloud: MediaService, body: bytes, content_type: str) -> None:
    refused(send(f"{cloud.url}/v1_1/cloud/image/upload", "POST", body, {"Content-Type": content_type}), 400)


def test_forms_without_end_are_refused(cloud: MediaService) -> None:
    many = b"".join(b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n' for _ in range(5000))
    headers = {"Content-Type": "multipart/form-data; boundary=x"}
    url = f"{cloud.url}/v1_1/cloud/image/upload"
    refused(send(url, "POST", many + b"--x--\r\n", headers), 400)
    big = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"a" * 8_000_000 + b"\r\n--x--\r\n"
    refused(send(url, "POST", big, headers), 400)
    refused(
        send(url, "POST", b"a=" + b"1" * 8_000_000, {"Content-Type": "application/x-www-form-urlencoded"}),
        400,
    )


@pytest.mark.parametrize("value", [{"$ne": None}, {"$gt": ""}, ["a"], {"$regex": "^a"}])
def test_operators_are_no_names(cloud: MediaService, value: Any) -> None:
    body = json.dumps({"public_id": value}).encode()
    headers = {"Content-Type": "application/json", **basic("123456789", "the secret")}
    refused(send(f"{cloud.url}/v1_1/cloud/image/destroy", "POST", body, headers), 400)


def test_all_bodies_are_understood(cloud: MediaService) -> None:
    url, pair = f"{cloud.url}/v1_1/cloud/image/destroy", basic("123456789", "the secret")
    params = {"public_id": "no such thing"}
    bodies = [
        (json.dumps(params).encode(), "application/json"),
        (b"public_id=no+such%20thing", "application/x-www-form-urlencoded"),
        form(params, None),
    ]
    for body, content_type in bodies:
        got = send(url, "POST", body, {"Content-Type": content_type, **pair})
        assert json.loads(got.body) == {"result": "not found"}


def test_chunked_transfer_and_encoded_slashes(cloud: MediaService) -> None:
    body, content_type = form(signed(cloud), PICTURE)
    blocks = (body[at : at + 1000] for at in range(0, len(body), 1000))
    headers = {"Content-Type": content_type, "Transfer-Encoding": "chunked"}
    got = send(f"{cloud.url}/v1_1/cloud/image%2Fupload", "POST", blocks, headers)
    assert got.status == 200


def test_browsers_may_upload_from_any_page(cloud: MediaService) -> None:
    url = f"{cloud.url}/v1_1/cloud/image/upload"
    asked = {
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "cache-control,content-disposition,content-range,x-unique-upload-id",
    }
    got = send(url, "OPTIONS", headers={"Origin": "https://example.com", **asked})
    assert got.status == 204
    assert got.headers["access-control-allow-origin"] == "*"
    allowed = got.headers["access-control-allow-headers"].lower().split(", ")
    # Dropzone adds Cache-Control, blueimp's file upload Content-Disposition, others what they like
    assert {"content-range", "x-unique-upload-id", "cache-control", "content-disposition", "*"} <= {*allowed}
    answer = upload(cloud, signed(cloud), PICTURE, headers={"Origin": "https://example.com"})
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "access-control-allow-credentials" not in answer.headers
    ping = send(
        f"{cloud.url}/v1_1/cloud/ping",
        headers={"Origin": "https://example.com", **basic("123456789", "the secret")},
    )
    assert "access-control-allow-origin" not in ping.headers


def test_scripts_of_other_sites_may_load_pictures_and_read_why_not(cloud: MediaService) -> None:
    """A request with Range or X-Requested-With is announced first (Fetch standard), and refused without an answer."""
    url = f"{cloud.url}/cloud/image/upload/cors_missing.jpg"
    asked = {
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "range,x-requested-with",
    }
    got = send(url, "OPTIONS", headers={"Origin": "https://example.com", **asked})
    assert got.status == 204
    assert got.headers["access-control-allow-origin"] == "*"
    assert "GET" in got.headers["access-control-allow-methods"]
    assert {"range", "x-requested-with"} <= {*got.headers["access-control-allow-headers"].lower().split(", ")}
    missing = send(url, headers={"Origin": "https://example.com"})
    assert missing.status == 404
    readable = missing.headers["access-control-expose-headers"].lower().split(", ")
    assert {"x-cld-error", "retry-after", "etag", "content-range", "content-disposition"} <= {*readable}


def test_a_request_that_is_sent_again_makes_no_second_asset(cloud: MediaService) -> None:
    params = signed(cloud, tags="again")
    first, second = (json.loads(upload(cloud, params, PICTURE, boundary="same").body) for _ in range(2))
    assert first["asset_id"] == second["asset_id"]
    at_once = json.loads(upload(cloud, params, PICTURE).body)
    assert at_once["asset_id"] != first["asset_id"]  # a client that uploads the same file twice in one second
    time.sleep(2.1)
    later = json.loads(upload(cloud, params, PICTURE).body)
    assert later["asset_id"] == first["asset_id"]
    other = json.loads(upload(cloud, params, jpeg(31, 21), boundary="same").body)
    assert other["asset_id"] != first["asset_id"]


def test_a_refusal_that_repeats_half_a_letter_can_be_sent(cloud: MediaService) -> None:
    """JSON may hold half of a surrogate pair, which no answer can: here in an address that is none."""
    key = base64.b64encode(b"123456789:the secret").decode()
    headers = {"Authorization": f"Basic {key}", "Content-Type": "application/json"}
    body = b'{"notification_url": "\\ud800"}'
    got = send(f"{cloud.url}/v1_1/cloud/folders/half", "POST", body, headers)
    assert refused(got, 400).startswith("Invalid notification_url: Unsupported source URL: ?")


@pytest.mark.parametrize("size", [200_000_000, 100_000_000_000])
def test_a_file_that_says_it_is_over_the_limit_is_400_with_a_sentence(cloud: MediaService, size: int) -> None:
    """Of 413 the SDK of Node tells its number only."""
    fields = ("Content-Type: multipart/form-data; boundary=x", f"Content-Length: {size}")
    opening = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.jpg"\r\n\r\n'
    request = head("POST", "/v1_1/cloud/image/upload", "Connection: close", *fields) + opening + bytes(70_000)
    answer = exchange(cloud.port, [request])
    assert answer.status == 400
    assert json.loads(answer.body)["error"]["message"].startswith("File size too large. Maximum is ")


def test_a_body_without_a_length_that_does_not_end_is_refused_in_the_words_of_its_door() -> None:
    assert (too_large("/v1_1/cloud/raw/upload", 9).status, too_large("/upload/", 9).status) == (400, 413)
