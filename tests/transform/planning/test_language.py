"""Conditions, variables, names, faces and layers: what they plan, and the sentences of what is refused."""

import json
from dataclasses import replace

import pytest

from picturerail.errors import BadRequest, PicturerailError
from picturerail.transform.grammar import canonical, parse
from picturerail.transform.language.expressions import evaluate
from picturerail.transform.plan import Context, Face, LayerAsset, Output, Plan, make_plan
from picturerail.transform.probe import SourceInfo
from picturerail.transform.steps import (
    Crop,
    Effect,
    ImageLayer,
    Overlay,
    Pad,
    Resize,
    RoundCorners,
    SmartCrop,
    TextLayer,
    ToSrgb,
)

LOGO = LayerAsset(SourceInfo("png", 80, 40, has_alpha=True, bands=4), "the-logo")
CONTEXT = Context(
    named=lambda name: {"small": parse("w_100"), "loop": parse("t_loop"), "two": parse("w_200/e_sepia")}[
        name
    ],
    layer=lambda kind, name: {
        ("upload", "logo"): LOGO,
        ("upload", "brand/logo"): LOGO,
        ("fetch", "https://a/b"): LOGO,
    }[kind, name],
    faces=lambda: (Face(0.5, 0.25, 0.25, 0.25), Face(0.1, 0.1, 0.1, 0.1)),
    custom=(Face(0.0, 0.5, 0.5, 0.5),),
    tags=("sea", "sun"),
    values={"ctx:mood": "calm", "md:price": 80, "md:kinds": ("a", "b")},
)


def plan(text: str, size: tuple[int, int] = (400, 300), context: Context = CONTEXT) -> Plan:
    made = make_plan(
        parse(text), SourceInfo("png", *size), Output("png", width_hint=250, dpr_hint=2.0), context
    )
    assert Plan.from_json(json.loads(json.dumps(made.to_json()))) == made
    return made


def steps(text: str, size: tuple[int, int] = (400, 300), context: Context = CONTEXT) -> list[object]:
    return [step for step in plan(text, size, context).steps if not isinstance(step, ToSrgb)]


