"""Text layers: place and colour, measures by Pillow's FreeType, and machines without fonts."""

import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageFont

from picturerail.errors import BadRequest
from picturerail.transform.plan import Context
from tests import pictures
from tests.transform.conftest import Make

NO_FONTS = '<!DOCTYPE fontconfig SYSTEM "fonts.dtd"><fontconfig><cachedir>{}</cachedir></fontconfig>'
DRAW = """
import sys
from picturerail.transform.pixels.operations.text import draw
from picturerail.transform.steps import TextLayer
draw(TextLayer("Grüße Yg", sys.argv[2], 40, ("bold",), (255, 255, 255, 255), 0, "")).write_to_file(sys.argv[1])
"""


@pytest.fixture
def black(tmp_path: Path) -> Path:
    return pictures.saved(Image.new("RGB", (300, 100), "black"), tmp_path / "black.png")


def test_text_is_drawn_in_its_colour_and_place(black: Path, make: Make) -> None:
    made = pictures.pixels_of(
        make(black, "l_text:Arial_40_bold:HHHH,co_rgb:00ff00/fl_layer_apply,g_north_west,x_10,y_20")
    )
    ys, xs = np.where(made[..., 1] > 128)
    assert abs(xs.min() - 10) <= 6
    assert abs(ys.min() - 20) <= 12
    assert 20 <= ys.max() - ys.min() <= 40, "letters of 40 pixels are about 29 high"
    assert made[..., 0].max() == 0
    hostile = make(black, "l_text:Arial_20:%3Cspan size='999999'%3E%26")
    assert hostile.stat().st_size


@pytest.mark.parametrize("text", ["Hamburg", "wwwwww", "iiiiiiiiii"])
def test_arial_has_the_measures_that_freetype_finds(black: Path, make: Make, text: str) -> None:
    file = files("fontpkg_arimo") / "files" / "Arimo[wght].ttf"
    left, _, right, _ = ImageFont.truetype(str(file), 40).getmask(text).getbbox()
    made = pictures.pixels_of(make(black, f"l_text:Arial_40:{text},co_white/fl_layer_apply"))
    xs = np.where(made[..., 1] > 64)[1]
    assert abs((xs.max() - xs.min() + 1) - (right - left)) <= 3


@pytest.mark.parametrize("font", ["Arial", "A font that is nowhere"])
def test_text_is_the_same_on_a_machine_without_fonts(tmp_path: Path, font: str) -> None:
    (tmp_path / "fonts.conf").write_text(NO_FONTS.format(tmp_path))
    drawn = []
    for number, extra in enumerate(({}, {"FONTCONFIG_FILE": str(tmp_path / "fonts.conf")})):
        target = tmp_path / f"{number}.png"
        subprocess.run(
            [sys.executable, "-c", DRAW, str(target), font], env={**os.environ, **extra}, check=True
        )
        drawn.append(pictures.pixels_of(target, "RGBA").astype(int))
    assert abs(drawn[0].shape[1] - drawn[1].shape[1]) <= 2
    if drawn[0].shape == drawn[1].shape:  # hinting is the machine's, and moves edges a little
        assert np.abs(drawn[0] - drawn[1]).mean() < 8


def test_a_line_round_the_letters(black: Path, make: Make) -> None:
    style = "l_text:Arial_60_bold{}:HI,co_rgb:00ff00,bo_4px_solid_red"
    plain, lined = (
        pictures.pixels_of(make(black, style.format(word))).astype(int) for word in ("", "_stroke")
    )
    boxed = plain[..., 0] > 128
    assert boxed.any(axis=0).sum() - (plain[..., 1] > 128).any(axis=0).sum() >= 8
    red, green = lined[..., 0] > 128, lined[..., 1] > 128
    ys, xs = np.where(green)
    grown = np.zeros_like(green)
    for y, x in zip(ys, xs, strict=True):
        grown[max(0, y - 5) : y + 6, max(0, x - 5) : x + 6] = True
    assert red.sum() > 500
    assert not (red & ~grown).any(), "the line keeps close to the letters"
    assert not (red & green).any()


def test_room_round_a_text(black: Path, make: Make) -> None:
    def box(text: str) -> tuple[int, int]:
        ys, xs = np.where(pictures.pixels_of(make(black, text))[..., 0] > 128)
        return int(xs.max() - xs.min() + 1), int(ys.max() - ys.min() + 1)

    tight, roomy = (
        box("l_text:Arial_40:HI,co_red,b_red"),
        box("l_text:Arial_40:HI,co_red,b_red/fl_text_no_trim,fl_layer_apply"),
    )
    assert roomy == (tight[0] + 16, tight[1] + 16)


