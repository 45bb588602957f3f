"""TIFF, BMP, ICO, moving PNG and AVIF, inks, profiles and clipping paths: read again by Pillow."""

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from picturerail.errors import BadRequest
from picturerail.transform.plan import Context
from tests import pictures
from tests.transform.conftest import Make

RAW = Context(raw=lambda name: name)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return pictures.saved(pictures.photo("cat", (150, 100)), tmp_path / "source.png")


@pytest.mark.parametrize("kind", ["tiff", "bmp", "ico"])
def test_formats_without_loss(source: Path, make: Make, kind: str) -> None:
    made = make(source, "", kind)
    with Image.open(made) as picture:
        assert picture.format == {"tiff": "TIFF", "bmp": "BMP", "ico": "ICO"}[kind]
    assert np.array_equal(pictures.pixels_of(made), pictures.pixels_of(source))


def test_tiffs_are_compressed_and_keep_transparency(source: Path, make: Make) -> None:
    with Image.open(make(source, "r_20,dn_300", "tiff")) as picture:
        assert (picture.mode, picture.info["compression"]) == ("RGBA", "tiff_lzw")
        assert picture.info["dpi"] == pytest.approx((300, 300))


def test_icons_are_small(source: Path, make: Make) -> None:
    large = pictures.saved(pictures.photo("cat", (300, 200)), source.with_name("large.png"))
    with pytest.raises(BadRequest, match="c_limit,w_256,h_256"):
        make(large, "", "ico")
    with pytest.raises(BadRequest, match="c_limit,w_256,h_256"):
        make(source, "l_text:Arial_200:Wide", "ico")  # stands over, which is known when it is drawn
    with Image.open(make(large, "c_limit,w_256,h_256", "ico")) as icon:
        assert icon.size == (256, 171)


def test_bmp_has_white_behind_what_is_clear(source: Path, make: Make) -> None:
    assert list(pictures.pixels_of(make(source, "r_max", "bmp"))[0, 0]) == [255, 255, 255]


@pytest.mark.parametrize(("kind", "text"), [("png", "fl_apng"), ("avif", "")])
def test_animations_stay_so(tmp_path: Path, make: Make, kind: str, text: str) -> None:
    source = pictures.animation(tmp_path / "moving.gif", [100, 250, 40, 300])
    made = make(source, f"{text},w_30".strip(","), kind)
    with Image.open(made) as picture, Image.open(source) as before:
        assert picture.n_frames == 4  # type: ignore[attr-defined]
        assert picture.size == (30, 20)
        for number in range(4):
            picture.seek(number)
            before.seek(number)
            assert picture.info.get("duration", picture.info.get("timestamp")) is not None or kind == "avif"
            small = np.asarray(before.convert("RGB"))[5, 5].astype(int)
            assert np.abs(np.asarray(picture.convert("RGB"))[5, 5].astype(int) - small).max() <= 8
    if kind == "png":
        with Image.open(made) as picture:
            told = []
            for number in range(4):
                picture.seek(number)
                told.append(round(picture.info["duration"]))
            assert told == [100, 250, 40, 300]


def test_without_the_flag_a_png_is_the_first_frame(tmp_path: Path, make: Make) -> None:
    source = pictures.animation(tmp_path / "moving.gif", [100, 250])
    with Image.open(make(source, "w_30", "png")) as picture:
        assert getattr(picture, "n_frames", 1) == 1


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_delay_and_loop(tmp_path: Path, make: Make, kind: str) -> None:
    source = pictures.animation(tmp_path / "moving.gif", [100, 250, 40])
    with Image.open(make(source, "dl_70", kind)) as picture:
        picture.seek(1)
        picture.load()
        assert picture.info["duration"] == 70
    endless, thrice = (Image.open(io.BytesIO(make(source, f"e_loop:{n}", kind).read_bytes())) for n in (0, 3))
    assert endless.info["loop"] == 0
    assert thrice.info["loop"] in (2, 3)  # a GIF counts repetitions, a WebP showings


@pytest.mark.parametrize("kind", ["jpg", "tiff"])
def test_four_inks(source: Path, make: Make, kind: str) -> None:
    """LittleCMS, with the profile that is in the file, sees the same picture."""
    made = make(source, "cs_cmyk", kind)
    with Image.open(made) as picture:
        assert picture.mode == "CMYK"
        profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
        back = ImageCms.profileToProfile(picture, profile, ImageCms.createProfile("sRGB"), outputMode="RGB")
    assert back is not None
    assert np.abs(np.asarray(back).astype(int) - pictures.pixels_of(source)).mean() < 12


