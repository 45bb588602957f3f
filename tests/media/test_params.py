"""Parameters as clients of several languages send them: taken where their meaning is plain, else refused with 400."""

import base64
import io
import json
import time
import uuid
import zipfile
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import cloudinary.api
import cloudinary.uploader
import pytest
from cloudinary import Search

from picturerail import signing
from picturerail.errors import BadRequest
from picturerail.media.attributes.parameters import _READERS, read_context
from picturerail.media.http.params import Params
from picturerail.media.http.times import read_time
from tests.files import jpeg, opened
from tests.media.http import Got, form, send, signed, upload
from tests.media_service import MediaService

BASIC = {"Authorization": "Basic " + base64.b64encode(b"123456789:the secret").decode()}
pytestmark = pytest.mark.usefixtures("cloud")


def ask(cloud: MediaService, method: str, path: str, body: Any = None) -> Got:
    content = None if body is None else json.dumps(body).encode()
    return send(
        f"{cloud.url}/v1_1/cloud/{path}", method, content, {**BASIC, "Content-Type": "application/json"}
    )


def name() -> str:
    return f"params{uuid.uuid4().hex}"


@pytest.mark.parametrize(
    "text",
    [
        "2026-11-28T10:00:00Z",
        "2026-11-28T11:00:00+01:00",
        "2026-11-28 10:00:00 UTC",
        "2026-11-28 10:00:00 +0000",
        "Sat, 28 Nov 2026 10:00:00 GMT",
        "Sat Nov 28 2026 11:00:00 GMT+0100 (Central European Standard Time)",
        "Sat Nov 28 2026 10:00:00 GMT 0000 (Coordinated Universal Time)",
        "2026-11-28T10:00:00",
    ],
)
def test_times_of_many_languages(cloud: MediaService, text: str) -> None:
    assert read_time(text) == datetime(2026, 11, 28, 10, tzinfo=UTC)
    assert ask(cloud, "GET", f"resources/image?start_at={quote(text)}").status == 200


@pytest.mark.parametrize("text", ["yesterday", "28.11.2026", "Sat Nov 28", "99999-01-01", "1e5"])
def test_what_is_no_time_is_refused(cloud: MediaService, text: str) -> None:
    assert ask(cloud, "GET", f"resources/image?start_at={quote(text)}").status == 400


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ({"alt": "ü=|x", "n": 5, "half": 0.5}, {"alt": "ü=|x", "n": "5", "half": "0.5"}),
        ({"yes": True, "no": False, "nothing": None}, {"yes": "true", "no": "false"}),
        ({"custom": {"alt": "x", "b": True}}, {"alt": "x", "b": "true"}),
        ({"custom": "mine"}, {"custom": "mine"}),
        ({"alt": ["a"]}, None),
        ({"alt": {"a": "b"}}, None),
        ({"custom": {"alt": [1]}}, None),
        ("alt=ü\\=\\|x|n=5", {"alt": "ü=|x", "n": "5"}),
    ],
)
def test_a_context_is_texts(given: Any, read: dict[str, str] | None) -> None:
    params = Params({"context": given})
    if read is None:
        with pytest.raises(BadRequest, match="is a text"):
            read_context(params)
    else:
        assert read_context(params) == read


def test_no_beginning_of_an_access_is_none() -> None:
    rules = [{"access_type": "anonymous", "start": None, "end": "2026-12-01T00:00:00Z"}]
    read = _READERS["access_control"][1](Params({"access_control": rules}))
    assert read == [{"access_type": "anonymous", "end": "2026-12-01T00:00:00Z"}]


@pytest.mark.parametrize(("expires_at", "status"), [("4000000000.5", 200), ("4e9", 400), ("12.5", 401)])
def test_a_link_may_end_within_a_second(cloud: MediaService, expires_at: str, status: int) -> None:
    public_id = cloudinary.uploader.upload(jpeg(20, 10))["public_id"]
    params = {"public_id": public_id, "format": "jpg", "expires_at": expires_at}
    params |= {"signature": signing.sign_request(params, "the secret"), "api_key": "123456789"}
    assert send(f"{cloud.url}/v1_1/cloud/image/download?{urlencode(params)}").status == status


