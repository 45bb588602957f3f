"""Every way in which a file says its colour space is heeded; LittleCMS and arithmetic judge.

Chromium judges the same files in tests/browser/test_colours.py.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests import pictures
from tests.transform.colour import files, judges
from tests.transform.conftest import Make

PIXEL = files.PIXEL


def seen(make: Make, source: Path, text: str = "w_16") -> list[int]:
    return [int(value) for value in pictures.pixels_of(make(source, text))[8, 8][:3]]


@pytest.mark.parametrize(
    ("suffix", "space", "index"),
    [
        *((suffix, 2, "") for suffix in ("jpg", "webp", "png", "tiff")),
        *((suffix, 65535, "R03") for suffix in ("jpg", "webp", "png")),  # Pillow cannot write it into a TIFF
    ],
)
def test_camera_says_adobe_rgb(tmp_path: Path, make: Make, suffix: str, space: int, index: str) -> None:
    source = files.with_exif(tmp_path / f"camera.{suffix}", space, index)
    with Image.open(source) as stored:
        pixel = stored.convert("RGB").getpixel((8, 8))
    assert isinstance(pixel, tuple)
    expected = judges.in_srgb(pixel, judges.ADOBE_RGB)
    assert seen(make, source) == pytest.approx(expected, abs=2)
    assert max(abs(one - other) for one, other in zip(expected, PIXEL, strict=True)) > 20


@pytest.mark.parametrize(("space", "index"), [(2, ""), (65535, "R03")])
def test_camera_says_adobe_rgb_in_a_heic(tmp_path: Path, make: Make, space: int, index: str) -> None:
    source = files.heic(tmp_path / "camera.heic", 2, 2, exif=files.exif(space, index))
    assert seen(make, source) == pytest.approx(judges.in_srgb(PIXEL, judges.ADOBE_RGB), abs=3)


@pytest.mark.parametrize(("space", "index"), [(1, ""), (1, "R98"), (65535, "R98"), (65535, "")])
def test_camera_says_srgb_or_nothing(tmp_path: Path, make: Make, space: int, index: str) -> None:
    source = files.with_exif(tmp_path / "camera.png", space, index)
    assert seen(make, source) == list(PIXEL)


def test_profile_wins_over_exif(tmp_path: Path, make: Make) -> None:
    source = tmp_path / "both.png"
    files.plain().save(source, exif=files.exif(2), icc_profile=pictures.swapped_profile())
    alone = tmp_path / "alone.png"
    files.plain().save(alone, icc_profile=pictures.swapped_profile())
    assert seen(make, source) == seen(make, alone) != list(PIXEL)


@pytest.mark.parametrize("gamma", [None, 2.2, 1.0])
def test_tags_of_a_tiff(tmp_path: Path, make: Make, gamma: float | None) -> None:
    source = files.tiff(tmp_path / "tagged.tiff", files.ADOBE, gamma)
    profile = judges.matrix_profile(
        ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)), gamma or 2.2
    )
    assert seen(make, source) == pytest.approx(judges.in_srgb(PIXEL, profile), abs=2)


def test_gamma_of_a_grey_png(tmp_path: Path, make: Make) -> None:
    """Light 128/255 is 188 in sRGB."""
    source = files.png(tmp_path / "grey.png", [files.gama(1.0)], (128,))
    light = 128 / 255
    expected = round((1.055 * light ** (1 / 2.4) - 0.055) * 255)
    assert seen(make, source) == [expected] * 3 == [188] * 3


@pytest.mark.parametrize(
    "chunks",
    [
        [(b"sRGB", b"\0"), files.gama(1.0)],
        [files.chrm(files.ADOBE)],
        [files.gama(0.45455)],
        [files.gama(0.45455), files.chrm(files.SRGB)],
        [files.gama(0.0)],
        [files.gama(1.0), files.chrm((0.0,) * 8)],
        [files.cicp(1, 13)],
        [files.cicp(2, 2)],
    ],
    ids=str,
)
def test_chunks_of_a_png_that_mean_srgb_or_nothing(
    tmp_path: Path, make: Make, chunks: list[tuple[bytes, bytes]]
) -> None:
    assert seen(make, files.png(tmp_path / "plain.png", chunks)) == list(PIXEL)


def test_code_points_win_over_a_profile(tmp_path: Path, make: Make) -> None:
    both = tmp_path / "both.png"
    files.plain().save(both, icc_profile=pictures.swapped_profile())
    data = both.read_bytes()
    both.write_bytes(data[:33] + files.chunk(*files.cicp(12, 13)) + data[33:])
    assert seen(make, both) == seen(make, files.png(tmp_path / "code.png", [files.cicp(12, 13)]))


@pytest.mark.parametrize("suffix", ["avif", "heic", "png"])
@pytest.mark.parametrize("transfer", [16, 18])
def test_brighter_than_a_page(tmp_path: Path, make: Make, suffix: str, transfer: int) -> None:
    """PQ and HLG: greys stay grey and keep their order, nothing is burnt out below the peak, and black is black."""
    makers: dict[str, Callable[[Path, tuple[int, int, int]], Path]] = {
        "avif": lambda path, pixel: files.avif(path, 9, transfer, pixel),
        "heic": lambda path, pixel: files.heic(path, 9, transfer, pixel),
        "png": lambda path, pixel: files.png(path, [files.cicp(9, transfer)], pixel),
    }
    levels = (0, 64, 110, 148, 185, 190)
    greys = [seen(make, makers[suffix](tmp_path / f"{n}.{suffix}", (n, n, n))) for n in levels]
    assert all(np.ptp(grey) <= 3 for grey in greys)
    values = [grey[1] for grey in greys]
    assert values == sorted(values)
    assert values[0] <= 1
    assert 140 < values[3] < 235
    assert len(set(values)) == len(values)


@pytest.mark.parametrize("suffix", ["avif", "heic"])
def test_boxes_that_are_damaged_are_left_out(tmp_path: Path, make: Make, suffix: str) -> None:
    """Where the properties cannot be followed the decoder decides, and nothing of ours fails."""
    from picturerail.transform.pixels.decode import heif_boxes

    source = (files.avif if suffix == "avif" else files.heic)(tmp_path / f"whole.{suffix}", 12, 13)
    assert heif_boxes.nclx(source) == (12, 13)
    data = bytearray(source.read_bytes())
    broken = tmp_path / f"broken.{suffix}"
    for at in range(min(len(data), 600)):
        changed = bytearray(data)
        changed[at] ^= 0xFF
        broken.write_bytes(changed)
        assert heif_boxes.nclx(broken) is None or isinstance(heif_boxes.nclx(broken), tuple)
    assert seen(make, source) == pytest.approx([100, 182, 76], abs=2)


def test_adobe_marker_of_a_jpeg_in_rgb(tmp_path: Path, make: Make) -> None:
    """Not turned into luma and chroma, as the marker says."""
    source = tmp_path / "marked.jpg"
    files.plain().save(source, quality=100, keep_rgb=True)
    assert seen(make, source) == pytest.approx(PIXEL, abs=1)


@pytest.mark.parametrize("transform", [0, 2])
def test_adobe_marker_of_a_jpeg_in_cmyk(tmp_path: Path, make: Make, transform: int) -> None:
    """CMYK as it is, and as luma, chroma and black: the inks that Pillow's libjpeg reads there decide."""
    source = tmp_path / "marked.jpg"
    Image.new("CMYK", files.SIZE, (0, 200, 255, 0)).save(source, quality=100)
    data = bytearray(source.read_bytes())
    data[data.index(b"Adobe") + 11] = transform
    source.write_bytes(data)
    with Image.open(source) as opened:
        inks = np.asarray(opened.convert("CMYK"))[8, 8, :3]
    assert list(np.argsort(seen(make, source))) == list(np.argsort(-inks.astype(int)))
