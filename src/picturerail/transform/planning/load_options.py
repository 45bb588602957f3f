"""How a source is opened: which frames, how much smaller the decoder may make it, and when it is turned.

Turning and colour conversion are cheap on a small picture and dear on a large one. So a first crop and a
first resize are moved in front of them, in the coordinates of the stored, unturned picture.
"""

from dataclasses import replace

from picturerail import camera_raw
from picturerail.transform.planning.camera_raw_load import plan_raw
from picturerail.transform.planning.first_steps import Leading, leading_of, shrink_for, shrunk, unturned
from picturerail.transform.probe import SourceInfo
from picturerail.transform.steps import LoadOptions, Orient, Resize, Step, ToSrgb

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
    leading = leading_of(steps)
    scale = _drawn(leading, source) if source.format == "svg" else 1.0
    load, moved = opened(source, tuple(unturned(step, source) for step in leading), frames)
    turn = (Orient(source.orientation),) if source.orientation != 1 else ()
    return replace(load, page=page, scale=scale), (*moved, ToSrgb(), *turn, *steps[len(leading) :])


def opened(source: SourceInfo, leading: Leading, frames: int = 1) -> tuple[LoadOptions, Leading]:
    """How to load it for steps in the places of the stored picture, and these in the places of what is loaded."""
    stored = stored_size(source)
    if source.format in camera_raw.FORMATS:
        return plan_raw(source, stored, leading)
    shrink = shrink_for(leading, stored) if source.format in SHRINKING and frames == 1 else 1
    return LoadOptions(source.format, *stored, frames=frames, shrink=shrink), shrunk(leading, stored, shrink)


def _drawn(leading: Leading, source: SourceInfo) -> float:
    """How much larger or smaller a drawing is drawn: to the size that it is brought to first."""
    if not leading or not isinstance(leading[0], Resize):
        return 1.0
    return max(leading[0].width / source.width, leading[0].height / source.height)
