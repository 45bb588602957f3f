"""Other galleries with content that nobody would make on purpose: nothing stops an import, nothing becomes public."""

import random
from pathlib import Path, PurePosixPath
from typing import Any

from picturerail import server
from picturerail.gallery.transfer.galleries.immich import Immich
from picturerail.gallery.transfer.galleries.piwigo import Piwigo
from picturerail.gallery.transfer.galleries.source import RemoteSource
from picturerail.settings.sources import load
from tests.faults.uploads import unique_jpeg
from tests.service import Service
from tests.transfer.fake_gallery import Answered, Asked, FakeGallery
from tests.transfer.test_galleries import MOST, no_pause
from tests.transfer.test_odd_folders import run
from tests.transfer.test_transfer import counts

NUMBER = random.randrange(10**8, 10**9)
BYTES = {of: unique_jpeg(NUMBER + each, (64, 48)) for each, of in enumerate("abcdef")}
OPEN = {"is_public": True, "is_link_required": False, "is_password_required": False}
DEEP = 14  # albums, each in the one before


def photo(of: str, url: str | None, **fields: Any) -> dict[str, Any]:
    original = None if url is None else {"url": url}
    return {"id": of, "title": of, "type": "image/jpeg", "size_variants": {"original": original}, **fields}


PHOTOS = [
    photo(
        "1",
        "/f/a",
        title="\ud83d odd\u2028\0 é" * 200,
        description="d" * 10**6,
        taken_at="0001-01-01T00:00:00Z",
    ),
    photo("2", "/f/b", title=None, description=None, tags=None, taken_at="9999-12-31T23:59:59Z", rating="5"),
    photo("3", "/f/c", title="../../etc/passwd", tags=["\ud800", 7, None, "t" * 500, *map(str, range(90))]),
    photo("4", "/f/c", title="the same bytes", taken_at="0000-00-00 00:00:00"),
    photo("5", "/f/gone"),
    photo("6", "file:///etc/passwd"),
    photo("7", "/../../f/d", title="C:\\x\\y.jpg", taken_at="2024:02:03 05:31:00", checksum=None),
    photo("8", None, size_variants=None),
    photo("9", "/f/e", type=None),
    photo("10", "/f/f", title=["no", "text"], taken_at=12),
]


def lychee(asked: Asked) -> Answered | dict[str, Any] | None:
    """Albums named by their depth, the first of which is closed to visitors; one asks for a password, one is gone."""
    if asked.path.startswith("/f/"):
        return Answered(body=BYTES[asked.path[3:]]) if asked.path[3:] in BYTES else None
    of = asked.given.get("album_id", "")
    if asked.path == "/api/v2/Albums":
        return {"albums": [{"id": "0"}, {"id": "locked", "title": "Locked"}, {"id": "gone"}, None, {}]}
    if of == "locked":
        return Answered(401)
    if asked.path != "/api/v2/Album" or not of.isdigit():
        return None
    depth = int(of)
    policy = {"0": None, "1": OPEN}.get(of, OPEN | {"is_password_required": of == "3"})
    title = {"1": " \n ", "2": None, "3": "x" * 5000, "4": "a \ud83d\0 b"}.get(of, f"depth {of} of {NUMBER}")
    photos = PHOTOS if depth == 1 else [PHOTOS[1]] if depth == DEEP else None
    inside = [{"id": str(depth + 1)}, {"id": "0"}, {"id": "1"}] if depth < DEEP else None
    return {
        "resource": {
            "title": title,
            "description": "é" * 10**5,
            "policy": policy,
            "photos": photos,
            "albums": inside,
        }
    }


