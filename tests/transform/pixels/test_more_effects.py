"""Looks, colour-blindness, bending, fading, dithering, tables of colours: against arithmetic, scikit-image, Pillow."""

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter
from skimage import transform as sk

from picturerail.transform.language.looks import LOOKS
from picturerail.transform.plan import Context, Face
from tests import pictures
from tests.transform.conftest import Make

Pixels = NDArray[Any]
SK: Any = sk
SIZE = (150, 100)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return pictures.saved(pictures.photo("cat", SIZE), tmp_path / "source.png")


def plain(path: Path, colour: tuple[int, ...], size: tuple[int, int] = SIZE) -> Path:
    return pictures.saved(Image.new("RGB" if len(colour) == 3 else "RGBA", size, colour), path)


def rgba(path: Path) -> Pixels:
    return pictures.pixels_of(path, "RGBA").astype(float)


@pytest.mark.parametrize("look", LOOKS)
def test_looks_begin_at_their_black_and_end_at_their_white(tmp_path: Path, make: Make, look: str) -> None:
    record = LOOKS[look]
    middles = []
    for level, expected in ((0, record.black), (128, None), (255, record.white)):
        made = pictures.pixels_of(make(plain(tmp_path / "in.png", (level,) * 3), f"e_art:{look}"))
        middle = made[50, 75]
        middles.append(middle.sum())
        assert expected is None or np.abs(middle - expected).max() <= 2
        corner, centre = made[0, 0].sum(), middle.sum()
        assert corner <= centre if record.corners else corner == centre
    assert middles == sorted(middles)


def test_looks_without_saturation_are_grey_between_their_ends(source: Path, make: Make) -> None:
    made = pictures.pixels_of(make(source, "e_art:audrey"))
    assert np.ptp(made, axis=2).max() <= 1
    assert len({pictures.pixels_of(make(source, f"e_art:{look}")).tobytes() for look in LOOKS}) == len(LOOKS)


def linear(pixels: Pixels) -> Pixels:
    part = pixels / 255
    light: Pixels = np.where(part <= 0.04045, part / 12.92, ((part + 0.055) / 1.055) ** 2.4)
    return light


def encoded(light: Pixels) -> Pixels:
    light = light.clip(0, 1)
    part: Pixels = np.where(light <= 0.0031308, light * 12.92, 1.055 * light ** (1 / 2.4) - 0.055)
    return part * 255


def test_colour_blindness_by_the_published_matrix(source: Path, make: Make) -> None:
    """Machado, Oliveira and Fernandes 2009, table for deuteranopia."""
    matrix = np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    )
    expected = encoded(linear(pictures.pixels_of(source).astype(float)) @ matrix.T)
    made = pictures.pixels_of(make(source, "e_simulate_colorblind"))
    assert np.abs(made - expected).max() <= 2


@pytest.mark.parametrize(
    "kind", ["protanopia", "deuteranopia", "tritanopia", "rod_monochromacy", "cone_monochromacy"]
)
def test_greys_look_alike_to_everybody(tmp_path: Path, make: Make, kind: str) -> None:
    made = pictures.pixels_of(
        make(plain(tmp_path / "grey.png", (120, 120, 120)), f"e_simulate_colorblind:{kind}")
    )
    assert np.abs(made - 120).max() <= 2


def test_stripes_are_on_red_alone(tmp_path: Path, make: Make) -> None:
    for colour, striped in (((200, 40, 40), True), ((40, 200, 40), False), ((90, 90, 90), False)):
        made = pictures.pixels_of(make(plain(tmp_path / "in.png", colour), "e_assist_colorblind:80"))
        assert (np.ptp(made[..., 0]) > 50) == striped
    red, green = (
        pictures.pixels_of(make(plain(tmp_path / "in.png", colour), "e_assist_colorblind:xray"))[5, 5]
        for colour in ((200, 40, 40), (40, 120, 40))
    )
    assert int(red[2]) < int(red[0])
    assert int(green[2]) > int(green[0])


def test_recolor_is_a_matrix(source: Path, make: Make) -> None:
    numbers = [0.3, 0.7, 0.1, 0.3, 0.6, 0.1, 0.2, 0.5, 0.1]
    expected = pictures.pixels_of(source) @ np.array(numbers).reshape(3, 3).T
    made = pictures.pixels_of(make(source, f"e_recolor:{':'.join(map(str, numbers))}"))
    assert np.abs(made - expected.clip(0, 255)).max() <= 1
    four = "1:0:0:0:0:1:0:0:0:0:1:0:0:0:0:1"
    assert np.array_equal(pictures.pixels_of(make(source, f"e_recolor:{four}")), pictures.pixels_of(source))


