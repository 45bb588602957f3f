"""Addresses and entity tags when the bytes under a name change: neither ever means two pictures."""

import time
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import cloudinary.api
import cloudinary.uploader
import pytest
from PIL import Image
from pymongo.monitoring import (
    CommandFailedEvent,
    CommandListener,
    CommandStartedEvent,
    CommandSucceededEvent,
)

from picturerail.database import Database, connect
from picturerail.database import database as database_of
from picturerail.media.asset import Identity
from picturerail.media.store import assets
from picturerail.media.store.versions import next_version
from tests.files import opened
from tests.media.http import Got, form, send, signed, upload
from tests.media_service import MediaService
from tests.pictures import encoded

RED, BLUE = (250, 0, 0), (0, 0, 250)
# the path between the type and the name, and what follows the name
ADDRESSES = {
    "original": ("", ".png"),
    "original of a wrong version": ("v1/", ""),
    "format": ("", ".webp"),
    "transformation": ("w_20,f_png/", ""),
    "version": ("w_20/v1/", ".png"),
    "named": ("t_small/", ".png"),
    "text": ("l_text:Arial_20:Hi/fl_layer_apply/", ".png"),
    "layer": ("l_{name}/c_scale,w_10/fl_layer_apply/", ".jpg"),
    "f_auto": ("f_auto,q_auto,w_30/", ""),
    "e_trim": ("e_trim/", ".gif"),
}
CHROME = {"Accept": "image/avif,image/webp,*/*;q=0.8"}


def picture(colour: tuple[int, int, int]) -> bytes:
    return encoded(Image.new("RGB", (60, 40), colour), "PNG")


def put(name: str, colour: tuple[int, int, int]) -> int:
    answer = cloudinary.uploader.upload(picture(colour), public_id=name)
    return int(answer["version"])


def test_pictures_of_one_second_are_told_apart_by_the_time_alone(cloud: MediaService) -> None:
    """Who knows no entity tag asks with the time that the picture before it had."""
    name, modified = f"second{uuid.uuid4().hex}", "Thu, 01 Jan 2026 00:00:00 GMT"
    for colour in (RED, BLUE, RED, BLUE):
        put(name, colour)
        got = send(f"{cloud.delivery}/image/upload/{name}.png", headers={"If-Modified-Since": modified})
        assert got.status == 200
        assert opened(got.body).convert("RGB").getpixel((5, 5)) == colour
        modified = got.headers.get("last-modified", modified)


def overwrite(name: str) -> None:
    put(name, BLUE)


def delete_and_upload(name: str) -> None:
    cloudinary.uploader.destroy(name)
    put(name, BLUE)


def rename_over(name: str) -> None:
    put(f"{name}_other", BLUE)
    cloudinary.uploader.rename(f"{name}_other", name, overwrite=True)


def delete_and_rename(name: str) -> None:
    put(f"{name}_other", BLUE)
    cloudinary.api.delete_resources([name])
    cloudinary.uploader.rename(f"{name}_other", name)


def delete_and_restore(name: str) -> None:
    cloudinary.uploader.upload(picture(BLUE), public_id=name, backup=True)
    cloudinary.uploader.destroy(name)
    put(name, RED)
    cloudinary.api.restore([name])


def publish_over(name: str) -> None:
    cloudinary.uploader.upload(picture(BLUE), public_id=name, type="private")
    cloudinary.api.publish_by_ids([name], overwrite=True)


CHANGES = (overwrite, delete_and_upload, rename_over, delete_and_rename, delete_and_restore, publish_over)


@pytest.fixture(scope="module")
def named(cloud: MediaService) -> str:
    cloudinary.config(**cloud.sdk_config)
    cloudinary.api.create_transformation("small", "w_22")
    return "t_small"


def get(cloud: MediaService, name: str, kind: str, **headers: str) -> Got:
    before, after = ADDRESSES[kind]
    path = f"{before.format(name=name)}{name}{after}"
    return send(f"{cloud.delivery}/image/upload/{path}", headers={**CHROME, **headers})


