"""Effects and layers against numpy, scikit-image and Pillow."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageChops
from skimage import filters

from picturerail.transform.plan import Context, LayerAsset
from picturerail.transform.probe import SourceInfo
from tests import pictures
from tests.transform.conftest import Make

Pixels = NDArray[Any]
SIZE = (150, 100)
GAUSSIAN: Any = filters.gaussian
LUMA = np.array([0.299, 0.587, 0.114])


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return pictures.saved(pictures.photo("cat", SIZE), tmp_path / "source.png")


def original(path: Path) -> Pixels:
    return pictures.pixels_of(path).astype(float)


def grey(pixels: Pixels) -> Pixels:
    brightness: Pixels = (pixels @ LUMA)[..., None]
    return brightness


FORMULAS = [
    ("e_grayscale", lambda p: np.repeat(grey(p), 3, axis=2)),
    ("e_negate", lambda p: 255 - p),
    ("e_brightness:50", lambda p: p * 1.5),
    ("e_brightness:-99", lambda p: p * 0.01),
    ("e_brightness_hsb:50", lambda p: p * np.minimum(1.5, 255 / p.max(axis=2, keepdims=True).clip(1))),
    ("e_fill_light:0", lambda p: p),
    ("e_fill_light:100:100", lambda p: p + p * (255 - p) / 255),
    ("e_fill_light:50", lambda p: p + p * (255 - p) / 255 * (1 - grey(p) / 255) * 0.5),
    ("e_tint:100:black:0p:red:50p", lambda p: np.minimum(np.rint(grey(p)) * 2, 255) * [1, 0, 0]),
    ("e_contrast:40", lambda p: (p - 127.5) * 1.4 + 127.5),
    ("e_contrast:-100", lambda p: p * 0 + 127.5),
    ("e_saturation:-100", lambda p: np.repeat(grey(p), 3, axis=2)),
    ("e_saturation:60", lambda p: grey(p) + (p - grey(p)) * 1.6),
    ("e_gamma:100", lambda p: (p / 255) ** 0.5 * 255),
    ("e_red:-100", lambda p: p * [0, 1, 1]),
    ("e_green:30", lambda p: p * [1, 1.3, 1]),
    ("e_hue:0", lambda p: p),
    ("e_colorize:30,co_red", lambda p: p * 0.7 + np.array([255, 0, 0]) * 0.3),
    ("e_colorize", lambda p: p * 0 + 128),
    ("e_blackwhite:40", lambda p: np.repeat(np.where(grey(p) >= 102, 255, 0), 3, axis=2)),
    (
        "e_sepia:100",
        lambda p: p @ np.array([[0.393, 0.769, 0.189], [0.349, 0.686, 0.168], [0.272, 0.534, 0.131]]).T,
    ),
    ("e_tint:100:red", lambda p: np.rint(grey(p)) * [1, 0, 0]),
    (
        "e_blur:100",
        lambda p: GAUSSIAN(p, 5, mode="nearest", channel_axis=2, preserve_range=True),
    ),
    ("e_vibrance:0", lambda p: p),
    ("e_vignette:0", lambda p: p),
    ("e_improve:outdoor:0", lambda p: p),
]


@pytest.mark.parametrize(("text", "formula"), FORMULAS, ids=[text for text, _ in FORMULAS])
def test_formulas(source: Path, make: Make, text: str, formula: Any) -> None:
    expected = np.clip(formula(original(source)), 0, 255)
    difference = np.abs(pictures.pixels_of(make(source, text)) - expected)
    assert np.percentile(difference, 99) <= 1.6
    assert difference.mean() < 0.8


def test_half_a_turn_of_hue_and_back(source: Path, make: Make, tmp_path: Path) -> None:
    source = pictures.saved(Image.new("RGB", (20, 20), (150, 110, 90)), tmp_path / "brown.png")
    half = pictures.pixels_of(make(source, "e_hue:100"))
    assert half[5, 5, 2] > half[5, 5, 0], "brown becomes blue"
    assert np.abs(pictures.pixels_of(make(source, "e_hue:100/e_hue:100")) - original(source)).max() <= 2


def test_a_drawing_in_black_and_white(source: Path, make: Make) -> None:
    made = pictures.pixels_of(make(source, "e_cartoonify:0:bw"))
    assert set(np.unique(made)) == {0, 255}
    assert 0.05 < (made > 0).mean() < 0.95


def test_equalizing_uses_the_whole_scale(tmp_path: Path, make: Make) -> None:
    dark = Image.fromarray((pictures.gradient(256, 64) // 4).astype(np.uint8)).convert("RGB")
    source = pictures.saved(dark, tmp_path / "dark.png")
    plain, equal = (pictures.pixels_of(make(source, f"e_tint:{mode}100:white")) for mode in ("", "equalize:"))
    assert plain.max() <= 64
    assert equal.max() == 255
    assert abs(equal.mean() - 128) < 8


def test_squares(source: Path, make: Make) -> None:
    made, p = pictures.pixels_of(make(source, "e_pixelate:10")), original(source)
    means = p.reshape(10, 10, 15, 10, 3).mean(axis=(1, 3))
    assert np.abs(made - means.repeat(10, axis=0).repeat(10, axis=1)).max() <= 1


@pytest.mark.parametrize("effect", ["blur_region:500", "pixelate_region:12"])
def test_regions_leave_the_rest_alone(source: Path, make: Make, effect: str) -> None:
    made, p = pictures.pixels_of(make(source, f"e_{effect},x_30,y_20,w_60,h_40")), original(source)
    inside = np.zeros(p.shape[:2], bool)
    inside[20:60, 30:90] = True
    assert np.array_equal(made[~inside], p[~inside])
    assert np.abs(made[inside] - p[inside]).mean() > 5


def test_sharpening_adds_contrast_at_edges(source: Path, make: Make) -> None:
    p = original(source)
    for text in ("e_sharpen", "e_unsharp_mask"):
        made = pictures.pixels_of(make(source, text)).astype(float)
        assert np.abs(np.diff(made, axis=1)).mean() > 1.2 * np.abs(np.diff(p, axis=1)).mean()
        assert abs(made.mean() - p.mean()) < 2


def test_spreading(tmp_path: Path, make: Make) -> None:
    flat = Image.fromarray((80 + pictures.gradient(256, 64) // 4).astype(np.uint8)).convert("RGB")
    source = pictures.saved(flat, tmp_path / "flat.png")
    for effect in ("auto_contrast", "auto_color"):
        made = pictures.pixels_of(make(source, f"e_{effect}"))
        assert made.min() <= 3
        assert made.max() >= 252
        assert np.abs(pictures.pixels_of(make(source, f"e_{effect}:0")) - original(source)).max() <= 1
    assert abs(pictures.pixels_of(make(source, "e_auto_brightness")).mean() - 127) < 6


def test_opacity_and_border_and_trim(source: Path, make: Make, tmp_path: Path) -> None:
    assert (pictures.pixels_of(make(source, "o_40"), "RGBA")[..., 3] == 102).all()
    framed = make(source, "bo_7px_solid_rgb:102030").rename(tmp_path / "framed.png")
    expected = np.full((114, 164, 3), (16, 32, 48), float)
    expected[7:-7, 7:-7] = original(source)
    assert np.array_equal(pictures.pixels_of(framed), expected)
    assert np.array_equal(pictures.pixels_of(make(framed, "e_trim")), original(source))
    assert pictures.pixels_of(make(framed, "e_trim/$x_w_div_2/w_$x")).shape == (50, 75, 3)


@pytest.mark.parametrize("shape", ["r_max", "r_12", "r_0:20"])
def test_a_round_border_leaves_clear_what_is_clear(tmp_path: Path, make: Make, shape: str) -> None:
    picture = Image.new("RGBA", (60, 40), (0, 0, 0, 0))
    picture.paste((0, 0, 255, 255), (25, 15, 35, 25))
    source = pictures.saved(picture, tmp_path / "spot.png")
    made = pictures.pixels_of(make(source, f"{shape},bo_6px_solid_red"), "RGBA")
    assert tuple(made[26, 36]) == (0, 0, 255, 255)
    assert made[14, 22, 3] == 0
    assert tuple(made[3, 36]) == (255, 0, 0, 255)
    solid = pictures.saved(Image.new("RGB", (60, 40), "blue"), tmp_path / "solid.png")
    filled = pictures.pixels_of(make(solid, f"{shape},bo_6px_solid_red"), "RGBA")
    inside = filled[8:-8, 20:-20]
    assert inside[..., 3].min() == 255, "no gap between picture and border"


def test_round_border(tmp_path: Path, make: Make) -> None:
    source = pictures.saved(Image.new("RGB", (100, 100), "white"), tmp_path / "white.png")
    made = pictures.pixels_of(make(source, "r_max,bo_10px_solid_red"), "RGBA")
    assert made.shape == (120, 120, 4)
    red = (made[..., 0] > 200) & (made[..., 1] < 60) & (made[..., 3] > 200)
    assert abs(red.sum() - np.pi * (60**2 - 50**2)) < 0.04 * np.pi * 60**2


def test_colours_made_clear_or_replaced(tmp_path: Path, make: Make) -> None:
    source = pictures.saved(pictures.quadrants(80, 60), tmp_path / "q.png")
    clear = pictures.pixels_of(make(source, "e_make_transparent:10"), "RGBA")[..., 3]
    assert (clear[:30, :40] == 0).all()
    assert (clear[30:] == 255).all()
    blue = pictures.pixels_of(make(source, "e_make_transparent:10,co_blue"), "RGBA")[..., 3]
    assert (blue[30:, :40] == 0).all()
    changed = pictures.pixels_of(make(source, "e_replace_color:blue:20:red"))
    assert tuple(changed[10, 10]) == (0, 0, 255)
    assert tuple(changed[10, 60]) == (0, 255, 0)


def test_edges_of_padding(source: Path, make: Make, tmp_path: Path) -> None:
    plain = pictures.saved(Image.new("RGB", (40, 20), (10, 90, 30)), tmp_path / "plain.png")
    assert tuple(pictures.pixels_of(make(plain, "c_pad,w_40,h_40,b_auto"))[0, 0]) == (10, 90, 30)
    # of a palette the nearest colour (Cloudinary's docs of automatic padding)
    nearest = make(plain, "c_pad,w_40,h_40,b_auto:border:palette_red_green_blue")
    assert tuple(pictures.pixels_of(nearest)[0, 0]) == (0, 128, 0)
    blurred = pictures.pixels_of(make(source, "c_pad,w_150,h_150,b_blurred"))
    assert np.array_equal(blurred[25:125], original(source))
    assert 5 < blurred[:20].std() < 60


def canvas(make: Make, source: Path, background: str) -> Pixels:
    """The picture in the middle third of a canvas, not scaled."""
    with Image.open(source) as image:
        return pictures.pixels_of(make(source, f"c_pad,w_{image.width},h_{3 * image.height},b_{background}"))


EDGES = [(200, 0, 0), (0, 200, 0), (0, 0, 200), (200, 200, 0)]  # left, right, top, bottom


@pytest.fixture
def framed(tmp_path: Path) -> Path:
    """Mostly grey, some orange; edges of four colours."""
    image = Image.new("RGB", (41, 21), (120, 120, 120))
    image.paste((250, 140, 10), (10, 5, 25, 12))
    boxes = ((0, 0, 1, 21), (40, 0, 41, 21), (0, 0, 41, 1), (0, 20, 41, 21))
    for colour, box in zip(EDGES, boxes, strict=True):
        image.paste(colour, box)
    return pictures.saved(image, tmp_path / "framed.png")


def test_padding_flows_from_the_colour_of_one_edge_to_that_of_the_other(framed: Path, make: Make) -> None:
    left, right, top, bottom = EDGES
    across = canvas(make, framed, "auto:border_gradient")
    assert [tuple(across[at]) for at in ((0, 0), (0, 40), (62, 0), (62, 40))] == [left, right, left, right]
    assert np.allclose(across[3, 20], np.mean([left, right], axis=0), atol=1)
    down = canvas(make, framed, "auto:border_gradient:2:vertical")
    assert [tuple(down[at]) for at in ((0, 0), (0, 40), (62, 0), (62, 40))] == [top, top, bottom, bottom]
    assert np.array_equal(across[21:42], down[21:42]), "the picture itself"


def test_padding_flows_from_corner_to_corner(tmp_path: Path, make: Make) -> None:
    source = pictures.saved(pictures.quadrants(41, 20), tmp_path / "q.png")
    before = pictures.pixels_of(source)
    corners = [tuple(before[at]) for at in ((0, 0), (0, 40), (19, 0), (19, 40))]
    four = canvas(make, source, "auto:border_gradient:4")
    assert [tuple(four[at]) for at in ((0, 0), (0, 40), (59, 0), (59, 40))] == corners
    assert np.allclose(four[0, 20], np.mean(corners[:2], axis=0), atol=1)
    ways = {"diagonal_desc": ((0, 0), (59, 40)), "diagonal_asc": ((59, 0), (0, 40))}
    for direction, (first, last) in ways.items():
        made = canvas(make, source, f"auto:predominant_gradient:2:{direction}")
        assert len({tuple(made[first]), tuple(made[last])} & set(corners)) == 2
        others = [
            made[row, column] for row in (0, 59) for column in (0, 40) if (row, column) not in (first, last)
        ]
        assert np.allclose(others[0], others[1], atol=1), "half-way"


def test_padding_of_the_most_frequent_colour_and_of_what_stands_out_from_it(framed: Path, make: Make) -> None:
    assert np.allclose(canvas(make, framed, "auto:predominant")[0, 0], 120, atol=1)
    every = np.unique(pictures.pixels_of(framed).reshape(-1, 3), axis=0).astype(int)
    for mode in ("border", "predominant"):
        base, made = (
            canvas(make, framed, f"auto:{mode}{more}")[0, 0].astype(int) for more in ("", "_contrast")
        )
        farthest = max(np.sum((other - base) ** 2) for other in every)
        assert np.sum((made - base) ** 2) == pytest.approx(farthest, rel=0.02)


def test_contrast_along_a_curve_is_that_of_imagemagick_and_can_be_undone(source: Path, make: Make) -> None:
    before = original(source) / 255
    more = pictures.pixels_of(make(source, "e_contrast:50:sigmoidal")) / 255

    def curve(value: Any) -> Any:
        return 1 / (1 + np.exp(5 * (0.5 - value)))

    expected = (curve(before) - curve(0.0)) / (curve(1.0) - curve(0.0))
    assert np.abs(more - expected).max() < 1.01 / 255
    undone = pictures.pixels_of(make(source, "e_contrast:50:sigmoidal/e_contrast:-50:sigmoidal")) / 255
    assert np.abs(undone - before).mean() < 1 / 255
    straight = [pictures.pixels_of(make(source, f"e_contrast:{text}")) for text in ("50", "50:linear")]
    assert np.array_equal(straight[0], straight[1])


def layered(
    tmp_path: Path, pixel: tuple[int, int, int, int], size: tuple[int, int] = (40, 30)
) -> tuple[Context, dict[str, Path]]:
    path = pictures.saved(Image.new("RGBA", size, pixel), tmp_path / "layer.png")
    info = SourceInfo("png", *size, has_alpha=True, bands=4)
    return Context(layer=lambda _kind, _name: LayerAsset(info, "layer")), {"layer": path}


def test_a_layer_lies_on_the_picture(source: Path, make: Make, tmp_path: Path) -> None:
    context, layers = layered(tmp_path, (255, 0, 0, 128))
    made = make(source, "l_mark/fl_layer_apply,g_north_east,x_10,y_5", context=context, layers=layers)
    with Image.open(source) as below, Image.open(layers["layer"]) as mark:
        canvas = below.convert("RGBA")
        canvas.alpha_composite(mark, (150 - 40 - 10, 5))
        expected = np.asarray(canvas.convert("RGB")).astype(int)
    assert np.abs(pictures.pixels_of(made) - expected).max() <= 1


@pytest.mark.parametrize(
    ("mode", "oracle"), [("multiply", ImageChops.multiply), ("screen", ImageChops.screen)]
)
def test_ways_of_mixing(source: Path, make: Make, tmp_path: Path, mode: str, oracle: Any) -> None:
    context, layers = layered(tmp_path, (200, 100, 50, 255), SIZE)
    made = make(source, f"l_mark/e_{mode},fl_layer_apply", context=context, layers=layers)
    with Image.open(source) as below, Image.open(layers["layer"]) as mark:
        expected = np.asarray(oracle(below.convert("RGB"), mark.convert("RGB"))).astype(int)
    assert np.abs(pictures.pixels_of(made) - expected).max() <= 2


def test_layers_behind_cut_and_repeated(source: Path, make: Make, tmp_path: Path) -> None:
    context, layers = layered(tmp_path, (255, 0, 0, 255))
    behind = make(source, "o_0/u_mark/fl_layer_apply,g_west", context=context, layers=layers)
    alpha = pictures.pixels_of(behind, "RGBA")[..., 3]
    assert (alpha > 0).sum() == 40 * 30
    assert (alpha[35:65, :40] == 255).all()
    cut = pictures.pixels_of(
        make(source, "l_mark/fl_cutter,fl_layer_apply", context=context, layers=layers), "RGBA"
    )
    assert (cut[..., 3] > 0).sum() == 40 * 30
    assert np.array_equal(cut[50, 75, :3], original(source)[50, 75])
    tiled = pictures.pixels_of(make(source, "l_mark,fl_tiled", context=context, layers=layers))
    assert (tiled == (255, 0, 0)).all()


@pytest.mark.parametrize(
    "mode", ["u_mark,fl_no_overflow", "l_mark,fl_no_overflow", "l_mark,fl_cutter", "l_mark,e_mask"]
)
@pytest.mark.parametrize("place", ["x_1000", "y_-1000", "x_-60", "x_70,y_45"])
def test_layers_may_lie_outside(source: Path, make: Make, tmp_path: Path, mode: str, place: str) -> None:
    context, layers = layered(tmp_path, (255, 0, 0, 255))
    made = make(source, f"{mode},{place}", context=context, layers=layers)
    assert pictures.pixels_of(made).shape == (100, 150, 3)


def test_shadow_and_outline(tmp_path: Path, make: Make) -> None:
    source = pictures.saved(Image.new("RGB", (60, 40), "white"), tmp_path / "white.png")
    made = pictures.pixels_of(make(source, "e_shadow:100,x_10,y_5,co_red"), "RGBA")
    assert made.shape == (40 + 24, 60 + 24, 4)
    assert tuple(made[30, 20]) == (255, 255, 255, 255)
    assert made[30, 60 + 2 + 4, 0] > 240
    assert made[30, 60 + 2 + 4, 1] < 20
    disc = "r_max/c_mpad,w_100,h_100/"
    source = pictures.saved(Image.new("RGB", (60, 60), "white"), tmp_path / "square.png")
    lined = pictures.pixels_of(make(source, disc + "e_outline:outer:6,co_blue"), "RGBA")
    blue = (lined[..., 2] > 200) & (lined[..., 0] < 60) & (lined[..., 3] > 128)
    assert abs(blue.sum() - np.pi * (36**2 - 30**2)) < 0.15 * np.pi * (36**2 - 30**2)
