"""What clients other than the Python SDK send: slashes that are encoded, form bodies where it sends JSON."""

import json
import urllib.error
import urllib.request
from base64 import b64encode
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.files import jpeg
from tests.media import http
from tests.media_service import MediaService

pytestmark = pytest.mark.usefixtures("database")
AUTHORIZATION = "Basic " + b64encode(b"123456789:the secret").decode()


def ask(cloud: MediaService, method: str, path: str, body: bytes | None = None, kind: str = "") -> Any:
    headers = {"Authorization": AUTHORIZATION} | ({"Content-Type": kind} if kind else {})
    request = urllib.request.Request(f"{cloud.url}/v1_1/cloud/{path}", body, headers, method=method)
    with urllib.request.urlopen(request) as answer:
        return json.load(answer)


def form(**fields: str) -> tuple[bytes, str]:
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


@pytest.mark.parametrize(
    ("method", "path", "name"),
    [
        ("POST", "resources%2Fsearch", "resources"),
        ("POST", "folders%2Fsearch", "folders"),
        ("GET", "streaming_profiles%2Fhd", "data"),
        ("GET", "resources%2Fimage%2Fupload", "resources"),
        ("GET", "metadata_fields", "metadata_fields"),
    ],
)
def test_slashes_in_paths_may_be_encoded(cloud: MediaService, method: str, path: str, name: str) -> None:
    body = b"{}" if method == "POST" else None
    assert name in ask(cloud, method, path, body, "application/json" if body else "")


def test_forms_do_what_json_does(cloud: MediaService) -> None:
    ask(cloud, "POST", "folders%2Fshop%2Fshoes")
    ask(cloud, "PUT", "folders%2Fshop%2Fshoes", *form(to_folder="shop/boots"))
    assert [each["path"] for each in ask(cloud, "GET", "folders/shop")["folders"]] == ["shop/boots"]
    ask(cloud, "POST", "upload_mappings", *form(folder="far", template="https://example.com/"))
    ask(cloud, "PUT", "upload_mappings", *form(folder="far", template="https://example.org/"))
    assert ask(cloud, "GET", "upload_mappings?folder=far")["template"] == "https://example.org/"
    ask(cloud, "DELETE", "upload_mappings", *form(folder="far"))
    ask(cloud, "POST", "triggers", *form(uri="poll://orders", event_type="upload", uri_type="poll"))
    profile = form(name="mine", representations='[{"transformation": "c_limit,h_360,w_640"}]')
    assert ask(cloud, "POST", "streaming_profiles", *profile)["data"]["name"] == "mine"


def test_searches_by_query_string_and_by_form(cloud: MediaService) -> None:
    fields = {"expression": "tags=a", "sort_by": '[{"public_id":"asc"}]', "max_results": "5"}
    assert ask(cloud, "GET", f"resources/search?{urlencode(fields)}")["resources"] == []
    assert ask(cloud, "POST", "resources/search", *form(**fields))["resources"] == []
    assert ask(cloud, "GET", "resources/search?with_field[]=tags&fields[]=bytes")["total_count"] == 0


def test_a_field_of_metadata_by_another_client(cloud: MediaService) -> None:
    body = json.dumps({"external_id": "size", "label": "Size", "type": "integer"}).encode()
    assert (
        ask(cloud, "POST", "metadata_fields", body, "application/json; charset=utf-8")["external_id"]
        == "size"
    )
    assert ask(cloud, "GET", "metadata_fields%2Fsize")["type"] == "integer"


@pytest.mark.parametrize("body", [b"[1]", b"{", b'"a"', b"\xff", b"[" * 100_000])
def test_bodies_that_are_no_json_object_are_refused(cloud: MediaService, body: bytes) -> None:
    with pytest.raises(urllib.error.HTTPError, match="400"):
        ask(cloud, "POST", "resources/search", body, "application/json")


def bodies(**fields: str) -> list[tuple[bytes, str]]:
    return [form(**fields), (json.dumps(fields).encode(), "application/json")]


