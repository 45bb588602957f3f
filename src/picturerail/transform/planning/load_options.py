"""How a source is opened: which frames, how much smaller the decoder may make it, and when it is turned.

Turning and colour conversion are cheap on a small picture and dear on a large one. So a first crop and a
first resize are moved in front of them, in the coordinates of the stored, unturned picture.
"""

from dataclasses import replace

from picturerail.transform.probe import SourceInfo
from picturerail.transform.steps import Crop, LoadOptions, Orient, Resize, Step, ToSrgb

SHRINKING = ("jpg", "webp")  # decoders that can make the picture smaller


def as_opened(source: SourceInfo, *, orient: bool) -> SourceInfo:
    """The source as the transformation sees it: as stored when the orientation flag is to be ignored (a_ignore)."""
    if orient or source.orientation < 5:
        return source if orient else replace(source, orientation=1)
    return replace(source, orientation=1, width=source.height, height=source.width)


def stored_size(source: SourceInfo) -> tuple[int, int]:
    """Width and height before the orientation flag is applied."""
    turned = source.orientation >= 5
    return (source.height, source.width) if turned else (source.width, source.height)


def plan_load(
    source: SourceInfo, steps: tuple[Step, ...], frames: int, page: int = 0
) -> tuple[LoadOptions, tuple[Step, ...]]:
    """How to load it, and all steps with orientation and colour put where they are cheap."""
    stored = stored_size(source)
    leading = _leading(steps)
    moved = tuple(_unturned(step, source) for step in leading)
    shrink = shrink_for(moved, stored) if source.format in SHRINKING and frames == 1 else 1
    scale = _drawn(leading, source) if source.format == "svg" else 1.0
    load = LoadOptions(source.format, *stored, page=page, frames=frames, shrink=shrink, scale=scale)
    turn = (Orient(source.orientation),) if source.orientation != 1 else ()
    return load, (*_shrunk(moved, stored, shrink), ToSrgb(), *turn, *steps[len(leading) :])


def _drawn(leading: tuple[Crop | Resize, ...], source: SourceInfo) -> float:
    """How much larger or smaller a drawing is drawn: to the size that it is brought to first."""
    if not leading or not isinstance(leading[0], Resize):
        return 1.0
    return max(leading[0].width / source.width, leading[0].height / source.height)


def _leading(steps: tuple[Step, ...]) -> tuple[Crop | Resize, ...]:
    """A crop, a resize, or a crop and then a resize at the beginning."""
    crop = tuple(step for step in steps[:1] if isinstance(step, Crop))
    resize = tuple(step for step in steps[len(crop) : len(crop) + 1] if isinstance(step, Resize))
    return (*crop, *resize)


def _unturned(step: Crop | Resize, source: SourceInfo) -> Crop | Resize:
    """A step on the picture as seen, as a step on the stored picture."""
    orientation = source.orientation
    swap = orientation >= 5
    if isinstance(step, Resize):
        return Resize(step.height, step.width) if swap else step
    x = source.width - step.x - step.width if orientation in (2, 3, 6, 7) else step.x
    y = source.height - step.y - step.height if orientation in (3, 4, 7, 8) else step.y
    return Crop(y, x, step.height, step.width) if swap else Crop(x, y, step.width, step.height)


def shrink_for(moved: tuple[Crop | Resize, ...], stored: tuple[int, int]) -> int:
    """How much the decoder may shrink. A factor of two is left to the better filter of the resize."""
    if not moved or not isinstance(moved[-1], Resize):
        return 1
    width, height = (moved[0].width, moved[0].height) if isinstance(moved[0], Crop) else stored
    factor = min(width / moved[-1].width, height / moved[-1].height)
    return next((shrink for shrink in (8, 4, 2) if factor >= 2 * shrink), 1)


def _shrunk(
    moved: tuple[Crop | Resize, ...], stored: tuple[int, int], shrink: int
) -> tuple[Crop | Resize, ...]:
    """The steps on a picture that the decoder has shrunk."""
    if shrink == 1 or not isinstance(moved[0], Crop):
        return moved
    box = moved[0]
    x, y = box.x // shrink, box.y // shrink
    width = min(max(1, round(box.width / shrink)), stored[0] // shrink - x)
    height = min(max(1, round(box.height / shrink)), stored[1] // shrink - y)
    return (Crop(x, y, width, height), *moved[1:])