def test_words_for_yes_and_no_in_a_definition(cloud: MediaService) -> None:
    field = {"external_id": name(), "label": name(), "type": "string", "default_value": "a"}
    made = ask(cloud, "POST", "metadata_fields", {**field, "mandatory": "true", "default_disabled": "false"})
    told = json.loads(made.body)
    assert (told["mandatory"], told["default_disabled"]) == (True, False)
    assert (
        ask(cloud, "PUT", f"metadata_fields/{field['external_id']}", {"mandatory": "perhaps"}).status == 400
    )


def test_names_with_commas_between_them_are_a_list(cloud: MediaService) -> None:
    names = [name(), name()]
    ids = [
        cloudinary.uploader.upload(jpeg(20, 10), public_id=each, backup=True)["asset_id"] for each in names
    ]
    both = ",".join(names)
    for path, query in (
        ("resources/image/upload", {"public_ids": both}),
        ("resources/by_asset_ids", {"asset_ids": ",".join(ids)}),
    ):
        for got in (ask(cloud, "GET", f"{path}?{urlencode(query)}"), ask(cloud, "GET", path, query)):
            assert sorted(each["public_id"] for each in json.loads(got.body)["resources"]) == sorted(names)
    for action, params in (
        ("tags", {"command": "add", "tag": "x"}),
        ("context", {"command": "add", "context": "k=v"}),
    ):
        body = urlencode(signed(cloud, **params, public_ids=both)).encode()
        kind = {"Content-Type": "application/x-www-form-urlencoded"}
        got = send(f"{cloud.url}/v1_1/cloud/image/{action}", "POST", body, kind)
        assert json.loads(got.body) == {"public_ids": names}, (action, got.body)
    gone = ask(cloud, "DELETE", f"resources/image/upload?public_ids={both}")
    assert json.loads(gone.body)["deleted"] == dict.fromkeys(names, "deleted")
    back = ask(cloud, "POST", "resources/image/upload/restore", {"public_ids": both})
    assert sorted(json.loads(back.body)) == sorted(names)
    comma = cloudinary.uploader.upload(jpeg(20, 10), public_id=f"{name()},b")["public_id"]
    assert cloudinary.api.resources_by_ids([comma])["resources"][0]["public_id"] == comma


@pytest.mark.parametrize(
    ("fraction", "status"), [(".5", 200), (".123456", 200), (".", 401), ("e3", 401), ("0000", 401)]
)
def test_the_time_of_a_signature_may_have_a_fraction(cloud: MediaService, fraction: str, status: int) -> None:
    given = signed(cloud, public_id=name(), timestamp=f"{int(time.time())}{fraction}")
    assert upload(cloud, given, jpeg(20, 10)).status == status


def test_a_file_part_may_hold_a_data_uri(cloud: MediaService) -> None:
    text = b"data:image/jpeg;base64," + base64.b64encode(jpeg(33, 22))
    told = json.loads(upload(cloud, signed(cloud, public_id=name()), text).body)
    assert (told["width"], told["format"]) == (33, "jpg")


@pytest.mark.parametrize(
    "body", [{"validation": {"type": "greater_than", "value": 2**70}}, {"label": "a\0b"}]
)
def test_what_cannot_be_stored_is_refused(cloud: MediaService, body: dict[str, Any]) -> None:
    field = {"external_id": name(), "label": name(), "type": "integer"}
    assert ask(cloud, "POST", "metadata_fields", {**field, **body}).status == 400


@pytest.mark.parametrize(
    "path", ["resources/image?prefix=a%00b", "tags/image?prefix=%00", "resources/image/upload?prefix=%00"]
)
def test_a_nul_is_refused(cloud: MediaService, path: str) -> None:
    assert ask(cloud, "GET", path).status == 400
    assert ask(cloud, "DELETE", "resources/image/upload", {"prefix": "a\0"}).status == 400


def test_all_that_is_here_is_active() -> None:
    public_id = name()
    cloudinary.uploader.upload(jpeg(20, 10), public_id=public_id)
    for expression, count in (
        ("status=active", 1),
        ("status:act*", 1),
        ("status=deleted", 0),
        ("NOT status=active", 0),
    ):
        assert (
            Search().expression(f"public_id={public_id} AND {expression}").execute()["total_count"] == count
        )


