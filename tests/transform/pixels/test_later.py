"""What is planned only while a picture is made, as a size is known only then: behind e_trim, and in texts."""

import re
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from picturerail.errors import BadRequest, NotFound
from picturerail.transform.grammar import parse
from picturerail.transform.pixels.analysis import probe
from picturerail.transform.plan import Context, Face, LayerAsset, Output, make_plan
from picturerail.transform.probe import Limits, SourceInfo
from tests import pictures
from tests.transform.conftest import Make

NAVY, RED = (0, 0, 128), (255, 0, 0)
FACE = Face(0.6, 0.5, 0.1, 0.1)  # its middle is at 260, 165, and at 160, 65 of what is left


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """A board of 200 x 100 at 100, 100 on white."""
    image = Image.new("RGB", (400, 300), "white")
    ImageDraw.Draw(image).rectangle((100, 100, 299, 199), fill=NAVY)
    return pictures.saved(image, tmp_path / "base.png")


@pytest.fixture
def logo(tmp_path: Path) -> Path:
    """A red box of 40 x 20 with clear edges of 20."""
    image = Image.new("RGBA", (80, 60), (0, 0, 0, 0))
    ImageDraw.Draw(image).rectangle((20, 20, 59, 39), fill=RED)
    return pictures.saved(image, tmp_path / "logo.png")


def context_with(logo: Path) -> Context:
    info = probe.gather(logo, Limits()).info

    def layer(_kind: str, name: str) -> LayerAsset:
        if name == "none":
            raise NotFound("Resource not found - layer none")
        return LayerAsset(info, "logo")

    return Context(
        layer=layer,
        named=lambda _: parse("l_logo/fl_layer_apply,g_west"),
        faces=lambda: (FACE,),
        custom=(FACE,),
        tags=("a",),
        values={"ctx:side": "100"},
        style=lambda _: parse("l_text:Arial_30:x,co_red").components[0],
    )


def red_box(made: np.ndarray) -> tuple[int, int, int, int]:
    ys, xs = np.where(np.abs(made[..., :3].astype(int) - RED).sum(axis=2) < 120)
    return int(xs.min()), int(ys.min()), int(xs.max()) + 1, int(ys.max()) + 1


@pytest.mark.parametrize(
    ("text", "size_and_box"),
    [
        ("e_trim/l_logo/fl_layer_apply,g_south_east", ((200, 100), (140, 60, 180, 80))),
        ("e_trim/l_logo,e_trim/fl_layer_apply,g_face", ((200, 100), (140, 55, 180, 75))),
        ("e_trim/l_logo/e_trim/fl_layer_apply,g_custom", ((200, 100), (140, 55, 180, 75))),
        ("e_trim/e_trim:20/l_logo/e_trim/fl_layer_apply,g_face", ((200, 100), (140, 55, 180, 75))),
        ("$i_!logo!/e_trim/l_$i/fl_layer_apply", ((200, 100), (80, 40, 120, 60))),
        *(
            (f"e_trim/{way}/l_$i/fl_layer_apply", ((200, 100), (80, 40, 120, 60)))
            for way in (
                "if_w_lt_300/$i_!logo!/if_else/$i_!none!/if_end",
                "if_w_gt_300/$i_!none!/if_else/$i_!logo!/if_end",
                "$i_!logo!/if_w_gt_300,$i_!none!",
                "$i_!none!/if_w_lt_300/if_h_lt_300/$i_!logo!/if_end/if_else/$i_!none!/if_end",
            )
        ),
        ("e_trim/t_x", ((200, 100), (20, 40, 60, 60))),
        ("e_trim/if_w_gt_300/l_none/fl_layer_apply/if_else/l_logo/fl_layer_apply/if_end",
         ((200, 100), (80, 40, 120, 60))),
        ("l_logo/e_trim/fl_layer_apply,g_south_east", ((400, 300), (360, 280, 400, 300))),
        ("l_logo/e_trim/w_0.5,fl_relative/fl_layer_apply,g_north", ((400, 300), (100, 0, 300, 100))),
        ("e_trim/u_logo/e_trim/fl_layer_apply,g_east,x_-30", ((230, 100), (200, 40, 230, 60))),
        ("l_text:Arial_40:HH,co_green/e_trim/l_logo,e_trim/fl_layer_apply,g_north_west,x_-40/fl_layer_apply,g_west",
         ((400, 300), None)),  # at the left edge of the text, whose height is the renderer's
    ],
)  # fmt: skip
def test_layers_lie_where_they_belong(
    base: Path,
    logo: Path,
    make: Make,
    text: str,
    size_and_box: tuple[tuple[int, int], tuple[int, int, int, int] | None],
) -> None:
    size, box = size_and_box
    made = pictures.pixels_of(make(base, text, context=context_with(logo), layers={"logo": logo}))
    assert made.shape[1::-1] == size
    assert red_box(made) == (box or (0, *red_box(made)[1:2], 40, red_box(made)[1] + 20))


