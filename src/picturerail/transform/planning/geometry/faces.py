"""Faces and custom regions while a picture is planned: where they are now, and the box that is cut round them."""

from collections.abc import Sequence
from dataclasses import dataclass

from picturerail.transform.planning.context import Face
from picturerail.transform.planning.geometry.sizes import Size, size_after
from picturerail.transform.planning.state import State
from picturerail.transform.steps import Crop, Flip, Pad, Resize, Rotate, Step

MARGIN = 1.8  # c_thumb shows this many times a face at zoom 1


@dataclass(frozen=True)
class Area:
    """A box in pixels, not necessarily whole."""

    x: float
    y: float
    width: float
    height: float

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the box."""
        return self.x + self.width / 2, self.y + self.height / 2


def faces_now(state: State) -> list[Area]:
    """The faces where they are now, the largest first; those that were cut away are left out."""
    return _now(state, state.context.faces())


def _now(state: State, boxes: Sequence[Face]) -> list[Area]:
    first = state.initial
    areas = [
        Area(
            face.x * first.width, face.y * first.height, face.width * first.width, face.height * first.height
        )
        for face in boxes
    ]
    size = first
    for step in state.steps:
        areas = [_moved(area, step, size) for area in areas]
        size = size_after((step,), size)
    return [area for area in areas if 0 < area.centre[0] < size.width and 0 < area.centre[1] < size.height]


def focus(state: State, gravity: str) -> Area | None:
    """The box round custom regions, or the largest face, or the box round all faces; None when there are none."""
    own = _now(state, state.context.custom) if "custom" in gravity else []
    areas = own or (faces_now(state) if "face" in gravity else [])
    if not areas:
        return None
    if not own and "faces" not in gravity:
        return max(areas, key=lambda area: area.width * area.height)
    left, top = min(area.x for area in areas), min(area.y for area in areas)
    right, bottom = max(area.x + area.width for area in areas), max(area.y + area.height for area in areas)
    return Area(left, top, right - left, bottom - top)


def _moved(area: Area, step: Step, size: Size) -> Area:
    if isinstance(step, Crop):
        return Area(area.x - step.x, area.y - step.y, area.width, area.height)
    if isinstance(step, Pad):
        return Area(area.x + step.x, area.y + step.y, area.width, area.height)
    if isinstance(step, Resize):
        across, down = step.width / size.width, step.height / size.height
        return Area(area.x * across, area.y * down, area.width * across, area.height * down)
    if isinstance(step, Flip):
        return _flipped(area, step, size)
    return _turned(area, step, size) if isinstance(step, Rotate) else area


def _flipped(area: Area, step: Flip, size: Size) -> Area:
    if step.horizontal:
        return Area(size.width - area.x - area.width, area.y, area.width, area.height)
    return Area(area.x, size.height - area.y - area.height, area.width, area.height)


def _turned(area: Area, step: Rotate, size: Size) -> Area:
    """Turned by quarters exactly; by other angles a face is taken to stay where it is."""
    for _ in range(round(step.degrees / 90) % 4 if step.degrees % 90 == 0 else 0):
        area = Area(size.height - area.y - area.height, area.x, area.height, area.width)
        size = Size(size.height, size.width)
    return area


def around(area: Area, size: Size, ratio: float, zoom: float, margin: float = MARGIN) -> Crop:
    """The box of a ratio round a face, as close as zoom says, moved and cut to lie inside the picture."""
    height = max(area.height, area.width / ratio) * margin / zoom
    height = min(height, size.height, size.width / ratio)
    width = max(1, min(size.width, round(height * ratio)))
    return centred(area, size, Size(width, max(1, round(height))))


def centred(area: Area, size: Size, box: Size) -> Crop:
    """A box with a face in its middle, moved to lie inside the picture."""
    x, y = area.centre
    left = min(max(round(x - box.width / 2), 0), size.width - box.width)
    top = min(max(round(y - box.height / 2), 0), size.height - box.height)
    return Crop(left, top, box.width, box.height)
