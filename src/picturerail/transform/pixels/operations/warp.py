"""Bending: sheared, pulled by the corners, or bent along an arc. Alpha is premultiplied, what appears is clear."""

import math

import numpy as np

from picturerail.transform.pixels.operations.geometry import mixed
from picturerail.transform.pixels.operations.table import Operations
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import Bend, Distort, Shear


def _clear(image: pyvips.Image) -> pyvips.Image:
    return image if image.hasalpha() else image.bandjoin(255)


def shear(image: pyvips.Image, step: Shear) -> pyvips.Image:
    """Push rows to the side, and columns down, by the tangents of the angles."""
    across, down = math.tan(math.radians(step.x)), math.tan(math.radians(step.y))
    left = min(0.0, across * image.height)
    top = min(0.0, down * image.width)
    return mixed(
        _clear(image),
        lambda picture: picture.affine(
            [1, across, down, 1],
            interpolate=pyvips.Interpolate.new("bicubic"),
            oarea=[round(left), round(top), step.width, step.height],
            background=[0, 0, 0, 0],
            extend="background",
        ),
    )


def distort(image: pyvips.Image, step: Distort) -> pyvips.Image:
    """Each corner brought to its place, straight lines kept straight."""
    width, height = image.width, image.height
    matrix = _homography(step.corners, ((0, 0), (width, 0), (width, height), (0, height)))
    x, y = _places(step.width, step.height)
    depth = x * matrix[2][0] + y * matrix[2][1] + matrix[2][2]
    from_x = (x * matrix[0][0] + y * matrix[0][1] + matrix[0][2]) / depth
    from_y = (x * matrix[1][0] + y * matrix[1][1] + matrix[1][2]) / depth
    return _mapped(image, from_x, from_y)


def bend(image: pyvips.Image, step: Bend) -> pyvips.Image:
    """Along an arc: the line through the middle keeps its length, the upper edge is stretched."""
    angle = math.radians(step.degrees)
    radius = image.width / angle
    x, y = _places(step.width, step.height)
    across, down = x - step.width / 2, y * -1.0 + radius + image.height / 2
    distance = (across**2 + down**2) ** 0.5
    turned = across.atan2(down)  # degrees from 0 to 360
    turned = (turned > 180).ifthenelse(turned - 360, turned) * (math.pi / 180)
    return _mapped(
        image, turned * (image.width / angle) + image.width / 2, distance * -1.0 + radius + image.height / 2
    )


def _places(width: int, height: int) -> tuple[pyvips.Image, pyvips.Image]:
    """The middle of each pixel."""
    place = pyvips.Image.xyz(width, height) + 0.5
    return place[0], place[1]


def _mapped(image: pyvips.Image, x: pyvips.Image, y: pyvips.Image) -> pyvips.Image:
    index = (x - 0.5).bandjoin(y - 0.5)
    return mixed(
        _clear(image),
        lambda picture: picture.mapim(
            index, interpolate=pyvips.Interpolate.new("bicubic"), background=[0, 0, 0, 0], extend="background"
        ),
    )


def _homography(places: tuple[float, ...], onto: tuple[tuple[int, int], ...]) -> list[list[float]]:
    """The matrix that takes each place to its corner of the picture."""
    rows, values = [], []
    for (x, y), (u, v) in zip(zip(places[::2], places[1::2], strict=True), onto, strict=True):
        rows.append([x, y, 1, 0, 0, 0, -u * x, -u * y])
        rows.append([0, 0, 0, x, y, 1, -v * x, -v * y])
        values += [u, v]
    solved = np.linalg.solve(np.array(rows, float), np.array(values, float))
    return [[float(part) for part in row] for row in np.append(solved, 1).reshape(3, 3)]


OPERATIONS: Operations = {Shear: shear, Distort: distort, Bend: bend}
