"""The grammar: what is understood, what is refused with which sentence, and that printing and parsing agree."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picturerail.errors import BadRequest
from picturerail.transform.grammar import canonical, is_component, parse
from picturerail.transform.parameters import PARAMETERS, UNSUPPORTED

REFUSED = [
    ("w_0", "width (w_) must be a whole number of pixels from 1"),
    ("w_abc", "not 'abc'"),
    ("w_-5", "width (w_)"),
    ("w_0.0", "width (w_)"),
    ("w_1e9", "width (w_)"),
    ("w_9999999999", "width (w_)"),
    ("w_nan", "width (w_)"),
    ("w_١٢", "width (w_)"),
    ("h_", "'h_' is not a transformation parameter"),
    ("hello", "'hello' is not a transformation parameter"),
    ("zz_5", "'zz_' in 'zz_5' is not a transformation parameter"),
    ("c_shrink", "crop mode (c_) must be one of scale"),
    ("q_0", "quality (q_)"),
    ("q_101", "quality (q_)"),
    ("q_auto:great", "quality (q_)"),
    ("g_up", "gravity (g_)"),
    ("b_nocolour", "background (b_)"),
    ("b_rgb:12345", "background (b_)"),
    ("ar_0", "aspect ratio (ar_)"),
    ("ar_1:0", "aspect ratio (ar_)"),
    ("dpr_0", "device pixel ratio (dpr_)"),
    ("f_nothing", "format (f_)"),
    ("fl_unheard_of", "flags (fl_)"),
    ("a_100001", "angle (a_)"),
    ("a_wide", "angle (a_)"),
    ("fl_lossy:more", "flags (fl_)"),
    ("fl_progressive:fast", "flags (fl_)"),
    ("r_max:0:0:0:max", "radius (r_)"),
    ("r_-1", "radius (r_)"),
    ("r_1:2:3:4:5", "radius (r_)"),
    ("w_100,w_200", "width (w_) is given twice"),
    ("vc_h264", "video codec (vc_) is not supported"),
    ("w_100,,h_5", "'' is not a transformation parameter"),
    ("/".join(["w_1"] * 41), "more than 40 components"),
    ("w_1/" * 1001, "longer than 4000 characters"),
]

# What Cloudinary has and this service has not: each is named in its refusal.
NOT_HERE = [
    *("vc_auto", "ac_none", "br_250k", "fps_24", "du_10", "eo_5", "so_2", "sp_hd", "ki_1"),
    *("fn_wasm:a.wasm", "bl_base", "f_m3u8", "f_mpd", "f_mp4", "f_webm", "f_glb", "f_jxl", "f_pdf"),
    *("e_background_removal", "e_gen_fill", "e_gen_remove:prompt_a", "e_gen_replace", "e_upscale"),
    *("e_extract", "e_camera", "e_light", "e_displace", "e_style_transfer"),
    *("e_adv_redeye", "e_viesus_correct", "e_volume:50", "b_gen_fill"),
    *("c_imagga_crop", "c_imagga_scale", "g_adv_face", "g_adv_eyes", "g_auto:adv_faces", "g_ocr_text"),
    *(
        "g_auto:cat",
        "g_liquid",
        "q_jpegmini",
        "fl_splice",
        "fl_waveform",
    ),
    *(),
]

SAME = [
    ("w_100,c_fill", "c_fill,w_100"),
    ("w_0100", "w_100"),
    ("w_0.50", "w_0.5"),
    ("b_red", "b_rgb:F00"),
    ("f_auto:image", "f_auto"),
    ("cs_srgb:truecolor", "cs_srgb"),
    ("b_auto", "b_auto:border"),
    ("b_auto:border:palette_red_blue_f00", "b_auto:border:palette_ff0000_0000ff"),
    (
        "b_auto:predominant_gradient:diagonal_desc:palette_red",
        "b_auto:predominant_gradient:2:diagonal_desc:palette_ff0000",
    ),
    ("b_auto:border_gradient", "b_auto:border_gradient:2:horizontal"),
    ("c_auto_pad,g_auto,w_9", "c_fill_pad,g_auto,w_9"),
    ("e_contrast:level_50;type_sigmoidal", "e_contrast:50:sigmoidal"),
    ("e_trim:20:", "e_trim:20"),
    ("e_contrast;type_linear", "e_contrast:0:linear"),
    ("e_contrast:level_-20", "e_contrast:-20"),
    ("e_improve:50", "e_improve:outdoor:50"),
    ("e_outline:10:200", "e_outline:outer:10:200"),
    ("e_fill_light", "e_fill_light:100:0"),
    ("l_text:Arial_20_hinting_full_antialias_best_bold:a", "l_text:Arial_20_bold:a"),
    ("b_white", "b_rgb:ffffffff"),
    ("fl_progressive,fl_lossy", "fl_lossy.progressive"),
    ("q_auto", "q_auto:good"),
    ("q_auto:sensitive", "q_auto:best"),
    ("q_auto:sensitive:444", "q_auto:best:444"),
    ("q_80.2", "q_80"),
    ("f_jpeg", "f_jpg"),
    ("f_tif", "f_tiff"),
    ("ar_16:9", "ar_32:18"),
    ("w_100,w_100", "w_100"),
    ("/w_100//h_50/", "w_100/h_50"),
]


@pytest.mark.parametrize(("text", "sentence"), REFUSED)
def test_refused_with_a_sentence(text: str, sentence: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        parse(text)
    assert sentence in refusal.value.message


@pytest.mark.parametrize(("one", "other"), SAME)
def test_spellings_of_the_same_give_one_text(one: str, other: str) -> None:
    assert parse(one) == parse(other)
    assert canonical(parse(one)) == canonical(parse(other))


@pytest.mark.parametrize(
    "text", ["w_100", "w_1.0", "w_1", "q_80:444", "r_max", "r_10:20", "a_90.hflip", "a_45.5", "a_-90"]
)
def test_values_keep_their_kind(text: str) -> None:
    assert canonical(parse(text)) == text


def test_order_of_components_is_kept() -> None:
    assert parse("w_100/a_90") != parse("a_90/w_100")


@pytest.mark.parametrize("key", PARAMETERS)
def test_the_example_of_each_parameter_is_one(key: str) -> None:
    assert parse(PARAMETERS[key].example).last(key) is not None


@pytest.mark.parametrize("key", UNSUPPORTED)
def test_what_is_not_supported_says_so(key: str) -> None:
    with pytest.raises(BadRequest, match="not supported"):
        parse(f"{key}_1")


@pytest.mark.parametrize(
    ("segment", "expected"),
    [("w_100", True), ("c_fill,w_100", True), ("vc_h264", True), ("v1", False), ("sample", False), ("my_folder", False),
     ("w_100,photo", False), ("", False), ("gallery", False)],
)  # fmt: skip
def test_is_component(segment: str, *, expected: bool) -> None:
    assert is_component(segment) is expected


def values() -> st.SearchStrategy[str]:
    """Parameters of all kinds, spelled as people might."""
    number = st.integers(1, 5000).map(str)
    fraction = st.floats(0.01, 9.99).map(lambda value: f"{value:.3f}").filter(lambda text: float(text) > 0)
    colour = st.sampled_from(["red", "rgb:0af", "rgb:12345678", "transparent", "RGB:ABCDEF"])
    return st.one_of(
        st.tuples(st.sampled_from(["w", "h"]), st.one_of(number, fraction)),
        st.tuples(st.sampled_from(["x", "y"]), st.integers(-500, 500).map(str)),
        st.tuples(
            st.just("c"), st.sampled_from(["scale", "fit", "limit", "fill", "lfill", "pad", "crop", "thumb"])
        ),
        st.tuples(st.just("ar"), st.sampled_from(["16:9", "1.5", "3:4", "1:1"])),
        st.tuples(st.just("b"), colour),
        st.tuples(st.just("a"), st.sampled_from(["90", "-45.5", "hflip", "vflip.180", "ignore"])),
        st.tuples(st.just("r"), st.sampled_from(["max", "10", "10:20", "1:2:3:4"])),
        st.tuples(st.just("q"), st.sampled_from(["auto", "auto:eco", "75", "75:420"])),
        st.tuples(st.just("fl"), st.sampled_from(["progressive", "lossy.progressive", "png8"])),
        st.tuples(st.just("g"), st.sampled_from(["north", "south_east", "center"])),
        st.tuples(st.just("dpr"), st.sampled_from(["1", "2.0", "1.5"])),
    ).map("_".join)


def components() -> st.SearchStrategy[str]:
    return st.lists(values(), min_size=1, max_size=6, unique_by=lambda text: text.split("_")[0]).map(",".join)


@given(st.lists(components(), max_size=5).map("/".join))
def test_printing_and_parsing_agree(text: str) -> None:
    transformation = parse(text)
    printed = canonical(transformation)
    assert parse(printed) == transformation
    assert canonical(parse(printed)) == printed


@settings(max_examples=500)
@given(st.text(alphabet="wharbcgqflxyzdpe_0123456789.,:/-$!%auto \x00\n☃", max_size=60))
def test_any_text_is_understood_or_refused(text: str) -> None:
    try:
        parsed = parse(text)
    except BadRequest:
        return
    assert parse(canonical(parsed)) == parsed


@pytest.mark.parametrize("text", NOT_HERE)
def test_what_is_not_here_is_named(text: str) -> None:
    with pytest.raises(BadRequest, match="is not supported") as refusal:
        parse(text)
    key, _, value = text.partition("_")
    assert f"{key}_" in refusal.value.message
    assert key in UNSUPPORTED or value.partition(":")[0] in refusal.value.message
