"""Padding: the larger canvas on which a picture is put, of a colour, of its own colours, or of itself, blurred."""

from functools import partial, reduce
from typing import TypeAlias

from picturerail.transform.pixels.analysis.palette import shares_of
from picturerail.transform.pixels.operations.geometry import blurred, resize
from picturerail.transform.pixels.operations.table import Operations
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import Pad, Resize

RGB: TypeAlias = tuple[float, ...]
Rows: TypeAlias = tuple[pyvips.Image, ...]
SAMPLE = 100  # pixels of the longest side, from which colours are taken


def pad(image: pyvips.Image, step: Pad) -> pyvips.Image:
    """Put the picture on the canvas that the step describes."""
    if step.style == "blurred":
        return _on_sheet(image, _blurred(image, step), step)
    if step.style == "auto":
        return _on_sheet(image, _painted(_own_colours(image, step), step), step)
    if step.colour[3] < 255 and not image.hasalpha():
        image = image.bandjoin(255)
    background = list(step.colour)[: image.bands]
    return image.embed(step.x, step.y, step.width, step.height, extend="background", background=background)


def _on_sheet(image: pyvips.Image, sheet: pyvips.Image, step: Pad) -> pyvips.Image:
    if image.hasalpha():
        return sheet.composite2(image, "over", x=step.x, y=step.y).cast("uchar")[:3]
    return sheet.insert(image, step.x, step.y)


def _blurred(image: pyvips.Image, step: Pad) -> pyvips.Image:
    factor = max(step.width / image.width, step.height / image.height)
    size = Resize(
        max(step.width, round(image.width * factor)), max(step.height, round(image.height * factor))
    )
    sheet = resize(_flat(image), size)
    left, top = (sheet.width - step.width) // 2, (sheet.height - step.height) // 2
    sheet = blurred(sheet.crop(left, top, step.width, step.height), step.intensity / 20)
    return (sheet * 1.0 + step.brightness).cast("uchar")


def _flat(image: pyvips.Image) -> pyvips.Image:
    return image.flatten(background=[255, 255, 255]) if image.hasalpha() else image


def _own_colours(image: pyvips.Image, step: Pad) -> list[RGB]:
    """One, two or four colours: of the edges, or the most frequent ones, or those that stand out most from these."""
    if step.source == "border":
        found = _edge_colours(_flat(image), step)
    else:
        palette = _palette(image)
        found = [palette[min(at, len(palette) - 1)] for at in range(step.colours)]
    if step.contrasting:
        found = [max(_palette(image), key=partial(_distance, colour)) for colour in found]
    return [min(step.palette, key=partial(_distance, colour)) for colour in found] if step.palette else found


def _distance(one: RGB, other: RGB) -> float:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


def _palette(image: pyvips.Image) -> list[RGB]:
    """The colours of a picture, the most frequent first."""
    factor = min(1.0, SAMPLE / max(image.width, image.height))
    small = resize(image, Resize(max(1, round(image.width * factor)), max(1, round(image.height * factor))))
    small = small if small.hasalpha() else small.bandjoin(255)
    shares = shares_of(bytes(small.write_to_memory()))
    return [colour for colour, _ in shares] or [(255.0, 255.0, 255.0)]


def _edge_colours(image: pyvips.Image, step: Pad) -> list[RGB]:
    """The middle colour of all edges, or of those that lie where each colour of a gradient begins."""
    top, bottom, left, right = _edges(image)
    ends: dict[tuple[int, str], list[Rows]] = {
        (1, ""): [(top, bottom, left, right)],
        (2, "horizontal"): [(left,), (right,)],
        (2, "vertical"): [(top,), (bottom,)],
        (2, "diagonal_desc"): [(top, left), (bottom, right)],
        (2, "diagonal_asc"): [(bottom, left), (top, right)],
        (4, ""): [
            (_half(top, 0), _half(left, 0)),
            (_half(top, 1), _half(right, 0)),
            (_half(bottom, 0), _half(left, 1)),
            (_half(bottom, 1), _half(right, 1)),
        ],
    }
    return [_middle(lines) for lines in ends[step.colours, step.direction]]


def _edges(image: pyvips.Image) -> Rows:
    """Top, bottom, left and right edge, each as a row, from the left or from the top."""
    top, bottom = image.crop(0, 0, image.width, 1), image.crop(0, image.height - 1, image.width, 1)
    left, right = image.crop(0, 0, 1, image.height), image.crop(image.width - 1, 0, 1, image.height)
    return top, bottom, left.rot("d270"), right.rot("d270")


def _half(row: pyvips.Image, which: int) -> pyvips.Image:
    """The first or the second half of a row."""
    width = (row.width + 1) // 2
    return row.crop((row.width - width) * which, 0, width, 1)


def _middle(rows: Rows) -> RGB:
    """The middle value of all pixels of some rows, for each band."""
    joined = reduce(lambda one, other: one.join(other, "horizontal"), rows)
    return tuple(int(joined[band].percent(50)) for band in range(3))


def _painted(colours: list[RGB], step: Pad) -> pyvips.Image:
    """A canvas of one colour, of two that flow into each other, or of four, one in each corner."""
    places = pyvips.Image.xyz(step.width, step.height)
    across, down = places[0] / max(1, step.width - 1), places[1] / max(1, step.height - 1)
    if step.colours == 4:
        north_west, north_east, south_west, south_east = colours
        top = _between(north_west, north_east, across)
        bottom = _between(south_west, south_east, across)
        sheet = top + (bottom - top) * down
    else:
        shares = {
            "vertical": down,
            "diagonal_desc": (across + down) / 2,
            "diagonal_asc": (across - down + 1) / 2,
        }
        sheet = _between(colours[0], colours[-1], shares.get(step.direction, across))
    return sheet.rint().cast("uchar").copy(interpretation="srgb")


def _between(one: RGB, other: RGB, share: pyvips.Image) -> pyvips.Image:
    """From one colour, where the share is 0, to another, where it is 1."""
    return share * [b - a for a, b in zip(one, other, strict=True)] + list(one)


OPERATIONS: Operations = {
    Pad: pad,
}
