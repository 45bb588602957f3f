"""Smaller pictures of a large one are made from a reduced copy of it, so that it is decoded once.

There are two, made in the decode that looks at an upload, and again when they are wanted and were evicted: derived
images like any other, sRGB, as stored (not turned). A plan that is worked on a copy says so in how it is loaded, and
so does the key of what it makes. Which copy it is depends on plan and source alone, never on what lies in the store.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from picturerail import camera_raw
from picturerail.transform.plan import Plan
from picturerail.transform.planning.encoding import Encoding
from picturerail.transform.planning.load_options import (
    Leading,
    leading_of,
    opened,
    rescaled,
    shrink_for,
    stored_size,
)
from picturerail.transform.probe import SourceInfo
from picturerail.transform.steps import Crop, LoadOptions, Resize, ToSrgb


@dataclass(frozen=True)
class Intermediate:
    """Its longest side, its quality as a JPEG, and the highest quality of an answer that it is good enough for."""

    side: int
    quality: int
    serves: int

    @property
    def transformation(self) -> str:
        """What the record of the derived image says about it."""
        return f"a_ignore,c_limit,h_{self.side},q_{self.quality},w_{self.side}"


# 95 would give a tenth of a point of ssimulacra2 for a fifth more bytes; answers above 85 would lose half a point.
SMALL = Intermediate(1280, 93, serves=85)
LARGE = Intermediate(2048, 92, serves=100)
INTERMEDIATES = (SMALL, LARGE)
MIN_SIDE = 2560  # a picture whose longest side is shorter is decoded fast enough
ROOM = 1.5  # how many times larger than the answer the copy must be, so that its own encoding cannot be seen

_CAMERA = ("jpg", *camera_raw.FORMATS)
# may be drawings: good enough where the answer loses something anyway
_OTHERS = ("heic", "avif", "webp", "png")
_LOSSY = ("jpg", "webp", "avif")
_AUTOMATIC = {"best": 90}  # what a level of q_auto may come to; the others stay at or below 80


def intermediates_of(source: SourceInfo) -> tuple[Intermediate, ...]:
    """The copies that a picture has; a camera raw picture has those of a large preview, as none is developed ahead."""
    sides = source.preview if source.format in camera_raw.FORMATS else (source.width, source.height)
    large = max(sides, default=0) >= MIN_SIDE and source.frames == 1 and not source.has_alpha
    return INTERMEDIATES if large and source.format in (*_CAMERA, *_OTHERS) else ()


def plan_intermediate(intermediate: Intermediate, source: SourceInfo) -> Plan:
    """How a copy is made of the original; the small one by way of the large one, so that one decode gives both."""
    stored = stored_size(source)
    sizes = [_size(stored, each) for each in (LARGE, SMALL) if each.side >= intermediate.side]
    large, *small = [Resize(*size) for size in sizes]
    load, leading = opened(source, (large,))
    load = replace(load, gain_map=source.gain_map)
    return Plan(load, (*leading, ToSrgb(), *small), Encoding("jpg", intermediate.quality), *sizes[-1], 1)


def on_intermediate(plan: Plan, source: SourceInfo) -> Plan:
    """The same picture from the smallest copy that will do, or the plan as it is where the original is needed."""
    # in front of the colour conversion: in places of the file
    load, leading = plan.load, leading_of(plan.steps)
    if load.intermediate or plan.encoding.attribution or not leading or not isinstance(leading[-1], Resize):
        return plan
    for intermediate in intermediates_of(source):
        size = _size(stored_size(source), intermediate)
        scaled = rescaled(leading, (load.width / load.shrink, load.height / load.shrink), size)
        if _is_good_enough(intermediate, source, plan.encoding) and _has_room(scaled, size):
            shrink = shrink_for(scaled, size)
            smaller = LoadOptions("jpg", *size, shrink=shrink, intermediate=True, gain_map=load.gain_map)
            rest = plan.steps[len(leading) :]
            return replace(plan, load=smaller, steps=(*_shrunk(scaled, shrink), *rest))
    return plan


def beside(path: Path, intermediate: Intermediate) -> Path:
    """Where the copy of a file lies that the look at it has made."""
    return path.with_name(f"{path.name}.{intermediate.side}.jpg")


def intermediate_under(plan: Plan) -> Intermediate | None:
    """The copy that a plan is worked on; None for the original."""
    side = max(plan.load.width, plan.load.height)
    return next(
        (
            intermediate
            for intermediate in INTERMEDIATES
            if plan.load.intermediate and intermediate.side == side
        ),
        None,
    )


def _is_good_enough(intermediate: Intermediate, source: SourceInfo, answer: Encoding) -> bool:
    """The small copy is for JPEGs: the encoders of WebP and AVIF lose more with it, and take so long anyway."""
    if intermediate is SMALL and answer.format != "jpg":
        return False
    if answer.format not in _LOSSY:
        return source.format in _CAMERA
    wanted = _AUTOMATIC.get(answer.auto, 80) if answer.auto else answer.quality
    return wanted <= intermediate.serves


def _size(stored: tuple[int, int], intermediate: Intermediate) -> tuple[int, int]:
    factor = intermediate.side / max(stored)
    return max(1, round(stored[0] * factor)), max(1, round(stored[1] * factor))


def _has_room(scaled: Leading, copy: tuple[int, int]) -> bool:
    first, last = scaled[0], scaled[-1]
    width, height = (first.width, first.height) if isinstance(first, Crop) else copy
    return width >= ROOM * last.width and height >= ROOM * last.height


def _shrunk(scaled: Leading, shrink: int) -> Leading:
    box = scaled[0]
    if shrink == 1 or not isinstance(box, Crop):
        return scaled
    return (
        Crop(box.x // shrink, box.y // shrink, max(1, box.width // shrink), max(1, box.height // shrink)),
        *scaled[1:],
    )