@pytest.mark.parametrize("number", [0, 1], ids=["form", "json"])
def test_a_body_counts_with_every_method(cloud: MediaService, number: int) -> None:
    ask(cloud, "POST", "upload_mappings", *bodies(folder="near", template="https://example.com/")[number])
    ask(cloud, "POST", "upload_mappings", *bodies(folder="nearer", template="https://example.com/")[number])
    one = ask(cloud, "GET", "upload_mappings", *bodies(max_results="1")[number])
    assert len(one["mappings"]) == 1
    rest = ask(cloud, "GET", "upload_mappings", *bodies(next_cursor=one["next_cursor"])[number])
    assert one["mappings"] + rest["mappings"] == ask(cloud, "GET", "upload_mappings")["mappings"]
    named = ask(cloud, "GET", "upload_mappings?max_results=5", *bodies(folder="near")[number])
    assert (named["folder"], named["template"]) == ("near", "https://example.com/")
    ask(cloud, "PUT", "upload_mappings", *bodies(folder="near", template="https://example.org/")[number])
    ask(cloud, "DELETE", "upload_mappings", *bodies(folder="near")[number])
    ask(cloud, "DELETE", "upload_mappings?folder=nearer", b"[]", "application/json")
    assert ask(cloud, "GET", "upload_mappings", b"[]", "application/json")["mappings"] == []


def test_a_body_on_get_may_be_long_chunked_empty_or_in_parts(cloud: MediaService) -> None:
    path = f"{cloud.url}/v1_1/cloud/resources/image"
    names = [f"none{number}" for number in range(900)]
    long = json.dumps({"public_ids": names}).encode()
    sent = {"Authorization": AUTHORIZATION, "Content-Type": "application/json"}
    multipart, kind = http.form({"max_results": "2"}, None)
    for body, headers in (
        (long, sent),
        (iter([long[:900], long[900:]]), {**sent, "Transfer-Encoding": "chunked"}),
        (b"", sent),
        (multipart, {**sent, "Content-Type": kind}),
    ):
        got = http.send(path, "GET", body, headers)
        assert (got.status, json.loads(got.body)) == (200, {"resources": []})


def test_a_body_that_nobody_asked_for_leaves_the_connection_whole(cloud: MediaService) -> None:
    connection = HTTPConnection(cloud.url.removeprefix("http://"), timeout=20)
    for path in ("/v1_1/cloud/ping", "/cloud/image/upload/none.jpg", "/v1_1/cloud/none"):
        for _ in range(2):
            connection.request("GET", path, b"GET /x HTTP/1.1\r\n\r\n" * 50)
            with connection.getresponse() as answer:
                assert answer.status in (401, 404)
                answer.read()
    connection.close()


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("ü.jpg", "ü"),
        ("sch\u00f6n wei\u00df.jpg", "schön weiß"),
        ("日本.jpg", "å,"),  # what is left of it
        ("Ж.jpg", ".jpg"),  # a control character
        ("∢x.jpg", "file"),  # a quote, which ends the name before it has begun
        ("ഊx.jpg", "file"),  # a new line, which ends the header
    ],
)
def test_names_of_files_as_the_sdk_for_node_writes_them(cloud: MediaService, name: str, told: str) -> None:
    """Of each letter the low byte of UTF-16: Latin-1 for some, of others nothing that could be read."""
    low = bytes(byte for byte in name.encode("utf-16-le")[::2])
    parts = {**http.signed(cloud), "public_id": None}
    head = "".join(
        f'--b\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in parts.items()
        if value is not None
    )
    disposition = b'--b\r\nContent-Disposition: form-data; name="file"; filename="' + low + b'"\r\n'
    body = head.encode() + disposition + b"Content-Type: application/octet-stream\r\n\r\n" + jpeg(30, 20)
    got = http.send(
        f"{cloud.url}/v1_1/cloud/image/upload",
        "POST",
        body + b"\r\n--b--",
        {"Content-Type": "multipart/form-data; boundary=b"},
    )
    answer = json.loads(got.body)
    assert got.status == 200, answer
    assert (answer["width"], answer["original_filename"]) == (30, told)
