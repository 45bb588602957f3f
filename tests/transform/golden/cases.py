"""The golden pictures: their names, their transformations, and the scene that they are made from."""

from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from picturerail.transform.grammar import parse
from picturerail.transform.pixels import execute
from picturerail.transform.plan import Context, Face, LayerAsset, Output, make_plan
from picturerail.transform.probe import Limits, SourceInfo

FOLDER = Path(__file__).parent
SHEET = FOLDER / "contact-sheet.png"
WIDTH, HEIGHT = 240, 160

CASES = {
    "scale": "w_120",
    "scale-distorted": "w_120,h_120",
    "fill": "c_fill,w_100,h_100",
    "fill-west": "c_fill,w_60,h_100,g_west",
    "fill-auto": "c_fill,w_60,h_100,g_auto",
    "fill-face": "c_fill,w_60,h_100,g_face",
    "thumb-face": "c_thumb,w_100,h_100,g_face",
    "pad": "c_pad,w_110,h_110,b_gold",
    "pad-auto": "c_pad,w_110,h_110,b_auto",
    "pad-gradient": "c_pad,w_110,h_110,b_auto:border_gradient:4",
    "pad-predominant": "c_pad,w_110,h_110,b_auto:predominant_gradient_contrast:2:diagonal_desc",
    "pad-blurred": "c_pad,w_110,h_110,b_blurred:400:15",
    "crop": "c_crop,w_110,h_80,x_120,y_60",
    "enlarged": "c_crop,w_24,h_16,x_150,y_30/w_120",
    "turned": "w_100/a_30",
    "mirrored": "w_110/a_hflip.90",
    "radius": "c_fill,w_100,h_100,r_20:0:40:5",
    "ellipse": "w_120,r_max",
    "border": "w_110,bo_5px_solid_teal",
    "round-border": "c_fill,w_100,h_100,r_max,bo_6px_solid_rgb:ff8000",
    "opacity": "w_120,o_40",
    "grayscale": "w_120/e_grayscale",
    "sepia": "w_120/e_sepia",
    "blur": "w_120/e_blur:60",
    "blur-region": "e_blur_region:800,x_30,y_20,w_100,h_80/w_120",
    "pixelate": "w_120/e_pixelate:8",
    "sharpen": "w_120/e_sharpen:300",
    "brightness": "w_120/e_brightness:40",
    "contrast-curve": "w_120/e_contrast:level_60;type_sigmoidal",
    "contrast": "w_120/e_contrast:50",
    "saturation": "w_120/e_saturation:100",
    "hue": "w_120/e_hue:60",
    "negate": "w_120/e_negate",
    "vignette": "w_120/e_vignette:80",
    "oil-paint": "w_120/e_oil_paint:60",
    "cartoonify": "w_120/e_cartoonify",
    "tint": "w_120/e_tint:80:navy:orange",
    "colorize": "w_120/e_colorize:40,co_green",
    "replace-color": "w_120/e_replace_color:purple:60:e6c83c",
    "make-transparent": "w_120/e_make_transparent:12,co_rgb:e6c83c",
    "shadow": "w_90,r_10/e_shadow:70,x_6,y_6",
    "outline": "c_fill,w_90,h_90,r_max/c_mpad,w_110,h_110/e_outline:outer:5,co_red",
    "trim": "c_pad,w_300,h_300,b_red/e_trim/w_120",
    "improve": "w_120/e_improve",
    "fill-light": "w_120/e_fill_light:100:20",
    "tint-places": "w_120/e_tint:90:navy:20p:orange:60p:white:100p",
    "drawing": "w_120/e_cartoonify:40:bw",
    "layer": "w_120/l_mark,w_40,o_80/a_20/fl_layer_apply,g_south_east,x_4,y_4",
    "layer-overflow": "w_100/l_mark,w_50/fl_layer_apply,g_north_west,x_-15,y_-15",
    "layer-multiply": "w_120/l_mark,w_80/e_multiply,fl_layer_apply",
    "layer-tiled": "w_120/l_mark,w_25,fl_tiled",
    "underlay": "w_100,r_max/u_mark,w_120/fl_layer_apply,fl_no_overflow",
    "cutter": "w_120/l_mark,w_80/fl_cutter,fl_layer_apply",
    "text": "w_160/l_text:Arial_26_bold:Grüße,co_white/fl_layer_apply,g_south,y_6",
    "text-lines": "w_160/l_text:Arial_16_italic_underline_center:two lines of text,w_90,c_fit,co_yellow/fl_layer_apply",
    "text-stroke": "w_160,e_blur:300/l_text:Arial_40_letter_spacing_6:ABC,co_rgb:102040/e_shadow/fl_layer_apply",
    "text-box": "w_160/l_text:Arial_26_bold: Hi there ,b_rgb:9090ff,bo_6px_solid_navy,r_12/fl_layer_apply",
    "text-cut": "w_160/l_text:Arial_16_center:more words than the height of the box can hold,w_110,h_40,c_fit,"
    "co_yellow/fl_layer_apply",
    "text-arc-up": "w_160/l_text:Arial_30_bold:Smiling,co_white/e_distort:arc:-120/fl_layer_apply",
    "text-outline": "w_160/l_text:Arial_50_bold_stroke:Ag,co_white,bo_4px_solid_red/fl_layer_apply",
    "radius-max": "c_fill,w_100,h_100,r_max:10",
    "art-daguerre": "w_120/e_art:daguerre",
    "art-peacock": "w_120/e_art:peacock",
    "art-hokusai": "w_120/e_art:hokusai",
    "art-zorro": "w_120/e_art:zorro",
    "colour-blind": "w_120/e_simulate_colorblind:protanopia",
    "colour-blind-stripes": "w_120/e_assist_colorblind:60",
    "colour-blind-xray": "w_120/e_assist_colorblind:xray",
    "shear": "w_100/e_shear:20.0:10.0",
    "distort": "w_120/e_distort:20:10:110:0:90:75:5:60",
    "arc": "w_110/e_distort:arc:120",
    "gradient-fade": "w_120/e_gradient_fade:20,y_0.6",
    "gradient-fade-sides": "w_120/e_gradient_fade:symmetric_pad:20,x_0.3,b_red",
    "recolor": "w_120/e_recolor:0.3:0.7:0.1:0.3:0.6:0.1:0.2:0.5:0.1",
    "dither": "w_120/e_ordered_dither:5",
    "dither-dots": "w_120/e_ordered_dither:8",
    "drop-shadow": "w_90,r_max/e_dropshadow:azimuth_220;elevation_30;spread_40",
    "lut": "w_120/l_lut:warm.cube/fl_layer_apply",
    "text-style": "$style_!Arial_24_bold!/w_160/l_text:$style:In a style,co_white/fl_layer_apply,g_south,y_8",
    "picture-variable": "$m_ref:!mark!/w_120/l_$m/c_scale,w_60/fl_layer_apply",
    "region-relative": "w_160/l_mark/c_scale,fl_region_relative,w_1.0/fl_layer_apply,g_faces",
    "red-eye": "w_120/e_redeye",
    "pad-gradient-horizontal": "c_pad,w_150,h_110,b_auto:border_gradient:horizontal",
    "condition": "$s_80/if_w_gt_h,c_fill,w_$s,h_$s_mul_1.5/e_negate",
}


