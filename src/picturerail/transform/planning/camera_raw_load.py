"""How a camera raw picture is opened: by the preview in it where that is large enough, else developed.

A page never waits for a picture to be developed that its camera has developed already. Where more pixels are asked for
than the preview has, or the whole picture, the mosaic is developed: at half its width where that is enough, which
takes an eighth of the time and a third of the memory.
"""

from picturerail.transform.planning.first_steps import Leading, rescaled, shrink_for, shrunk
from picturerail.transform.probe import SourceInfo
from picturerail.transform.steps import Crop, LoadOptions, Resize

MAX_PIXELS = (
    28_000_000  # of a mosaic that is developed whole: it holds 13.6 bytes for each of them (measured)
)
NEARLY = 0.97  # of the width that is asked for: a preview leaves some pixels at the edges out


def plan_raw(source: SourceInfo, stored: tuple[int, int], leading: Leading) -> tuple[LoadOptions, Leading]:
    """How to open it, and the steps that stand in front of all others in the places of what is opened."""
    scale = _scale(leading, stored)
    reach = source.preview[0] / stored[0] if source.preview else 0.0
    if source.preview_only or (scale < 1 and reach >= scale * NEARLY):
        return _on_preview(source, stored, leading)
    if scale <= 0.5:
        return _halved(source, stored, leading)
    if stored[0] * stored[1] <= MAX_PIXELS:
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
