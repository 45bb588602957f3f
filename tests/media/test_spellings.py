"""Calls as clients spell them, where one spelling was taken and another was refused, or dropped without a word."""

import base64
import json
import uuid
from typing import Any
from urllib.parse import quote

import pytest

from picturerail.media.http.params import Params
from picturerail.media.http.times import read_time
from tests.files import jpeg
from tests.media.http import Got, form, send, signed, upload
from tests.media_service import MediaService

BASIC = {"Authorization": "Basic " + base64.b64encode(b"123456789:the secret").decode()}
pytestmark = pytest.mark.usefixtures("cloud")

JPEG = jpeg(33, 22)
ENCODED = base64.b64encode(JPEG).decode()
SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='33' height='22'><rect fill='red' width='50%'/></svg>"


def name() -> str:
    return f"spelt{uuid.uuid4().hex}"


def ask(cloud: MediaService, method: str, path: str, body: Any = None) -> tuple[int, Any]:
    content = None if body is None else json.dumps(body).encode()
    headers = {**BASIC, "Content-Type": "application/json"}
    got = send(f"{cloud.url}/v1_1/cloud/{path}", method, content, headers)
    return got.status, json.loads(got.body)


def found(cloud: MediaService, expression: str, **more: Any) -> list[str]:
    _, told = ask(cloud, "POST", "resources/search", {"expression": expression, **more})
    return [each["public_id"] for each in told["resources"]]


def put(cloud: MediaService, **params: Any) -> dict[str, Any]:
    got = upload(cloud, signed(cloud, **{"public_id": name(), **params}), JPEG)
    assert got.status == 200, got.body
    told: dict[str, Any] = json.loads(got.body)
    return told


def from_text(cloud: MediaService, text: str, kind: str = "image") -> Got:
    body, content_type = form({**signed(cloud, public_id=name()), "file": text}, None)
    return send(f"{cloud.url}/v1_1/cloud/{kind}/upload", "POST", body, {"Content-Type": content_type})


@pytest.mark.parametrize(
    "text",
    [
        f"DATA:image/jpeg;base64,{ENCODED}",
        f"data:image/jpeg;BASE64,{ENCODED}",
        f"\n data:image/jpeg;base64,{ENCODED}",
        f"data:image/jpeg; base64,{ENCODED}",
        f"data:image/jpeg;filename=my%20file.jpg;base64,{ENCODED}",
        f'data:image/jpeg;name="a, b;c.jpg";base64,{ENCODED}',
        f"data:image/svg+xml,{quote(SVG)}",
        f"data:image/svg+xml;utf8,{SVG}",
        f"data:image/svg+xml;charset=utf-8,{quote(SVG)}",
    ],
)
def test_a_data_uri_in_every_spelling(cloud: MediaService, text: str) -> None:
    got = from_text(cloud, text)
    assert got.status == 200, got.body
    assert json.loads(got.body)["width"] == 33


@pytest.mark.parametrize(
    ("text", "size"),
    [("data:,hello%20world", 11), ("data:text/plain,a%2", 3), ("data:," + "%41" * 90_001, 90_001)],
)
def test_the_bytes_of_a_data_uri_without_base64(cloud: MediaService, text: str, size: int) -> None:
    assert json.loads(from_text(cloud, text, "raw").body)["bytes"] == size


@pytest.mark.parametrize("text", ["data:", ENCODED, "database64,", "metadata:image/jpeg;base64,AA"])
def test_what_is_no_data_uri_is_refused(cloud: MediaService, text: str) -> None:
    assert from_text(cloud, text).status == 400


def test_a_call_names_a_thousand_assets(cloud: MediaService) -> None:
    there = put(cloud)["public_id"]
    params: dict[str, Any] = {"command": "add", "tag": "many"}
    given = signed(cloud, **params, public_ids=",".join([*[f"none{n}" for n in range(999)], there]))
    fields = [(key, value) for key, value in given.items() if key != "public_ids"]
    fields += [("public_ids[]", each) for each in given["public_ids"].split(",")]
    edge = "edge"
    body = "".join(
        f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
        for key, value in fields
    )
    headers = {"Content-Type": f"multipart/form-data; boundary={edge}"}
    got = send(f"{cloud.url}/v1_1/cloud/image/tags", "POST", f"{body}--{edge}--\r\n".encode(), headers)
    assert json.loads(got.body) == {"public_ids": [there]}


