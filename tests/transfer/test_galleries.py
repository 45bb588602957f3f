"""Other galleries are read whole, by servers that answer as their published code does."""

import base64
import hashlib
import json
import random
from typing import Any

import pytest

from picturerail import server
from picturerail.errors import StartupError
from picturerail.gallery.transfer.galleries.immich import Immich
from picturerail.gallery.transfer.galleries.lychee import Lychee
from picturerail.gallery.transfer.galleries.piwigo import Piwigo
from picturerail.settings.sources import load
from tests.faults.uploads import unique_jpeg
from tests.service import Service
from tests.transfer.fake_gallery import Answered, Answers, Asked, FakeGallery
from tests.transfer.test_transfer import counts, listed

NUMBER = random.randrange(10**8, 10**9)
ONE, TWO, THREE = (unique_jpeg(NUMBER + each, (64, 48)) for each in range(3))
MOST = 10**7


def no_pause(_: float) -> None:
    pass


# ---- Immich ------------------------------------------------------------------------------------------------


def asset(of: str, content: bytes, **fields: Any) -> dict[str, Any]:
    exif = {"description": "", "dateTimeOriginal": None, "timeZone": None, "rating": None}
    return {
        "id": of,
        "ownerId": "me",
        "type": "IMAGE",
        "originalFileName": f"{of}.jpg",
        "checksum": base64.b64encode(hashlib.sha1(content).digest()).decode(),
        "localDateTime": "2024-07-14T10:11:12.000Z",
        "fileCreatedAt": "2024-07-14T08:11:12.000Z",
        "isFavorite": False,
        "isTrashed": False,
        **fields,
        "exifInfo": exif | fields.get("exifInfo", {}),
    }


DATED = {"dateTimeOriginal": "2024-07-14T08:11:12.000Z", "timeZone": "UTC+2"}
ASSETS = {
    "timeline": [
        asset("one", ONE, isFavorite=True, exifInfo={"description": "The harbour", "rating": 4, **DATED}),
        asset("film", b"", type="VIDEO", originalFileName="film.mov"),
        asset("hers", b"", ownerId="her"),
        asset("gone", b"", isTrashed=True),
    ],
    "archive": [asset("two", TWO, exifInfo={"dateTimeOriginal": "2024-07-14T10:11:12Z"})],
}
BYTES = {"one": ONE, "two": TWO}
ALBUM = {"id": "a", "ownerId": "me", "albumName": "By  the quay", "description": "Salt", "assetCount": 2}


def immich(*, tells_assets: bool, page: int = 1000) -> Answers:
    """One as it answers since 2.0 or, where an album does not tell its assets, since 3.0."""

    def answer(asked: Asked) -> Answered | dict[str, Any] | list[Any] | None:
        if asked.path == "/api/server/version":
            return {"major": 2, "minor": 1, "patch": 0}
        if asked.headers.get("x-api-key") != "secret":
            return Answered(401)
        if asked.path == "/api/search/metadata":
            found = list(ASSETS[asked.given["visibility"]])
            if "tagIds" in asked.given:
                found = [each for each in found if each["id"] == "one" and asked.given["tagIds"] == ["t"]]
            if "albumIds" in asked.given:
                found = [each for each in found if each["id"] in BYTES]
            start = (asked.given["page"] - 1) * page
            more = str(asked.given["page"] + 1) if start + page < len(found) else None
            return {"assets": {"items": found[start : start + page], "nextPage": more}}
        if asked.path.startswith("/api/assets/"):
            return Answered(body=BYTES[asked.path.split("/")[3]])
        album = ALBUM | {"albumThumbnailAssetId": "two", "order": "desc"}
        newest_first = [{"id": each} for each in ("two", "film", "one")]
        told: dict[str, dict[str, Any] | list[Any]] = {
            "/api/users/me": {"id": "me"},
            "/api/tags": [{"id": "t", "name": "sea", "value": "places/sea"}, {"id": "u", "name": "none"}],
            "/api/albums": [album, {**album, "id": "b", "ownerId": "her"}],
            "/api/albums/a": album | ({"assets": newest_first} if tells_assets else {}),
        }
        return told.get(asked.path)

    return answer