@pytest.mark.parametrize(
    ("text", "value"),
    [("2_add_3_mul_4", 14), ("2_mul_3_add_4", 10), ("10_sub_2_sub_3", 5), ("2_pow_3_mul_2", 16), ("7_mod_4", 3),
     ("w_gt_300_and_h_lt_200_or_1", 1), ("w_gt_300_and_h_lt_200", 0), ("!sea!_in_tags", 1), ("!sea:moon!_in_tags", 0),
     ("!moon!_nin_tags", 1), ("!a!_eq_!a!", 1), ("ar_lt_3:2", 1), ("w_div_8", 50.0),
     ("!10!_to_i_add_5", 15), ("!2.75!_to_f_mul_2", 5.5), ("2.75_to_i", 2), ("w_mul_!0.5!_to_f", 200.0)],
)  # fmt: skip
def test_formulas(text: str, value: float) -> None:
    assert evaluate(text, {"w": 400, "h": 300, "ar": 4 / 3, "tags": ("sea", "sun")}) == value


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("w_iw_div_2", (200, 150)),
        ("w_iw_div_3", (133, 100)),
        ("w_200/w_iw", (400, 300)),
        ("w_200/w_w_div_2", (100, 75)),
        ("$x_100/w_$x", (100, 75)),
        ("$x_0.5/w_$x", (200, 150)),
        ("$x_100,$y_$x_mul_2,w_$y", (200, 150)),
        ("$x_10/$x_$x_mul_5/w_$x", (50, 38)),
        ("$m_!fill!/c_$m,h_50,w_50", (50, 50)),
        ("w_h", (300, 225)),
        ("w_200/w_ih", (300, 225)),
        ("h_w", (533, 400)),
        ("c_fill,h_w_mul_0.5,w_h_div_2", (150, 200)),
        ("c_crop,h_h_mul_0.5,w_w_mul_0.5,x_w_div_4,y_h_div_4", (200, 150)),
        ("w_fc_mul_50", (100, 75)),
        ("if_w_gt_300,w_100", (100, 75)),
        ("if_w_gt_500,w_100", (400, 300)),
        ("if_w_gt_500,w_100/if_else,w_50", (50, 38)),
        ("if_w_gt_300,w_100/if_else,w_50", (100, 75)),
        ("if_w_gt_500/w_100/if_else/w_200/a_90/if_end/a_90", (200, 150)),
        ("if_w_gt_300/if_h_gt_1000/w_10/if_else/w_20/if_end/if_end", (20, 15)),
        ("if_ar_gt_1.0_and_!sea!_in_tags,w_100", (100, 75)),
        ("if_fc_eq_2,w_100", (100, 75)),
        ("if_w_gt_300,w_100/if_w_gt_300,w_10", (100, 75)),
        ("t_small", (100, 75)),
        ("t_small.two", (200, 150)),
        ("t_two,a_90", (150, 200)),
        ("w_auto", (250, 188)),
        ("w_100,dpr_auto", (200, 150)),
        ("a_auto_right,w_90,h_120", (90, 120)),
    ],
)
def test_sizes_that_are_worked_out(text: str, size: tuple[int, int]) -> None:
    made = plan(text)
    assert (made.width, made.height) == size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c_thumb,g_face,w_100,h_100", [Crop(160, 22, 180, 180), Resize(100, 100)]),
        ("c_crop,g_face,w_60,h_60", [Crop(220, 82, 60, 60)]),
        ("c_crop,g_face,w_400,h_20", [Crop(0, 102, 400, 20)]),
        ("c_crop,g_face,w_100", [Crop(200, 0, 100, 300)]),
        ("c_crop,g_face", [Crop(160, 45, 180, 135)]),
        ("c_fill,g_face,w_100,h_300", [Crop(200, 0, 100, 300)]),
        ("c_fill,g_faces,w_100,h_300", [Crop(120, 0, 100, 300)]),
        ("c_fill,g_auto,w_100,h_100", [Resize(133, 100), SmartCrop(100, 100)]),
        ("c_auto,g_auto,w_100,h_100", [Resize(133, 100), SmartCrop(100, 100)]),
        ("c_crop,g_auto,w_100,h_100", [SmartCrop(100, 100)]),
        ("c_fill_pad,g_auto,w_100,h_100", [Resize(133, 100), SmartCrop(100, 100)]),
        ("c_fill_pad,g_auto,w_400,h_100", [Resize(133, 100), Pad(133, 0, 400, 100)]),
        (
            "e_blur_faces",
            [
                Effect("blur_region", (500,), None, 200, 75, 100, 75),
                Effect("blur_region", (500,), None, 40, 30, 40, 30),
            ],
        ),
    ],
)
def test_faces_and_what_draws_the_eye(text: str, expected: list[object]) -> None:
    assert steps(text, context=replace(CONTEXT, custom=())) == expected


def test_without_faces_the_middle_is_kept() -> None:
    made = plan("c_thumb,g_face,w_100,h_100", context=Context())
    assert made.steps == plan("c_fill,w_100,h_100").steps


def overlay(text: str) -> Overlay:
    return next(step for step in plan(text).steps if isinstance(step, Overlay))


def test_layers_of_both_spellings() -> None:
    for text in ("l_logo,w_40,g_south_east,x_5,y_6", "l_brand:logo/w_40/fl_layer_apply,g_south_east,x_5,y_6"):
        layer = overlay(text)
        assert (layer.x, layer.y) == (400 - 40 - 5, 300 - 20 - 6)
        assert isinstance(layer.layer, ImageLayer)
        assert layer.layer.original == "the-logo"
        assert Resize(40, 20) in layer.layer.steps
    assert plan("l_logo").sources == ("the-logo",)
    assert plan("l_fetch:aHR0cHM6Ly9hL2I=").sources == ("the-logo",)
    assert overlay("u_logo").mode == "under"
    assert overlay("l_logo/e_multiply,fl_layer_apply").mode == "multiply"
    assert overlay("l_logo,w_0.5,fl_relative").layer.steps[0] == Resize(200, 100)  # type: ignore[union-attr]