def test_presets_are_refused_as_cloudinary_does(cloud: MediaService) -> None:
    signed_only, unsigned = name(), name()
    ask(cloud, "POST", "upload_presets", {"name": signed_only})
    ask(cloud, "POST", "upload_presets", {"name": unsigned, "unsigned": True})
    for params, sentence in (
        ({"upload_preset": "none"}, "Upload preset not found"),
        ({"upload_preset": signed_only}, "Upload preset must be whitelisted for unsigned uploads"),
        (
            {"upload_preset": unsigned, "return_delete_token": "1"},
            "Return delete token parameter is not allowed when using unsigned upload. Only upload_preset,",
        ),
        (signed(cloud, upload_preset="none"), "Upload preset not found"),
    ):
        got = upload(cloud, params, JPEG)
        assert (got.status, json.loads(got.body)["error"]["message"][: len(sentence)]) == (400, sentence)
        assert got.headers["x-cld-error"].startswith(sentence)
    assert upload(cloud, {"upload_preset": unsigned, "source": "uw"}, JPEG).status == 200


@pytest.mark.parametrize("text", ["2019-03-22 00:00 +0200", "2019-03-21 22:00:00 +0000", "2019-03-21T22:00Z"])
def test_times_of_access_control(cloud: MediaService, text: str) -> None:
    assert read_time(text) == read_time("2019-03-21T22:00:00Z")
    for end, status in (("start", 200), ("end", 401)):
        rules = json.dumps([{"access_type": "anonymous", end: text}])
        told = put(cloud, access_control=rules)
        assert send(f"{cloud.url}/cloud/image/upload/{told['public_id']}").status == status


@pytest.mark.parametrize("text", ["soon", 1550851257, "2019-13-01", "31.12.2030"])
def test_access_control_that_nobody_can_read_is_refused(cloud: MediaService, text: Any) -> None:
    rules = json.dumps([{"access_type": "anonymous", "start": text}])
    assert upload(cloud, signed(cloud, public_id=name(), access_control=rules), JPEG).status == 400


def test_context_and_metadata_may_be_json_in_a_form(cloud: MediaService) -> None:
    field = name()
    ask(cloud, "POST", "metadata_fields", {"external_id": field, "label": field, "type": "string"})
    told = put(cloud, context='{"alt": "a|b", "n": 3}', metadata=json.dumps({field: "x=y"}))
    assert told["context"]["custom"] == {"alt": "a|b", "n": "3"}
    assert told["metadata"][field] == "x=y"
    assert put(cloud, context="{a=b}")["context"]["custom"] == {"{a": "b}"}
    assert upload(cloud, signed(cloud, public_id=name(), metadata="words"), JPEG).status == 400
    assert upload(cloud, signed(cloud, public_id=name(), metadata='{"unknown": 1}'), JPEG).status == 400
    assert ask(cloud, "DELETE", f"metadata_fields/{field}")[0] == 200


def test_a_display_name_is_found_as_it_is_told(cloud: MediaService) -> None:
    plain, named = put(cloud), put(cloud, display_name="Cat on a mat")
    for expression in ("display_name:{}", "display_name={}", "display_name:{}*", "display_name={}*"):
        assert found(cloud, expression.format(plain["display_name"])) == [plain["public_id"]]
        assert found(cloud, expression.format(named["public_id"])) == []
    for expression in ("display_name:mat", 'display_name="Cat on a mat"'):
        assert found(cloud, f"{expression} AND public_id={named['public_id']}") == [named["public_id"]]


def test_sorting_and_counting_in_a_search(cloud: MediaService) -> None:
    tag = name()
    ids = [put(cloud, public_id=f"{tag}{letter}", tags=tag)["public_id"] for letter in "abc"]
    assert found(cloud, f"tags={tag}", sort_by=[{"public_id": "DESC"}]) == ids[::-1]
    asked = {"expression": f"tags={tag}", "aggregate": ["status"]}
    assert ask(cloud, "POST", "resources/search", asked)[1]["aggregations"] == {"status": {"active": 3}}
    assert ask(cloud, "POST", "resources/search", {"sort_by": [{"public_id": 1}]})[0] == 400


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        (
            "bytes",
            {
                "0-102399": 2,
                "102400-1048575": 0,
                "1048576-10485759": 0,
                "10485760-104857599": 0,
                "104857600-*": 0,
            },
        ),
        (
            "pixels",
            {
                "0-499999": 2,
                "500000-1999999": 0,
                "2000000-7999999": 0,
                "8000000-23999999": 0,
                "24000000-*": 0,
            },
        ),
        ("image_pixels", None),
        ("duration", {}),
        ("video_pixels", {}),
        ({"type": "image_pixels", "ranges": [{"key": "tiny", "to": 726}]}, {"tiny": 2}),
        ({"type": "duration", "ranges": [{"key": "short", "to": 10}]}, {"short": 0}),
    ],
)
def test_categories_of_what_has_no_single_values(cloud: MediaService, asked: Any, told: Any) -> None:
    tag = name()
    for _ in range(2):
        put(cloud, tags=tag)
    wish = {"expression": f"tags={tag}", "aggregate": [asked]}
    key = asked if isinstance(asked, str) else asked["type"]
    groups = ask(cloud, "POST", "resources/search", wish)[1]["aggregations"][key]
    assert groups == told if told is not None else sum(groups.values()) == 2


