"""Reduced copies: an upload's own decode leaves them in the store, and they can be lost at any time."""

import json
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any

import cloudinary.api
import pytest

from picturerail.errors import Unavailable
from picturerail.media.asset import Asset
from picturerail.media.attributes import analysis_cache
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.derived import get_or_create, intermediates
from picturerail.media.store.derived.spec import DerivedSpec
from picturerail.media.store.ingest import inspect
from picturerail.storage.filesystem import FileStorage
from picturerail.transform.intermediates import INTERMEDIATES
from picturerail.transform.workers import ImageWorkers
from tests import pictures
from tests.files import jpeg
from tests.media.http import signed, upload
from tests.media.in_process import put, render, spooled, work
from tests.media_service import MediaService

WIDE = (2600, 2000)


@pytest.fixture(scope="module")
def photograph() -> bytes:
    return pictures.encoded(pictures.photo("astronaut", WIDE), "JPEG", quality=90)


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The width of each source of which the image workers made a picture."""
    widths: list[int] = []
    render_really = ImageWorkers.render

    def noted(self: ImageWorkers, source: Path, plan: Any, *rest: Any, **how: Any) -> Any:
        widths.append(plan.load.width)
        return render_really(self, source, plan, *rest, **how)

    monkeypatch.setattr(ImageWorkers, "render", noted)
    return widths


def keys_of(asset: Asset) -> list[str]:
    return [DerivedSpec.of_copy(asset, copy).key for copy in INTERMEDIATES]


def bytes_of(media: Media, key: str) -> bytes:
    with media.derived.open(key) as file:
        return file.read()


def evict(media: Media, *keys: str) -> None:
    for key in keys:
        media.database["derived"].delete_one({"_id": key})
        media.derived.delete(key)


def test_an_upload_leaves_both_copies_and_nothing_in_the_spool(media: Media, photograph: bytes) -> None:
    asset = put(media, "a", photograph)
    records = {each["_id"]: each for each in media.database["derived"].find()}
    assert sorted(records) == sorted(keys_of(asset))
    assert sorted(each["width"] for each in records.values()) == [1280, 2048]
    assert all(each["copy"] for each in records.values())
    assert list(media.spool.iterdir()) == []


def test_no_list_has_them(cloud: MediaService, photograph: bytes) -> None:
    name = f"copies/{uuid.uuid4().hex}"
    answer = json.loads(upload(cloud, signed(cloud, public_id=name, eager="c_scale,w_100"), photograph).body)
    shown = cloudinary.api.resource(answer["public_id"])["derived"]
    assert [each["transformation"] for each in shown] == ["c_scale,w_100"]


def test_a_small_picture_has_none(media: Media) -> None:
    put(media, "a", jpeg(900, 600))
    assert media.database["derived"].count_documents({}) == 0


def test_the_first_picture_of_an_upload_leaves_the_original_alone(
    media: Media, photograph: bytes, opened: list[int]
) -> None:
    asset = put(media, "a", photograph)
    render(media, asset, "c_scale,w_400")
    render(media, asset, "c_scale,w_1200")
    assert opened == [1280, 2048]


def test_copies_that_were_evicted_are_made_again_with_the_same_bytes(
    media: Media, photograph: bytes, opened: list[int]
) -> None:
    asset = put(media, "a", photograph)
    before = {key: bytes_of(media, key) for key in keys_of(asset)}
    answers = [bytes_of(media, render(media, asset, f"c_scale,w_{width}").key) for width in (400, 1200)]
    evict(media, *before, *(work(asset, f"c_scale,w_{width}").key for width in (400, 1200)))
    opened.clear()
    again = [bytes_of(media, render(media, asset, f"c_scale,w_{width}").key) for width in (400, 1200)]
    assert opened == [2600, 1280, 2600, 2048]
    assert again == answers
    assert {key: bytes_of(media, key) for key in before} == before


def test_a_damaged_copy_is_not_used(
    media: Media, photograph: bytes, opened: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_or_create, "TRUSTED_SECONDS", 0)
    asset = put(media, "a", photograph)
    assert isinstance(media.derived, FileStorage)
    small = keys_of(asset)[0]
    whole = bytes_of(media, small)
    (media.derived.root / small).write_bytes(whole[:-1000] + bytes(1000))
    render(media, asset, "c_scale,w_400")
    assert opened == [2600, 1280]
    assert bytes_of(media, small) == whole


def test_an_upload_does_not_need_its_copies(
    media: Media, photograph: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise Unavailable("The disk is full.")

    monkeypatch.setattr(FileStorage, "put", _only_originals(FileStorage.put, full))
    asset = put(media, "a", photograph)
    assert media.database["assets"].find_one({"original": asset.original})
    assert media.database["derived"].count_documents({}) == 0
    assert list(media.spool.iterdir()) == []


def _only_originals(put_really: Any, otherwise: Any) -> Any:
    def put_in(self: FileStorage, key: str, source: Path) -> None:
        (put_really if self.root.name == "originals" else otherwise)(self, key, source)

    return put_in


def test_what_is_looked_at_and_refused_leaves_nothing(media: Media, photograph: bytes) -> None:
    file = spooled(media, photograph)
    inspect(media, file, "image")
    assert len(list(media.spool.iterdir())) == 3
    intermediates.discard(file.path)
    assert list(media.spool.iterdir()) == []


def test_sizes_that_nobody_waits_for_wait_for_the_looks_of_an_import(media: Media, photograph: bytes) -> None:
    asset = put(media, "not-looked-at", photograph)
    unknown = replace(asset, facts=replace(asset.picture, phash=""))
    assets.note(media.database, asset, "facts", unknown.picture.to_json())
    assert media.scheduler.is_quiet
    analysis_cache.looked_at(media, asset)
    assert media.scheduler.is_quiet, "it is known"
    assert analysis_cache.looked_at(media, unknown).picture.is_looked_at
    assert not media.scheduler.is_quiet


def test_one_of_very_many_gets_its_copies_when_they_are_wanted(
    cloud: MediaService, photograph: bytes
) -> None:
    """And is told about as any other, and refused when it is damaged."""
    told = {}
    for number, headers in enumerate(({}, {"X-Picturerail-Bulk": "1"})):
        params = signed(cloud, colors="1", phash="1", public_id=f"bulk-{number}")
        got = upload(cloud, params, photograph + bytes([number]), headers=headers)
        assert got.status == 200, got.body
        told[number] = json.loads(got.body)
        identity = told[number]["asset_id"]
        kept = cloud.records["derived"].count_documents({"asset_id": identity})
        assert kept == (0 if headers else len(INTERMEDIATES))
        refused = upload(cloud, signed(cloud), photograph[: len(photograph) // 2], headers=headers)
        assert refused.status == 400
    for name in ("width", "height", "format"):
        assert told[0][name] == told[1][name]
    assert (int(told[0]["phash"], 16) ^ int(told[1]["phash"], 16)).bit_count() <= 4