def test_layers_in_layers() -> None:
    made = plan("l_logo/l_logo,w_10/fl_layer_apply/e_sepia/fl_layer_apply,g_north")
    outer = next(step for step in made.steps if isinstance(step, Overlay))
    assert isinstance(outer.layer, ImageLayer)
    assert [type(step) for step in outer.layer.steps] == [ToSrgb, Overlay, Effect]


def test_the_canvas_grows_for_what_stands_over() -> None:
    made = plan("l_logo,g_north_west,x_-10,y_-20")
    assert (made.width, made.height) == (410, 320)
    made = plan("l_logo,g_north_west,x_-10,y_-20,fl_no_overflow")
    assert (made.width, made.height) == (400, 300)


def test_text() -> None:
    layer = overlay(
        "$n_!you!/l_text:Arial_30_bold_letter_spacing_5:Hi%2C $(n)%2F,co_red,w_200,c_fit/e_blur/fl_layer_apply"
    ).layer
    assert isinstance(layer, TextLayer)
    assert layer.text == "Hi, you/"
    assert (layer.font, layer.size, layer.width) == ("Arial", 30, 200)
    assert layer.words == ("bold", "letter_spacing_5")
    assert layer.colour == (255, 0, 0, 255)
    assert layer.rest == "$n_!you!/e_blur:100"