def scene() -> Image.Image:
    """Sky, sun, hills, water with fine stripes, and a face of sorts: smooth, sharp, bright and dark parts."""
    y, x = np.mgrid[:HEIGHT, :WIDTH].astype(float)
    pixels = np.stack([90 + y, 140 + y * 0.6, 235 - y * 0.3], axis=2)
    hills = y > 90 + 18 * np.sin(x / 22) + 6 * np.sin(x / 7)
    pixels[hills] = np.stack([40 + x / 6, 110 - x / 8, 50 + y / 4], axis=2)[hills]
    water = y > 125
    pixels[water] = np.stack([20 + 0 * x, 80 + 40 * np.sin(y * 1.3), 150 + 50 * np.sin(x / 3)], axis=2)[water]
    picture = Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).resize((WIDTH * 4, HEIGHT * 4))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((600, 80, 760, 240), fill=(230, 200, 60))
    draw.ellipse((650, 130, 670, 160), fill=(30, 20, 20))
    draw.ellipse((700, 130, 720, 160), fill=(30, 20, 20))
    draw.arc((640, 140, 725, 215), 20, 160, fill=(160, 30, 30), width=8)
    draw.line((0, 639, 959, 300), fill=(250, 250, 250), width=6)
    return picture.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS)


def mark() -> Image.Image:
    """A ring and a bar on nothing: the layer."""
    picture = Image.new("RGBA", (320, 320), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    draw.ellipse((10, 10, 310, 310), outline=(255, 90, 0, 255), width=60)
    draw.rectangle((130, 60, 190, 260), fill=(0, 60, 160, 200))
    return picture.resize((80, 80), Image.Resampling.LANCZOS)


def warm(path: Path) -> Path:
    """A table of colours: more red, less blue, and a curve."""
    points = [n / 8 for n in range(9)]
    rows = [f"{r**0.7:.5f} {g**0.9:.5f} {b * 0.6:.5f}" for b in points for g in points for r in points]
    path.write_text("\n".join(("TITLE warm", "LUT_3D_SIZE 9", *rows)))
    return path


def made(name: str, folder: Path) -> Path:
    """One golden picture as it is now."""
    source, layer, target = folder / "scene.png", folder / "mark.png", folder / f"{name}.png"
    scene().save(source)
    mark().save(layer)
    context = Context(
        layer=lambda _kind, _name: LayerAsset(SourceInfo("png", 80, 80, has_alpha=True, bands=4), "mark"),
        raw=lambda name: name,
        faces=lambda: (Face(150 / 240, 20 / 160, 40 / 240, 40 / 160),),
    )
    plan = make_plan(parse(CASES[name]), SourceInfo("png", WIDTH, HEIGHT), Output("png"), context)
    execute.render(source, plan, target, Limits(), {"mark": layer, "warm.cube": warm(folder / "warm.cube")})
    return target


def sheet() -> Image.Image:
    """All golden pictures side by side, with their transformations."""
    across, cell_width, cell_height = 8, 190, 165
    rows = -(-len(CASES) // across)
    page = Image.new("RGB", (across * cell_width, rows * cell_height), (222, 222, 222))
    draw = ImageDraw.Draw(page)
    for place, (name, text) in enumerate(CASES.items()):
        left, top = place % across * cell_width, place // across * cell_height
        with Image.open(FOLDER / f"{name}.png") as opened:
            picture = opened.convert("RGBA")
        page.paste(picture, (left + 5, top + 5), picture)
        for line in range(3):
            draw.text((left + 5, top + 128 + 11 * line), text[line * 30 : line * 30 + 30], fill="black")
    return page