@pytest.mark.parametrize("tells_assets", [True, False])
@pytest.mark.parametrize("page", [1, 1000])
def test_immich_is_read_whole(tells_assets: bool, page: int) -> None:
    with FakeGallery(immich(tells_assets=tells_assets, page=page)) as fake:
        gallery = Immich.at(f"{fake.url}/", "secret", MOST, no_pause)
        found = {each.id: each for each in gallery.pictures()}
        albums = list(gallery.albums())
    assert found.keys() == {"one", "film", "two"}
    one, two = found["one"], found["two"]
    assert (one.description, one.tags, one.favourite, one.stars) == ("The harbour", ("sea",), True, 4)
    assert one.taken_at == "2024-07-14T10:11:12+02:00"
    assert two.taken_at == "2024-07-14T10:11:12", "a clock without a zone gets none"
    assert (one.visibility, two.visibility) == ("", "unlisted")
    assert one.sha1 == hashlib.sha1(ONE).hexdigest()
    assert found["film"].refusal == "video, and no picture"
    assert [(each.title, each.description, each.cover) for each in albums] == [
        ("By  the quay", "Salt", "two")
    ]
    assert [each for each in albums[0].pictures if each in BYTES] == ["one", "two"]


def test_an_immich_that_is_too_old_or_refuses_is_told() -> None:
    with (
        FakeGallery(lambda _: {"major": 1, "minor": 132, "patch": 3}) as fake,
        pytest.raises(StartupError, match=r"1\.133 or newer"),
    ):
        Immich.at(fake.url, "secret", MOST, no_pause)
    with (
        FakeGallery(immich(tells_assets=True)) as fake,
        pytest.raises(StartupError, match="Check key and address"),
    ):
        list(Immich.at(fake.url, "guess", MOST, no_pause).pictures())


def test_immich_is_taken_over_once_with_all_that_is_said(running: Service) -> None:
    """The whole way, by the command: dry, taken, and again without loading anything."""
    with FakeGallery(immich(tells_assets=True)) as fake:
        command = ["import", "immich", fake.url, "--key", "secret", "--owner", "owner@example.com"]
        command += ["--visibility", "public"]
        assert counts(running.run(*command, "--dry-run")) == (2, 1, 0)
        originals = [f"/api/assets/{each}/original" for each in BYTES]
        assert not any(fake.calls[path] for path in originals), "a dry run loads nothing"
        assert counts(running.run(*command)) == (2, 1, 0)
        assert counts(running.run(*command)) == (0, 3, 0)
        assert [fake.calls[path] for path in originals] == [1, 1], "what is here was loaded again"
    there = {each["filename"]: each for each in listed(running)}
    assert there["one.jpg"]["description"] == "The harbour"
    assert there["one.jpg"]["tags"] == ["sea"]
    assert there["one.jpg"]["taken_at"] == "2024-07-14T10:11:12+02:00"
    assert "two.jpg" not in there, "what is archived there is listed nowhere"
    with server.running(load(data=running.data), media=True) as reached:
        records = server.prepare_database(reached)
        documents = {each["filename"]: each for each in records["gallery"].find()}
        album = records["albums"].find_one({"title": "By the quay"})
    assert sorted(mark.partition(":")[2] for mark in documents["one.jpg"]["marks"]) == [
        "favourite=yes",
        "stars=4",
    ]
    assert documents["two.jpg"]["visibility"] == "unlisted"
    assert album is not None
    assert album["cover"] == documents["two.jpg"]["_id"]
    assert all(documents[name]["albums"] == [album["_id"]] for name in ("one.jpg", "two.jpg"))


# ---- Lychee ------------------------------------------------------------------------------------------------


def photo(of: str, title: str, **fields: Any) -> dict[str, Any]:
    original = {"url": f"/uploads/original/{of}.jpg"}
    return {
        "id": of,
        "title": title,
        "description": "",
        "type": "image/jpeg",
        "checksum": of * 10,
        "tags": [],
        "taken_at": None,
        "size_variants": {"original": original},
        **fields,
    }