def test_access_modes_of_many_at_once(cloud: MediaService) -> None:
    names, tag = [name() for _ in range(3)], name()
    for each in names:
        cloudinary.uploader.upload(jpeg(20, 10), public_id=each, tags=tag)
    first = send(f"{cloud.delivery}/image/upload/w_5/{names[0]}.jpg")

    def update(**body: Any) -> dict[str, Any]:
        got = ask(cloud, "POST", "resources/image/upload/update_access_mode", body)
        assert got.status == 200, got.body
        return dict(json.loads(got.body))

    told = update(access_mode="authenticated", public_ids=names[:2])
    assert [each["public_id"] for each in told["updated"]] == names[:2]
    assert (first.status, told["failed"]) == (200, [])
    assert [send(f"{cloud.delivery}/image/upload/w_5/{each}.jpg").status for each in names] == [401, 401, 200]
    update(access_mode="public", tag=tag)
    assert send(f"{cloud.delivery}/image/upload/w_5/{names[0]}.jpg").status == 200
    assert len(update(access_mode="public", prefix=names[0])["updated"]) == 1
    for body in ({"access_mode": "secret", "tag": tag}, {"access_mode": "public"}, {"tag": tag}):
        assert ask(cloud, "POST", "resources/image/upload/update_access_mode", body).status == 400


def test_lists_of_an_archive_by_commas(cloud: MediaService) -> None:
    names, tag = [name() for _ in range(3)], name()
    for number, each in enumerate(names):
        cloudinary.uploader.upload(jpeg(20, 10), public_id=each, tags=f"{tag}{number}")
    for given in (
        {"tags": f"{tag}0,{tag}1"},
        {"public_ids": ",".join(names[:2])},
        {"tags": [f"{tag}0", f"{tag}1"]},
    ):
        body, kind = form(signed(cloud, **given), None)
        got = send(f"{cloud.url}/v1_1/cloud/image/generate_archive", "POST", body, {"Content-Type": kind})
        assert (got.status, json.loads(got.body).get("file_count")) == (200, 2), got.body


def test_the_preset_wins_where_nobody_signs(cloud: MediaService) -> None:
    preset = name()
    settings = {"folder": "pre", "tags": "a,b", "context": "alt=pre|more=1"}
    cloudinary.api.create_upload_preset(name=preset, unsigned=True, **settings)
    own = {"folder": "own", "tags": "b,c", "context": "alt=own|mine=2"}
    body, kind = form({"upload_preset": preset, **own}, jpeg(20, 10))
    got = send(f"{cloud.url}/v1_1/cloud/image/upload", "POST", body, {"Content-Type": kind})
    told = json.loads(got.body)
    assert told["public_id"].startswith("pre/")
    assert sorted(told["tags"]) == ["a", "b", "c"]
    assert told["context"]["custom"] == {"alt": "pre", "more": "1", "mine": "2"}
    told = cloudinary.uploader.upload(jpeg(20, 10), upload_preset=preset, **own)
    assert told["public_id"].startswith("own/")
    assert sorted(told["tags"]) == ["b", "c"]
    assert told["context"]["custom"] == {"alt": "own", "mine": "2"}


@pytest.mark.parametrize(
    ("asked", "ending"), [("c_scale,w_9/png", "png"), ("c_scale,w_9/e_grayscale/gif", "gif")]
)
def test_a_format_behind_a_transformation_counts_in_archives(
    cloud: MediaService, asked: str, ending: str
) -> None:
    public_id = name()
    cloudinary.uploader.upload(jpeg(20, 10), public_id=public_id)
    given = signed(
        cloud, public_ids=public_id, transformations=asked, mode="download", flatten_transformations="1"
    )
    body, kind = form(given, None)
    got = send(f"{cloud.url}/v1_1/cloud/image/generate_archive", "POST", body, {"Content-Type": kind})
    assert got.status == 200, got.body
    with zipfile.ZipFile(io.BytesIO(got.body)) as archive:
        assert archive.namelist() == [f"{public_id}.{ending}"]
        assert opened(archive.read(archive.namelist()[0])).format == ending.upper()


