"""Smaller pictures of a large photograph are made from one reduced copy of it, so that it is decoded once.

The copy is a derived image like any other: sRGB, as stored (not turned), 2048 pixels on its longest side. A plan
that is worked on the copy says so in its opening, and so does the key of what it makes. Measured beside the
original at 800 pixels: less than half the time, for at most half a point of ssimulacra2.
"""

from dataclasses import replace

from picturerail.transform.plan import Plan
from picturerail.transform.planning.encoding import Encoding
from picturerail.transform.planning.opening import shrink_for
from picturerail.transform.steps import Crop, Opening, Resize, Step, ToSrgb

SIDE = 2048
QUALITY = 92
LEAST = 2560  # a photograph whose longest side is shorter is decoded fast enough
ROOM = 1.5  # how many times larger than the answer the copy must be, so that its own encoding cannot be seen
TRANSFORMATION = f"a_ignore,c_limit,h_{SIDE},q_{QUALITY},w_{SIDE}"

Leading = tuple[Crop | Resize, ...]


def on_copy(plan: Plan) -> Plan:
    """The same picture from the reduced copy, or the plan as it is where the original is needed."""
    opening = plan.opening
    leading = _leading(plan.steps)
    if not _has_copy(opening) or not leading or not isinstance(leading[-1], Resize):
        return plan
    width, height = _copy_size(opening)
    scaled = _scaled(leading, opening, (width, height))
    if not _has_room(scaled, (width, height)):
        return plan
    shrink = shrink_for(scaled, (width, height))
    smaller = Opening("jpg", width, height, shrink=shrink, reduced=True)
    return replace(plan, opening=smaller, steps=(*_shrunk(scaled, shrink), *plan.steps[len(leading) :]))


def plan_copy(opening: Opening) -> Plan:
    """How the reduced copy itself is made, from the opening of any plan of its original."""
    width, height = _copy_size(opening)
    resize = Resize(width, height)
    shrink = shrink_for((resize,), (opening.width, opening.height))
    steps = (resize, ToSrgb())
    return Plan(replace(opening, shrink=shrink), steps, Encoding("jpg", QUALITY), width, height, 1)


def _has_copy(opening: Opening) -> bool:
    return (
        opening.format == "jpg"
        and not opening.reduced
        and opening.frames == 1
        and max(opening.width, opening.height) >= LEAST
    )


def _copy_size(opening: Opening) -> tuple[int, int]:
    factor = SIDE / max(opening.width, opening.height)
    return max(1, round(opening.width * factor)), max(1, round(opening.height * factor))


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
