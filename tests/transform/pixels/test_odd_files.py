"""Files that are seldom met: tiny ones, TIFFs of every kind of samples, JPEGs without their end, raw pictures."""

import io
import struct
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image, ImageCms

from picturerail.errors import BadRequest, UnsupportedMedia
from picturerail.transform.language.effect_table import BLENDS, EFFECTS
from picturerail.transform.pixels.analysis import probe
from picturerail.transform.probe import Limits
from tests import pictures
from tests.transform.conftest import Make

SIZE = (40, 50)


def colour(*values: int) -> NDArray[Any]:
    return np.full((*SIZE, len(values)), values, np.uint8)


def tiff(path: Path, pixels: NDArray[Any], **options: Any) -> Path:
    tifffile.imwrite(path, pixels.squeeze(), **options)
    return path


def shown(path: Path) -> list[int]:
    with Image.open(path) as picture:
        pixel = picture.convert("RGBA").getpixel((5, 5))
    assert isinstance(pixel, tuple)
    return [int(value) for value in pixel]


@pytest.mark.parametrize("size", [(1, 1), (2, 2), (3, 1), (1, 3)])
def test_effects_on_tiny_pictures(tmp_path: Path, make: Make, size: tuple[int, int]) -> None:
    source = pictures.saved(Image.new("RGB", size, (9, 99, 9)), tmp_path / "tiny.png")
    for name in EFFECTS:
        if name not in BLENDS:
            make(source, f"e_{EFFECTS[name].sample}")
    assert pictures.pixels_of(make(source, "e_trim")).shape[:2] == size[::-1]


@pytest.mark.parametrize("text", ["%E2%80%8B", "%E2%81%A0", "%EF%BB%BF", "%C2%AD", "%20", "%0A%09"])
def test_text_that_cannot_be_seen_is_an_empty_layer(tmp_path: Path, make: Make, text: str) -> None:
    source = pictures.saved(pictures.quadrants(), tmp_path / "q.png")
    assert np.array_equal(
        pictures.pixels_of(make(source, f"l_text:Arial_20:{text}")), pictures.pixels_of(source)
    )


KINDS = [
    ("rgb and two", colour(200, 100, 50, 7, 7), {"photometric": "rgb"}, [200, 100, 50, 255]),
    (
        "rgba and one",
        colour(200, 100, 50, 128, 7),
        {"photometric": "rgb", "extrasamples": ["unassalpha", "unspecified"]},
        [200, 100, 50, 128],
    ),
    (
        "grey and two",
        colour(200, 7, 7),
        {"photometric": "minisblack", "planarconfig": 1},
        [200, 200, 200, 255],
    ),
    ("grey and three", colour(200, 7, 7, 7), {"photometric": "minisblack"}, [200, 200, 200, 255]),
    ("grey and four", colour(200, 7, 7, 7, 7), {"photometric": "minisblack"}, [200, 200, 200, 255]),
    (
        "32 bits",
        colour(200, 100, 50).astype(np.uint32) * 0x1010101,
        {"photometric": "rgb"},
        [200, 100, 50, 255],
    ),
    ("16 bits", colour(200, 100, 50).astype(np.uint16) * 0x101, {"photometric": "rgb"}, [200, 100, 50, 255]),
    ("signed", colour(100, 50, 25).astype(np.int16) * 257, {"photometric": "rgb"}, [200, 100, 50, 255]),
    ("white is nought", colour(200), {"photometric": "miniswhite"}, [55, 55, 55, 255]),
]


@pytest.mark.parametrize(
    ("pixels", "options", "expected"), [kind[1:] for kind in KINDS], ids=[k[0] for k in KINDS]
)
def test_samples_of_a_tiff(
    tmp_path: Path, make: Make, pixels: NDArray[Any], options: dict[str, Any], expected: list[int]
) -> None:
    extra = pixels.shape[2] - (3 if options["photometric"] == "rgb" else 1)
    options = {"extrasamples": ["unspecified"] * extra} | options if extra else options
    source = tiff(tmp_path / "odd.tiff", pixels, **options)
    for text in ("", "w_20", "e_blur:20"):
        assert shown(make(source, text)) == pytest.approx(expected, abs=1)