def is_blue(body: bytes) -> bool:
    red, _, blue = opened(body).convert("RGB").getpixel((0, 0))  # type: ignore[misc]
    return bool(blue > red)


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_strong_etag_changes_with_the_bytes(
    cloud: MediaService, named: str, change: Callable[[str], None]
) -> None:
    name = f"etag{uuid.uuid4().hex}"
    put(name, RED)
    before = {kind: get(cloud, name, kind) for kind in ADDRESSES}
    for kind, got in before.items():
        assert (got.status, is_blue(got.body)) == (200, False), (kind, got.body[:200])
        assert get(cloud, name, kind, **{"If-None-Match": got.headers["etag"]}).status == 304, kind
    change(name)
    for kind, old in before.items():
        etag = old.headers["etag"]
        for _ in range(2):  # cold, then stored
            got = get(cloud, name, kind, **{"If-None-Match": etag})
            assert (got.status, is_blue(got.body)) == (200, True), kind
            assert got.headers["etag"] != etag, kind
        glued = get(cloud, name, kind, **{"If-Range": etag, "Range": "bytes=10-"})
        assert (glued.status, glued.body) == (200, got.body), kind


def test_two_pictures_never_share_an_etag(cloud: MediaService, named: str) -> None:
    names = (f"etag{uuid.uuid4().hex}", f"etag{uuid.uuid4().hex}")
    put(names[0], RED)
    put(names[1], BLUE)
    sent = [get(cloud, name, kind) for name in names for kind in ADDRESSES]
    assert len({got.headers["etag"] for got in sent}) == len({got.body for got in sent}) > len(ADDRESSES)


def version(name: str) -> int:
    return int(cloudinary.api.resource(name)["version"])


@pytest.mark.parametrize("change", CHANGES, ids=lambda change: change.__name__)
def test_a_version_grows_with_each_change(cloud: MediaService, change: Callable[[str], None]) -> None:
    name = f"version{uuid.uuid4().hex}"
    seen = [put(name, RED)]
    for _ in range(4):  # many within one second
        change(name)
        seen.append(version(name))
        kept = send(f"{cloud.delivery}/image/upload/w_9/v{seen[-1]}/{name}.png")
        assert "immutable" in kept.headers["cache-control"]
        old = send(f"{cloud.delivery}/image/upload/w_9/v{seen[-2]}/{name}.png")
        assert "immutable" not in old.headers["cache-control"]
    assert seen == sorted(set(seen))


def test_the_same_file_again_keeps_what_was_derived(cloud: MediaService, records: Database) -> None:
    name = f"same{uuid.uuid4().hex}"
    first = put(name, RED)
    address = f"{cloud.delivery}/image/upload/c_scale,w_20"
    made = [send(f"{address}/v{first}/{name}.png") for _ in range(2)]  # known by heart after the first
    assert "immutable" in made[1].headers["cache-control"]
    send(f"{address}/l_{name}/fl_layer_apply/{name}.png")
    shown = cloudinary.api.resource(name)["derived"]
    assert len(shown) == 2
    second = put(name, RED)
    assert second > first
    kept = cloudinary.api.resource(name)["derived"]
    assert [each["transformation"] for each in kept] == ["c_scale,w_20"]  # what shows a layer goes with it
    assert [each["bytes"] for each in kept] == [len(made[0].body)]
    before = records["derived"].find_one({"id": kept[0]["id"]}, {"used_at": 0})
    assert before is not None
    for version, lasting in ((first, False), (second, True)):
        for _ in range(2):
            got = send(f"{address}/v{version}/{name}.png")
            assert (got.status, got.body) == (200, made[0].body)
            assert ("immutable" in got.headers["cache-control"]) is lasting
    # found, not made again
    assert records["derived"].find_one({"id": kept[0]["id"]}, {"used_at": 0}) == before
    files = cloud.data / "derived"
    assert [path.read_bytes() for path in files.glob(f"{before['original']}/*.png")] == [made[0].body]
    put(name, BLUE)
    assert cloudinary.api.resource(name)["derived"] == []
    assert not list(files.glob(f"{before['original']}/*"))
    assert is_blue(send(f"{address}/v{second}/{name}.png").body)


