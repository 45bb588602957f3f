"""Documents and files compared, repaired, evicted."""

import os
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from picturerail import clock
from picturerail.errors import NotFound
from picturerail.media.evictor import evict, total_bytes
from picturerail.media.maintenance import reconcile
from picturerail.media.service import Media
from picturerail.media.store import assets, originals
from picturerail.media.store.deletion import remove
from tests.files import jpeg
from tests.media.in_process import put, render, spooled

Make = Callable[[str], dict[str, object]]


def age(path: Path, seconds: float = 7200) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def test_nothing_to_say(media: Media) -> None:
    asset = put(media, "a", jpeg(90, 60))
    render(media, asset, "w_30")
    report = reconcile.check(media.settings, media.database, grace=0, deep=True)
    assert report.clean
    assert (report.assets, report.derived) == (1, 1)


def test_each_kind_of_disorder_is_found_and_repaired(media: Media) -> None:
    kept, lost, damaged = (
        put(media, name, jpeg(90, 60, n)) for n, name in enumerate(("kept", "lost", "damaged"))
    )
    data = media.settings.data
    shown = [render(media, kept, f"w_{size}") for size in (30, 31, 32)]
    (data / "originals" / lost.original).unlink()
    path = data / "originals" / damaged.original
    path.write_bytes(path.read_bytes()[:-1] + b"\0")
    (data / "derived" / shown[0].key).unlink()
    (data / "derived" / shown[1].key).write_bytes(b"short")
    media.database["derived"].delete_one({"_id": shown[2].key})
    orphan = data / "originals" / "ab" / ("ab" + "0" * 30)
    orphan.parent.mkdir(exist_ok=True)
    orphan.write_bytes(b"nobody's")
    leftover = media.spool / "leftover"
    leftover.write_bytes(b"half")
    for file in (orphan, leftover, data / "derived" / shown[2].key):
        age(file)

    report = reconcile.check(media.settings, media.database, deep=True)
    assert (report.lost, report.damaged) == (["lost"], ["damaged"])
    assert report.orphaned_originals == [f"ab/{orphan.name}"]
    assert sorted(report.stale_records) == sorted(image.key for image in shown[:2])
    assert report.orphaned_derived == [shown[2].key]
    assert report.leftovers == [leftover]
    assert not report.clean

    reconcile.repair(media.settings, media.database, report)
    after = reconcile.check(media.settings, media.database, grace=0, deep=True)
    assert {name: count for name, count in after.findings().items() if count} == {
        "assets without their original": 1,
        "assets with a damaged original": 1,
    }
    assert media.originals.open(kept.original).read() == jpeg(90, 60, 0)


def test_an_original_that_changed_is_never_sent_and_found_by_a_slow_look(media: Media) -> None:
    kept, changed = (put(media, name, jpeg(90, 60, n)) for n, name in enumerate(("kept", "changed")))
    for asset in (kept, changed):
        originals.open_whole(media, asset).close()
    path = media.settings.data / "originals" / changed.original
    content = path.read_bytes()
    path.write_bytes(content[:200] + bytes(100) + content[300:])
    with pytest.raises(NotFound, match="backup"):
        originals.open_whole(media, changed)
    assert originals.scrub(media.database, media.originals) == 2
    noted = [assets.noted(media.database, asset, originals.DAMAGE) for asset in (kept, changed)]
    assert noted[0] is None
    assert noted[1] is not None

    path.write_bytes(content)
    assert originals.open_whole(media, changed).read() == content
    assert originals.scrub(media.database, media.originals) == 2
    assert assets.noted(media.database, changed, originals.DAMAGE) is None


def test_a_slow_look_goes_on_where_the_last_one_ended(media: Media) -> None:
    for number in range(3):
        put(media, f"n{number}", jpeg(90, 60, number))
    looks = [originals.scrub(media.database, media.originals, most=1) for _ in range(5)]
    assert looks == [1, 1, 1, 0, 1]


def test_a_picture_without_its_bytes_is_away_at_first_and_then_gone(media: Media) -> None:
    asset = put(media, "lost", jpeg(90, 60))
    first = [originals.refusal(media, asset) for _ in range(2)]
    assert [(one.status, one.retry_after) for one in first] == [(503, 5), (503, 5)]
    assets.note(media.database, asset, originals.DAMAGE, clock.now() - 2 * originals.GRACE)
    last = originals.refusal(media, asset)
    assert (last.status, last.retry_after) == (404, None)


def test_work_in_progress_is_left_alone(media: Media) -> None:
    young = media.spool / "young"
    young.write_bytes(b"half")
    media.originals.put("ab/" + "ab" + "0" * 30, spooled(media, b"x").path)
    assert reconcile.check(media.settings, media.database).clean
    assert not reconcile.check(media.settings, media.database, grace=0).clean


def test_repair_looks_again_before_it_removes(media: Media) -> None:
    """An original that got its document between check and repair stays."""
    report = reconcile.ReconcileReport()
    asset = put(media, "late", jpeg(90, 60))
    report.orphaned_originals = [asset.original]
    reconcile.repair(media.settings, media.database, report)
    assert media.originals.open(asset.original).read() == jpeg(90, 60)


def test_starting_sweeps_what_broken_uploads_left(media: Media) -> None:
    old, young = media.spool / "old", media.spool / "young"
    chunks = media.spool / "chunks" / "abandoned"
    chunks.mkdir(parents=True)
    for path in (old, young):
        path.write_bytes(b"half")
    age(old)
    age(chunks, 2 * 86400)
    assert reconcile.sweep_spool(media.settings) == 2
    assert sorted(path.name for path in media.spool.iterdir()) == ["chunks", "young"]


def test_the_least_recently_used_go_first(media: Media) -> None:
    asset = put(media, "a", jpeg(400, 300))
    images = [render(media, asset, f"w_{size}") for size in range(100, 120)]
    for minute, image in enumerate(images):
        at = clock.now().replace(minute=minute)
        media.database["derived"].update_one({"_id": image.key}, {"$set": {"used_at": at}})
    total = total_bytes(media.database)
    assert evict(media.database, media.derived, total) == 0
    removed = evict(media.database, media.derived, total // 2)
    assert total - removed <= total // 2
    left = {stored.key for stored in media.derived.list()}
    assert left == {image.key for image in images[-len(left) :]}
    assert {record["_id"] for record in media.database["derived"].find()} == left
    assert render(media, asset, "w_100").key == images[0].key  # made again
    assert reconcile.check(media.settings, media.database, grace=0).clean


def test_deleting_removes_all_of_it(media: Media) -> None:
    asset = put(media, "a", jpeg(90, 60))
    render(media, asset, "w_30")
    assert remove(media, asset)
    assert not remove(media, asset)
    assert list(media.originals.list()) == list(media.derived.list()) == []
    assert reconcile.check(media.settings, media.database, grace=0).clean


def test_an_image_made_for_a_deleted_asset_is_not_kept(media: Media) -> None:
    asset = put(media, "a", jpeg(90, 60))
    media.database["assets"].delete_one({"public_id": "a"})
    with pytest.raises(Exception, match="deleted or replaced"):
        render(media, asset, "w_30")
    assert list(media.derived.list()) == []
