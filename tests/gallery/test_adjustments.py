"""The editor's settings and the one transformation that they are, there and back; what is cut has no empty corners."""

import math
from itertools import pairwise, product

import pytest

from picturerail.gallery.pictures.adjustments import (
    LOOKS,
    SHAPES,
    TONES,
    WHOLE,
    Adjustments,
    Cut,
    composed,
    fitted_edit,
    parsed,
    shaped,
    turned_edit,
)
from picturerail.gallery.pictures.edit import EFFECTS, clean_edit, size_after

SIZE = (1600, 1200)
CUT = Cut(0.1, 0.2, 0.5, 0.25)


@pytest.mark.parametrize(
    ("settings", "edit", "size"),
    [
        (Adjustments(), "", (1600, 1200)),
        (Adjustments(angle=90), "a_90", (1200, 1600)),
        (Adjustments(mirrored=True, angle=270), "a_hflip/a_270", (1200, 1600)),
        (Adjustments(crop=CUT), "c_crop,w_800,h_300,x_160,y_240", (800, 300)),
        (Adjustments(angle=90, crop=CUT), "a_90/c_crop,w_600,h_400,x_120,y_320", (600, 400)),
        (Adjustments(brightness=-20, saturation=5), "e_brightness:-20/e_saturation:5", (1600, 1200)),
        (Adjustments(look="grey", contrast=9), "e_contrast:9/e_grayscale", (1600, 1200)),
    ],
)
def test_settings_are_one_transformation(settings: Adjustments, edit: str, size: tuple[int, int]) -> None:
    assert composed(settings, *SIZE) == edit
    assert clean_edit(edit) == edit
    assert size_after(edit, *SIZE) == size
    assert parsed(edit, *SIZE) == settings


@pytest.mark.parametrize("size", [(1600, 1200), (333, 777), (5, 4)])
def test_every_setting_comes_back_as_it_was_saved(size: tuple[int, int]) -> None:
    crops = (WHOLE, CUT, Cut(0.5, 0.5, 0.5, 0.5), Cut(0, 0, 1, 0.5))
    for mirrored, angle, straighten, crop in product(
        (False, True), (0, 90, 180, 270), (-45, -7, 0, 3), crops
    ):
        settings = Adjustments(mirrored, angle, straighten, crop, brightness=10, look="sepia")
        edit = composed(settings, *size)
        again = parsed(clean_edit(edit), *size)
        assert again is not None, edit
        assert composed(again, *size) == edit


@pytest.mark.parametrize("straighten", [-45, -10, 1, 30, 45])
@pytest.mark.parametrize("size", [(1600, 1200), (1000, 3000)])
def test_a_straightened_picture_has_no_empty_corners(straighten: int, size: tuple[int, int]) -> None:
    """Each corner of what is cut, turned back around the middle, lies within the picture."""
    _, cut = composed(Adjustments(straighten=straighten), *size).split("/")
    wide, high, left, top = (int(part.split("_")[-1]) for part in cut.split(",")[1:])
    canvas = size_after(f"a_{straighten}", *size)
    turn = math.radians(-straighten)
    for x, y in product((left, left + wide), (top, top + high)):
        dx, dy = x - canvas[0] / 2, y - canvas[1] / 2
        back = (dx * math.cos(turn) - dy * math.sin(turn), dx * math.sin(turn) + dy * math.cos(turn))
        assert abs(back[0]) <= size[0] / 2 + 1.5
        assert abs(back[1]) <= size[1] / 2 + 1.5


@pytest.mark.parametrize(
    "edit",
    [
        "e_sepia:80",
        "c_crop,g_auto,w_100,h_100",
        "c_crop,w_5000,h_10,x_0,y_0",
        "a_5",
        "a_60/c_crop,w_10,h_10,x_800,y_800",
        "c_crop,w_10,h_10,x_0,y_0/a_90",
        "e_contrast:5/e_contrast:6",
        "e_grayscale/e_sepia:60",
        "a_5/a_hflip",
        "e_blur:300",
    ],
)
def test_what_the_editor_cannot_say_is_left_to_scripts(edit: str) -> None:
    clean_edit(edit)
    assert parsed(edit, *SIZE) is None
    assert fitted_edit(edit, SIZE, (10, 10)) == edit


def test_turning_takes_the_cut_along() -> None:
    edit = composed(Adjustments(crop=CUT, look="warm"), *SIZE)
    right = turned_edit(edit, "90", *SIZE)
    assert right == f"a_90/c_crop,w_300,h_800,x_660,y_160/{LOOKS['warm']}"
    assert turned_edit(right, "-90", *SIZE) == edit
    once = turned_edit(edit, "hflip", *SIZE)
    assert once == f"a_hflip/c_crop,w_800,h_300,x_640,y_240/{LOOKS['warm']}"
    for way, times in (("90", 4), ("-90", 4), ("hflip", 2), ("vflip", 2)):
        steps = [edit]
        for _ in range(times):
            steps.append(turned_edit(steps[-1], way, *SIZE))
        assert steps[-1] == edit, way
        assert all(one != other for one, other in pairwise(steps))


def test_a_copied_edit_cuts_the_same_shares() -> None:
    edit = composed(Adjustments(crop=CUT, contrast=7), *SIZE)
    assert fitted_edit(edit, SIZE, (800, 600)) == "c_crop,w_400,h_150,x_80,y_120/e_contrast:7"
    assert fitted_edit("a_90", (0, 0), (0, 0)) == "a_90"


@pytest.mark.parametrize("shape", SHAPES)
def test_a_shape_is_kept_in_the_middle_of_the_cut(shape: str) -> None:
    across, down = map(int, shape.split(":"))
    settings = shaped(Adjustments(angle=90, crop=CUT), shape, *SIZE)
    width, height = size_after(composed(settings, *SIZE), *SIZE)
    assert width / height == pytest.approx(across / down, rel=0.02)
    assert settings.crop.left + settings.crop.width / 2 == pytest.approx(0.35)
    assert settings.crop.top + settings.crop.height / 2 == pytest.approx(0.325)


def test_looks_and_tones_are_effects_that_an_edit_may_have() -> None:
    for effect in [*LOOKS.values(), *(f"e_{name}:1" for name in TONES)]:
        assert clean_edit(effect) == effect
        assert effect[2:].partition(":")[0] in EFFECTS
