"""What one decode of an upload tells."""

import base64
import json
import random
from pathlib import Path

import numpy as np
import pillow_heif
import pytest
import thumbhash
from PIL import Image

from picturerail.errors import PicturerailError, UnsupportedMedia
from picturerail.transform.pixels.analysis import faces, probe
from picturerail.transform.pixels.analysis.thumbhash import thumb_hash
from picturerail.transform.probe import Facts, Limits, facts_from_json
from tests import pictures


def gathered(path: Path) -> Facts:
    return probe.gather(path, Limits())


@pytest.mark.parametrize("name", ["cat", "astronaut", "coffee", "rocket"])
def test_thumbhash_is_the_reference_one(name: str) -> None:
    picture = pictures.photo(name)
    picture.thumbnail((100, 100))
    pixels = picture.convert("RGBA").tobytes()
    assert thumb_hash(*picture.size, pixels) == bytes(thumbhash.rgba_to_thumb_hash(*picture.size, pixels))


def test_thumbhash_tells_transparency(tmp_path: Path) -> None:
    pixels = np.zeros((60, 60, 4), np.uint8)
    pixels[:, :30] = (200, 30, 30, 255)
    found = gathered(pictures.saved(Image.fromarray(pixels), tmp_path / "half.png"))
    hashed = base64.b64decode(found.thumbhash)
    assert hashed[2] & 0x80, "the bit that says: has alpha"
    assert 6 <= hashed[5] & 15 <= 9, "half of it is opaque, in fifteenths"
    assert found.transparent


def test_opaque_alpha_is_not_transparency(tmp_path: Path) -> None:
    found = gathered(pictures.saved(pictures.quadrants().convert("RGBA"), tmp_path / "opaque.png"))
    assert found.info.has_alpha
    assert not found.transparent


def test_colours(tmp_path: Path) -> None:
    found = gathered(pictures.saved(pictures.quadrants(), tmp_path / "q.png"))
    largest = dict(found.colors[:4])
    assert largest == pytest.approx({"#FF0000": 25, "#00FF00": 25, "#0000FF": 25, "#FFFF00": 25}, abs=1.5)
    assert {name for name, share in found.predominant if share > 20} == {"red", "green", "blue", "yellow"}
    assert sum(share for _, share in found.predominant) == pytest.approx(100, abs=1)


def distance(one: str, other: str) -> int:
    return (int(one, 16) ^ int(other, 16)).bit_count()


def test_perceptual_hash(tmp_path: Path) -> None:
    cat = pictures.photo("cat")
    kept = gathered(pictures.saved(cat, tmp_path / "cat.png")).phash
    small = gathered(pictures.saved(cat.resize((200, 133)), tmp_path / "small.jpg", quality=50)).phash
    other = gathered(pictures.saved(pictures.photo("coffee"), tmp_path / "coffee.png")).phash
    assert len(kept) == 16
    assert distance(kept, small) <= 4
    assert distance(kept, other) >= 12


@pytest.mark.parametrize(
    ("kind", "format_"),
    [
        ("JPEG", "jpg"),
        ("PNG", "png"),
        ("WEBP", "webp"),
        ("GIF", "gif"),
        ("AVIF", "avif"),
        ("TIFF", "tiff"),
        ("BMP", "bmp"),
    ],
)
def test_formats_are_told_by_content(tmp_path: Path, kind: str, format_: str) -> None:
    path = tmp_path / "name-says.nothing"
    path.write_bytes(pictures.encoded(pictures.photo("cat"), kind))
    info = gathered(path).info
    assert (info.format, info.width, info.height, info.frames) == (format_, 451, 300, 1)
    assert info.bytes == path.stat().st_size


def test_heic(tmp_path: Path) -> None:
    picture = pictures.photo("cat")
    path = tmp_path / "photo.heic"
    pillow_heif.from_pillow(picture).save(path, quality=95, chroma=444)
    found = gathered(path)
    assert (found.info.format, found.info.width, found.info.height) == ("heic", 451, 300)
    expected = gathered(pictures.saved(picture, tmp_path / "cat.png"))
    assert distance(found.phash, expected.phash) <= 4


def test_orientation_is_seen(tmp_path: Path) -> None:
    upright = gathered(pictures.saved(pictures.photo("cat"), tmp_path / "up.png"))
    turned = gathered(
        pictures.oriented(pictures.photo("cat").transpose(Image.Transpose.ROTATE_90), tmp_path / "t.jpg", 6)
    )
    assert (turned.info.width, turned.info.height, turned.info.orientation) == (451, 300, 6)
    assert distance(upright.phash, turned.phash) <= 4