@pytest.mark.parametrize("pattern", range(19))
def test_dithering_keeps_the_mean_and_only_two_levels(tmp_path: Path, make: Make, pattern: int) -> None:
    steps = []
    for level in (20, 60, 128, 200, 240):
        path = plain(tmp_path / "in.png", (level,) * 3, (240, 240))
        made = pictures.pixels_of(make(path, f"e_ordered_dither:{pattern}"))
        assert set(np.unique(made)) <= {0, 255}
        steps.append(made.mean())
        assert pattern < 4 or abs(made.mean() - level) < 255 / (9 if pattern == 3 else 12)
    assert steps == sorted(steps)


def test_dithering_by_the_table_of_bayer(tmp_path: Path, make: Make) -> None:
    """The smallest table, 0 2 / 3 1, by hand."""
    for level, kept in ((40, [[1, 0], [0, 0]]), (100, [[1, 0], [0, 1]]), (170, [[1, 1], [0, 1]])):
        made = pictures.pixels_of(make(plain(tmp_path / "in.png", (level,) * 3), "e_ordered_dither:2"))
        assert np.array_equal(made[:2, :2, 0] // 255, kept)


def test_shear_moves_points_by_tangents(tmp_path: Path, make: Make) -> None:
    picture = Image.new("RGB", SIZE, "white")
    ImageDraw.Draw(picture).rectangle((68, 78, 71, 81), fill="black")
    path = pictures.saved(picture, tmp_path / "dot.png")
    for across, down in ((20, 0), (0, 15), (-25, 0), (20, 10)):
        made = rgba(make(path, f"e_shear:{across}.0:{down}.0"))
        slope, fall = math.tan(math.radians(across)), math.tan(math.radians(down))
        expected = (
            70 + slope * 80 - min(0, slope * SIZE[1]),
            80 + fall * 70 - min(0, fall * SIZE[0]),
        )
        dark = (made[..., 3] > 200) & (made[..., 0] < 100)
        rows, columns = np.nonzero(dark)
        assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx(expected, abs=1.2)
        area = SIZE[0] * SIZE[1] * (1 - slope * fall)
        assert made[..., 3].sum() / 255 == pytest.approx(area, rel=0.03)


def test_distort_against_scikit_image(source: Path, make: Make) -> None:
    corners = [(10, 20), (140, 0), (120, 95), (5, 70)]
    text = ":".join(f"{x}:{y}" for x, y in corners)
    made = rgba(make(source, f"e_distort:{text}"))
    left, top = min(x for x, _ in corners), min(y for _, y in corners)
    onto = SK.ProjectiveTransform.from_estimate(
        np.array([(x - left, y - top) for x, y in corners]) - 0.0,
        np.array([(0, 0), (SIZE[0], 0), SIZE, (0, SIZE[1])], float),
    )
    moved = (
        SK.EuclideanTransform(translation=(0.5, 0.5)) + onto + SK.EuclideanTransform(translation=(-0.5, -0.5))
    )
    expected = SK.warp(
        pictures.pixels_of(source).astype(float), moved, output_shape=made.shape[:2], order=3, mode="edge"
    )
    inner = made[..., 3] > 254
    assert inner.mean() > 0.5
    assert np.abs(made[inner][:, :3] - expected.clip(0, 255)[inner]).mean() < 2


def test_distort_takes_fractions(source: Path, make: Make) -> None:
    pixels = make(source, "e_distort:0:0:75:0:75:50:0:50").read_bytes()
    assert make(source, "e_distort:0:0:0.5:0:0.5:0.5:0:0.5").read_bytes() == pixels


@pytest.mark.parametrize("degrees", [30, 90, 170])
def test_arc_keeps_the_area_and_the_middle_line(tmp_path: Path, make: Make, degrees: int) -> None:
    made = rgba(make(plain(tmp_path / "in.png", (200, 50, 50)), f"e_distort:arc:{degrees}"))
    assert made[..., 3].sum() / 255 == pytest.approx(SIZE[0] * SIZE[1], rel=0.05)
    angle = math.radians(degrees)
    assert made.shape[1] == pytest.approx(2 * (SIZE[0] / angle + SIZE[1] / 2) * math.sin(angle / 2), abs=1.1)
    assert np.abs(made[..., 3] - made[:, ::-1, 3]).mean() < 3
    assert made[made.shape[0] // 8, made.shape[1] // 2, 3] > 250


def test_an_arc_below_nought_bends_the_other_way(source: Path, make: Make) -> None:
    """Which is the same as upside down, bent, and upside down again."""
    up = rgba(make(source, "e_distort:arc:-120")).astype(int)
    other = rgba(make(source, "a_180/e_distort:arc:120/a_180")).astype(int)
    assert up.shape == other.shape
    assert np.abs(up - other).max() <= 1
    assert up[0, up.shape[1] // 2, 3] == 0 < up[-1, up.shape[1] // 2, 3]


@pytest.mark.parametrize(
    ("text", "axis", "reverse", "reach"),
    [("y_0.5", 0, False, 50), ("y_-40", 0, True, 40), ("x_0.2", 1, False, 30), ("x_-0.4", 1, True, 60)],
)
def test_gradient_fade_is_a_ramp(
    tmp_path: Path, make: Make, text: str, axis: int, *, reverse: bool, reach: int
) -> None:
    alpha = rgba(make(plain(tmp_path / "in.png", (10, 200, 30)), f"e_gradient_fade:20,{text}"))[..., 3]
    line = alpha[:, 60] if axis == 0 else alpha[50, :]
    line = line[::-1] if reverse else line
    place = (np.arange(len(line)) + 0.5) / reach
    assert np.abs(line - 255 * np.minimum(place, 1) ** (0.5 + 0.2 * 2.5)).max() <= 1


def test_symmetric_fades(tmp_path: Path, make: Make) -> None:
    path = plain(tmp_path / "in.png", (10, 200, 30))
    alpha = rgba(make(path, "e_gradient_fade:symmetric:20,x_0.3"))[50, :, 3]
    assert np.abs(alpha - alpha[::-1]).max() <= 1
    assert alpha[0] < 10
    assert alpha[75] == 255
    padded = rgba(make(path, "e_gradient_fade:symmetric_pad:20,x_0.3,b_red"))
    assert (padded[..., 3] == 255).all()
    assert padded[50, 0, :3] == pytest.approx((255, 0, 0), abs=12)
    assert list(padded[50, 75, :3]) == [10, 200, 30]


@pytest.mark.parametrize("azimuth", [0, 90, 215, 315])
def test_drop_shadow_falls_away_from_the_light(tmp_path: Path, make: Make, azimuth: int) -> None:
    path = plain(tmp_path / "in.png", (255, 255, 255))
    made = rgba(make(path, f"e_dropshadow:azimuth_{azimuth};elevation_10;spread_20"))
    shadow = made[..., 3] * (made[..., 0] < 250)
    down, across = np.mgrid[: shadow.shape[0], : shadow.shape[1]]
    bright = made[..., 0] * (made[..., 3] > 250)
    offset = [
        float((shadow * at).sum() / shadow.sum() - (bright * at).sum() / bright.sum())
        for at in (across, down)
    ]
    light = (math.sin(math.radians(azimuth)), -math.cos(math.radians(azimuth)))
    assert offset[0] * light[0] + offset[1] * light[1] < -1


def test_red_eyes_lose_their_red_and_nothing_else_changes(tmp_path: Path, make: Make) -> None:
    picture = Image.new("RGB", SIZE, (200, 160, 140))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((60, 40, 70, 50), fill=(220, 40, 50))
    draw.rectangle((5, 80, 25, 95), fill=(220, 40, 50))  # a red thing outside of the face
    path = pictures.saved(picture, tmp_path / "eyes.png")
    context = Context(faces=lambda: (Face(0.3, 0.2, 0.4, 0.6),))
    made = pictures.pixels_of(make(path, "e_redeye", context=context))
    before = pictures.pixels_of(path)
    assert int(made[45, 65, 0]) < 80
    assert list(made[88, 15]) == [220, 40, 50]
    changed = np.abs(made.astype(int) - before).max(axis=2) > 3
    assert changed[36:55, 56:75].sum() == changed.sum() > 60
    assert np.array_equal(pictures.pixels_of(make(path, "e_redeye")), before)


def table(path: Path, function: Any, size: int = 17) -> Path:
    points = [n / (size - 1) for n in range(size)]
    if path.suffix == ".cube":
        rows = [function(r, g, b) for b in points for g in points for r in points]
        path.write_text(
            "\n".join((f"LUT_3D_SIZE {size}", *("{:.6f} {:.6f} {:.6f}".format(*row) for row in rows)))
        )
    else:
        rows = [function(r, g, b) for r in points for g in points for b in points]
        lines = (" ".join(str(round(4095 * part)) for part in row) for row in rows)
        path.write_text("\n".join((" ".join(str(round(1023 * point)) for point in points), *lines)))
    return path


@pytest.mark.parametrize("name", ["warm.cube", "warm.3dl"])
def test_tables_of_colours_against_pillow(tmp_path: Path, source: Path, make: Make, name: str) -> None:
    def warm(red: float, green: float, blue: float) -> tuple[float, float, float]:
        return min(1, red**0.7 + 0.1 * blue), green * 0.9, blue * green

    pillow = ImageFilter.Color3DLUT.generate(17, warm)
    with Image.open(source) as opened:
        expected = np.asarray(opened.convert("RGB").filter(pillow)).astype(int)
    context = Context(raw=lambda asked: asked)
    path = table(tmp_path / name, warm)
    for text in (f"l_lut:{name}", f"l_lut:{name}/fl_layer_apply"):
        made = pictures.pixels_of(make(source, text, context=context, layers={name: path}))
        assert np.abs(made - expected).max() <= 2