P1 = photo(
    "p1", "Evening", description="<b>Ebb</b> &amp; flow", tags=["sea"], taken_at="2024-07-14T10:11:12+02:00"
)
P2 = photo("p2", "IMG_7.jpg", is_starred=True)
P3 = photo("p3", "IMG_8.jpg", is_highlighted=True, size_variants={"original": {"url": None}})
OPEN = {"is_public": True, "is_link_required": False, "is_password_required": False}
SHELVES: dict[str, dict[str, Any]] = {
    "x": {
        "title": "Outer",
        "description": None,
        "policy": OPEN,
        "photos": [P1],
        "inside": ["y"],
        "cover_id": "p1",
    },
    "y": {"title": "Inner", "policy": OPEN | {"is_link_required": True}, "photos": [P1, P2], "inside": ["z"]},
    "z": {"title": "Locked", "policy": OPEN | {"is_password_required": True}, "photos": [], "inside": []},
    "unsorted": {"title": "Unsorted", "policy": {}, "photos": [P3], "inside": []},
}


def lychee(*, newer: bool) -> Answers:
    """One as it answers before 6.11, and since, when an album is told in pages."""

    def answer(asked: Asked) -> Answered | dict[str, Any] | None:
        path = asked.path.removeprefix("/api/v2/")
        if asked.headers.get("Authorization") != "Bearer token":
            return Answered(401)
        if path == "Albums":
            return {
                "albums": [{"id": "x"}],
                "shared_albums": [{"id": "x"}],
                "smart_albums": [{"id": "unsorted"}],
            }
        of = asked.given.get("album_id")
        if of not in SHELVES:
            return None
        shelf = {name: value for name, value in SHELVES[of].items() if name not in ("photos", "inside")}
        photos, inside = SHELVES[of]["photos"], [{"id": each} for each in SHELVES[of]["inside"]]
        if not newer:
            whole = {**shelf, "photos": photos, "albums": inside}
            return {"config": {}, "resource": whole} if path == "Album" else None
        if path == "Album::head":
            return {"config": {}, "resource": {**shelf, "num_photos": len(photos)}}
        page = int(asked.given["page"])
        if path == "Album::photos":
            return {"photos": photos[page - 1 : page], "current_page": page, "last_page": max(1, len(photos))}
        return {"data": inside, "current_page": 1, "last_page": 1} if path == "Album::albums" else None

    return answer


@pytest.mark.parametrize("newer", [False, True])
def test_lychee_is_read_whole(newer: bool) -> None:
    with FakeGallery(lychee(newer=newer)) as fake:
        gallery = Lychee.at(fake.url, "token", MOST, no_pause)
        found, albums = {each.id: each for each in gallery.pictures()}, list(gallery.albums())
    assert found["p1"].url == f"{fake.url}/uploads/original/p1.jpg"
    assert found.keys() == {"p1", "p2", "p3"}
    one, two = found["p1"], found["p2"]
    assert (one.filename, one.description, one.tags) == ("Evening.jpg", "Ebb & flow", ("sea",))
    assert one.taken_at == "2024-07-14T10:11:12+02:00"
    assert (two.filename, two.description, two.favourite) == ("IMG_7.jpg", "", True)
    assert [found[each].visibility for each in ("p1", "p2", "p3")] == ["public", "unlisted", "private"]
    assert found["p3"].refusal == "its original is not given to this user"
    assert [(each.id, each.parent, each.title, each.visibility, each.pictures) for each in albums] == [
        ("x", "", "Outer", "public", ("p1",)),
        ("y", "x", "Inner", "unlisted", ("p1", "p2")),
        ("z", "y", "Locked", "private", ()),
    ]


# ---- Piwigo ------------------------------------------------------------------------------------------------

IMAGES: dict[str, dict[str, Any]] = {
    "1": {"id": 1, "file": "DSC_1.JPG", "name": "DSC 1", "comment": "A <i>pier</i>", "is_favorite": True},
    "2": {
        "id": "2",
        "file": "pier.jpg",
        "name": "Pier",
        "comment": None,
        "date_creation": "2024-07-14 10:11:12",
    },
    "3": {"id": 3, "file": "x.jpg", "name": None, "comment": ""},
}
CATEGORIES = [
    {"id": 8, "name": "Night", "comment": "", "uppercats": "7,8", "nb_images": 2},
    {"id": 7, "name": "Port &amp; pier", "comment": "<p>Water</p>", "uppercats": "7", "nb_images": 1},
    {"id": 9, "name": "Closed", "comment": None, "uppercats": "9", "nb_images": 0},
]
HUNG = {"7": ["1"], "8": ["2", "1", "3"], "9": []}
TAGGED = {"5": ["2"]}


