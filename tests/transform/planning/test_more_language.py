"""Styles and pictures in variables, sizes relative to faces, weights of gravity: equal to what they stand for."""

from dataclasses import replace

import pytest

from picturerail.errors import BadRequest, NotFound
from picturerail.transform.grammar import Transformation, canonical, parse
from picturerail.transform.plan import Context, Face, LayerAsset, Output, Plan, make_plan
from picturerail.transform.planning.blocks import apart
from picturerail.transform.probe import SourceInfo
from picturerail.transform.steps import Crop, Overlay, Resize

CONTEXT = Context(
    layer=lambda _kind, name: LayerAsset(SourceInfo("png", 80, 40, has_alpha=True, bands=4), name),
    faces=lambda: (Face(0.25, 0.5, 0.25, 0.2),),
    raw=lambda name: name,
)


def test_a_layer_is_cut_round_its_own_faces() -> None:
    """As in Cloudinary's docs of transforming layers, not round those of the picture below."""
    logo = SourceInfo("png", 80, 40, has_alpha=True, bands=4)
    own = LayerAsset(
        logo, "logo", faces=lambda: (Face(0.5, 0.5, 0.1, 0.2),), custom=(Face(0.0, 0.0, 0.5, 1.0),)
    )
    context = replace(CONTEXT, layer=lambda _kind, _name: own)

    def crop(text: str) -> Crop:
        made = make_plan(parse(text), SourceInfo("jpg", 400, 300), Output("png"), context)
        (overlay,) = (step for step in made.steps if isinstance(step, Overlay))
        return next(step for step in overlay.layer.steps if isinstance(step, Crop))  # type: ignore[union-attr]

    assert crop("l_model/c_thumb,g_face,h_10,w_10/fl_layer_apply") == Crop(37, 17, 14, 14)
    assert crop("l_model/c_crop,g_custom/fl_layer_apply") == Crop(0, 0, 40, 40)
    plain = planned("l_model/c_thumb,g_face,h_10,w_10/fl_layer_apply")
    assert plain == planned("l_model/c_fill,h_10,w_10/fl_layer_apply"), "a layer without faces"


def test_fonts_of_ones_own() -> None:
    font = parse("l_text:fonts:my%20brand.OTF_40_bold:see a.ttf_3:x").components[0].get("l")
    assert font == ("text", "fonts/my brand.OTF", 40, "bold", "see a.ttf_3:x")
    assert parse("l_text:fonts:brand.ttf_40:x").layers == {("raw", "fonts/brand.ttf")}
    assert parse("l_text:Arial_40:see a.ttf_3:x").layers == frozenset()
    with pytest.raises(NotFound, match=r"font brand\.ttf"):
        planned("l_text:brand.ttf_40:x")
    context = replace(CONTEXT, font=lambda name: f"key of {name}")
    made = make_plan(parse("l_text:a.ttf_9:x"), SourceInfo("jpg", 400, 300), Output("png"), context)
    assert made.sources == ("key of a.ttf",)
    assert Plan.from_json(made.to_json()) == made


