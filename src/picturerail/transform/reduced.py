"""Smaller pictures of a large one are made from a reduced copy of it, so that it is decoded once.

There are two, made in the decode that looks at an upload, and again when they are wanted and were evicted: derived
images like any other, sRGB, as stored (not turned). A plan that is worked on a copy says so in its opening, and so
does the key of what it makes. Which copy it is depends on plan and source alone, never on what lies in the store.
"""

from dataclasses import dataclass, replace
from pathlib import Path

from picturerail.transform.plan import Plan
from picturerail.transform.planning.encoding import Encoding
from picturerail.transform.planning.opening import SHRINKING, shrink_for, stored_size
from picturerail.transform.probe import SourceInfo
from picturerail.transform.steps import Crop, Opening, Resize, Step, ToSrgb


@dataclass(frozen=True)
class Copy:
    """Its longest side, its quality as a JPEG, and the highest quality of an answer that it is good enough for."""

    side: int
    quality: int
    serves: int

    @property
    def transformation(self) -> str:
        """What the record of the derived image says about it."""
        return f"a_ignore,c_limit,h_{self.side},q_{self.quality},w_{self.side}"


# 95 would give a tenth of a point of ssimulacra2 for a fifth more bytes; answers above 85 would lose half a point.
SMALL = Copy(1280, 93, serves=85)
LARGE = Copy(2048, 92, serves=100)
COPIES = (SMALL, LARGE)
LEAST = 2560  # a picture whose longest side is shorter is decoded fast enough
ROOM = 1.5  # how many times larger than the answer the copy must be, so that its own encoding cannot be seen

_CAMERA = "jpg"
_OTHERS = (
    "heic",
    "avif",
    "webp",
    "png",
)  # may be drawings: good enough where the answer loses something anyway
_LOSSY = ("jpg", "webp", "avif")
_AUTOMATIC = {"best": 90}  # what a level of q_auto may come to; the others stay at or below 80

Leading = tuple[Crop | Resize, ...]


def copies_of(source: SourceInfo) -> tuple[Copy, ...]:
    """The copies that a picture has."""
    large = max(source.width, source.height) >= LEAST and source.frames == 1 and not source.has_alpha
    return COPIES if large and source.format in (_CAMERA, *_OTHERS) else ()


def plan_copy(copy: Copy, source: SourceInfo) -> Plan:
    """How a copy is made of the original; the small one by way of the large one, so that one decode gives both."""
    stored = stored_size(source)
    sizes = [_size(stored, each) for each in (LARGE, SMALL) if each.side >= copy.side]
    large, *small = [Resize(*size) for size in sizes]
    shrink = shrink_for((large,), stored) if source.format in SHRINKING else 1
    opening = Opening(source.format, *stored, shrink=shrink)
    return Plan(opening, (large, ToSrgb(), *small), Encoding("jpg", copy.quality), *sizes[-1], 1)


def on_copy(plan: Plan, source: SourceInfo) -> Plan:
    """The same picture from the smallest copy that will do, or the plan as it is where the original is needed."""
    opening, leading = plan.opening, _leading(plan.steps)
    if opening.reduced or plan.encoding.attribution or not leading or not isinstance(leading[-1], Resize):
        return plan
    for copy in copies_of(source):
        size = _size((opening.width, opening.height), copy)
        scaled = _scaled(leading, opening, size)
        if _is_good_enough(copy, source, plan.encoding) and _has_room(scaled, size):
            shrink = shrink_for(scaled, size)
            smaller = Opening("jpg", *size, shrink=shrink, reduced=True)
            rest = plan.steps[len(leading) :]
            return replace(plan, opening=smaller, steps=(*_shrunk(scaled, shrink), *rest))
    return plan


def beside(path: Path, copy: Copy) -> Path:
    """Where the copy of a file lies that the look at it has made."""
    return path.with_name(f"{path.name}.{copy.side}.jpg")


def copy_under(plan: Plan) -> Copy | None:
    """The copy that a plan is worked on; None for the original."""
    side = max(plan.opening.width, plan.opening.height)
    return next((copy for copy in COPIES if plan.opening.reduced and copy.side == side), None)


def _is_good_enough(copy: Copy, source: SourceInfo, answer: Encoding) -> bool:
    """The small copy is for JPEGs: the encoders of WebP and AVIF lose more with it, and take so long anyway."""
    if copy is SMALL and answer.format != "jpg":
        return False
    if answer.format not in _LOSSY:
        return source.format == _CAMERA
    wanted = _AUTOMATIC.get(answer.auto, 80) if answer.auto else answer.quality
    return wanted <= copy.serves


def _size(stored: tuple[int, int], copy: Copy) -> tuple[int, int]:
    factor = copy.side / max(stored)
    return max(1, round(stored[0] * factor)), max(1, round(stored[1] * factor))


def _leading(steps: tuple[Step, ...]) -> Leading:
    """The steps in front of the colour conversion: they are in the coordinates of the opened file."""
    found: list[Crop | Resize] = []
    for step in steps:
        if not isinstance(step, Crop | Resize):
            break
        found.append(step)
    return tuple(found)


def _scaled(leading: Leading, opening: Opening, copy: tuple[int, int]) -> Leading:
    """The leading steps in the coordinates of the copy."""
    box = leading[0]
    if not isinstance(box, Crop):
        return leading
    across = copy[0] / opening.width * opening.shrink
    down = copy[1] / opening.height * opening.shrink
    x, y = min(copy[0] - 1, round(box.x * across)), min(copy[1] - 1, round(box.y * down))
    width = min(copy[0] - x, max(1, round(box.width * across)))
    height = min(copy[1] - y, max(1, round(box.height * down)))
    return (Crop(x, y, width, height), *leading[1:])


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