@pytest.mark.parametrize(
    ("file", "expected"),
    [
        ("🍺.png", "🍺"),
        ("日本 語.png", "日本_語"),
        ("a+b & c?.png", "a_b_c"),
        ("cafe\u0301.png", "cafe\u0301"),
        ("?.png", "file"),
    ],
)
def test_names_of_files_keep_what_a_public_id_may_hold(cloud: MediaService, file: str, expected: str) -> None:
    params = signed(cloud, use_filename="true", unique_filename="false", filename_override=file)
    told = json.loads(upload(cloud, params, jpeg(20, 10)).body)
    assert told["public_id"] == expected
    assert send(f"{cloud.delivery}/image/upload/{quote(expected)}.jpg").status == 200


@pytest.mark.parametrize("value", ["a|b", "a\\|b", "a\\=b\\", "\\\\|\\\\", "a=b|c=d", "\\"])
def test_a_context_comes_back_as_it_was_sent(value: str) -> None:
    told = cloudinary.uploader.upload(jpeg(20, 10), context={"first": "1", "value": value})
    assert told["context"]["custom"] == {"first": "1", "value": value}


@pytest.mark.parametrize(
    "points", [[[2**70, 1], [1, 2]], [[float("nan"), 1]], [[1, float("inf")]], [[True, []]]]
)
def test_regions_that_no_picture_has_are_refused(cloud: MediaService, points: list[Any]) -> None:
    preset = cloudinary.api.create_upload_preset(unsigned=True)["name"]
    regions = json.dumps({"a": points})
    for params in (signed(cloud, regions=regions), {"upload_preset": preset, "regions": regions}):
        assert upload(cloud, params, jpeg(20, 10)).status == 400


def test_asset_is_a_word_for_the_type_upload(cloud: MediaService) -> None:
    public_id = name()
    told = json.loads(upload(cloud, signed(cloud, public_id=public_id, type="asset"), jpeg(20, 10)).body)
    assert told["type"] == "upload"
    assert cloudinary.uploader.explicit(public_id, type="asset")["public_id"] == public_id
    assert cloudinary.uploader.destroy(public_id, type="asset")["result"] == "ok"


def test_the_sdk_of_dart_renames_by_nulls(cloud: MediaService) -> None:
    """It sends the word for whatever was not given."""
    old, nulls = name(), dict.fromkeys(("type", "to_type", "overwrite", "invalidate"), "null")
    upload(cloud, signed(cloud, public_id=old), jpeg(20, 10))
    told = cloudinary.uploader.rename(old, f"{old}_2", **nulls)
    assert (told["public_id"], told["type"]) == (f"{old}_2", "upload")


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("a[0][x]=1&a[1][y]=2", {"a": [{"x": "1"}, {"y": "2"}]}),  # PHP
        ("a[0][x]=1&a[0][y]=2", {"a": [{"x": "1", "y": "2"}]}),
        ("a[][x]=1&a[][y]=2&a[][x]=3", {"a": [{"x": "1", "y": "2"}, {"x": "3"}]}),  # Ruby
        ("a[b][c][]=1&a[b][c][]=2&a[b][d]=3", {"a": {"b": {"c": ["1", "2"], "d": "3"}}}),
        ("a[]=1&a[]=2&b=1&b=2", {"a": ["1", "2"], "b": "2"}),
        ("a[1]=x&a[]=y", {"a": ["x", "y"]}),
        ("[a]=1&a[b=2", {"[a]": "1", "a": {"b": "2"}}),
        ("a[x]=1&a[]=2", None),
        ("a=1&a[]=2", None),
        ("a[][]=1&a[0][x]=2", {"a": [["1"], {"x": "2"}]}),
        ("a[0][]=1&a[0][x]=2", None),
        ("a[x]=1&a[x][y]=2", None),
        ("a" + "[x]" * 9 + "=1", None),
    ],
)
def test_names_with_brackets(written: str, read: Any) -> None:
    pairs = parse_qsl(written, keep_blank_values=True)
    if read is None:
        with pytest.raises(BadRequest):
            Params.from_pairs(pairs)
    else:
        assert dict(Params.from_pairs(pairs)) == read