@pytest.mark.parametrize("asked", ["width", "tags", "", 5, {"type": "bytes"}, {"type": ["bytes"]}, {}])
def test_what_cannot_be_counted_by_is_refused(cloud: MediaService, asked: Any) -> None:
    assert ask(cloud, "POST", "resources/search", {"aggregate": [asked]})[0] == 400


@pytest.mark.parametrize("path", ["usage/2026-11-03", "usage/03-11-2026", "usage?date=2026-11-03"])
def test_a_day_of_usage_in_both_spellings(cloud: MediaService, path: str) -> None:
    status, told = ask(cloud, "GET", path)
    assert (status, told["last_updated"]) == (200, "2026-11-03")
    assert ask(cloud, "GET", "usage/2026-13-03")[0] == 400


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        (rb'filename="C:\temp\new photo.jpg"', "new photo"),  # as Windows browsers sent it
        (rb'filename="a\"b.jpg"', 'a"b'),
        (rb'filename="a\\b.jpg"', "b"),
        (b'filename="a%22b.jpg"', 'a"b'),
        (b"filename*=utf-8''ph%C3%B6to%20x.jpg", "phöto x"),  # .NET
    ],
)
def test_backslashes_of_file_names(cloud: MediaService, sent: bytes, kept: str) -> None:
    fields = b"".join(
        b'--e\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n'
        % (key.encode(), str(value).encode())
        for key, value in signed(cloud, public_id=name()).items()
    )
    file = b"--e\r\nContent-Disposition: form-data; name=file; %s\r\n\r\n%s\r\n--e--\r\n" % (
        sent,
        JPEG,
    )
    headers = {"Content-Type": "multipart/form-data; boundary=e"}
    got = send(f"{cloud.url}/v1_1/cloud/image/upload", "POST", fields + file, headers)
    assert json.loads(got.body)["original_filename"] == kept


def test_the_type_of_a_list_may_stand_behind_the_question_mark(cloud: MediaService) -> None:
    public, private = put(cloud)["public_id"], put(cloud, type="private")["public_id"]
    for kind, expected in (("upload", [public]), ("private", [private]), ("fetch", [])):
        path = f"resources/image?type={kind}&public_ids[]={public}&public_ids[]={private}"
        listed = ask(cloud, "GET", path)[1]["resources"]
        assert [each["public_id"] for each in listed] == expected
        assert ask(cloud, "GET", f"resources/image/{kind}?type=upload&public_ids={private}")[1][
            "resources"
        ] == [each for each in listed if each["public_id"] == private]


@pytest.mark.parametrize("file_name", ["..jpg", "...jpg", "....", "."])
def test_a_file_name_of_dots_makes_a_name(cloud: MediaService, file_name: str) -> None:
    folder = name()
    params = signed(cloud, folder=folder, use_filename="1", unique_filename="0")
    got = upload(cloud, params, JPEG, name=file_name)
    assert (got.status, json.loads(got.body)["public_id"]) == (200, f"{folder}/file")


def test_a_streaming_profile_is_renamed_without_its_representations(cloud: MediaService) -> None:
    profile = name()
    given = [{"transformation": "c_limit,w_100"}]
    assert ask(cloud, "POST", "streaming_profiles", {"name": profile})[0] == 400
    ask(cloud, "POST", "streaming_profiles", {"name": profile, "representations": given})
    status, told = ask(cloud, "PUT", f"streaming_profiles/{profile}", {"display_name": "Small"})
    assert (status, told["data"]["display_name"]) == (200, "Small")
    assert told["data"]["representations"] == [{"transformation": [{"crop": "limit", "width": 100}]}]
    assert ask(cloud, "PUT", f"streaming_profiles/{profile}", {"representations": []})[0] == 400


