"""Cursors: what was never given is refused by every list, before anything is answered or deleted."""

import base64
import json
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import bson
import pytest

from picturerail.errors import BadRequest
from picturerail.media.admin import deletions
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.pagination import Cursors
from picturerail.media.http.params import Params
from picturerail.media.service import Media
from tests.files import jpeg
from tests.media.http import Got, send, signed, upload
from tests.media.in_process import put
from tests.media_service import MediaService

BASIC = {"Authorization": "Basic " + base64.b64encode(b"123456789:the secret").decode()}
FORGED = base64.urlsafe_b64encode(bson.encode({"v": "", "i": ""})).decode().rstrip("=")
NEVER_GIVEN = ("23452342", "x", "0" * 32, "é", "zzzz", FORGED, "A" * 400)
LISTS = (
    *("resources/image", "resources/image/upload", "resources/image/upload?prefix=cursor", "resources/raw"),
    *(
        "resources/image/tags/cursor",
        "resources/image/context?key=a",
        "resources/image/moderations/manual/pending",
    ),
    *("resources/by_asset_folder?asset_folder=cursor", "tags/image", "transformations", "upload_presets"),
    *("transformations?transformation=w_7", "upload_mappings", "folders", "folders/cursor"),
    *("resources/search?expression=cursor", "folders/search?expression=path:cursor*"),
)


def ask(cloud: MediaService, method: str, path: str, **params: str) -> Got:
    query = "&".join(f"{name}={quote(value)}" for name, value in params.items())
    return send(f"{cloud.url}/v1_1/cloud/{path}{'&' if '?' in path else '?'}{query}", method, headers=BASIC)


@pytest.fixture(scope="module")
def names(cloud: MediaService) -> list[str]:
    """Some assets with everything that lists go by."""
    ask(cloud, "POST", "folders/cursor")
    made = [f"cursor/{uuid.uuid4().hex}" for _ in range(3)]
    for number, name in enumerate(made):
        params = signed(
            cloud,
            public_id=name,
            tags=f"cursor,c{number}",
            context="a=b",
            moderation="manual",
            eager="w_7|w_8",
        )
        got = upload(cloud, params, jpeg(30, 20 + number))
        assert got.status == 200, got.body
        for path in (f"folders/cursor/{number}", f"folders/top{number}"):
            ask(cloud, "POST", path)
        ask(cloud, "POST", "upload_presets", name=f"cursor{number}")
        ask(cloud, "POST", "upload_mappings", folder=f"cursor{number}", template="https://example.com/")
    return made


@pytest.mark.parametrize("path", LISTS)
def test_a_list_refuses_what_it_never_gave(cloud: MediaService, names: list[str], path: str) -> None:
    for cursor in NEVER_GIVEN:
        got = ask(cloud, "GET", path, next_cursor=cursor)
        assert got.status == 400, (cursor, got.body)
        assert "next_cursor" in got.headers["x-cld-error"]


@pytest.mark.parametrize("path", [path for path in LISTS if path != "resources/raw"])
def test_a_list_goes_on_behind_what_it_gave(cloud: MediaService, names: list[str], path: str) -> None:
    whole = items(ask(cloud, "GET", path, max_results="500"))
    seen: list[Any] = []
    given: dict[str, str] = {}
    while True:
        got = ask(cloud, "GET", path, max_results="1", **given)
        assert got.status == 200, got.body
        seen += items(got)
        if not (cursor := json.loads(got.body).get("next_cursor")):
            break
        given = {"next_cursor": cursor}
        other = "tags/image" if path != "tags/image" else "transformations"
        assert ask(cloud, "GET", other, **given).status == 400, "the cursor of another list"
    assert seen == whole
    assert len(seen) > 1


def items(got: Got) -> list[Any]:
    answer = json.loads(got.body)
    lists = [answer[name] for name in ("derived", "resources", "mappings") if name in answer]
    return next(iter(lists or [value for value in answer.values() if isinstance(value, list)]))


@pytest.mark.parametrize("query", ["all=true", "prefix=cursor", "all=true&keep_original=true"])
@pytest.mark.parametrize("cursor", NEVER_GIVEN)
def test_nothing_is_deleted_behind_what_was_never_given(
    cloud: MediaService, names: list[str], query: str, cursor: str
) -> None:
    for path in (f"resources/image/upload?{query}", f"resources/image/tags/cursor?{query}"):
        assert ask(cloud, "DELETE", path, next_cursor=cursor).status == 400
    for name in names:
        detail = json.loads(ask(cloud, "GET", f"resources/image/upload/{name}").body)
        assert len(detail["derived"]) == 2


def test_the_cursor_of_one_secret_is_nothing_to_another() -> None:
    given = Cursors("a", "list").after(1, "x")
    assert Cursors("a", "list").read(Params({"next_cursor": given})) == [1, "x"]
    assert Cursors("a", "list").read(Params({"next_cursor": ""})) == []
    for other in (Cursors("b", "list"), Cursors("a", "other"), Cursors("a", "")):
        with pytest.raises(BadRequest, match="next_cursor"):
            other.read(Params({"next_cursor": given}))


def test_a_deletion_goes_on_where_it_ended(media: Media, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deletions, "MAX_AT_ONCE", 2)
    for number in range(5):
        put(media, f"a{number}", jpeg(20, 20 + number))
    assert sorted(deleted(media)) == [f"a{number}" for number in range(5)]
    assert media.database["assets"].count_documents({}) == 0


def deleted(media: Media) -> Iterator[str]:
    """The names that are deleted page by page, with what else is given kept."""
    cursor = ""
    while True:
        params = Params({"all": "true", "next_cursor": cursor})
        answer = deletions.by_type(media, ApiRequest("DELETE", params, {}), "image", "upload")
        yield from answer["deleted"]
        cursor = answer.get("next_cursor", "")
        assert answer["partial"] == bool(cursor)
        if not cursor:
            return