def piwigo(*, is_open: bool) -> Answers:
    """One as 13 to 16 answer; visitors see album 7, where they see anything."""

    def result(asked: Asked, *, is_user: bool) -> Any:
        page = int(asked.given.get("page", 0))
        match asked.given["method"]:
            case "pwg.session.getStatus":
                return {"username": "anna" if is_user else "guest"}
            case "pwg.categories.getList":
                shown = [each for each in CATEGORIES if is_user or each["id"] == 7]
                return {"categories": shown}
            case "pwg.categories.getImages":
                numbers = HUNG[asked.given["cat_id"]]
            case "pwg.tags.getList":
                return {"tags": [{"id": 5, "name": "wood"}]}
            case _:
                numbers = TAGGED[asked.given["tag_id"]]
        shown = [
            IMAGES[each] | {"element_url": f"/upload/{each}.jpg"}
            for each in numbers
            if is_user or each == "1"
        ]
        if not is_user:
            shown = [{name: value for name, value in each.items() if name != "element_url"} for each in shown]
        return {
            "paging": {"page": page, "per_page": 1, "count": len(shown[page : page + 1])},
            "images": shown[page : page + 1],  # an owner can have fewer on a page than are asked for
        }

    def answer(asked: Asked) -> Answered | dict[str, Any]:
        if asked.given.get("method") == "pwg.session.login":
            good = asked.given["password"] == "secret"
            cookie = {"Set-Cookie": f"pwg_id={'good' if good else 'none'}; path=/; HttpOnly"}
            return Answered(body=json.dumps({"stat": "ok", "result": good}).encode(), headers=cookie)
        is_user = (
            "pwg_id=good" in asked.headers.get("Cookie", "")
            or asked.headers.get("X-PIWIGO-API") == "pkid:key"
        )
        if not is_user and not is_open:
            return Answered(401)
        return {"stat": "ok", "result": result(asked, is_user=is_user)}

    return answer


@pytest.mark.parametrize(("user", "key"), [("anna", "secret"), ("", "pkid:key")])
@pytest.mark.parametrize("is_open", [True, False])
def test_piwigo_is_read_whole(user: str, key: str, is_open: bool) -> None:
    with FakeGallery(piwigo(is_open=is_open)) as fake:
        gallery = Piwigo.at(f"{fake.url}/", user, key, MOST, no_pause)
        found, albums = {each.id: each for each in gallery.pictures()}, list(gallery.albums())
    assert found.keys() == {"1", "2", "3"}
    assert found["1"].url == f"{fake.url}/upload/1.jpg"
    assert (found["1"].filename, found["1"].description, found["1"].favourite) == (
        "DSC_1.JPG",
        "A pier",
        True,
    )
    assert (found["2"].tags, found["2"].taken_at) == (("wood",), "2024-07-14T10:11:12")
    assert found["2"].description == "", "a title that is the file's name says nothing"
    shown = "public" if is_open else "private"
    assert [found[each].visibility for each in "123"] == [shown, "private", "private"]
    assert [(each.id, each.parent, each.title, each.description, each.visibility) for each in albums] == [
        ("7", "", "Port & pier", "Water", shown),
        ("9", "", "Closed", "", "private"),
        ("8", "7", "Night", "", "private"),
    ]
    assert [each.pictures for each in albums] == [("1",), (), ("2", "1", "3")]


def test_a_wrong_password_and_something_else_than_piwigo_are_told() -> None:
    with FakeGallery(piwigo(is_open=True)) as fake, pytest.raises(StartupError, match="no such user"):
        Piwigo.at(fake.url, "anna", "guess", MOST, no_pause)
    with (
        FakeGallery(lambda _: {"hello": "world"}) as fake,
        pytest.raises(StartupError, match="something else than Piwigo"),
    ):
        list(Piwigo.at(fake.url, "", "key", MOST, no_pause).pictures())