def test_a_lychee_of_oddities_is_taken_as_far_as_it_can_be(running: Service) -> None:
    with FakeGallery(lychee) as fake:
        command = ["import", "lychee", fake.url, "--key", "token"]
        first, again = run(running, *command), run(running, *command)
    assert first.returncode == 1, first.stderr
    assert counts(first.stdout) == (6, 2, 5), first.stderr
    assert "Traceback" not in first.stderr + again.stderr
    assert counts(again.stdout) == (0, 8, 5), again.stderr
    assert "Locked" in first.stderr
    with server.running(load(data=running.data), media=True) as reached:
        records = server.prepare_database(reached)
        root = records["albums"].find_one({"title": f"depth 0 of {NUMBER}"})
        assert root is not None
        assert root["shown"] == "private"
        inside = list(records["albums"].find({"parent": root["_id"]}))
        taken = {each["filename"]: each for each in records["gallery"].find({"albums": inside[0]["_id"]})}
        deep = list(records["albums"].find({"title": {"$regex": f"^depth .* of {NUMBER}$"}}))
    assert {each["shown"] for each in [*inside, *deep, *taken.values()]} == {"private"}, "it became public"
    assert len(deep) == DEEP - 3, "what lies too deep is left out"
    assert {"passwd.jpeg", "2.jpeg", "y.jpg"} <= taken.keys()
    assert taken["y.jpg"]["taken_at"] == "2024-02-03T05:31:00"
    assert taken["2.jpeg"]["taken_at"] == ""


NOTHING = {
    "id": "n",
    "ownerId": None,
    "type": "IMAGE",
    "originalFileName": None,
    "checksum": "no base64",
    "exifInfo": None,
}
STRANGE = {
    **NOTHING,
    "id": "s",
    "originalFileName": "../a\\b.jpg",
    "localDateTime": "0001-01-01T00:00:00.000Z",
    "fileCreatedAt": 5,
    "exifInfo": {"description": None, "dateTimeOriginal": "x", "rating": "many"},
}


def immich(asked: Asked) -> Answered | dict[str, Any] | list[Any] | None:
    told: dict[str, Any] = {
        "/api/server/version": {"major": "3", "minor": 0},
        "/api/users/me": {"id": "me"},
        "/api/tags": [{"id": "t", "name": None, "value": "a/b"}, None, 5],
        "/api/albums": [{"id": "a", "albumName": None, "description": None, "assetCount": None}, "album"],
        "/api/albums/a": {"assets": None},
    }
    if asked.path == "/api/search/metadata":
        items = [NOTHING, STRANGE, None] if asked.given["visibility"] == "timeline" else None
        return {"assets": {"items": items, "nextPage": None}}
    return told.get(asked.path)


def test_an_immich_that_tells_nothing_is_read(tmp_path: Path) -> None:
    with FakeGallery(immich) as fake:
        source = RemoteSource(
            Immich.at(fake.url, "key", MOST, no_pause), tmp_path, tmp_path / "log", "private"
        )
        found = {each.path.name: each.refusal for each in source.entries()}
        albums = source.index().albums
    assert found == {"n-n": "", "b-s.jpg": ""}
    assert source.index().details(PurePosixPath("b-s.jpg")) == {}
    assert [(each["title"], each["visibility"], each["pictures"]) for each in albums] == [
        ("Album", "private", [])
    ]


def piwigo(asked: Asked) -> dict[str, Any]:
    image = {
        "id": 1,
        "file": None,
        "name": None,
        "comment": None,
        "date_creation": "2024-00-00",
        "element_url": "/x",
    }
    results: dict[str, Any] = {
        "pwg.categories.getList": {
            "categories": [{"id": 2, "uppercats": "9,2", "nb_images": "1", "name": None}, None]
        },
        "pwg.categories.getImages": {"images": [image, None, "x"]},
        "pwg.tags.getList": {"tags": None},
    }
    return {
        "stat": "ok" if asked.headers.get("X-PIWIGO-API") else "fail",
        "result": results[asked.given["method"]],
    }


def test_a_piwigo_that_tells_nothing_is_read(tmp_path: Path) -> None:
    with FakeGallery(piwigo) as fake:
        source = RemoteSource(Piwigo.at(fake.url, "", "key", MOST, no_pause), tmp_path, tmp_path / "log")
        index = source.index()
    assert [
        (str(path), told["visibility"], told.get("taken_at")) for path, told in index.pictures.items()
    ] == [("1-1", "private", "2024-01-01T00:00:00")]
    assert [(each["title"], each["parent"], each["visibility"]) for each in index.albums] == [
        ("Album", "", "private")
    ]