def planned(text: str, kind: str = "png") -> Plan:
    return make_plan(parse(text), SourceInfo("jpg", 400, 300), Output(kind), CONTEXT)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        (
            "$s_!Arial_30_bold!/l_text:$s:Hi/fl_layer_apply",
            "$s_!Arial_30_bold!/l_text:Arial_30_bold:Hi/fl_layer_apply",
        ),
        (
            "$s_!Arial_30!,$t_!Hi!/l_text:$s:$(t)/fl_layer_apply",
            "$s_!Arial_30!,$t_!Hi!/l_text:Arial_30:Hi/fl_layer_apply",
        ),
        ("$p_ref:!a:b!/l_$p/c_scale,w_50/fl_layer_apply", "l_a:b/c_scale,w_50/fl_layer_apply"),
        ("$p_ref:!logo!/u_$p/fl_layer_apply", "u_logo/fl_layer_apply"),
        ("c_fill,g_auto:50,h_100,w_100", "c_fill,g_auto,h_100,w_100"),
        ("c_fill,g_auto:faces_80,h_100,w_100", "c_fill,g_auto:faces,h_100,w_100"),
        ("c_fill,g_auto:face_30:custom_20,h_100,w_100", "c_fill,g_auto:face,h_100,w_100"),
        (
            "b_auto:border_gradient:vertical,c_pad,h_300,w_300",
            "b_auto:border_gradient:2:vertical,c_pad,h_300,w_300",
        ),
        ("e_dropshadow:spread_20", "e_dropshadow:215:45:20"),
        ("e_shear:x_10;y_5", "e_shear:10:5"),
        ("e_cartoonify:bw", "e_cartoonify:50:bw"),
        ("e_trim:10:rgb:ff0000", "e_trim:10:red"),
        ("e_tint:100:rgb:0000ff:0p:rgb:ff1493:50p", "e_tint:100:blue:0p:deeppink:50p"),
        ("e_replace_color:rgb:2f4f4f:20", "e_replace_color:2f4f4f:20"),
        ("l_text:Arial_30:Hi,b_red,r_9/fl_layer_apply", "l_text:Arial_30:Hi,b_red/r_9/fl_layer_apply"),
        (
            "l_text:Arial_30_style_light_align_center:Hi/fl_layer_apply",
            "l_text:Arial_30_light_center:Hi/fl_layer_apply",
        ),
        ("l_text:Arial_30_weight_bold:Hi", "l_text:Arial_30_bold:Hi"),
        ("e_blur:10000", "e_blur:2000"),
        ("e_blur:1000000000000", "e_blur:2000"),
        ("e_blur:0", "e_blur:1"),
        ("e_brightness:500", "e_brightness:200"),
        ("e_saturation:-200", "e_saturation:-100"),
        ("e_tint:150:red:blue", "e_tint:100:red:blue"),
        ("e_outline:outer:500:3000", "e_outline:outer:100:2000"),
        ("e_cartoonify:200:300", "e_cartoonify:100:100"),
        ("$b_10,e_blur:$b_mul_1000", "$b_10,e_blur:2000"),
        ("b_blurred:5000:900,c_pad,h_300,w_300", "b_blurred:2000:200,c_pad,h_300,w_300"),
        ("bo_1.5px_solid_red,dpr_2,w_100", "bo_3px_solid_red,w_200"),
        ("bo_0.2px_solid_red", "bo_1px_solid_red"),
        ("bo_0.0px_solid_red", "bo_0px_solid_red"),
        ("e_blur:w_div_4", "e_blur:100"),
        ("e_blur:w", "e_blur:400"),
        ("e_shadow:40,x_w_div_50,y_h_div_50", "e_shadow:40,x_8,y_6"),
        ("e_tint:w_div_8:red:blue", "e_tint:50:red:blue"),
        ("r_w_div_10:h_div_10", "r_40:30"),
        ("r_h", "r_300"),
        ("o_w_div_8", "o_50"),
        ("q_75:qmax_60", "q_75"),
        ("w_auto:100:200", "w_auto"),
        ("w_auto:breakpoints_100_900_20_5", "w_auto"),
    ],
)
def test_other_words_for_the_same(text: str, same: str) -> None:
    one, other = planned(text), planned(same)
    assert one.to_json() == other.to_json()
    assert Plan.from_json(one.to_json()) == one


def test_size_relative_to_the_face_below() -> None:
    """The face is 100 x 60 pixels."""
    for text in (
        "l_logo/c_scale,fl_region_relative,w_0.5/fl_layer_apply,g_faces",
        "l_logo/c_scale,w_0.5/fl_layer_apply,fl_region_relative,g_face",
        "l_logo,c_scale,w_0.5,g_face,fl_region_relative",
    ):
        overlay = planned(text).steps[-1]
        assert isinstance(overlay, Overlay)
        resized = [step for step in overlay.layer.steps if isinstance(step, Resize)]  # type: ignore[union-attr]
        assert resized == [Resize(50, 25)]
    plain = planned("l_logo/c_scale,fl_region_relative,w_0.5/fl_layer_apply").steps[-1]
    assert isinstance(plain, Overlay)
    assert Resize(200, 100) in plain.layer.steps  # type: ignore[union-attr]


def test_other_files_that_a_plan_needs() -> None:
    assert planned("l_lut:a:b.cube").sources == ("a/b.cube",)
    assert planned("cs_icc:my.icc/l_logo/fl_layer_apply").sources == ("logo", "my.icc")
    assert parse("l_lut:a:b.3dl").layers == {("raw", "a/b.3dl")}
    assert parse("$s_!Arial_20!/l_text:$s:x").layers == frozenset()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("l_text:$s:x/fl_layer_apply", r"\$s, which is not set"),
        ("l_lut:table.png", "ends in .3dl or .cube"),
        ("e_recolor:1:2", "three rows of three"),
        ("e_distort:1:2:3", "four corners"),
        ("e_distort:0:0:100:0:0:100:100:100", "not folded"),
        ("e_distort:arc:400", "from 1 to 360"),
        ("e_distort:arc:-400", "from 1 to 360"),
        ("e_distort:arc:0", "from 1 to 360"),
        ("e_shear:60:60", "flat"),
        ("e_art:none", "look of art"),
        ("e_simulate_colorblind:x", "condition"),
        ("e_ordered_dither:19", "pattern"),
        ("e_upscale", "needs a trained model"),
        ("e_adv_redeye", "add-on"),
        ("fl_waveform", "for video"),
        ("f_heic", "no library"),
        ("f_jp2", "no browser shows it"),
        ("f_mp4", "for video"),
        ("g_liquid,c_fill,w_10,h_10", "not carved"),
        ("g_auto:cat_30,c_fill,w_10,h_10", "trained model"),
        ("cs_icc", "colour space"),
        ("q_auto:medium", "quality"),
    ],
)
def test_sentences_of_refusals(text: str, words: str) -> None:
    with pytest.raises(BadRequest, match=words):
        planned(text)


