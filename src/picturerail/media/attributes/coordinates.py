"""Boxes on a picture: faces, the custom region, named regions. Pure."""

from collections.abc import Sequence

from picturerail.errors import BadRequest
from picturerail.media.http.params import Params

Box = list[int]
MAX_BOXES = 1000
MAX_COORDINATE = 1_000_000


def read_boxes(params: Params, name: str) -> list[Box]:
    """Boxes as `x,y,width,height|x,y,width,height`, as a list of lists or its JSON, or as a list of such texts."""
    value = params.get(name)
    if isinstance(value, str) and value.lstrip().startswith("["):
        value = params.data(name)
    if isinstance(value, list):
        is_one = bool(value) and all(isinstance(each, int) or str(each).strip().isdigit() for each in value)
        boxes = [value] if is_one else [_numbers(box) for box in value]
    else:
        boxes = [_numbers(box) for box in params.text(name).split("|") if box]
    if len(boxes) > MAX_BOXES:
        raise BadRequest(f"Invalid {name}: at most {MAX_BOXES} boxes.")
    return [_box(box, name) for box in boxes]


def read_regions(params: Params) -> dict[str, list[list[int]]]:
    """Named regions: a mapping from a name to two or more points."""
    regions = params.data("regions")
    if not isinstance(regions, dict) or not all(_is_region(points) for points in regions.values()):
        raise BadRequest(
            "Invalid regions: a mapping from names to lists of points [x, y] in pixels is expected."
        )
    return regions


def clamped(boxes: Sequence[Box], width: int, height: int) -> list[Box]:
    """The boxes made no larger than the picture."""
    return [[x, y, min(across, width), min(down, height)] for x, y, across, down in boxes]


def _numbers(box: object) -> list[object]:
    """The numbers of one box, which the Go SDK sends as `[1,2,3,4]`."""
    return (
        box
        if isinstance(box, list)
        else list(str(box).strip().removeprefix("[").removesuffix("]").split(","))
    )


def _box(values: list[object], name: str) -> Box:
    try:
        box = [int(str(value).strip()) for value in values]
    except ValueError:
        box = []
    if len(box) != 4 or any(abs(value) > MAX_COORDINATE for value in box):
        raise BadRequest(f"Invalid {name}: each box is x,y,width,height in whole pixels.")
    return box


def _is_region(points: object) -> bool:
    return isinstance(points, list) and all(
        isinstance(point, list) and len(point) == 2 and all(map(_is_coordinate, point)) for point in points
    )


def _is_coordinate(value: object) -> bool:
    return isinstance(value, int | float) and abs(value) <= MAX_COORDINATE  # which is no NaN either
