"""Pictures that are made once and kept: found by a crowd, damaged, replaced and deleted while others look."""

import hashlib
import json
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from picturerail.database import Database
from tests.files import jpeg, opened
from tests.media.delivery.client import get, put, refused
from tests.media.http import send, signed
from tests.media_service import MediaService


def test_a_crowd_makes_a_cold_picture_once(cloud: MediaService, records: Database) -> None:
    asset = put(cloud, jpeg(1200, 900))
    start = threading.Barrier(24)

    def ask() -> tuple[int, bytes]:
        start.wait()
        got = get(cloud, asset, "c_fill,w_333,h_333")
        return got.status, got.body

    with ThreadPoolExecutor(24) as crowd:
        answers = list(crowd.map(lambda _: ask(), range(24)))
    assert len(set(answers)) == 1
    assert answers[0][0] == 200
    made = list((cloud.data / "derived").rglob("*.jpg"))
    kept = list(records["derived"].find({"asset_id": asset["asset_id"]}))
    assert len(kept) == 1
    assert sum(1 for path in made if path.parent.name == kept[0]["original"].split("/")[1]) == 1


def test_equal_transformations_are_stored_once(cloud: MediaService, records: Database) -> None:
    asset = put(cloud, jpeg(300, 200))
    spellings = ("c_fill,w_90,h_60", "h_60,c_fill,w_90", "w_90,h_60,c_fill", "c_fill,g_center,w_90,h_60")
    assert len({get(cloud, asset, text).body for text in spellings}) == 1
    assert records["derived"].count_documents({"asset_id": asset["asset_id"]}) == 1


@pytest.mark.parametrize("damage", ["truncated", "flipped", "emptied", "removed"])
def test_damaged_derived_images_are_made_again(cloud: MediaService, records: Database, damage: str) -> None:
    asset = put(cloud, jpeg(300, 200))
    good = get(cloud, asset, "w_111").body
    assert {get(cloud, asset, "w_111").body for _ in range(4)} == {good}
    record = records["derived"].find_one({"asset_id": asset["asset_id"]})
    assert record is not None
    path = cloud.data / "derived" / record["_id"]
    if damage == "removed":
        path.unlink()
    else:
        changed = {
            "truncated": good[:-100],
            "flipped": good[:200] + bytes([good[200] ^ 1]) + good[201:],
            "emptied": b"",
        }
        path.write_bytes(changed[damage])
    for _ in range(4):
        assert get(cloud, asset, "w_111").body == good


def test_replacing_and_deleting_while_looking(cloud: MediaService) -> None:
    """No answer but the old picture, the new one, or none; never a mix, never a fault."""
    name = f"race{uuid.uuid4().hex}"
    put(cloud, jpeg(64, 64, 0), public_id=name)
    seen: list[int] = []
    over = threading.Event()

    def look() -> None:
        while not over.is_set():
            got = send(f"{cloud.delivery}/image/upload/w_32/{name}.png")
            seen.append(got.status)
            if got.status == 200:
                assert opened(got.body).size == (32, 32)

    lookers = [threading.Thread(target=look) for _ in range(4)]
    for looker in lookers:
        looker.start()
    for round_ in range(12):
        put(cloud, jpeg(64, 64, round_ % 2), public_id=name)
    destroyed = send(
        f"{cloud.url}/v1_1/cloud/image/destroy",
        "POST",
        "&".join(f"{k}={v}" for k, v in signed(cloud, public_id=name).items()).encode(),
        {"Content-Type": "application/x-www-form-urlencoded"},
    )
    assert json.loads(destroyed.body) == {"result": "ok"}
    over.set()
    for looker in lookers:
        looker.join()
    assert set(seen) <= {200, 404}
    for _ in range(6):
        refused(send(f"{cloud.delivery}/image/upload/w_32/{name}.png"), 404)


def test_two_writers_of_one_name_never_mix(cloud: MediaService) -> None:
    name = f"two{uuid.uuid4().hex}"
    files = [jpeg(50 + n, 50, n) for n in range(8)]
    with ThreadPoolExecutor(8) as writers:
        answers = list(writers.map(lambda file: put(cloud, file, public_id=name), files))
    assert len({answer["asset_id"] for answer in answers}) == 1
    stored = send(f"{cloud.delivery}/image/upload/{name}.jpg")
    assert stored.body in files
    md5, sha256 = (hashlib.new(name, stored.body).hexdigest() for name in ("md5", "sha256"))
    assert stored.headers["etag"] == f'"{md5}-{sha256[:24]}"'
    versions = [answer["version"] for answer in answers]
    last = max(answers, key=lambda answer: answer["version"])
    assert len(set(versions)) == len(files)
    assert hashlib.md5(stored.body).hexdigest() == last["etag"]


def test_raising_the_fast_path_is_per_path(cloud: MediaService, picture: dict[str, Any]) -> None:
    """A query string or a range never changes what others get."""
    plain = get(cloud, picture, "w_74").body
    url = f"{cloud.delivery}/image/upload/w_74/v{picture['version']}/{picture['public_id']}.jpg"
    assert send(f"{url}?_a=BAMAABcd").body == plain
    assert send(url, headers={"X-Forwarded-Host": "evil.example", "X-Original-URL": "/x"}).body == plain
    assert "evil.example" not in str(send(url).headers)
