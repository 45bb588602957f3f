"""What steps say of sizes and places, against what is done to the pixels: a bright spot is followed."""

import numpy as np
import pytest

from picturerail.transform.boxes import Area, Size
from picturerail.transform.pixels.operations import OPERATIONS
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import (
    Crop,
    Fill,
    Flip,
    Opacity,
    Orient,
    Pad,
    Resize,
    Rotate,
    RoundBorder,
    RoundCorners,
    SmartCrop,
    Step,
)

SIZE = Size(90, 60)
SPOT = Area(30, 20, 12, 8)
GREY = (90, 90, 90, 255)
STEPS = [
    Crop(10, 5, 70, 50),
    Resize(45, 120),
    Pad(7, 9, 120, 100, GREY),
    Flip(horizontal=True),
    Flip(horizontal=False),
    Rotate(90, 60, 90),
    Rotate(180, 90, 60),
    Rotate(270, 60, 90),
    RoundBorder(6, GREY, (20, 20, 20, 20)),
    RoundCorners((10, 10, 10, 10)),
    Fill(GREY),
    Opacity(50),
]


def spotted() -> pyvips.Image:
    pixels = np.full((SIZE.height, SIZE.width, 3), 90, np.uint8)
    pixels[20:28, 30:42] = 255
    return pyvips.Image.new_from_array(pixels).copy(interpretation="srgb")


@pytest.mark.parametrize("step", STEPS, ids=repr)
def test_step_tells_the_size_and_where_things_lie_after_it(step: Step) -> None:
    done = OPERATIONS[type(step)](spotted(), step)

    assert Size(done.width, done.height) == step.size_after(SIZE)
    rows, columns = np.nonzero(done.numpy()[:, :, 0] > 170)
    told = step.moved(SPOT, SIZE)
    assert (columns.mean() + 0.5, rows.mean() + 0.5) == pytest.approx(told.centre, abs=0.6)
    assert (np.ptp(columns) + 1, np.ptp(rows) + 1) == pytest.approx((told.width, told.height), abs=1.01)


@pytest.mark.parametrize("step", [SmartCrop(40, 30), *(Orient(number) for number in range(1, 9))], ids=repr)
def test_step_tells_the_size_where_places_are_not_followed(step: Step) -> None:
    done = OPERATIONS[type(step)](spotted(), step)

    assert Size(done.width, done.height) == step.size_after(SIZE)


def test_each_step_has_one_operation() -> None:
    elsewhere = {"Trim", "Overlay", "Lut"}  # go on with other steps, or need other files

    assert {kind.__name__ for kind in Step.__subclasses__()} - elsewhere == {
        kind.__name__ for kind in OPERATIONS
    }
