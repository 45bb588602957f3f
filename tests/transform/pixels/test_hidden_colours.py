"""What is hidden under full transparency has no part in any effect: the same picture, whatever lies there."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from picturerail.transform.language.effect_table import BLENDS, EFFECTS, REGIONAL
from tests import pictures
from tests.transform.conftest import Make

HIDDEN = ((0, 0, 0), (255, 255, 255), (255, 0, 0))
ARGUMENTS = {"trim": "trim:5", "tint": "tint:equalize:80:blue:red", "improve": "improve:indoor"}
CHAINS = [
    *(ARGUMENTS.get(name, EFFECTS[name].sample) for name in EFFECTS if name not in (*BLENDS, *REGIONAL)),
    *(f"{name},x_10,y_10,w_60,h_50" for name in REGIONAL),
    "replace_color:blue:80",
    "cartoonify:70:bw",
    "outline:inner:6:50,co_red",
]
OTHERS = [
    "w_50",
    "a_20",
    "c_fill,g_auto,h_40,w_60",
    "c_pad,b_auto:predominant,h_150,w_100",
    "c_pad,b_auto:border,h_150,w_100",
    "c_pad,b_blurred:200,h_150,w_100",
    "r_20,bo_3px_solid_red",
    "b_blue",
    "o_50",
]


def hiding(colour: tuple[int, int, int], path: Path) -> Path:
    """A photograph cut out by an ellipse with a soft edge, and this colour outside."""
    pixels = np.dstack([np.asarray(pictures.photo("coffee", (120, 90))), np.full((90, 120), 255, np.uint8)])
    down, across = np.mgrid[0:90, 0:120]
    distance = ((across - 60) / 50) ** 2 + ((down - 45) / 36) ** 2
    pixels[..., 3] = np.clip((1.1 - distance) * 1500, 0, 255)
    pixels[pixels[..., 3] == 0] = (*colour, 0)
    return pictures.saved(Image.fromarray(pixels), path)


def seen(path: Path) -> NDArray[Any]:
    with Image.open(path) as picture:
        pixels = np.asarray(picture.convert("RGBA")).astype(float)
    pixels[..., :3] *= pixels[..., 3:] / 255
    return pixels


@pytest.mark.parametrize("text", [*(f"e_{chain}" for chain in CHAINS), *OTHERS])
def test_hidden_colours_do_not_count(tmp_path: Path, make: Make, text: str) -> None:
    black, white, red = (seen(make(hiding(colour, tmp_path / "in.png"), text)) for colour in HIDDEN)
    assert black.shape == white.shape == red.shape
    assert np.abs(black - white).max() <= 1
    assert np.abs(black - red).max() <= 1


@pytest.mark.parametrize("kind", ["jpg", "webp", "avif"])
def test_hidden_colours_do_not_bleed_into_what_is_lossy(tmp_path: Path, make: Make, kind: str) -> None:
    """No step is asked for that would have put them away."""
    black, white, red = (seen(make(hiding(colour, tmp_path / "in.png"), "", kind)) for colour in HIDDEN)
    assert np.array_equal(black, white)
    assert np.array_equal(black, red)


@pytest.mark.parametrize("kind", ["jpg", "webp", "avif"])
def test_hidden_colours_do_not_choose_the_quality(tmp_path: Path, make: Make, kind: str) -> None:
    black, red = (
        seen(make(hiding(colour, tmp_path / "in.png"), "q_auto,w_100", kind))
        for colour in (HIDDEN[0], HIDDEN[2])
    )
    assert np.abs(black - red).max() <= 1
