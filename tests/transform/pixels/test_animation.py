"""Moving pictures stay moving: frames, delays and loops, each frame changed alone."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from tests import pictures
from tests.transform.conftest import Make

DELAYS = [100, 200, 50, 120]


def seen(path: Path) -> tuple[list[int], list[tuple[int, ...]], tuple[int, int]]:
    """Delays, the colour in the middle of each frame, and the size."""
    delays, colours = [], []
    with Image.open(path) as picture:
        for frame in ImageSequence.Iterator(picture):
            pixels = np.asarray(frame.convert("RGB")).astype(int)  # only now Pillow knows the delay of a WebP
            delays.append(int(frame.info.get("duration", 0)))
            colours.append(tuple(pixels[frame.height // 2, frame.width // 2]))
        return delays, colours, picture.size


def plays(path: Path) -> int:
    """How often it is shown: a GIF counts repetitions, a WebP showings."""
    with Image.open(path) as picture:
        return int(picture.info["loop"]) + (path.suffix == ".gif")


@pytest.mark.parametrize("stored", ["gif", "webp"])
@pytest.mark.parametrize("kind", ["gif", "webp"])
@pytest.mark.parametrize("text", ["", "w_30", "c_fill,w_20,h_20", "a_90", "c_pad,w_80,h_80,b_red", "r_10"])
def test_frames_delays_and_loops_are_kept(
    tmp_path: Path, make: Make, stored: str, kind: str, text: str
) -> None:
    source = pictures.animation(tmp_path / f"source.{stored}", DELAYS)
    delays, colours, size = seen(make(source, text, kind))
    assert delays == DELAYS
    expected = [(40 * i % 256, 255 - 40 * i % 256, 99) for i in range(len(DELAYS))]
    assert (
        max(
            abs(a - b)
            for one, other in zip(colours, expected, strict=True)
            for a, b in zip(one, other, strict=True)
        )
        <= 12
    )
    assert size == {
        "": (60, 40),
        "w_30": (30, 20),
        "c_fill,w_20,h_20": (20, 20),
        "a_90": (40, 60),
        "r_10": (60, 40),
    }.get(text, (80, 80))
    assert plays(make(source, text, kind)) == plays(source)


@pytest.mark.parametrize("kind", ["jpg", "png", "tiff"])
def test_formats_that_stand_still_show_the_first_frame(tmp_path: Path, make: Make, kind: str) -> None:
    source = pictures.animation(tmp_path / "source.gif", DELAYS)
    delays, colours, _ = seen(make(source, "w_30", kind))
    assert len(delays) == 1
    assert max(abs(a - b) for a, b in zip(colours[0], (0, 255, 99), strict=True)) <= 12


def test_many_frames(tmp_path: Path, make: Make) -> None:
    source = pictures.animation(tmp_path / "source.gif", [40] * 150, (300, 200))
    delays, _, size = seen(make(source, "w_100", "webp"))
    assert sum(delays) == 6000
    assert size == (100, 67)