def extent(made: np.ndarray) -> tuple[int, int, int, int]:
    ys, xs = np.where(made > 64)
    return int(xs.min()), int(xs.max()), int(ys.min()), int(ys.max())


@pytest.mark.parametrize(
    ("align", "left", "right"), [("left", 0, None), ("center", 87, 113), ("right", None, 199)]
)
def test_a_text_lies_in_a_box_as_wide_as_was_asked_for(
    black: Path, make: Make, align: str, left: int | None, right: int | None
) -> None:
    text = f"l_text:Arial_20_{align}:HH,c_fit,w_200,co_white,b_red/fl_layer_apply,g_north_west"
    made = pictures.pixels_of(make(black, text))
    assert extent(made[..., 0])[:2] == (0, 199), "the background fills the box"
    first, last, _, _ = extent(made[..., 1])
    assert left is None or abs(first - left) <= 3
    assert right is None or abs(last - right) <= 3


def test_one_long_word_is_cut_to_the_height_of_its_box(black: Path, make: Make) -> None:
    text = "l_text:Arial_20:Averyveryverylongwordthatgoesonandon,c_fit,w_80,h_{},co_white/fl_layer_apply,g_north_west"
    for height in (30, 60):
        _, right, _, bottom = extent(pictures.pixels_of(make(black, text.format(height)))[..., 1])
        assert right < 80
        assert height - 30 < bottom < height
    assert make(black, "l_text:Arial_20:a,c_fit,w_1,h_1")


def test_a_wash_of_colour_is_a_blank_text_with_a_background(black: Path, make: Make) -> None:
    """As editors on Cloudinary warm and cool pictures."""
    made = pictures.pixels_of(
        make(black, "l_text:Arial_20:%20,b_rgb:ff8000/c_scale,h_100,w_300/fl_layer_apply")
    )
    assert (made == (255, 128, 0)).all()


ARIMO = files("fontpkg_arimo") / "files"


def test_a_font_of_ones_own_is_found_by_its_file_not_by_its_family(black: Path, make: Make) -> None:
    """Both tell the same family, Arimo, which the program has itself."""
    context = Context(font=lambda name: f"original of {name}")

    def drawn(file: str) -> np.ndarray:
        layers = {"original of my.ttf": Path(str(ARIMO / file))}
        text = "l_text:my.ttf_40:Hamburg,co_white/fl_layer_apply"
        return pictures.pixels_of(make(black, text, context=context, layers=layers)).astype(int)

    upright, italic = drawn("Arimo[wght].ttf"), drawn("Arimo-Italic[wght].ttf")
    for made, style in ((upright, ""), (italic, "_italic")):
        same = pictures.pixels_of(make(black, f"l_text:Arial_40{style}:Hamburg,co_white/fl_layer_apply"))
        assert np.abs(made - same).mean() < 1
    assert np.abs(upright - italic).mean() > 5
    assert (drawn("Arimo[wght].ttf") == upright).all()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\0\1\0\0",
        b"OTTO" + 40 * b"\1",
        b"OTTO\0\1" + 6 * b"\0" + b"name" + 12 * b"\0",
    ],
)
def test_what_is_no_font_is_refused(black: Path, make: Make, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "font").write_bytes(content)
    context = Context(font=lambda name: name)
    with pytest.raises(BadRequest, match="not one that texts can be drawn in"):
        make(black, "l_text:a.otf_40:Hi", context=context, layers={"a.otf": tmp_path / "font"})


def test_a_text_that_must_not_stand_over(black: Path, make: Make) -> None:
    flags = "fl_text_disallow_overflow.layer_apply"
    assert make(black, f"l_text:Arial_20:short/{flags}")
    for text in (f"l_text:Arial_90:much too long/{flags}", f"l_text:Arial_20:short/{flags},g_west,x_-5"):
        with pytest.raises(BadRequest, match="fl_text_disallow_overflow"):
            make(black, text)


@pytest.mark.parametrize("mark", [b"wOFF", b"wOF2"])
def test_of_a_font_that_is_packed_for_browsers_it_is_said_what_to_upload(
    black: Path, make: Make, tmp_path: Path, mark: bytes
) -> None:
    path = tmp_path / "packed.woff2"
    path.write_bytes(mark + bytes(200))
    context = Context(font=lambda _name: "font")
    with pytest.raises(BadRequest, match=r"upload the \.ttf or \.otf that it was made of"):
        make(black, "l_text:packed.woff2_20:Hi", context=context, layers={"font": path})
