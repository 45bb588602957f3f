"""Pixels of every step against an oracle that is not ours: Pillow, numpy and arithmetic."""

from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image, ImageOps

from tests import pictures
from tests.transform.conftest import Make

CORNERS = [
    ("a_90", "sw nw se ne"),
    ("a_180", "se sw ne nw"),
    ("a_270", "ne se nw sw"),
    ("a_-90", "ne se nw sw"),
    ("a_hflip", "ne nw se sw"),
    ("a_vflip", "sw se nw ne"),
    ("a_vflip.90", "nw sw ne se"),
    ("a_90.hflip", "nw sw ne se"),
    ("c_scale,w_60,h_60", "nw ne sw se"),
    ("c_crop,w_60,h_40,g_north_west", "nw nw nw nw"),
    ("c_crop,w_60,h_40,g_south_east", "se se se se"),
    ("c_crop,w_60,h_40,x_60,y_0", "ne ne ne ne"),
    ("c_fill,w_40,h_80,g_west", "nw nw sw sw"),
]


def corners(path: Path) -> list[str]:
    pixels = pictures.pixels_of(path)
    height, width, _ = pixels.shape
    x, y = max(1, width // 10), max(1, height // 10)
    seen = [
        pixels[y, x],
        pixels[y, width - 1 - x],
        pixels[height - 1 - y, x],
        pixels[height - 1 - y, width - 1 - x],
    ]
    return [
        min(pictures.QUADRANTS, key=lambda name: np.abs(pictures.QUADRANTS[name] - p).sum()) for p in seen
    ]


@pytest.mark.parametrize(("text", "expected"), CORNERS)
def test_corners_go_where_they_belong(tmp_path: Path, make: Make, text: str, expected: str) -> None:
    source = pictures.saved(pictures.quadrants(), tmp_path / "source.png")
    assert corners(make(source, text)) == expected.split()


@pytest.mark.parametrize("orientation", range(1, 9))
@pytest.mark.parametrize(
    "text", ["", "w_60", "c_fill,w_40,h_40", "c_crop,w_40,h_30,x_5,y_7", "c_crop,w_40,h_30,x_5,y_7/w_20"]
)
def test_orientation_is_applied_first(tmp_path: Path, make: Make, orientation: int, text: str) -> None:
    picture = pictures.photo("cat", (151, 100))
    turned = pictures.oriented(picture, tmp_path / "turned.jpg", orientation)
    with Image.open(turned) as opened:
        upright = pictures.saved(ImageOps.exif_transpose(opened), tmp_path / "upright.png")
    ours, expected = (pictures.pixels_of(make(source, text)).copy() for source in (turned, upright))
    assert ours.shape == expected.shape
    assert np.abs(ours - expected).mean() < 1.5


@pytest.mark.parametrize("format_", ["jpg", "png", "webp", "avif"])
@pytest.mark.parametrize("text", ["w_60", "a_ignore,w_60"])
def test_no_orientation_is_left_for_the_viewer_to_apply_again(
    tmp_path: Path, make: Make, format_: str, text: str
) -> None:
    source = pictures.oriented(pictures.quadrants(), tmp_path / "source.jpg", 6)
    with Image.open(make(source, text, format_)) as image:
        assert image.getexif().get(ExifTags.Base.Orientation, 1) == 1


def test_orientation_can_be_ignored(tmp_path: Path, make: Make) -> None:
    source = pictures.oriented(pictures.quadrants(), tmp_path / "source.jpg", 6)
    assert corners(make(source, "a_ignore,w_60")) == ["nw", "ne", "sw", "se"]
    assert pictures.pixels_of(make(source, "a_ignore,w_60")).shape == (40, 60, 3)


@pytest.mark.parametrize("size", [(100, 67), (37, 200), (451, 300), (900, 600)])
def test_resizing_agrees_with_pillow(tmp_path: Path, make: Make, size: tuple[int, int]) -> None:
    picture = pictures.photo("cat")
    source = pictures.saved(picture, tmp_path / "source.png")
    expected = np.asarray(picture.resize(size, Image.Resampling.LANCZOS)).astype(int)
    ours = pictures.pixels_of(make(source, f"c_scale,w_{size[0]},h_{size[1]}"))
    assert np.abs(ours - expected).mean() < 0.8


def test_shrinking_while_decoding_agrees_with_resizing_everything(tmp_path: Path, make: Make) -> None:
    picture = pictures.photo("astronaut").resize((2048, 2048), Image.Resampling.BICUBIC)
    for name in ("source.jpg", "source.webp"):
        source = pictures.saved(picture, tmp_path / name, quality=95)
        with Image.open(source) as opened:
            expected = np.asarray(opened.convert("RGB").resize((200, 200), Image.Resampling.LANCZOS)).astype(
                int
            )
        assert np.abs(pictures.pixels_of(make(source, "w_200")) - expected).mean() < 1.5


def test_cropping_is_exact(tmp_path: Path, make: Make) -> None:
    picture = pictures.photo("cat")
    source = pictures.saved(picture, tmp_path / "source.png")
    expected = np.asarray(picture.crop((31, 17, 131, 97))).astype(int)
    assert np.array_equal(pictures.pixels_of(make(source, "c_crop,w_100,h_80,x_31,y_17")), expected)


def test_padding_is_exact(tmp_path: Path, make: Make) -> None:
    source = pictures.saved(pictures.quadrants(40, 20), tmp_path / "source.png")
    ours = pictures.pixels_of(make(source, "c_mpad,w_60,h_30,b_rgb:102030"))
    expected = np.full((30, 60, 3), (16, 32, 48))
    expected[5:25, 10:50] = np.asarray(pictures.quadrants(40, 20))
    assert np.array_equal(ours, expected)


def test_padding_without_a_colour_is_transparent_or_white(tmp_path: Path, make: Make) -> None:
    source = pictures.saved(pictures.quadrants(40, 20), tmp_path / "source.png")
    for kind in ("png", "webp", "avif", "gif"):
        assert pictures.pixels_of(make(source, "c_mpad,w_60,h_30", kind), "RGBA")[0, 0, 3] == 0
    assert (pictures.pixels_of(make(source, "c_mpad,w_60,h_30", "jpg"))[0, 0] >= 254).all()


def test_transparency_is_kept_where_it_can_be_and_else_white(tmp_path: Path, make: Make) -> None:
    picture = Image.new("RGBA", (40, 40), (0, 0, 255, 128))
    source = pictures.saved(picture, tmp_path / "source.png")
    for kind in ("png", "webp", "avif"):
        pixel = pictures.pixels_of(make(source, "w_20", kind), "RGBA")[10, 10]
        assert np.abs(pixel - (0, 0, 255, 128)).max() <= 6
    assert np.abs(pictures.pixels_of(make(source, "w_20", "jpg"))[10, 10] - (127, 127, 255)).max() <= 3
    assert np.abs(pictures.pixels_of(make(source, "w_20,b_red", "png"))[10, 10] - (127, 0, 128)).max() <= 1


def test_hidden_colour_does_not_bleed_when_resizing(tmp_path: Path, make: Make) -> None:
    """A transparent half that is secretly green must not tint the edge of the red half."""
    pixels = np.zeros((40, 40, 4), np.uint8)
    pixels[:, :20] = (255, 0, 0, 255)
    pixels[:, 20:] = (0, 255, 0, 0)
    source = pictures.saved(Image.fromarray(pixels), tmp_path / "source.png")
    edge = pictures.pixels_of(make(source, "w_13"), "RGBA")
    assert (edge[edge[..., 3] > 8][:, 1] < 4).all()


def test_corners_are_round(tmp_path: Path, make: Make) -> None:
    source = pictures.saved(Image.new("RGB", (100, 80), "red"), tmp_path / "source.png")
    alpha = pictures.pixels_of(make(source, "r_20"), "RGBA")[..., 3]
    y, x = np.mgrid[:80, :100] + 0.5
    from_centre = np.hypot(
        np.minimum(np.minimum(x, 100 - x) - 20, 0), np.minimum(np.minimum(y, 80 - y) - 20, 0)
    )
    assert abs((alpha / 255).sum() - (8000 - (4 - np.pi) * 400)) < 3
    assert (alpha[from_centre < 19] == 255).all()
    assert (alpha[from_centre > 21] == 0).all()


def test_radii_of_corners_go_clockwise(tmp_path: Path, make: Make) -> None:
    source = pictures.saved(Image.new("RGB", (100, 80), "red"), tmp_path / "source.png")
    alpha = pictures.pixels_of(make(source, "r_0:10:20:30"), "RGBA")[..., 3]
    empty = [
        int((part < 128).sum())
        for part in (alpha[:40, :50], alpha[:40, 50:], alpha[40:, 50:], alpha[40:, :50])
    ]
    expected = [radius**2 * (1 - np.pi / 4) for radius in (0, 10, 20, 30)]
    assert np.abs(np.array(empty) - expected).max() < 6


def test_the_largest_radius_makes_an_ellipse(tmp_path: Path, make: Make) -> None:
    source = pictures.saved(Image.new("RGB", (120, 80), "red"), tmp_path / "source.png")
    alpha = pictures.pixels_of(make(source, "r_max"), "RGBA")[..., 3]
    assert abs((alpha / 255).sum() - np.pi * 60 * 40) < 20


def test_turning_by_any_angle(tmp_path: Path, make: Make) -> None:
    """241 x 51 turned by 45 degrees is 206 x 206, as Cloudinary's own tests expect."""
    picture = Image.new("RGB", (241, 51), "red")
    source = pictures.saved(picture, tmp_path / "source.png")
    turned = pictures.pixels_of(make(source, "a_45"), "RGBA")
    assert turned.shape == (206, 206, 4)
    assert abs((turned[..., 3] / 255).sum() - 241 * 51) < 150
    assert turned[103, 103, 3] == 255
    assert turned[50, 50, 3] == 255, "clockwise: the left end goes up"
    assert turned[50, 155, 3] == 0


def test_one_pixel(tmp_path: Path, make: Make) -> None:
    source = pictures.saved(Image.new("RGB", (1, 1), (10, 200, 30)), tmp_path / "source.png")
    for kind in ("png", "webp", "avif", "gif", "jpg"):
        for text in ("", "w_7", "c_fill,w_5,h_9", "a_45", "r_max", "c_pad,w_3,h_3"):
            make(source, text, kind)
    assert np.abs(pictures.pixels_of(make(source, "w_7"))[3, 3] - (10, 200, 30)).max() <= 1