def test_what_looks_different_is_not_kept_for_the_same_file(cloud: MediaService) -> None:
    name = f"same{uuid.uuid4().hex}"
    put(name, RED)
    send(f"{cloud.delivery}/image/upload/c_crop,g_custom,h_5,w_5/{name}.png")
    cloudinary.uploader.upload(picture(RED), public_id=name, custom_coordinates="3,3,9,9")
    assert cloudinary.api.resource(name)["derived"] == []


@pytest.mark.parametrize(
    "given",
    [{"custom_coordinates": "0,0,5,5"}, {"face_coordinates": "1,1,4,4"}, {"quality_override": "30"}],
    ids=lambda given: next(iter(given)),
)
def test_a_version_grows_when_pictures_look_different(cloud: MediaService, given: dict[str, Any]) -> None:
    name = f"version{uuid.uuid4().hex}"
    before = put(name, RED)
    cloudinary.uploader.explicit(name, type="upload", tags="a")
    assert version(name) == before
    cloudinary.uploader.explicit(name, type="upload", **given)
    after = version(name)
    cloudinary.uploader.explicit(name, type="upload", **given)
    assert version(name) == after > before


def test_the_last_version_of_a_name_outlives_the_asset(database: Database) -> None:
    name = Identity("image", "upload", "a")
    other = Identity("image", "private", "a")
    now = int(time.time())
    first = next_version(database, name)
    assert abs(first - now) <= 2
    assert next_version(database, name) > first
    ahead = next_version(database, name, now + 500)
    assert ahead == now + 500
    assert next_version(database, name) == now + 501
    assert next_version(database, other) < now + 100


class Writes(CommandListener):
    """What each write waits for, by its collection."""

    def __init__(self) -> None:
        self.waits: dict[str, Any] = {}

    def started(self, event: CommandStartedEvent) -> None:
        if "writeConcern" in event.command:
            self.waits[event.command[event.command_name]] = event.command["writeConcern"]

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None: ...


def test_a_version_is_on_the_disk_when_its_asset_is(database: Database, mongo_uri: str) -> None:
    """So nobody waits for it alone: that cost as much as all else that an upload asks."""
    name, writes = Identity("image", "upload", "new"), Writes()
    with connect(mongo_uri, event_listeners=[writes]) as client:
        fields = {"original": "aa/bb", "bytes": 1, **dict.fromkeys(("etag", "sha256", "version_id"), "aa")}
        assert assets.insert_or_find(database_of(client), name, fields).version
    assert writes.waits["versions"] == {"w": 1, "j": False}
    assert writes.waits["assets"] == {"w": "majority", "j": True}


def test_versions_of_a_new_name_that_many_take_at_once(database: Database) -> None:
    with ThreadPoolExecutor(8) as pool:
        for number in range(40):
            name = Identity("image", "upload", f"new{number}")
            given = list(pool.map(lambda _, name=name: next_version(database, name), range(8)))
            assert len(set(given)) == 8


def test_an_upload_and_a_rename_to_one_name_at_once(cloud: MediaService) -> None:
    def rename(name: str) -> int:
        body, kind = form(
            signed(cloud, from_public_id=f"{name}_from", to_public_id=name, overwrite="1"), None
        )
        address = f"{cloud.url}/v1_1/cloud/image/rename"
        return send(address, "POST", body, {"Content-Type": kind}).status

    def replace(name: str) -> int:
        return upload(cloud, signed(cloud, public_id=name), picture(BLUE)).status

    with ThreadPoolExecutor(3) as pool:
        for _ in range(6):
            name = uuid.uuid4().hex
            put(f"{name}_from", RED)
            done = [pool.submit(each, name) for each in (rename, replace, replace)]
            assert [each.result() for each in done] == [200, 200, 200]
            assert send(f"{cloud.delivery}/image/upload/{name}.png").status == 200
            assert send(f"{cloud.delivery}/image/upload/{name}_from.png").status == 404