@pytest.mark.parametrize("bands", [1, 3, 4])
def test_light_with_a_point(tmp_path: Path, make: Make, bands: int) -> None:
    """0.5 of the light is 188."""
    pixels = np.full((*SIZE, bands), 0.5, np.float32)
    options = {"photometric": "minisblack" if bands == 1 else "rgb"}
    more = {"extrasamples": ["unassalpha"]} if bands == 4 else {}
    made = shown(make(tiff(tmp_path / "light.tiff", pixels, **options, **more), "w_20"))
    assert made == pytest.approx([188, 188, 188, 128 if bands == 4 else 255], abs=1)


@pytest.mark.parametrize("more", [0, 1, 2])
@pytest.mark.parametrize(("kind", "full"), [(np.float32, 1), (np.uint16, 0xFFFF), (np.uint32, 0xFFFFFFFF)])
def test_inks(tmp_path: Path, make: Make, more: int, kind: type[np.number[Any]], full: int) -> None:
    """They are what the same inks of 8 bits are, whether with a point or not."""
    options = {"photometric": "separated"} | ({"extrasamples": ["unspecified"] * more} if more else {})
    inks = colour(51, 102, 153, 0, *[255] * more)
    usual = shown(make(tiff(tmp_path / "inks.tiff", inks, **options), "w_20"))
    odd = tiff(tmp_path / "odd.tiff", (inks / 255 * full).astype(kind), **options)
    assert shown(make(odd, "w_20")) == pytest.approx(usual, abs=2)


def test_lab(tmp_path: Path, make: Make) -> None:
    """LittleCMS says what the same Lab looks like."""
    pixels = np.empty((*SIZE, 3), np.uint8)
    pixels[:] = (150, 30, 236)  # a is 30, b is -20
    source = tiff(tmp_path / "lab.tiff", pixels, photometric="cielab")
    with Image.open(source) as lab:
        expected = ImageCms.profileToProfile(
            lab, ImageCms.createProfile("LAB", 5000), ImageCms.createProfile("sRGB"), outputMode="RGB"
        )
    assert expected is not None
    assert shown(make(source, "w_20"))[:3] == pytest.approx(expected.getpixel((5, 5)), abs=2)


@pytest.mark.parametrize(
    ("pixels", "options", "words"),
    [
        (np.zeros((*SIZE, 3)), {"photometric": "rgb"}, "64 bits"),
        (
            colour(1, 2, 3, 4, 5),
            {"photometric": "cielab", "extrasamples": ["unspecified"] * 2},
            "cannot be read",
        ),
    ],
)
def test_samples_that_cannot_be_shown(
    tmp_path: Path, make: Make, pixels: NDArray[Any], options: dict[str, Any], words: str
) -> None:
    with pytest.raises(UnsupportedMedia, match=words):
        make(tiff(tmp_path / "odd.tiff", pixels, **options), "")


def test_pages_of_a_tiff(tmp_path: Path, make: Make) -> None:
    source = tmp_path / "pages.tiff"
    with tifffile.TiffWriter(source) as writer:
        writer.write(colour(200, 100, 50), photometric="rgb")
        writer.write(colour(50, 100, 200)[:20, :30], photometric="rgb")
        writer.write(colour(77)[..., 0], photometric="minisblack")
    assert shown(make(source, "")) == [200, 100, 50, 255]
    second = make(source, "pg_2,c_scale,w_15")
    assert shown(second) == [50, 100, 200, 255]
    assert pictures.pixels_of(second).shape[:2] == (10, 15)
    assert shown(make(source, "pg_3/w_20")) == [77, 77, 77, 255]
    assert pictures.pixels_of(make(source, "if_pc_eq_3,w_10")).shape[1] == 10
    with pytest.raises(BadRequest, match="there are 3"):
        make(source, "pg_4")


