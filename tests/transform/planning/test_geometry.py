"""Geometry as arithmetic: tables of (input, transformation, expected size and steps), and properties of each mode."""

import json
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picturerail.errors import BadRequest
from picturerail.transform.boxes import Size
from picturerail.transform.grammar import parse
from picturerail.transform.language.colours import CLEAR
from picturerail.transform.plan import Output, Plan, make_plan
from picturerail.transform.planning.geometry.sizes import ResizeRequest, resize_steps
from picturerail.transform.probe import SourceInfo
from picturerail.transform.steps import Crop, Pad, Resize, Step, ToSrgb, size_after

R, C = Resize, Crop


def P(x: int, y: int, width: int, height: int) -> Pad:
    return Pad(x, y, width, height, CLEAR)


# Worked out by hand from the rules in Cloudinary's reference, not by this program.
TABLE: list[tuple[str, tuple[int, int], list[Step]]] = [
    # one side: the other follows
    ("w_100", (400, 300), [R(100, 75)]),
    ("h_100", (400, 300), [R(133, 100)]),
    ("w_100", (241, 51), [R(100, 21)]),
    ("w_800", (400, 300), [R(800, 600)]),
    ("w_1", (1000, 2), [R(1, 1)]),
    ("w_400", (400, 300), []),
    ("w_100,h_100", (400, 300), [R(100, 100)]),
    ("w_0.5", (400, 300), [R(200, 150)]),
    ("w_1.0", (400, 300), []),
    ("w_2.0", (400, 300), [R(800, 600)]),
    ("w_0.5,h_1.0", (400, 300), [R(200, 300)]),
    ("w_100,fl_ignore_aspect_ratio", (400, 300), [R(100, 300)]),
    ("h_100,fl_ignore_aspect_ratio", (400, 300), [R(400, 100)]),
    ("w_160,ar_16:9", (400, 300), [R(160, 90)]),
    ("h_90,ar_16:9", (400, 300), [R(160, 90)]),
    # fit, limit, mfit
    ("c_fit,w_100,h_100", (400, 300), [R(100, 75)]),
    ("c_fit,w_800,h_800", (400, 300), [R(800, 600)]),
    ("c_fit,w_100", (241, 51), [R(100, 21)]),
    ("c_limit,w_100,h_100", (400, 300), [R(100, 75)]),
    ("c_limit,w_800,h_800", (400, 300), []),
    ("c_limit,w_400,h_300", (400, 300), []),
    ("c_limit,w_1000,h_30", (400, 300), [R(40, 30)]),
    ("c_limit,w_1000", (400, 300), []),
    ("c_mfit,w_800,h_800", (400, 300), [R(800, 600)]),
    ("c_mfit,w_100,h_100", (400, 300), []),
    ("c_mfit,w_800,h_200", (400, 300), []),
    # fill, lfill
    ("c_fill,w_100,h_100", (400, 300), [R(133, 100), C(16, 0, 100, 100)]),
    ("c_fill,w_100,h_100,g_west", (400, 300), [R(133, 100), C(0, 0, 100, 100)]),
    ("c_fill,w_100,h_100,g_east", (400, 300), [R(133, 100), C(33, 0, 100, 100)]),
    ("c_fill,w_100,h_100,g_south", (300, 400), [R(100, 133), C(0, 33, 100, 100)]),
    ("c_fill,w_100,h_100,g_north_west", (300, 400), [R(100, 133), C(0, 0, 100, 100)]),
    ("c_fill,w_100,h_100,x_5", (400, 300), [R(133, 100), C(21, 0, 100, 100)]),
    ("c_fill,w_100,h_100,x_500", (400, 300), [R(133, 100), C(33, 0, 100, 100)]),
    ("c_fill,w_800,h_300", (400, 300), [R(800, 600), C(0, 150, 800, 300)]),
    ("c_fill,w_100", (400, 300), [R(100, 75)]),
    ("c_fill,ar_1:1", (400, 300), [C(50, 0, 300, 300)]),
    ("c_fill,w_100,ar_1:1", (400, 300), [R(133, 100), C(16, 0, 100, 100)]),
    ("c_lfill,w_800,h_300", (400, 300), []),
    ("c_lfill,w_800,h_800", (400, 300), []),
    ("c_lfill,w_800,h_100", (400, 300), [C(0, 100, 400, 100)]),
    ("c_lfill,w_100,h_100", (400, 300), [R(133, 100), C(16, 0, 100, 100)]),
    ("c_thumb,w_100,h_100", (400, 300), [R(133, 100), C(16, 0, 100, 100)]),
    # pad, lpad, mpad
    ("c_pad,w_100,h_100", (400, 300), [R(100, 75), P(0, 12, 100, 100)]),
    ("c_pad,w_100,h_100,g_north", (400, 300), [R(100, 75), P(0, 0, 100, 100)]),
    ("c_pad,w_100,h_100,g_south_east", (300, 400), [R(75, 100), P(25, 0, 100, 100)]),
    ("c_pad,w_800,h_800", (400, 300), [R(800, 600), P(0, 100, 800, 800)]),
    ("c_pad,ar_1:1", (400, 300), [P(0, 50, 400, 400)]),
    ("c_lpad,w_100,h_100", (400, 300), [R(100, 75), P(0, 12, 100, 100)]),
    ("c_lpad,w_800,h_800", (400, 300), []),
    ("c_mpad,w_800,h_800", (400, 300), [P(200, 250, 800, 800)]),
    ("c_mpad,w_100,h_100", (400, 300), []),
    # crop
    ("c_crop,w_100,h_50", (400, 300), [C(150, 125, 100, 50)]),
    ("c_crop,w_100,h_50,x_10,y_20", (400, 300), [C(10, 20, 100, 50)]),
    ("c_crop,w_100,h_50,x_10,y_20,g_south_east", (400, 300), [C(290, 230, 100, 50)]),
    ("c_crop,w_100,h_50,x_350", (400, 300), [C(350, 0, 50, 50)]),
    ("c_crop,w_100,h_50,x_-20", (400, 300), [C(0, 0, 80, 50)]),
    ("c_crop,w_100", (400, 300), [C(150, 0, 100, 300)]),
    ("c_crop,w_1000,h_1000", (400, 300), []),
    ("c_crop,w_0.5,h_0.5", (400, 300), [C(100, 75, 200, 150)]),
    ("c_crop,ar_1:1", (400, 300), [C(50, 0, 300, 300)]),
    ("c_crop,w_100,ar_2:1", (400, 300), [C(150, 125, 100, 50)]),
    ("c_crop,w_100,h_100,x_0.5,y_0.5", (400, 300), [C(200, 150, 100, 100)]),
    # device pixel ratio
    ("w_100,dpr_2.0", (400, 300), [R(200, 150)]),
    ("c_fill,w_100,h_100/dpr_2.0", (400, 300), [R(267, 200), C(33, 0, 200, 200)]),
    ("w_0.5,dpr_2.0", (400, 300), [R(200, 150)]),
    # one after another
    ("w_200/w_0.5", (400, 300), [R(200, 150), R(100, 75)]),
    ("c_crop,w_100,h_100/w_50", (400, 300), [C(150, 100, 100, 100), R(50, 50)]),
    # as addresses are written: a mode without a size, and a place where nothing is placed
    ("c_fill", (400, 300), []),
    ("c_pad,b_auto", (400, 300), []),
    ("c_thumb,g_face", (400, 300), []),
    ("c_crop", (400, 300), []),
    ("c_scale/c_limit,w_100", (400, 300), [R(100, 75)]),
    ("w_100,g_north", (400, 300), [R(100, 75)]),
    ("c_fit,g_south_east,w_100,x_5,y_7", (400, 300), [R(100, 75)]),
    ("g_face,z_1.0", (400, 300), []),
    ("c_auto,g_north_west,w_100,h_100", (400, 300), [R(133, 100), C(0, 0, 100, 100)]),
    ("c_auto,w_100", (400, 300), [R(100, 75)]),
]