def test_facts_are_json(tmp_path: Path) -> None:
    found = gathered(pictures.saved(pictures.quadrants(), tmp_path / "q.png"))
    assert facts_from_json(json.loads(json.dumps(found.to_json()))) == found


def test_faces(tmp_path: Path) -> None:
    found = faces.find(pictures.saved(pictures.photo("astronaut"), tmp_path / "a.png"), Limits())
    assert len(found) == 1
    middle = (found[0].x + found[0].width / 2, found[0].y + found[0].height / 2)
    assert middle == pytest.approx((0.44, 0.22), abs=0.04), "where her nose is"
    mirrored = pictures.photo("astronaut").transpose(Image.Transpose.ROTATE_90)
    turned = faces.find(pictures.oriented(mirrored, tmp_path / "t.jpg", 6), Limits())
    assert turned[0].x == pytest.approx(found[0].x, abs=0.03)
    assert faces.find(pictures.saved(pictures.photo("coffee"), tmp_path / "c.png"), Limits()) == []


@pytest.mark.parametrize("orientation", [1, 6])
def test_a_quick_look_tells_nearly_the_same(tmp_path: Path, orientation: int) -> None:
    path = pictures.oriented(pictures.photo("astronaut", (2600, 2000)), tmp_path / "a.jpg", orientation)
    slow, quick = probe.gather(path, Limits(), copies=True), probe.gather(path, Limits(), quick=True)
    assert quick.info == slow.info
    assert distance(quick.phash, slow.phash) <= 4
    assert [name for name, _ in quick.predominant[:2]] == [name for name, _ in slow.predominant[:2]]
    for (_, share), (_, other) in zip(quick.colors[:4], slow.colors[:4], strict=True):
        assert share == pytest.approx(other, abs=2)


def test_a_quick_look_finds_what_is_cut(tmp_path: Path) -> None:
    whole = pictures.encoded(pictures.photo("astronaut", (2600, 2000)), "JPEG", quality=90)
    path = tmp_path / "cut.jpg"
    for share in (0.02, 0.3, 0.7, 0.97):
        path.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(UnsupportedMedia, match="damaged|ends"):
            probe.gather(path, Limits(), quick=True)


def test_a_survey_tells_what_a_look_tells_of_the_file(tmp_path: Path) -> None:
    path = pictures.oriented(pictures.photo("astronaut", (2600, 2000)), tmp_path / "a.jpg", 6)
    path.write_bytes(path.read_bytes() + b"behind its end")
    surveyed, looked = probe.survey(path, Limits()), probe.gather(path, Limits(), quick=True)
    assert surveyed
    assert surveyed.info == looked.info
    assert (surveyed.is_looked_at, looked.is_looked_at) == (False, True)


def test_a_survey_leaves_to_a_look_what_only_that_can_tell(tmp_path: Path) -> None:
    photo = pictures.photo("astronaut", (1300, 1000))
    assert probe.survey(pictures.saved(photo, tmp_path / "a.png"), Limits()) is None
    assert (
        probe.survey(pictures.saved(photo, tmp_path / "many-scans.jpg", progressive=True), Limits()) is None
    )
    (tmp_path / "no-end.jpg").write_bytes(pictures.encoded(photo, "JPEG")[:-2])
    assert probe.survey(tmp_path / "no-end.jpg", Limits()) is None


def test_a_survey_takes_nothing_that_a_look_refuses(tmp_path: Path) -> None:
    """Cut, overwritten, and without its tables: whatever a look refuses, a survey refuses or leaves to it."""
    photo = pictures.photo("astronaut", (1300, 1000))
    whole, chance, path = pictures.encoded(photo, "JPEG", quality=90), random.Random(15), tmp_path / "a.jpg"
    cut = [whole[: chance.randrange(2, len(whole))] for _ in range(20)]
    holes = [chance.randrange(2, len(whole) - 500) for _ in range(40)]
    overwritten = [whole[:at] + bytes(400) + whole[at + 400 :] for at in (*range(2, 800, 20), *holes)]
    without_tables = whole.replace(b"\xff\xc4", b"\xff\xef")
    refused = 0
    for damaged in (*cut, *overwritten, without_tables):
        path.write_bytes(damaged)
        try:
            probe.gather(path, Limits(), quick=True)
        except PicturerailError:
            refused += 1
            assert not _is_surveyed(path)
    assert refused > len(cut)


def _is_surveyed(path: Path) -> bool:
    try:
        return probe.survey(path, Limits()) is not None
    except PicturerailError:
        return False
