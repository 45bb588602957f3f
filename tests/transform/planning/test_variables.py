"""A variable does what its value would do in the same place, in every parameter; and in parts of a value."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from picturerail.errors import BadRequest
from picturerail.transform.grammar import canonical, parse
from picturerail.transform.parameters import PARAMETERS
from picturerail.transform.plan import Context, Face, LayerAsset, Output, Plan, make_plan
from picturerail.transform.planning.encoding import Encoding
from picturerail.transform.probe import SourceInfo
from picturerail.transform.steps import Clip, ImageLayer, Orient, Overlay, Step, TextLayer

FACE = Face(0.3, 0.2, 0.3, 0.5)
CONTEXT = Context(
    layer=lambda kind, name: LayerAsset(SourceInfo("png", 40, 20, has_alpha=True, bands=4), f"{kind}/{name}"),
    faces=lambda: (FACE,),
    raw=lambda name: name,
    font=lambda name: name,
    style=lambda name: parse({"mine": "l_text:Arial_30:x,co_red"}[name]).components[0],
)
# Of each parameter: its value behind a variable, and what stands beside it.
VALUES = {
    "a": [("20", "w_100,"), ("!hflip!", ""), ("!auto_right!", "w_100,h_200,")],
    "ar": [("!16:9!", "c_fill,w_100,"), ("1.5", "c_fill,w_100,")],
    "b": [(word, "c_pad,w_100,h_100,") for word in ("!red!", "!rgb:ff0000!", "!blurred:400:15!")],
    "bo": [("!4px_solid_red!", ""), ("!4px_solid_rgb:ff0000!", "")],
    "c": [("!fill!", "w_100,h_100,")],
    "co": [("!red!", "e_colorize:50,")],
    "cs": [("!cmyk!", "")],
    "d": [("!x.png!", "w_10,")],
    "dl": [("200", "")],
    "dn": [("300", "")],
    "dpr": [("2.0", "w_10,"), ("2", "w_10/"), ("1.5", "w_10/")],
    "e": [("!sepia!", ""), ("!sepia:50!", ""), ("!loop:3!", "")],
    "f": [("!png!", "w_10,"), ("!jpg!", "")],
    "g": [("!north!", "c_fill,w_10,h_90,"), ("!face!", "c_thumb,w_10,h_90,")],
    "h": [("100", ""), ("0.5", "")],
    "l": [("!x!", ""), ("!a:x!", ""), ("!text:Arial_20:Hi!", "")],
    "o": [("50", "")],
    "pg": [("2", "w_10,")],
    "q": [("50", ""), ("!auto!", ""), ("!auto:eco!", ""), ("!80:444!", "w_10/")],
    "r": [("20", ""), ("!max!", ""), ("!10:20!", "")],
    "u": [("!x!", "")],
    "w": [("100", ""), ("0.5", "")],
    "x": [("10", "c_crop,w_100,h_100,")],
    "y": [("10", "c_crop,w_100,h_100,")],
    "z": [("0.7", "c_thumb,g_face,w_100,h_100,")],
}
NONE_IN = {"fl", "if", "t"}  # switches, conditions and names of transformations stand as they are


def planned(text: str) -> Plan:
    transformation = parse(text)
    assert parse(canonical(transformation)) == transformation
    source = SourceInfo("gif", 400, 300, frames=3)
    return make_plan(transformation, source, Output(str(transformation.told("f") or "jpg")), CONTEXT)


def outcome(text: str) -> tuple[tuple[Step, ...], Encoding, int]:
    """What a plan does, without the variables that are told to a text."""
    plan = planned(text)
    return tuple(step for step in plan.steps if not isinstance(step, Overlay)), plan.encoding, plan.width


def test_every_parameter_is_here() -> None:
    assert set(VALUES) | NONE_IN == set(PARAMETERS)


@pytest.mark.parametrize(
    ("key", "value", "beside"), [(k, *case) for k, cases in VALUES.items() for case in cases]
)
def test_a_variable_does_what_its_value_does(key: str, value: str, beside: str) -> None:
    by_variable = f"$v_{value}/{beside}{key}_$v"
    written = f"{beside}{key}_{value.strip('!')}"
    assert outcome(by_variable) == outcome(written)
    assert parse(by_variable).told(key) == parse(written).last(key) or key not in ("d", "f", "pg")
    if key not in ("d", "f", "g", "z", "x", "y", "pg"):
        assert planned(written) != planned(beside.strip(",/")), "the value does something"


@pytest.mark.parametrize(
    ("by_variable", "written"),
    [
        ("$b_w_mul_0.1/if_$b_gt_15,$b_15/bo_$b_solid_rgb:FFB235", "bo_15px_solid_rgb:FFB235"),
        ("$w_10/$c_!red!/bo_$wpx_solid_$c", "bo_10px_solid_red"),
        ("bo_w_div_100px_solid_red", "bo_4px_solid_red"),
        ("$c_!ff0000!/bo_4_solid_rgb:$c", "bo_4px_solid_red"),
        ("$n_90/a_$n.hflip", "a_90.hflip"),
        ("$n_30/a_vflip.$n", "a_vflip.30"),
        ("$n_2.5/a_$n", "a_2.5"),
        ("$n_!x!/l_folder:$n", "l_folder:x"),
        ("$n_!x!/l_private:$n", "l_private:x"),
        ("$n_!warm.cube!/l_lut:$n", "l_lut:warm.cube"),
        ("$n_!aHR0cHM6Ly9hL2I=!/l_fetch:$n", "l_fetch:aHR0cHM6Ly9hL2I="),
        ("$n_!eco!/q_auto:$n", "q_auto:eco"),
        ("$n_80/q_$n:444", "q_80:444"),
        ("if_w_gt_1000/q_10/if_else/q_90/if_end/dn_72", "q_90/dn_72"),
        ("if_w_gt_100,q_10/if_else,q_90", "q_10"),
        ("$n_3/pg_$n_sub_1", "pg_2"),
    ],
)
def test_parts_of_a_value(by_variable: str, written: str) -> None:
    assert planned(by_variable) == planned(written)


@pytest.mark.parametrize(
    "style",
    ["$s_!Arial_30_bold!/l_text:$s", "$s_30/$b_!bold!/l_text:Arial_$s_$b", "$f_!Arial!/l_text:$f_30_bold"],
)
def test_any_part_of_the_style_of_a_text(style: str) -> None:
    (overlay,) = [step for step in planned(f"{style}:Hi").steps if isinstance(step, Overlay)]
    assert isinstance(overlay.layer, TextLayer)
    layer = overlay.layer
    assert (layer.font, layer.size, layer.words, layer.text) == ("Arial", 30, ("bold",), "Hi")


def test_a_stored_style_in_a_variable() -> None:
    (overlay,) = [step for step in planned("$s_!mine!/l_text:$s:Hi").steps if isinstance(step, Overlay)]
    assert isinstance(overlay.layer, TextLayer)
    assert overlay.layer.colour == (255, 0, 0, 255)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("$s_!my.ttf_40!/l_text:$s:Hi", ("raw", "my.ttf")),
        ("$s_!fonts:my.otf!/l_text:$s_40:Hi", ("raw", "fonts/my.otf")),
        ("$s_!mine!/l_text:$s:Hi", ("text", "mine")),
    ],
)
def test_a_font_in_a_variable_is_told(text: str, named: tuple[str, str]) -> None:
    """By this an answer is made anew when the font is replaced."""
    assert named in parse(text).layers
    assert not parse("$s_!Arial_40!/l_text:$s:Hi").layers


def test_what_is_needed_before_the_picture_is_known() -> None:
    for text in ("$v_w/f_$v", "f_$v", "pg_$v", "$v_iw_div_2/w_10/dpr_$v", "$v_!green!/f_$v"):
        with pytest.raises(BadRequest, match="needed before the picture is known|must be one of"):
            planned(text)


@pytest.mark.parametrize(
    ("text", "quality"),
    [
        ("q_auto", 30),
        ("$v_!auto!/q_$v", 30),
        ("q_auto:best/e_trim", 30),
        ("if_w_gt_100,q_auto", 30),
        ("if_w_gt_1000,q_auto", 82),
        ("q_50", 50),
        ("$v_50/q_$v", 50),
        ("q_auto/if_w_gt_100/q_50/if_end", 50),
        ("w_10", 82),
    ],
)
def test_own_quality_stands_in_for_an_automatic_one_however_it_is_said(text: str, quality: int) -> None:
    source = SourceInfo("jpg", 400, 300)
    encoding = make_plan(parse(text), source, Output("jpg"), Context(quality="30")).encoding
    assert (encoding.quality, encoding.auto) == (quality, "")


FLAGS: dict[str, Callable[[Plan], object]] = {
    "png8": lambda plan: plan.encoding.palette,
    "lossy": lambda plan: plan.encoding.palette,
    "progressive": lambda plan: plan.encoding.progressive,
    "keep_iptc": lambda plan: plan.encoding.attribution,
    "force_icc": lambda plan: plan.encoding.profile,
    "apng": lambda plan: (plan.frames, plan.encoding.animated),
    "clip": lambda plan: plan.steps[1:2],
    "clip_evenodd": lambda plan: plan.steps[1:2],
}


@pytest.mark.parametrize("flag", FLAGS)
def test_flags_count_in_the_branch_that_is_taken_only(flag: str) -> None:
    """Beside a condition, between if_ and if_end, in nested ones, in layers, and in names that stand there."""
    source = SourceInfo("gif", 400, 300, frames=3)
    named = replace(CONTEXT, named=lambda _name: parse(f"fl_{flag}"))

    def says(text: str) -> object:
        return FLAGS[flag](make_plan(parse(text), source, Output("png"), named))

    never, always = says("w_400"), says(f"fl_{flag}/w_400")
    assert never != always
    ways = ("if_{},fl_{}/w_400", "if_{}/fl_{}/if_end/w_400", "if_{}/if_w_gt_1/w_400,fl_{}/if_end/if_end")
    for way in (*ways, "if_{}/t_{}/if_end/w_400", "if_{}/w_400/if_w_lt_1/if_else/fl_{}/if_end/if_end"):
        assert says(way.format("w_gt_100", flag)) == always, way
        assert says(way.format("w_gt_1000", flag)) == never, way
    if "clip" not in flag:
        assert says(f"l_x/fl_{flag}/fl_layer_apply/w_400") != never


def test_path_of_a_layer_cuts_the_layer() -> None:
    plan = planned("l_x,fl_clip/w_20/fl_layer_apply/w_100,f_png")
    overlay = next(step for step in plan.steps if isinstance(step, Overlay))
    assert isinstance(overlay.layer, ImageLayer)
    assert isinstance(overlay.layer.steps[1], Clip)
    assert not any(isinstance(step, Clip) for step in plan.steps)


def test_path_is_cut_out_first_also_when_it_is_asked_for_behind_a_trim() -> None:
    assert isinstance(planned("e_trim/w_10/fl_clip,f_png").steps[1], Clip)


def test_page_and_orientation_of_a_layer_are_its_own() -> None:
    """Beside its name, behind it, in a variable, and beside its place; the picture below keeps all of its own."""
    turned = SourceInfo("tiff", 40, 20, orientation=6, frames=3, pages=((20, 40), (30, 60), (10, 20)))
    context = Context(layer=lambda _kind, name: LayerAsset(turned, name))
    below = SourceInfo("gif", 400, 300, orientation=6, frames=2)
    for text in ("l_x,pg_2/fl_layer_apply", "l_x/pg_2/fl_layer_apply,g_west", "$n_2/u_x,pg_$n,g_north"):
        plan = make_plan(parse(text), below, Output("gif"), context)
        (overlay,) = [step for step in plan.steps if isinstance(step, Overlay)]
        assert isinstance(overlay.layer, ImageLayer)
        assert (overlay.layer.load.page, plan.load.page, plan.frames) == (1, 0, 2), text
    plan = make_plan(parse("l_x/a_ignore/fl_layer_apply/a_0"), below, Output("gif"), context)
    (overlay,) = [step for step in plan.steps if isinstance(step, Overlay)]
    assert isinstance(overlay.layer, ImageLayer)
    assert not any(isinstance(step, Orient) for step in overlay.layer.steps)
    assert any(isinstance(step, Orient) for step in plan.steps)
    with pytest.raises(BadRequest, match="pg_4 is beyond the last page: there are 3"):
        make_plan(parse("l_x,pg_4"), below, Output("gif"), context)
    assert make_plan(parse("l_x,g_north,w_10/pg_2"), below, Output("gif"), context).load.page == 1


def test_page_and_orientation_count_in_the_branch_that_is_taken_only() -> None:
    pages = ((400, 300), (200, 100))
    several = SourceInfo("tiff", 400, 300, orientation=6, frames=2, pages=pages)
    one = replace(several, frames=1, pages=pages[:1])
    for text in ("if_pc_gt_1,pg_2", "if_pc_gt_1/pg_2/if_end/o_50", "if_pc_eq_1/o_50/if_else/pg_2/if_end"):
        made = [make_plan(parse(text), source, Output("png")).load.page for source in (several, one)]
        assert made == [1, 0], text
    for size, turns in ((100, False), (1000, True)):
        plan = make_plan(parse(f"if_w_gt_{size},a_ignore"), several, Output("png"))
        assert any(isinstance(step, Orient) for step in plan.steps) == turns