def test_a_search_as_a_form(cloud: MediaService) -> None:
    tag = name()
    names = [upload(cloud, signed(cloud, public_id=f"{tag}{n}", tags=tag), jpeg(9, 9)).status for n in (1, 2)]
    assert names == [200, 200]
    body = urlencode({"expression": f"tags={tag}", "sort_by[0][public_id]": "desc", "with_field[]": "tags"})
    told = send(f"{cloud.url}/v1_1/cloud/resources/search", "POST", body.encode(), BASIC)
    found = json.loads(told.body)["resources"]
    assert [each["public_id"] for each in found] == [f"{tag}2", f"{tag}1"]
    assert found[0]["tags"] == [tag]


@pytest.mark.parametrize(
    "value", ["Basic", "Basic !!!", "basic bm8tY29sb24=", "Basic Og==", "Bearer", "Bearer "]
)
def test_credentials_that_cannot_be_read_are_not_none(cloud: MediaService, value: str) -> None:
    body, content_type = form(signed(cloud, public_id=name()), jpeg(9, 9))
    for method, path, sent in (("POST", "image/upload", body), ("GET", "ping", None)):
        headers = {"Authorization": value} | ({"Content-Type": content_type} if sent else {})
        got = send(f"{cloud.url}/v1_1/cloud/{path}", method, sent, headers)
        assert (got.status, list(json.loads(got.body)["error"])) == (401, ["message"])


@pytest.mark.parametrize("name", ["public_ids", "asset_ids", "fields"])
def test_a_list_that_comes_as_a_name_again_and_again(name: str) -> None:
    assert Params.from_pairs([(name, "a"), ("tags", "1"), (name, "b")]).names(name) == ["a", "b"]
    assert Params.from_pairs([(name, "a,b")]).names(name) == ["a", "b"]


@pytest.mark.parametrize(("part", "status"), [("file", 200), ("image", 400), ("image_file", 200)])
def test_a_file_under_another_name_is_refused_with_the_right_one(
    cloud: MediaService, part: str, status: int
) -> None:
    body, kind = form(signed(cloud), jpeg(30, 20))
    body = body.replace(b'name="file"', f'name="{part}"'.encode())
    got = send(f"{cloud.url}/v1_1/cloud/image/upload", "POST", body, {"Content-Type": kind})
    assert got.status == status, got.body
    assert (b"came as the parameter image: it is expected as file." in got.body) == (status == 400)


def test_a_search_by_a_picture_says_that_there_is_none(cloud: MediaService) -> None:
    body, kind = form({}, jpeg(30, 20))
    body = body.replace(b'name="file"', b'name="image_file"')
    url = f"{cloud.url}/v1_1/cloud/resources/visual_search"
    got = send(url, "POST", body, {**BASIC, "Content-Type": kind})
    assert (got.status, b"Visual search is not available here" in got.body) == (400, True)


@pytest.mark.parametrize(
    ("direction", "status"), [("asc", 200), ("desc", 200), ("1", 200), ("-1", 200), ("up", 400)]
)
def test_a_list_has_two_directions(cloud: MediaService, direction: str, status: int) -> None:
    assert ask(cloud, "GET", f"resources/image?direction={direction}").status == status


@pytest.mark.parametrize("text", ["t_nobody", "c_scale,w_10/t_nobody", "t_nobody/jpg"])
def test_a_named_transformation_that_is_not_there_is_refused_before_anything_is_done(
    cloud: MediaService, text: str
) -> None:
    public_id = name()
    for more in ({"eager": text}, {"eager": text, "eager_async": "true"}):
        got = upload(cloud, signed(cloud, public_id=public_id, **more), jpeg(30, 20))
        assert (got.status, b"There is no named transformation 'nobody'" in got.body) == (400, True)
    assert ask(cloud, "GET", f"resources/image/upload/{public_id}").status == 404
    assert upload(cloud, signed(cloud, public_id=public_id), jpeg(30, 20)).status == 200
    for action, asked in (("explicit", {"eager": text}), ("explode", {"transformation": f"{text}/pg_1"})):
        body, kind = form(signed(cloud, public_id=public_id, type="upload", **asked), None)
        got = send(f"{cloud.url}/v1_1/cloud/image/{action}", "POST", body, {"Content-Type": kind})
        assert got.status == 400, (action, got.body)