@pytest.mark.parametrize(
    "text",
    [
        "q_auto:444",
        "q_auto:low:444",
        "cs_icc:a:b.icc",
        "l_lut:a:b.cube",
        "l_text:brand.ttf_40_bold:a",
        "l_text:fonts:my brand.OTF_40:a b.ttf",
        "l_text:$s:a%2Cb",
        "e_shear:20:0",
        "w_auto",
    ],
)
def test_one_spelling(text: str) -> None:
    assert canonical(parse(text)) == text


@pytest.mark.parametrize(
    ("layer", "mode"), [("l_logo", ""), ("u_logo", ""), ("l_logo", "e_multiply"), ("l_logo", "e_screen")]
)
def test_the_canvas_grows_for_whatever_lies_over_or_under_it(layer: str, mode: str) -> None:
    """The picture of 400 x 300 lies on a blurred one of its own, as photo galleries do it."""
    placing = ",".join(filter(None, ("fl_layer_apply", mode)))
    made = planned(f"{layer}/w_600/{placing}")
    assert (made.width, made.height) == (600, 300)
    kept = planned(f"{layer}/w_600/{placing},fl_no_overflow")
    assert (kept.width, kept.height) == (400, 300)


@pytest.mark.parametrize("mode", ["e_multiply", "e_screen", "e_overlay", "e_mask", "fl_cutter"])
@pytest.mark.parametrize("layer", ["u_logo", "u_text:Arial_20:Hi"])
def test_what_mixes_with_what_lies_below_is_no_underlay(layer: str, mode: str) -> None:
    for text in (f"{layer},{mode}", f"{layer}/fl_layer_apply,{mode}"):
        with pytest.raises(BadRequest, match=f"{mode} mixes a picture with what lies on it: write l_"):
            planned(text)


@pytest.mark.parametrize("place", ["e_multiply", "e_mask", "fl_cutter"])
def test_a_table_of_colours_is_not_mixed(place: str) -> None:
    with pytest.raises(BadRequest, match="l_lut changes all colours"):
        planned(f"l_lut:warm.cube/fl_layer_apply,{place}")


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("if_w_gt_9,t_x", "if_w_gt_9/t_x/if_end"),
        ("if_w_gt_9,t_x/if_else,t_y/w_5", "if_w_gt_9/t_x/if_else/t_y/if_end/w_5"),
        ("if_w_gt_9,w_3/if_else,t_y", "if_w_gt_9/w_3/if_else/t_y/if_end"),
        ("if_w_gt_9,t_x/if_else/t_y/if_end", "if_w_gt_9/t_x/if_else/t_y/if_end"),
        ("if_w_gt_9/w_3/if_else,t_y/if_end", "if_w_gt_9/w_3/if_else/t_y/if_end"),
        ("if_w_gt_9,w_3/if_else,w_4/t_x", "if_w_gt_9,w_3/if_else,w_4/t_x"),
        ("if_h_gt_9/if_w_gt_9,t_x/w_3/if_end", "if_h_gt_9/if_w_gt_9/t_x/if_end/w_3/if_end"),
    ],
)
def test_a_name_beside_a_condition_is_all_that_it_stands_for(written: str, meant: str) -> None:
    """A name is replaced by several components, which all belong to the condition."""
    assert canonical(Transformation(apart(parse(written).components))) == meant


def test_what_cuts_the_picture_does_not_make_it_larger() -> None:
    for place in ("fl_cutter", "e_mask"):
        made = planned(f"l_logo/w_600/fl_layer_apply,{place}")
        assert (made.width, made.height) == (400, 300)


def test_fading_into_a_background_that_is_no_colour_is_plain_fading() -> None:
    assert (
        planned("b_auto:border,e_gradient_fade:symmetric_pad").steps
        == planned("e_gradient_fade:symmetric_pad").steps
    )