def test_inks_are_kept_where_they_are(tmp_path: Path, source: Path, make: Make) -> None:
    inks = pictures.saved(
        pictures.photo("cat", (150, 100)).convert("CMYK"), tmp_path / "inks.jpg", quality=95
    )
    for path, text, kind, mode in (
        (inks, "cs_keep_cmyk,w_60", "jpg", "CMYK"),
        (inks, "w_60", "jpg", "RGB"),
        (inks, "cs_no_cmyk,w_60", "jpg", "RGB"),
        (source, "cs_keep_cmyk,w_60", "jpg", "RGB"),
        (inks, "cs_keep_cmyk,w_60", "png", "RGB"),
    ):
        with Image.open(make(path, text, kind)) as picture:
            assert picture.mode == mode


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "tiff"])
def test_colours_of_a_profile(tmp_path: Path, source: Path, make: Make, kind: str) -> None:
    profile = tmp_path / "swapped.icc"
    profile.write_bytes(pictures.swapped_profile())
    made = make(source, "cs_icc:swapped.icc,q_100", kind, context=RAW, layers={"swapped.icc": profile})
    with Image.open(made) as picture:
        assert picture.info["icc_profile"] == profile.read_bytes()
    before, after = pictures.pixels_of(source).mean(axis=(0, 1)), pictures.pixels_of(made).mean(axis=(0, 1))
    assert after[0] < after[1]  # red and green are exchanged
    assert before[0] > before[1]


def test_a_file_that_is_no_profile_is_refused(source: Path, make: Make) -> None:
    with pytest.raises(BadRequest, match="no ICC profile"):
        make(source, "cs_icc:source.png", "png", context=RAW, layers={"source.png": source})


def test_profile_of_srgb_on_request(source: Path, make: Make) -> None:
    for kind in ("jpg", "png", "webp", "avif", "tiff"):
        with Image.open(make(source, "fl_force_icc", kind)) as picture:
            name = ImageCms.getProfileDescription(
                ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
            )
            assert "sRGB" in name
        with Image.open(make(source, "", kind)) as picture:
            assert "icc_profile" not in picture.info


@pytest.mark.parametrize(
    ("text", "factors"),
    [("q_auto:low:444", (1, 1)), ("q_auto:low:420", (2, 2)), ("q_80:444", (1, 1)), ("q_80:420", (2, 2))],
)
def test_chroma_beside_any_quality(source: Path, make: Make, text: str, factors: tuple[int, int]) -> None:
    with Image.open(make(source, text, "jpg")) as picture:
        assert picture.layer[0][1:3] == factors  # type: ignore[attr-defined]


def knot(x: float, y: float) -> bytes:
    """A corner: handles and place are one."""
    return struct.pack(">H6i", 1, *([round(y * (1 << 24)), round(x * (1 << 24))] * 3))


def path_block(*outlines: list[tuple[float, float]]) -> bytes:
    records = struct.pack(">H24x", 6)
    for points in outlines:
        records += struct.pack(">HH22x", 0, len(points)) + b"".join(knot(x, y) for x, y in points)
    return b"8BIM" + struct.pack(">HH", 2000, 0) + len(records).to_bytes(4) + records


def with_path(path: Path, *outlines: list[tuple[float, float]]) -> Path:
    file = io.BytesIO()
    Image.new("RGB", (200, 100), (10, 200, 30)).save(file, "JPEG", quality=95)
    body = b"Photoshop 3.0\0" + path_block(*outlines)
    data = file.getvalue()
    path.write_bytes(data[:2] + b"\xff\xed" + (len(body) + 2).to_bytes(2) + body + data[2:])
    return path


def box(left: float, top: float, right: float, bottom: float) -> list[tuple[float, float]]:
    return [(left, top), (right, top), (right, bottom), (left, bottom)]


def test_clipping_path_of_the_file(tmp_path: Path, make: Make) -> None:
    outer, inner = box(0.1, 0.2, 0.9, 0.8), box(0.4, 0.4, 0.6, 0.6)
    source = with_path(tmp_path / "path.jpg", outer, inner)
    for text, hole in (("fl_clip", False), ("fl_clip_evenodd", True)):
        for more, factor in (("", 1), (",w_100", 2)):
            alpha: Any = pictures.pixels_of(make(source, text + more), "RGBA")[..., 3]
            expected = np.zeros((100, 200))
            expected[20:80, 20:180] = 255
            if hole:
                expected[40:60, 80:120] = 0
            small = expected[::factor, ::factor]
            assert (np.abs(alpha.astype(int) - small) > 60).mean() < 0.04, (text, more)


@pytest.mark.parametrize("content", [b"", b"8BIM", b"8BIM\x07\xd0\x00\x00\xff\xff\xff\xff" + bytes(40)])
def test_picture_without_a_path_stays_as_it_is(tmp_path: Path, make: Make, content: bytes) -> None:
    file = io.BytesIO()
    Image.new("RGB", (20, 10), (10, 200, 30)).save(file, "JPEG")
    body = b"Photoshop 3.0\0" + content
    data = file.getvalue()
    path = tmp_path / "none.jpg"
    path.write_bytes(data[:2] + b"\xff\xed" + (len(body) + 2).to_bytes(2) + body + data[2:])
    with Image.open(make(path, "fl_clip")) as picture:
        assert picture.mode == "RGB"