def test_a_text_lies_on_a_face(base: Path, logo: Path, make: Make) -> None:
    for text, middle in (
        ("l_text:Arial_30:HH,co_red/fl_layer_apply,g_face", (260, 165)),
        ("e_trim/l_text:any:HH/fl_layer_apply,g_face", (160, 65)),
    ):
        left, top, right, bottom = red_box(pictures.pixels_of(make(base, text, context=context_with(logo))))
        assert abs((left + right) / 2 - middle[0]) <= 2
        assert abs((top + bottom) / 2 - middle[1]) <= 3


def test_formulas_speak_of_the_whole_picture(base: Path, logo: Path, make: Make) -> None:
    for text, width in (
        ("e_trim/w_iw_div_2", 200),
        ("e_trim/w_w_div_2", 100),
        ("e_trim/if_!a!_in_tags/w_50/if_end", 50),
        ("e_trim/if_!b!_in_tags/w_50/if_end", 200),
        ("e_trim/if_fc_gt_0,w_60", 60),
        ("e_trim/w_ctx:!side!_to_i", 100),
        ("e_trim/c_thumb,g_face,w_30,h_30", 30),
    ):
        made = pictures.pixels_of(make(base, text, context=context_with(logo)))
        assert made.shape[1] == width, text


def test_what_follows_says_how_the_file_is_written() -> None:
    for text in ("e_trim/q_30", "e_trim,q_30", "l_text:Arial_30:Hi/q_30/fl_layer_apply", "$q_30/e_trim/q_$q"):
        assert make_plan(parse(text), SourceInfo("jpg", 400, 300), Output("jpg")).encoding.quality == 30


def test_a_layer_that_is_not_there_is_missed(base: Path, logo: Path, make: Make) -> None:
    with pytest.raises(NotFound, match="layer upload/none|layer none"):
        make(base, "e_trim/l_none/fl_layer_apply", context=context_with(logo), layers={"logo": logo})
    with pytest.raises(BadRequest, match="Resource not found - layer upload/none"):
        make(base, "e_trim/if_w_gt_9,l_none", context=context_with(logo))


WIDE = "l_text:Arial_120_bold:HHHHHHH,co_green/fl_layer_apply"