@pytest.mark.parametrize("progressive", [False, True])
def test_jpeg_without_the_mark_of_its_end(tmp_path: Path, make: Make, progressive: bool) -> None:
    file = io.BytesIO()
    pictures.photo("cat", (300, 200)).save(file, "JPEG", quality=90, progressive=progressive)
    whole, cut = tmp_path / "whole.jpg", tmp_path / "cut.jpg"
    whole.write_bytes(file.getvalue())
    cut.write_bytes(file.getvalue()[:-2])
    before = pictures.pixels_of(make(whole, "w_100"))
    assert np.array_equal(pictures.pixels_of(make(cut, "w_100")), before)
    for missing in (3, 40, 3000):
        cut.write_bytes(file.getvalue()[:-missing])
        with pytest.raises(UnsupportedMedia, match="ends before its pixels"):
            make(cut, "w_100")


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_animation_that_turns_clear_says_so(tmp_path: Path, make: Make, kind: str) -> None:
    """The first frame is opaque, the second is not: the flag of the whole file (VP8X) is set."""
    frames = [Image.new("RGBA", (30, 30), (255, 0, 0, 255)), Image.new("RGBA", (30, 30), (0, 0, 0, 0))]
    frames[1].paste((0, 0, 255, 255), (5, 5, 15, 15))
    source = tmp_path / f"turns.{kind}"
    options: dict[str, Any] = {"lossless": True} if kind == "webp" else {"disposal": 2, "optimize": False}
    frames[0].save(source, save_all=True, append_images=frames[1:], duration=100, **options)
    content = make(source, "w_20", "webp").read_bytes()
    assert content[12:16] == b"VP8X"
    assert content[20] & 0x10


def test_opaque_animation_has_no_flag_of_transparency(tmp_path: Path, make: Make) -> None:
    content = make(pictures.animation(tmp_path / "opaque.gif", [100] * 3), "w_20", "webp").read_bytes()
    assert not content[20] & 0x10


def raw_tiff(*tags: tuple[int, int, int]) -> bytes:
    """A TIFF directory: 160 x 120 pixels of preview, and these tags."""
    entries = sorted([(256, 4, 160), (257, 4, 120), *tags])
    body = b"".join(struct.pack("<HHII", tag, kind, 1, value) for tag, kind, value in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + body + bytes(4)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"FOVb\0\0\x02\0", "raw picture .X3F., of a kind that is not read here"),
        (raw_tiff((254, 4, 1), (330, 4, 500), (271, 2, 0x4B494E)), "raw picture .RAW."),
        (raw_tiff((262, 3, 32803)), "raw picture"),
        (b"", "empty"),
        (bytes(5000), "zeroes"),
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a", "placeholder of Git LFS"),
        (b"<!DOCTYPE html><html><title>Sign in</title>", "a web page"),
        (b'{"error": "not found"}', "text"),
        (b"8BPS\0\x01", "Photoshop"),
        (b"\xff\x0a\xfa\x1f", "JPEG XL"),
        (b"%PDF-1.7", "is a PDF, of whose pages no pictures are made here; JPEG"),
        (b"\0\0\0\x20ftypisom\0\0\x02\0", "a video"),
        (b"PK\x03\x04", "ZIP"),
        (b"\xff\xd8\xff\xe0" + bytes(100), "damaged or incomplete"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "damaged or incomplete"),
        (b"GIF89a\x05\0\x05\0", "damaged or incomplete"),
        (b"RIFF\x10\0\0\0WEBPVP8 " + bytes(8), "damaged or incomplete"),
    ],
)
def test_what_is_not_read_is_called_by_its_name(tmp_path: Path, content: bytes, words: str) -> None:
    path = tmp_path / "file.jpg"
    path.write_bytes(content)
    with pytest.raises(UnsupportedMedia, match=words) as refused:
        probe.gather(path, Limits())
    said = refused.value.message
    assert said.endswith(".")
    assert not any(
        word in said.lower() for word in ("vips", "libtiff", "exif", "unable to", "spng", "jpegload")
    )
