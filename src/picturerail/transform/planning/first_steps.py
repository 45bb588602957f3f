"""The crop and the resize at the beginning of a plan, in the places of what is opened: as stored, or made smaller."""

from typing import TypeAlias

from picturerail.transform.probe import SourceInfo
from picturerail.transform.steps import Crop, Resize, Step

Leading: TypeAlias = tuple[Crop | Resize, ...]


def leading_of(steps: tuple[Step, ...]) -> Leading:
    """A crop, a resize, or a crop and then a resize at the beginning."""
    crop = tuple(step for step in steps[:1] if isinstance(step, Crop))
    resize = tuple(step for step in steps[len(crop) : len(crop) + 1] if isinstance(step, Resize))
    return (*crop, *resize)


def unturned(step: Crop | Resize, source: SourceInfo) -> Crop | Resize:
    """A step on the picture as seen, as a step on the stored picture."""
    orientation = source.orientation
    swap = orientation >= 5
    if isinstance(step, Resize):
        return Resize(step.height, step.width) if swap else step
    x = source.width - step.x - step.width if orientation in (2, 3, 6, 7) else step.x
    y = source.height - step.y - step.height if orientation in (3, 4, 7, 8) else step.y
    return Crop(y, x, step.height, step.width) if swap else Crop(x, y, step.width, step.height)


def shrink_for(moved: Leading, stored: tuple[int, int]) -> int:
    """How much the decoder may shrink. A factor of two is left to the better filter of the resize."""
    if not moved or not isinstance(moved[-1], Resize):
        return 1
    width, height = (moved[0].width, moved[0].height) if isinstance(moved[0], Crop) else stored
    factor = min(width / moved[-1].width, height / moved[-1].height)
    return next((shrink for shrink in (8, 4, 2) if factor >= 2 * shrink), 1)


def shrunk(moved: Leading, stored: tuple[int, int], shrink: int) -> Leading:
    """The steps on a picture that the decoder has shrunk."""
    if shrink == 1 or not moved or not isinstance(moved[0], Crop):
        return moved
    box = moved[0]
    x, y = box.x // shrink, box.y // shrink
    width = min(max(1, round(box.width / shrink)), stored[0] // shrink - x)
    height = min(max(1, round(box.height / shrink)), stored[1] // shrink - y)
    return (Crop(x, y, width, height), *moved[1:])


def rescaled(moved: Leading, opened: tuple[float, float], copy: tuple[int, int]) -> Leading:
    """The steps on a picture of one size in the places of a copy of it that has another."""
    if not moved or not isinstance(moved[0], Crop):
        return moved
    box, across, down = moved[0], copy[0] / opened[0], copy[1] / opened[1]
    x, y = min(copy[0] - 1, round(box.x * across)), min(copy[1] - 1, round(box.y * down))
    width = min(copy[0] - x, max(1, round(box.width * across)))
    height = min(copy[1] - y, max(1, round(box.height * down)))
    return (Crop(x, y, width, height), *moved[1:])