def test_a_text_takes_the_style_of_a_stored_one() -> None:
    stored = parse("l_text:Arial_30_bold:text,co_red,b_blue").components[0]
    context = replace(CONTEXT, style=lambda name: {"styles/headline": stored}[name])

    def layer(text: str) -> object:
        (overlay,) = [step for step in plan(text, context=context).steps if isinstance(step, Overlay)]
        return overlay.layer

    assert layer("l_text:styles:headline:Hi/fl_layer_apply") == layer(
        "l_text:Arial_30_bold:Hi,co_red,b_blue/fl_layer_apply"
    )
    assert layer("l_text:styles:headline:Hi,co_white/fl_layer_apply,g_south") == layer(
        "l_text:Arial_30_bold:Hi,co_white,b_blue/fl_layer_apply,g_south"
    )
    assert parse("l_text:styles:headline:Hi").layers == {("text", "styles/headline")}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("if_w_gt_300/w_100", "needs an if_end"),
        ("if_end", "without an if_"),
        ("if_w_gt", "condition (if_) must be a comparison"),
        ("w_$y", "'$y' is not known here"),
        ("if_ils_gt_0.5,w_100", "ils: whether a picture is drawn or taken is not told apart"),
        ("w_tar_mul_100", "tar: a picture is trimmed only when it is made"),
        ("if_du_gt_5,w_100", "du: it is for video and sound"),
        ("e_blur:w_div_nothing", "'nothing' is not known here"),
        ("l_lut:a.cube,o_50", "l_lut changes all colours of the picture"),
        ("l_lut:a.cube/fl_layer_apply,e_sepia", "l_lut changes all colours of the picture"),
        ("w_iw_div_0", "divides by zero"),
        ("w_!a!_mul_2", "mul needs numbers"),
        ("$x_!ten!_to_i,w_$x", "'ten' is no number"),
        ("w_w_to_x", "width (w_) must be"),
        ("b_auto:none,c_pad,w_9,h_9", "auto goes with border, border_contrast"),
        ("b_auto:border:2,c_pad,w_9,h_9", "a number goes with a gradient"),
        ("b_auto:border_gradient:3,c_pad,w_9,h_9", "background (b_) must be"),
        ("e_contrast:level_5;kind_linear", "contrast takes level and type"),
        ("w_w_sub_w", "width (w_) must be a whole number"),
        ("$x_9999999_mul_9999999,w_$x", "width (w_)"),
        ("t_loop", "more than 200 components"),
        ("c_fit,g_auto,w_100", "Use auto gravity only with crop, fill, lfill, fill_pad or thumb"),
        ("c_fill_pad,w_100", "c_fill_pad needs g_auto"),
        ("e_blur:much", "the level of blur must be a number from 1 to 2000, or beyond, which is the nearer"),
        ("e_shear:90:0", "the x of shear must be a number from -85 to 85"),
        ("bo_1001px_solid_red", "border (bo_) must be a width and a colour"),
        ("e_blur:1:2", "blur takes 1 arguments at most"),
        ("e_nonsense", "'nonsense' is not the name of an effect"),
        ("e_background_removal", "effect e_background_removal is not supported"),
        ("e_multiply", "goes with a layer"),
        ("l_video:clip", "layers of the kind video are not supported: it is for video and sound"),
        ("e_lightroom:contrast_50", "it is an add-on"),
        *((f"f_{name}", "it is for video and sound") for name in ("auto:video", "ts", "mpeg", "m4a")),
        *((f"f_{name}", "three-dimensional") for name in ("gltf", "ply")),
        ("f_ept", "documents and drawings are not written"),
        ("c_fill,g_cat,w_9,h_9", "names of things, such as cat, would need a trained model"),
        ("p_icon,w_9", "prefix (p_) is not supported: classes in the style sheet of a sprite"),
        ("l_text:Arial:Hi", "There is no stored text 'Arial' whose style could be taken; text needs a font"),
        ("l_text:Hi", "text needs a font, a size and a text"),
        ("l_text::Hi", "text needs a font, a size and a text"),
        ("l_text:Arial_20_wavy:Hi", "'wavy' is not a style of text"),
        ("l_text:Arial_20:Hi $(who)", "$who, which is not set"),
        ("l_fetch:***", "URL-safe base64"),
        ("pg_2", "beyond the last page"),
        ("pg_name:shadow", "documents of Photoshop are not read"),
        ("pg_embedded:name:a;b", "documents of Photoshop are not read"),
        ("pg_embedded:2", "documents of Photoshop are not read"),
        *((f"pg_{pages}", "several pages at once") for pages in ("1-3", "3;5", "-7;9-", "5-")),
        ("pg_0", "whole number from 1"),
        ("bo_5px_dotted_red", "border (bo_) must be a width and a colour"),
        ("o_101", "opacity (o_) must be a number from 0 to 100"),
    ],
)
def test_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        plan(text)
    assert sentence in refusal.value.message


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("if_ctx:!mood!_eq_!calm!,w_50", (50, 38)),
        ("if_ctx:!mood!_eq_!wild!,w_50", (400, 300)),
        ("if_ctx:!not_there!_ne_!calm!,w_50/if_else,w_60", (50, 38)),
        ("if_md:!price!_gt_70_and_!a!_in_md:!kinds!,w_50", (50, 38)),
        ("$p_md:!price!/w_$p_add_20,h_$p,c_fill", (100, 80)),
        ("a_450", (300, 400)),
        ("a_-630", (300, 400)),
        ("$name_!logo!/l_$name,w_600/fl_layer_apply", (600, 300)),
    ],
)
def test_what_is_told_about_the_picture_counts(text: str, size: tuple[int, int]) -> None:
    made = plan(text)
    assert (made.width, made.height) == size


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("c_crop,g_custom", [Crop(0, 150, 200, 150)]),
        ("c_crop,g_custom,w_100,h_50", [Crop(50, 200, 100, 50)]),
        ("c_thumb,g_custom,w_40,h_30", [Crop(0, 150, 200, 150), Resize(40, 30)]),
        ("c_fill,g_custom,w_200,h_50", [Resize(200, 150), Crop(0, 88, 200, 50)]),
        ("c_fill,g_auto:custom,w_200,h_50", [Resize(200, 150), Crop(0, 88, 200, 50)]),
        # custom coordinates override g_auto, unless the address says no (Cloudinary's docs of automatic gravity)
        ("c_fill,g_auto,w_200,h_50", [Resize(200, 150), Crop(0, 88, 200, 50)]),
        ("c_fill,g_auto:face,w_200,h_50", [Resize(200, 150), Crop(0, 88, 200, 50)]),
        ("c_fill,g_auto:custom_no_override,w_200,h_50", [Resize(200, 150), SmartCrop(200, 50)]),
        ("c_auto,g_auto:none,w_200,h_50", [Resize(200, 150), SmartCrop(200, 50)]),
        ("c_fill_pad,g_auto,w_400,h_100", [Resize(133, 100), Pad(133, 0, 400, 100)]),
        ("w_200/c_crop,g_custom:faces", [Resize(200, 150), Crop(0, 75, 100, 75)]),
    ],
)
def test_custom_regions(text: str, expected: list[object]) -> None:
    assert steps(text) == expected


