"""Faces and custom regions while a picture is planned: where they are now, and the box that is cut round them."""

from collections.abc import Sequence

from picturerail.transform.boxes import Area, Size
from picturerail.transform.planning.context import Face
from picturerail.transform.planning.state import State
from picturerail.transform.steps import Crop

MARGIN = 1.8  # c_thumb shows this many times a face at zoom 1


def faces_now(state: State) -> list[Area]:
    """The faces where they are now, the largest first; those that were cut away are left out."""
    return _now(state, state.context.faces())


def custom_now(state: State) -> list[Area]:
    """The regions that were told with the picture, where they are now."""
    return _now(state, state.context.custom)


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
        areas = [step.moved(area, size) for area in areas]
        size = step.size_after(size)
    return [area for area in areas if 0 < area.centre[0] < size.width and 0 < area.centre[1] < size.height]


def focus(state: State, gravity: str) -> Area | None:
    """The box round custom regions, or the largest face, or the box round all faces; None when there are none."""
    own = custom_now(state) if "custom" in gravity else []
    areas = own or (faces_now(state) if "face" in gravity else [])
    if not areas:
        return None
    if not own and "faces" not in gravity:
        return max(areas, key=lambda area: area.width * area.height)
    left, top = min(area.x for area in areas), min(area.y for area in areas)
    right, bottom = max(area.x + area.width for area in areas), max(area.y + area.height for area in areas)
    return Area(left, top, right - left, bottom - top)


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
