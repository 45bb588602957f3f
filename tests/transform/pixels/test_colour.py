"""Colour: every kind of pixels becomes 8-bit sRGB, checked by numbers or by Pillow's littleCMS."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageCms

from tests import pictures
from tests.transform.conftest import Make


def test_wide_gamut_becomes_srgb(tmp_path: Path, make: Make) -> None:
    """A profile with red and green exchanged: what looks red must be red afterwards, and no profile left."""
    profile = pictures.swapped_profile()
    picture = pictures.photo("cat", (120, 80))
    source = pictures.saved(picture, tmp_path / "source.png", icc_profile=profile)
    expected = ImageCms.profileToProfile(
        picture,
        ImageCms.ImageCmsProfile(io.BytesIO(profile)),
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
    )
    made = make(source, "")
    assert expected is not None
    assert np.abs(pictures.pixels_of(made) - np.asarray(expected).astype(int)).mean() < 1.5
    assert np.abs(pictures.pixels_of(made) - np.asarray(picture).astype(int)).mean() > 5
    with Image.open(made) as opened:
        assert "icc_profile" not in opened.info


def test_a_damaged_profile_is_left_out(tmp_path: Path, make: Make) -> None:
    picture = pictures.quadrants()
    source = pictures.saved(picture, tmp_path / "source.png", icc_profile=b"not a profile at all" * 20)
    assert np.array_equal(pictures.pixels_of(make(source, "")), np.asarray(picture).astype(int))


@pytest.mark.parametrize(
    ("ink", "name"),
    [((0, 0, 0, 0), "white"), ((0, 0, 0, 255), "dark"), ((0, 255, 255, 0), "red"), ((255, 0, 0, 0), "cyan")],
)
def test_cmyk(tmp_path: Path, make: Make, ink: tuple[int, int, int, int], name: str) -> None:
    source = pictures.saved(Image.new("CMYK", (40, 40), ink), tmp_path / "source.jpg", quality=95)
    red, green, blue = pictures.pixels_of(make(source, "w_20"))[10, 10]
    seen = {
        "white": min(red, green, blue) > 240,
        "dark": max(red, green, blue) < 70,
        "red": red > 180 and max(green, blue) < 100,
        "cyan": red < 100 and min(green, blue) > 130,
    }
    assert seen[name], (red, green, blue)


def test_sixteen_bits_and_grey(tmp_path: Path, make: Make) -> None:
    for bits in (8, 16):
        pixels = pictures.gradient(bits=bits)
        source = pictures.saved(Image.fromarray(pixels), tmp_path / f"grey{bits}.png")
        made = pictures.pixels_of(make(source, ""))
        expected = np.repeat((pixels.astype(float) / (2**bits - 1) * 255)[..., None], 3, axis=2)
        assert np.abs(made - expected).max() <= 1


def test_sixteen_bits_with_alpha_resized(tmp_path: Path, make: Make) -> None:
    source = tmp_path / "source.png"
    source.write_bytes(pictures.png16_rgba(64, 64, (65535, 32768, 0, 32768)))
    for text in ("", "w_20"):
        pixel = pictures.pixels_of(make(source, text), "RGBA")[10, 10]
        assert np.abs(pixel - (255, 128, 0, 128)).max() <= 1


def test_palette_with_transparency(tmp_path: Path, make: Make) -> None:
    picture = Image.new("P", (40, 40), 1)
    picture.putpalette([255, 0, 0, 0, 128, 255])
    picture.paste(0, (0, 0, 20, 40))
    source = pictures.saved(picture, tmp_path / "source.png", transparency=0)
    made = pictures.pixels_of(make(source, ""), "RGBA")
    assert made[5, 5, 3] == 0
    assert tuple(made[5, 30]) == (0, 128, 255, 255)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "avif", "gif"])
def test_every_mode_becomes_every_format(tmp_path: Path, make: Make, mode: str, kind: str) -> None:
    source = pictures.saved(
        pictures.quadrants().convert("L" if mode == "I;16" else mode).convert(mode), tmp_path / "source.png"
    )
    made = make(source, "c_fill,w_30,h_30,r_5/a_10", kind)
    with Image.open(made) as opened:
        assert opened.format == {"jpg": "JPEG"}.get(kind, kind.upper())
