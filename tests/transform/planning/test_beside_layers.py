"""What stands beside fl_layer_apply and says nothing about the place is done to the layer, last of all."""

from itertools import combinations

import pytest

from picturerail.errors import BadRequest
from picturerail.transform.grammar import parse
from picturerail.transform.plan import Context, Face, LayerAsset, Output, Plan, make_plan
from picturerail.transform.probe import SourceInfo
from picturerail.transform.steps import Overlay, Resize, TextLayer

CONTEXT = Context(
    named=lambda name: parse({"small": "c_scale,w_30/e_grayscale"}[name]),
    layer=lambda _kind, name: LayerAsset(SourceInfo("png", 80, 40, has_alpha=True, bands=4), name),
    faces=lambda: (Face(0.25, 0.5, 0.25, 0.2),),
)
LAYERS = ("l_logo", "u_logo", "l_logo,w_50", "l_logo/o_50", "l_fetch:aHR0cHM6Ly9hL2I=", "$p_!logo!/l_$p")
TEXTS = ("l_text:Arial_40:Hello", "u_text:Arial_40:Hello", "l_text:Arial_40_stroke:Hello,bo_2px_solid_red")
CHANGES = (
    *("w_100", "h_30", "w_0.5,fl_relative", "ar_2.0,w_60", "c_fill,w_20,h_20", "c_pad,w_90,h_90,b_red"),
    *(
        "r_20",
        "r_max",
        "o_50",
        "e_sepia",
        "e_colorize:40,co_blue",
        "a_45",
        "a_hflip",
        "bo_3px_solid_green",
        "b_teal",
    ),
    *("t_small", "w_w_div_2", "w_iw_mul_2", "e_shadow:30"),
)
PLACES = (
    "g_south",
    "g_north_west,x_10,y_0.2",
    "fl_no_overflow,g_face",
    "fl_tiled",
    "x_-200",
    "e_multiply",
    "fl_cutter",
)


def planned(text: str) -> Plan:
    return make_plan(parse(text), SourceInfo("jpg", 400, 300), Output("png"), CONTEXT)


def overlay(text: str) -> Overlay:
    return next(step for step in planned(text).steps if isinstance(step, Overlay))


@pytest.mark.parametrize("layer", [*LAYERS, *TEXTS])
def test_beside_the_place_is_as_just_before_it(layer: str) -> None:
    """For each change and each two of them, in each kind of place."""
    pairs = [",".join(two) for two in combinations(("w_100", "r_20", "o_50", "e_sepia", "a_45", "b_red"), 2)]
    for change in (*CHANGES, *pairs, "w_100,r_20,o_50,e_sepia,a_45"):
        for place in PLACES:
            if ("e_" in change and "e_" in place) or (layer[0] == "u" and place in PLACES[-2:]):
                continue
            beside = planned(f"{layer}/{change},fl_layer_apply,{place}")
            before = planned(f"{layer}/{change}/fl_layer_apply,{place}")
            assert beside.to_json() == before.to_json(), (change, place)
            assert beside.to_json() != planned(f"{layer}/fl_layer_apply,{place}").to_json(), (change, place)


def test_the_order_of_both() -> None:
    assert planned("l_logo,w_50/fl_layer_apply,w_100") == planned("l_logo/w_50/w_100/fl_layer_apply")
    assert planned("l_logo,w_50,fl_layer_apply,g_south") == planned("l_logo,w_50,g_south")
    assert planned("l_logo/l_logo,w_9/fl_layer_apply,o_40/fl_layer_apply,o_50") == planned(
        "l_logo/l_logo,w_9/o_40/fl_layer_apply/o_50/fl_layer_apply"
    )


def test_flags_and_variables_of_the_place() -> None:
    assert planned("l_logo,fl_no_overflow/fl_layer_apply,x_390,g_west") == planned(
        "l_logo/fl_layer_apply,fl_no_overflow,x_390,g_west"
    )
    assert planned("l_logo/w_0.5/fl_layer_apply,fl_relative") == planned(
        "l_logo/w_0.5,fl_relative/fl_layer_apply"
    )
    assert planned("l_logo/$x_10,fl_layer_apply,x_$x") == planned("l_logo/fl_layer_apply,x_10")
    assert (
        planned("$m_!multiply!/l_logo/e_$m,fl_layer_apply").steps
        == planned("l_logo/e_multiply,fl_layer_apply").steps
    )
    assert planned("l_logo/q_50,fl_layer_apply").encoding.quality == 50


def test_a_condition_is_not_for_the_place() -> None:
    with pytest.raises(BadRequest, match="if_ cannot stand beside fl_layer_apply"):
        planned("l_logo/if_w_gt_10,fl_layer_apply,g_south")


def text_of(text: str) -> TextLayer:
    layer = overlay(text).layer
    assert isinstance(layer, TextLayer)
    return layer


def test_colour_of_a_text_wherever_it_stands() -> None:
    for text in ("l_text:Arial_9:a,co_red/fl_layer_apply", "l_text:Arial_9:a/co_red/fl_layer_apply",
                 "l_text:Arial_9:a/co_red,fl_layer_apply"):  # fmt: skip
        assert text_of(text).colour == (255, 0, 0, 255)
    assert text_of("l_text:Arial_9:a/e_colorize,co_red/fl_layer_apply").colour == (0, 0, 0, 255)


def test_what_is_done_to_a_layer_on_a_text_is_not_done_to_the_text() -> None:
    inner = "l_text:Arial_5:b,co_red/fl_layer_apply,fl_text_disallow_overflow"
    outer = overlay(f"l_text:Arial_9:a/{inner}/fl_layer_apply")
    assert isinstance(outer.layer, TextLayer)
    assert (outer.layer.colour, outer.inside) == ((0, 0, 0, 255), False)
    assert text_of(f"l_text:Arial_9:a/{inner}/co_blue/fl_layer_apply").colour == (0, 0, 255, 255)


def test_only_c_fit_is_a_box_in_which_a_text_is_broken() -> None:
    """In pixels; any other size is that of what was drawn (Cloudinary's docs of auto-line breaks)."""
    boxed = text_of("l_text:Arial_9:a,c_fit,w_200,h_40/fl_layer_apply")
    assert (boxed.width, boxed.height, boxed.rest) == (200, 40, "")
    for words in ("w_200", "c_limit,w_200", "c_scale,h_30,w_200", "c_fit,w_0.5"):
        drawn = text_of(f"l_text:Arial_9:a,{words}/fl_layer_apply")
        assert (drawn.width, drawn.height, drawn.rest) == (0, 0, words)


def test_sizes_of_a_text_relative_to_the_picture() -> None:
    """Where it is drawn nothing is known of that, nor of a dpr_ for all."""
    assert text_of("l_text:Arial_9:a,fl_relative,w_0.5/fl_layer_apply").rest == "fl_relative,w_200"
    assert text_of("l_text:Arial_9:a/w_1.0/fl_layer_apply,fl_region_relative,g_face").rest == (
        "fl_region_relative,w_100"
    )
    assert text_of("l_text:Arial_9:a/w_50/fl_layer_apply/dpr_2.0").rest == "dpr_2.0/w_50"
    layer = overlay("l_logo/fl_layer_apply,fl_relative,w_0.5").layer
    assert not isinstance(layer, TextLayer)
    assert Resize(200, 100) in layer.steps