def test_what_follows_a_text_that_stood_over_is_done_to_the_larger_canvas(
    base: Path, logo: Path, make: Make
) -> None:
    def done(text: str) -> np.ndarray:
        files = {"context": context_with(logo), "layers": {"logo": logo}}
        return pictures.pixels_of(make(base, text, **files))

    height, width = done(f"{WIDE}/o_100").shape[:2]
    assert (width > 500, height) == (True, 300)
    left = (width - 400) // 2
    for text, box in (
        ("l_logo/fl_layer_apply,g_south_east", (width - 60, 260, width - 20, 280)),
        ("l_logo,e_trim,g_south_east", (width - 40, 280, width, 300)),
        ("l_logo/fl_layer_apply,g_face", (left + 240, 155, left + 280, 175)),
        ("if_w_gt_400,l_logo,g_west/if_else,e_negate", (20, 140, 60, 160)),
        ("l_text:Arial_9:H/fl_layer_apply/l_logo/fl_layer_apply,g_east", (width - 60, 140, width - 20, 160)),
    ):
        made = done(f"{WIDE}/{text}")
        assert made.shape[:2] == (height, width), text
        assert max(abs(np.subtract(red_box(made), box))) <= 1, text
    assert done(f"{WIDE}/w_100").shape[:2] == (round(100 * height / width), 100)
    assert done(f"{WIDE}/c_crop,g_east,w_1.0,h_9").shape[:2] == (9, width)
    inside = red_box(done(f"l_logo/{WIDE.replace('green', 'red')}/w_0.5,fl_relative/fl_layer_apply"))
    assert abs(inside[2] - inside[0] - 200) <= 4, "half the width of the picture below"
    assert inside[3] - inside[1] < 60, "and not wider than it was"


def test_page_and_path_behind_a_trim_are_those_of_the_file(tmp_path: Path, make: Make) -> None:
    """Once it is trimmed there are no pages any more, and a path would lie in other places."""
    shades = [Image.new("RGB", (40, 30), "white") for _ in range(3)]
    for number, page in enumerate(shades):
        ImageDraw.Draw(page).rectangle((5, 5, 24, 24), fill=(80 * number, 0, 0))
    path = tmp_path / "pages.tiff"
    shades[0].save(path, save_all=True, append_images=shades[1:])
    for text in ("e_trim/pg_3", "e_trim,pg_3", "pg_3/e_trim/fl_clip", "$n_3/e_trim/pg_$n/w_20"):
        made = pictures.pixels_of(make(path, text))
        assert (made.shape[:2], made[10, 10].tolist()[0]) == ((20, 20), 160), text


def test_variables_that_differ_in_too_many_ways_are_refused() -> None:
    """Each condition could double the ways; as long as they come to the same there are but two."""
    source = SourceInfo("jpg", 400, 300)
    ways = "/".join(f"if_w_gt_9,$a{number}_1" for number in range(6))
    with pytest.raises(BadRequest, match="more than 32 ways"):
        make_plan(parse(f"e_trim/{ways}"), source, Output("jpg"))
    same = re.sub("a[0-9]", "a", f"{ways}/{ways}/{ways}")
    make_plan(parse(f"e_trim/{same}"), source, Output("jpg"))


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("e_trim/if_w_gt_150/q_10/if_else/q_90/if_end", "e_trim/q_10"),
        ("e_trim/if_w_lt_150/q_10/if_else/q_90/if_end", "e_trim/q_90"),
        ("q_20/e_trim/if_w_lt_150/q_10/if_end", "q_20/e_trim"),
        ("e_trim/if_w_gt_150/fl_progressive/if_else/q_30/if_end", "e_trim/fl_progressive"),
        (
            "fl_progressive/e_trim/if_w_lt_150/q_10/if_end/e_trim/if_w_lt_150/q_30/if_end",
            "fl_progressive/e_trim",
        ),
    ],
)
def test_a_branch_behind_a_trim_says_how_the_file_is_written(
    base: Path, make: Make, text: str, same: str
) -> None:
    assert make(base, text, "jpg").read_bytes() == make(base, same, "jpg").read_bytes()


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("$x_50/e_trim/c_scale,w_$x/$x_20/c_crop,h_$x", (50, 20)),
        ("$x_50/e_trim/if_w_gt_150/$x_60/if_else/$x_10/if_end/c_scale,w_$x/$x_1", (60, 30)),
    ],
)
def test_a_variable_behind_a_trim_is_what_it_was_there(
    base: Path, make: Make, text: str, size: tuple[int, int]
) -> None:
    assert Image.open(make(base, text)).size == size
