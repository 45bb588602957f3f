"""A disk that fills: derived images go first, uploads stop before the database does, and all of it heals."""

import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from picturerail.disk import Disk
from picturerail.errors import Unavailable
from picturerail.media.evictor import Evictor, evict, total_bytes
from picturerail.media.service import Media
from picturerail.media.upload import chunks
from tests.files import jpeg
from tests.media.http import send, signed, upload
from tests.media.in_process import put, render
from tests.media_service import MediaService

GIGABYTE = 1024**3
LARGE = jpeg(1000, 800)


def evictor(media: Media, disk: Disk) -> Evictor:
    return Evictor(media.database, media.derived, media.locks, media.settings.derived_bytes, disk)


def derived_of(media: Media) -> list[str]:
    """The keys of derived images, the least recently used first."""
    return [record["_id"] for record in media.database["derived"].find().sort("used_at", 1)]


def test_a_fifth_of_a_small_disk_is_reserved_and_a_gigabyte_of_a_large_one(tmp_path: Path) -> None:
    usage = shutil.disk_usage(tmp_path)
    assert Disk(tmp_path).reserve == min(GIGABYTE, usage.total // 5)
    assert Disk(tmp_path, 12345).reserve == 12345
    assert abs(Disk(tmp_path).free - usage.free) < GIGABYTE


def test_derived_images_go_before_anything_else(media: Media) -> None:
    asset = put(media, "a", LARGE)
    for width in (100, 200, 300, 400):
        render(media, asset, f"c_scale,w_{width}")
    free = Disk(media.settings.data).free
    with pytest.raises(Unavailable):
        evictor(media, Disk(media.settings.data, 4 * free)).make_room(1)
    assert derived_of(media) == []
    assert media.originals.open(asset.original).read() == LARGE


def test_room_that_is_there_costs_nothing(media: Media) -> None:
    asset = put(media, "a", LARGE)
    render(media, asset, "c_scale,w_100")
    evictor(media, Disk(media.settings.data, 1)).make_room(1)
    assert len(derived_of(media)) == 1


def test_what_is_lacking_is_taken_from_the_least_used_and_no_more(media: Media) -> None:
    asset = put(media, "a", LARGE)
    for width in (200, 300, 400):
        render(media, asset, f"c_scale,w_{width}")
        time.sleep(0.01)
    before = derived_of(media)
    size = {record["_id"]: record["bytes"] for record in media.database["derived"].find()}
    assert evict(
        media.database, media.derived, total_bytes(media.database), lacking=size[before[0]] + 1
    ) == sum(size[key] for key in before[:2])
    assert derived_of(media) == before[2:]


def test_uploads_stop_before_the_disk_is_full_and_go_on_when_there_is_room(
    new_mongo_uri: Callable[[], str], image_workers: Path, tmp_path: Path
) -> None:
    service = MediaService(tmp_path / "data", new_mongo_uri(), image_workers, workers=1)
    (tmp_path / "data").mkdir()
    with service:
        kept = json.loads(upload(service, signed(service), LARGE).body)
    full = replace(service, process=None, env={"PICTURERAIL_DISK_RESERVE": str(Disk(tmp_path).free * 4)})
    with full:
        refused = upload(full, signed(full), LARGE)
        assert refused.status == 503, refused.body
        assert refused.headers["retry-after"] == "60"
        assert "disk" in json.loads(refused.body)["error"]["message"]
        assert send(f"{full.delivery}/image/upload/{kept['public_id']}.jpg").body == LARGE
    with replace(service, process=None) as again:
        assert upload(again, signed(again), LARGE).status == 200


def test_the_spool_is_made_again(cloud: MediaService) -> None:
    for _ in range(2):
        shutil.rmtree(cloud.data / "spool")
        answer = upload(cloud, signed(cloud), LARGE)
        assert answer.status == 200, answer.body
        made = json.loads(answer.body)
        shutil.rmtree(cloud.data / "spool")
        assert send(f"{cloud.delivery}/image/upload/w_77/{made['public_id']}.jpg").status == 200


def test_parts_of_uploads_take_no_more_room_than_they_may(tmp_path: Path) -> None:
    old, new = tmp_path / "chunks" / "old", tmp_path / "chunks" / "new"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "0-999").write_bytes(b"x" * 1000)
    chunks.check_room(tmp_path, 1000, 3000)
    with pytest.raises(Unavailable):
        chunks.check_room(tmp_path, 1001, 3000)
    assert {old.exists(), new.exists()} == {True}
    past = time.time() - chunks.BROKEN_OFF_SECONDS - 1
    os.utime(old, (past, past))
    chunks.check_room(tmp_path, 1001, 3000)
    assert (old.exists(), new.exists()) == (False, True)