def test_without_custom_regions() -> None:
    bare = Context(faces=CONTEXT.faces)
    for text, same in (("g_custom", "g_center"), ("g_custom:face", "g_face"), ("g_auto:custom", "g_auto")):
        made = plan(f"c_fill,w_50,h_50,{text}", context=bare)
        assert made.steps == plan(f"c_fill,w_50,h_50,{same}", context=bare).steps


def test_regions_of_faces() -> None:
    assert steps("e_blur_region:200,g_faces") == steps("e_blur_faces:200")
    with pytest.raises(BadRequest, match="takes x_, y_, w_ and h_, or g_faces"):
        plan("e_blur_region,g_north")
    with pytest.raises(BadRequest, match="Use auto gravity only"):
        plan("l_logo/fl_layer_apply,g_auto")


def test_radii() -> None:
    corners = plan("r_10:max").steps[-1]
    assert isinstance(corners, RoundCorners)
    assert corners.radii == (10, 150, 10, 150)


def test_styles_of_text() -> None:
    layer = overlay(
        "l_text:Arial_50_semibold_stroke_end_letter_spacing_1.5:Hi,bo_3px_solid_red,fl_text_no_trim/fl_layer_apply"
    ).layer
    assert isinstance(layer, TextLayer)
    assert layer.words == ("end", "semibold", "stroke", "letter_spacing_1.5")
    assert (layer.stroke, layer.margin, layer.rest) == ((3, 255, 0, 0, 255), 10, "fl_text_no_trim")
    boxed = overlay("l_text:Arial_50:Hi,bo_3px_solid_red").layer
    assert isinstance(boxed, TextLayer)
    assert (boxed.stroke, boxed.rest) == ((), "bo_3px_solid_rgb:ff0000")
    assert overlay("l_text:Arial_50:Hi,fl_text_disallow_overflow/fl_layer_apply").inside


def test_what_nobody_knows_is_not_there() -> None:
    for text in ("l_logo", "t_small"):
        with pytest.raises(PicturerailError) as refusal:
            plan(text, context=Context())
        assert refusal.value.status in (400, 404)


@pytest.mark.parametrize(
    "text",
    [
        "l_logo",
        "l_image:private:a:b",
        "l_image:upload:text",
        "l_fetch:aHR0cHM6Ly9hL2I=",
        "l_text:Noto Sans_20_bold_italic:a%2Cb%252F",
        "l_text:styles:headline:a%2Cb",
        "if_w_gt_5/$a_1,$b_$a_add_2,w_$b/if_end",
        "e_tint:50:ff0000:00ff00",
        "e_tint:equalize:50:ff0000:0p:00ff00:50p",
        "e_cartoonify:70:bw",
        "l_$logo",
        "l_text:Arial_20_stroke_letter_spacing_-1.5:a",
        "b_blurred:400:15",
        "b_auto:predominant_gradient_contrast:2:diagonal_asc",
        "b_auto:border_gradient:4",
        "$x_!10!_to_i_add_1,w_$x",
        "bo_3px_solid_rgb:ff0000",
        "d_a:b.png",
    ],
)
def test_printing_and_parsing_agree(text: str) -> None:
    assert parse(canonical(parse(text))) == parse(text)
    assert canonical(parse(canonical(parse(text)))) == canonical(parse(text))