@pytest.mark.parametrize(("text", "size", "steps"), TABLE, ids=[f"{row[0]} of {row[1]}" for row in TABLE])
def test_table(text: str, size: tuple[int, int], steps: list[Step]) -> None:
    plan = make_plan(parse(text), SourceInfo("png", *size), Output("png"))
    geometric = [step for step in plan.steps if not isinstance(step, ToSrgb)]
    assert geometric == steps
    last = size_after(tuple(steps), Size(*size))
    assert (plan.width, plan.height) == (last.width, last.height)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("c_crop,x_5", "c_crop needs w_, h_ or ar_"),
        ("c_scale,w_10,h_10,ar_1:1", "not both"),
        ("w_100,g_auto", "Use auto gravity only with"),
        ("c_crop,w_10,h_10,x_500", "lies outside the picture, which is 400 x 300"),
        ("w_20000", "a side may have"),
        ("w_16000,h_16000", "all of it 40,000,000"),
        ("w_5000,h_5000/w_100.0", "a side may have"),
    ],
)
def test_what_cannot_be_done_is_refused(text: str, sentence: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        make_plan(parse(text), SourceInfo("png", 400, 300), Output("png"))
    assert sentence in refusal.value.message


sides = st.integers(1, 6000)
sizes = st.builds(Size, sides, sides)
modes = st.sampled_from(
    ["scale", "fit", "limit", "mfit", "fill", "lfill", "pad", "lpad", "mpad", "crop", "thumb"]
)
gravities = st.sampled_from([None, "north", "south_west", "east", "center"])


def brought(size: Size, mode: str, width: int, height: int, gravity: str | None = None) -> Size:
    return size_after(resize_steps(size, ResizeRequest(mode, width, height, gravity=gravity)), size)


@given(sizes, sides, sides, st.sampled_from(["scale", "fill", "thumb", "pad"]))
def test_scale_fill_and_pad_are_exact(size: Size, width: int, height: int, mode: str) -> None:
    assert brought(size, mode, width, height) == Size(width, height)


@given(sizes, sides, sides, st.sampled_from(["limit", "lfill", "crop"]))
def test_limit_lfill_and_crop_never_enlarge(size: Size, width: int, height: int, mode: str) -> None:
    result = brought(size, mode, width, height)
    assert result.width <= min(size.width, width)
    assert result.height <= min(size.height, height)


@given(sizes, sides, sides)
def test_fit_lies_inside_and_touches(size: Size, width: int, height: int) -> None:
    result = brought(size, "fit", width, height)
    assert result.width <= width
    assert result.height <= height
    assert result.width == width or result.height == height


@given(sizes, sides, sides)
def test_fit_keeps_the_ratio_to_half_a_pixel(size: Size, width: int, height: int) -> None:
    result = brought(size, "fit", width, height)
    factor = min(Fraction(width, size.width), Fraction(height, size.height))
    assert abs(result.width - max(Fraction(1), size.width * factor)) <= Fraction(1, 2)
    assert abs(result.height - max(Fraction(1), size.height * factor)) <= Fraction(1, 2)


@given(sizes, sides, sides)
def test_mfit_and_mpad_never_make_smaller(size: Size, width: int, height: int) -> None:
    for mode in ("mfit", "mpad"):
        result = brought(size, mode, width, height)
        assert result.width >= size.width
        assert result.height >= size.height


@given(sizes, sides, sides, modes, gravities)
def test_every_cut_and_canvas_holds_together(
    size: Size, width: int, height: int, mode: str, gravity: str | None
) -> None:
    for step in resize_steps(size, ResizeRequest(mode, width, height, gravity=gravity)):
        if isinstance(step, Crop):
            assert 0 <= step.x <= step.x + step.width <= size.width
            assert 0 <= step.y <= step.y + step.height <= size.height
        if isinstance(step, Pad):
            assert 0 <= step.x <= step.x + size.width <= step.width
            assert 0 <= step.y <= step.y + size.height <= step.height
        size = size_after((step,), size)


texts = st.lists(
    st.sampled_from([row[0] for row in TABLE] + ["a_90", "a_30", "r_max", "b_red", "q_auto"]), max_size=4
)


@given(texts.map("/".join), sizes, st.integers(1, 8), st.sampled_from(["jpg", "png", "webp", "avif", "gif"]))
def test_plans_are_json_and_repeatable(text: str, size: Size, orientation: int, kind: str) -> None:
    source = SourceInfo("jpg", size.width, size.height, orientation=orientation)
    try:
        plan = make_plan(parse(text), source, Output(kind))
    except BadRequest:
        return
    assert make_plan(parse(text), source, Output(kind)) == plan
    assert Plan.from_json(json.loads(json.dumps(plan.to_json()))) == plan
    assert 1 <= plan.width <= 16383
    assert 1 <= plan.height <= 16383


@given(sizes, st.integers(1, 8), st.integers(1, 2000), st.integers(1, 2000))
def test_shrinking_decoders_leave_enough_for_the_filter(
    size: Size, orientation: int, width: int, height: int
) -> None:
    source = SourceInfo("jpg", size.width, size.height, orientation=orientation)
    plan = make_plan(parse(f"c_scale,w_{width},h_{height}"), source, Output("jpg"))
    shrink = plan.load.shrink
    assert shrink == 1 or min(size.width / width, size.height / height) >= 2 * shrink


def test_webp_stands_in_for_avif_where_it_costs_too_much() -> None:
    def chosen(text: str, width: int) -> str:
        return make_plan(parse(text), SourceInfo("jpg", width, width), Output("avif")).encoding.format

    assert chosen("f_auto,q_auto", 4000) == "webp"
    assert chosen("f_auto,q_auto", 3000) == "avif"
    assert chosen("f_avif", 4000) == "webp"
    assert chosen("f_avif,w_3000", 4000) == "avif"
    assert chosen("f_auto,w_800", 4000) == "avif"