def test_no_entries_are_neither_deleted_nor_restored(cloud: MediaService) -> None:
    field = name()
    values = {"values": [{"external_id": "a", "value": "A"}]}
    definition = {"external_id": field, "label": field, "type": "enum", "datasource": values}
    ask(cloud, "POST", "metadata_fields", definition)
    for method, path in (("DELETE", "datasource"), ("POST", "datasource_restore")):
        status, told = ask(cloud, method, f"metadata_fields/{field}/{path}", {})
        assert (status, told["error"]["message"]) == (400, "Missing required parameter - external_ids")
    ask(cloud, "DELETE", f"metadata_fields/{field}")


def test_a_sprite_of_a_transformation_makes_no_folder(cloud: MediaService) -> None:
    tag = name()
    put(cloud, tags=tag)
    body, content_type = form(signed(cloud, tag=tag, transformation="w_13"), None)
    got = send(f"{cloud.url}/v1_1/cloud/image/sprite", "POST", body, {"Content-Type": content_type})
    assert got.status == 200, got.body
    folders = ask(cloud, "GET", "folders?max_results=500")[1]["folders"]
    assert "w_13" not in [each["path"] for each in folders]


@pytest.mark.parametrize(
    ("kind", "written", "ending"),
    [
        ("multi", "w_20/gif", "gif"),
        ("multi", "w_20/pdf", "pdf"),
        ("sprite", "w_20/jpg", "jpg"),
        ("sprite", "w_20/", "png"),
    ],
)
def test_a_format_behind_what_is_done_to_several(
    cloud: MediaService, kind: str, written: str, ending: str
) -> None:
    tag = name()
    put(cloud, public_id=name(), tags=tag)
    body, content_type = form(signed(cloud, tag=tag, transformation=written), None)
    got = send(f"{cloud.url}/v1_1/cloud/image/{kind}", "POST", body, {"Content-Type": content_type})
    assert got.status == 200, got.body
    told = json.loads(got.body)
    made = send(told["url" if kind == "multi" else "image_url"])
    assert (made.status, made.headers["content-type"].rpartition("/")[2]) == (
        200,
        ending.replace("jpg", "jpeg"),
    )


@pytest.mark.parametrize(
    "way", ["e_trim/l_{}/fl_layer_apply", "l_text:Arial_20:Hi/l_{}/fl_layer_apply/fl_layer_apply"]
)
def test_a_layer_where_a_size_is_known_only_later(cloud: MediaService, way: str) -> None:
    below, above = name(), name()
    put(cloud, public_id=below)
    address = f"{cloud.url}/cloud/image/upload/{way.format(above)},g_south/{below}.png"
    missing = send(address)
    assert (missing.status, missing.headers["x-cld-error"]) == (
        404,
        f"Resource not found - layer {above}",
    )
    put(cloud, public_id=above)
    assert send(f"{address}?again").status == 200


def test_a_field_that_only_names_the_file_is_left_out(cloud: MediaService) -> None:
    """The SDK of Dart sends one, unsigned: called as the file and with its path, or `file` before an address."""
    fields = {**signed(cloud, public_id=name()), "my photo": "/data/user/0/cache/photo"}
    body, content_type = form(fields, JPEG, "my photo")
    got = send(f"{cloud.url}/v1_1/cloud/image/upload", "POST", body, {"Content-Type": content_type})
    assert (got.status, json.loads(got.body)["original_filename"]) == (200, "my photo")
    twice = (
        f"file\r\n--a\r\nContent-Disposition: form-data; name=file\r\n\r\ndata:image/jpeg;base64,{ENCODED}"
    )
    body, content_type = form({**signed(cloud, public_id=name()), "file": twice}, None, boundary="a")
    got = send(f"{cloud.url}/v1_1/cloud/image/upload", "POST", body, {"Content-Type": content_type})
    assert (got.status, json.loads(got.body)["width"]) == (200, 33)


@pytest.mark.parametrize("fields", [{"tags": "a,b"}, {"tags": "tagged"}])
def test_a_parameter_that_is_called_as_the_file_counts(cloud: MediaService, fields: dict[str, str]) -> None:
    got = upload(cloud, signed(cloud, public_id=name(), **fields), JPEG, name="tags")
    assert json.loads(got.body)["tags"] == fields["tags"].split(",")


def test_a_field_that_is_called_as_no_parameter_can_be_is_left_out() -> None:
    paths = [("/data/user/0/photo.jpg", "a"), ("photo.jpg", "b"), ("C:\\photo", "c")]
    given = [("tags[]", "e"), ("context[a.b]", "f"), ("public_id", "a/b.c")]
    assert dict(Params.from_pairs(paths + given)) == {
        "tags": ["e"],
        "context": {"a.b": "f"},
        "public_id": "a/b.c",
    }
