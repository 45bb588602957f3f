"""How a source is opened: which frames, how much smaller the decoder may make it, and when it is turned.

Turning and colour conversion are cheap on a small picture and dear on a large one. So a first crop and a
first resize are moved in front of them, in the coordinates of the stored, unturned picture.

A camera raw picture is opened by the preview in it where that is large enough: no page waits for a picture to be
developed that its camera has developed already. Where more pixels are asked for than the preview has, or the whole
picture, the mosaic is developed: at half its width where that is enough, for a fraction of the time and memory.
"""

from dataclasses import replace
from typing import TypeAlias

from picturerail import camera_raw
from picturerail.errors import BadRequest
from picturerail.transform.language.values import Value
from picturerail.transform.planning.blocks import Components
from picturerail.transform.probe import SourceInfo
from picturerail.transform.steps import Crop, LoadOptions, Orient, Resize, Step, ToSrgb

SHRINKING = ("jpg", "webp")  # decoders that can make the picture smaller
# pixels of a mosaic that is developed whole: it holds 13.6 bytes for each (measured)
MAX_DEVELOPED = 28_000_000
NEARLY = 0.97  # of the width that is asked for: a preview leaves some pixels at the edges out

Leading: TypeAlias = tuple[Crop | Resize, ...]


def as_opened(source: SourceInfo, *, orient: bool) -> SourceInfo:
    """The source as the transformation sees it: as stored when the orientation flag is to be ignored (a_ignore)."""
    if orient or source.orientation < 5:
        return source if orient else replace(source, orientation=1)
    return replace(source, orientation=1, width=source.height, height=source.width)


def seen_as(source: SourceInfo, components: Components, page: Value | None) -> tuple[SourceInfo, int]:
    """A source as these components see it, turned or not and of one page, and that page from 1; 0 for all of them."""
    angles = (component.get("a") for component in components)
    ignored = any(isinstance(angle, tuple) and "ignore" in angle for angle in angles)
    source = as_opened(source, orient=not ignored)
    if not isinstance(page, int):
        return source, 0
    pages = max(source.frames, len(source.pages))
    if page > pages:
        raise BadRequest(f"pg_{page} is beyond the last page: there are {pages}.")
    return _of_page(source, page), page


def _of_page(source: SourceInfo, page: int) -> SourceInfo:
    """The source as if the page were all of it: pages of a document may have sizes of their own."""
    if not source.pages:
        return source
    width, height = source.pages[page - 1]
    if source.orientation >= 5:
        width, height = height, width
    return replace(source, width=width, height=height)


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
        return _raw(source, stored, leading)
    shrink = shrink_for(leading, stored) if source.format in SHRINKING and frames == 1 else 1
    return LoadOptions(source.format, *stored, frames=frames, shrink=shrink), shrunk(leading, stored, shrink)


def _drawn(leading: Leading, source: SourceInfo) -> float:
    """How much larger or smaller a drawing is drawn: to the size that it is brought to first."""
    if not leading or not isinstance(leading[0], Resize):
        return 1.0
    return max(leading[0].width / source.width, leading[0].height / source.height)


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


def _raw(source: SourceInfo, stored: tuple[int, int], leading: Leading) -> tuple[LoadOptions, Leading]:
    """How to open a camera raw picture: by its preview, developed at half its width, or whole."""
    scale = _scale(leading, stored)
    reach = source.preview[0] / stored[0] if source.preview else 0.0
    if source.preview_only or (scale < 1 and reach >= scale * NEARLY):
        return _on_preview(source, stored, leading)
    if scale <= 0.5:
        return _halved(source, stored, leading)
    if stored[0] * stored[1] <= MAX_DEVELOPED:
        return LoadOptions(source.format, *stored), leading
    leading = _sized(leading, stored)
    return _on_preview(source, stored, leading) if reach >= NEARLY else _halved(source, stored, leading)


def _scale(leading: Leading, stored: tuple[int, int]) -> float:
    """How large the picture is asked for, in parts of its own size."""
    if not leading or not isinstance(leading[-1], Resize):
        return 1.0
    first, last = leading[0], leading[-1]
    width, height = (first.width, first.height) if isinstance(first, Crop) else stored
    return max(last.width / width, last.height / height)


def _sized(leading: Leading, stored: tuple[int, int]) -> Leading:
    """The steps with a size at their end, which what is opened has not by itself."""
    if leading and isinstance(leading[-1], Resize):
        return leading
    size = (leading[0].width, leading[0].height) if leading else stored
    return (*leading, Resize(*size))


def _on_preview(source: SourceInfo, stored: tuple[int, int], leading: Leading) -> tuple[LoadOptions, Leading]:
    size = (source.preview[0], source.preview[1])
    scaled = rescaled(leading, stored, size)
    shrink = shrink_for(scaled, size)
    load = LoadOptions(source.format, *size, shrink=shrink, preview=True)
    return load, shrunk(scaled, size, shrink)


def _halved(source: SourceInfo, stored: tuple[int, int], leading: Leading) -> tuple[LoadOptions, Leading]:
    return LoadOptions(source.format, *stored, shrink=2), shrunk(leading, stored, 2)
