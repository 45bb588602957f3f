"""The arithmetic of resizing: from a size and what is wanted to the steps that give it. No pixels here.

The rules are those of Cloudinary's resize modes
(https://cloudinary.com/documentation/resizing_and_cropping); sizes that come out broken are rounded half up.
"""

import math
from dataclasses import dataclass, replace

from picturerail.errors import BadRequest
from picturerail.transform.boxes import Size, nearest
from picturerail.transform.steps import Crop, Pad, Resize, Step


@dataclass(frozen=True)
class ResizeRequest:
    """What a component asks of resizing, already in pixels."""

    mode: str = "scale"
    width: int | None = None
    height: int | None = None
    ratio: float | None = None
    gravity: str | None = None
    x: int | None = None
    y: int | None = None
    backdrop: Pad = Pad(0, 0, 0, 0)  # what padding consists of; its sizes do not count
    ignore_ratio: bool = False

    @property
    def one_side(self) -> bool:
        """True when one side alone is given: the other follows the picture's own ratio, so nothing is cut or padded."""
        return self.ratio is None and (self.width is None) != (self.height is None)


def resize_steps(current: Size, wanted: ResizeRequest) -> tuple[Step, ...]:
    """The steps that bring a picture of the current size to what is wanted."""
    if wanted.width is None and wanted.height is None and wanted.ratio is None:
        raise BadRequest(f"c_{wanted.mode} needs w_, h_ or ar_.")
    if None not in (wanted.width, wanted.height, wanted.ratio):
        raise BadRequest("ar_ takes w_ or h_ with it, not both.")
    return _MODES[wanted.mode](current, wanted)


def target(current: Size, wanted: ResizeRequest) -> Size:
    """The size that is asked for, with the missing sides filled in by ratio."""
    width, height = wanted.width, wanted.height
    ratio = wanted.ratio or current.width / current.height
    keep = wanted.ignore_ratio and wanted.ratio is None
    if width is not None and height is not None:
        return Size(width, height)
    if width is not None:
        return Size(width, current.height if keep else nearest(width / ratio))
    if height is not None:
        return Size(current.width if keep else nearest(height * ratio), height)
    return _largest(current, ratio)


def place(outer: Size, inner: Size, gravity: str, x: int = 0, y: int = 0) -> tuple[int, int]:
    """Where the inner box lies in the outer one; x and y lead inwards from the sides that gravity names."""
    spare_x, spare_y = outer.width - inner.width, outer.height - inner.height
    if gravity == "xy_center":
        return x - inner.width // 2, y - inner.height // 2
    left = x if "west" in gravity else spare_x - x if "east" in gravity else spare_x // 2 + x
    top = y if "north" in gravity else spare_y - y if "south" in gravity else spare_y // 2 + y
    return left, top


def _largest(current: Size, ratio: float) -> Size:
    """The largest size of a ratio inside the current one."""
    if current.width / current.height > ratio:
        return Size(min(current.width, nearest(current.height * ratio)), current.height)
    return Size(current.width, min(current.height, nearest(current.width / ratio)))


def _inside(current: Size, box: Size) -> float:
    """The factor by which a picture just fits into a box."""
    return min(box.width / current.width, box.height / current.height)


def _resized(current: Size, size: Size) -> tuple[Step, ...]:
    return () if size == current else (Resize(size.width, size.height),)


def _scale(current: Size, wanted: ResizeRequest) -> tuple[Step, ...]:
    return _resized(current, target(current, wanted))


def _fitted(current: Size, wanted: ResizeRequest, smallest: float, largest: float) -> Size:
    """The size that just fits the box, by a factor between the two given ones."""
    box = target(current, wanted)
    factor = _inside(current, box)
    if not smallest <= factor <= largest:
        return current
    size = current.scaled(factor)
    return box if wanted.one_side else Size(min(size.width, box.width), min(size.height, box.height))


def _fit(current: Size, wanted: ResizeRequest) -> tuple[Step, ...]:
    return _resized(current, _fitted(current, wanted, 0, math.inf))


def _limit(current: Size, wanted: ResizeRequest) -> tuple[Step, ...]:
    return _resized(current, _fitted(current, wanted, 0, 1))


def _mfit(current: Size, wanted: ResizeRequest) -> tuple[Step, ...]:
    return _resized(current, _fitted(current, wanted, 1, math.inf))


def _fill(current: Size, wanted: ResizeRequest) -> tuple[Step, ...]:
    return _fit(current, wanted) if wanted.one_side else _covered(current, wanted, math.inf)


def _lfill(current: Size, wanted: ResizeRequest) -> tuple[Step, ...]:
    return _limit(current, wanted) if wanted.one_side else _covered(current, wanted, 1)


def _covered(current: Size, wanted: ResizeRequest, largest: float) -> tuple[Step, ...]:
    """Scale, by `largest` at most, to cover the box; then cut what stands over."""
    box = target(current, wanted)
    factor = min(max(box.width / current.width, box.height / current.height), largest)
    size = current.scaled(factor)
    if factor != largest:
        size = Size(max(size.width, box.width), max(size.height, box.height))
    inner = Size(min(size.width, box.width), min(size.height, box.height))
    return (*_resized(current, size), *_cut(size, inner, wanted))


def _cut(size: Size, inner: Size, wanted: ResizeRequest) -> tuple[Step, ...]:
    """Cut the inner box by gravity."""
    if inner == size:
        return ()
    left, top = _placed(size, inner, wanted)
    return (Crop(left, top, inner.width, inner.height),)


def _placed(outer: Size, inner: Size, wanted: ResizeRequest) -> tuple[int, int]:
    """Left and top of a box in a larger one by gravity, moved back inside when the offsets lead out."""
    left, top = place(outer, inner, wanted.gravity or "center", wanted.x or 0, wanted.y or 0)
    return min(max(left, 0), outer.width - inner.width), min(max(top, 0), outer.height - inner.height)


def _crop(current: Size, wanted: ResizeRequest) -> tuple[Step, ...]:
    """Take a box without scaling; what lies outside the picture is left off."""
    box = crop_box(current, wanted)
    offset = wanted.x is not None or wanted.y is not None
    gravity = wanted.gravity or ("north_west" if offset else "center")
    left, top = place(current, box, gravity, wanted.x or 0, wanted.y or 0)
    right, bottom = min(left + box.width, current.width), min(top + box.height, current.height)
    left, top = max(left, 0), max(top, 0)
    if left >= right or top >= bottom:
        raise BadRequest(
            f"The crop lies outside the picture, which is {current.width} x {current.height} pixels there; "
            "change x_ or y_."
        )
    if (right - left, bottom - top) == (current.width, current.height):
        return ()
    return (Crop(left, top, right - left, bottom - top),)


def crop_box(current: Size, wanted: ResizeRequest) -> Size:
    """The size of what c_crop takes: a side that is not given stays whole."""
    if wanted.ratio is not None:
        return target(current, wanted)
    return Size(wanted.width or current.width, wanted.height or current.height)


def _pad(current: Size, wanted: ResizeRequest) -> tuple[Step, ...]:
    if wanted.one_side:
        return _fit(current, wanted)
    box = _padded_box(current, wanted)
    inner = current.scaled(_inside(current, box))
    inner = Size(min(inner.width, box.width), min(inner.height, box.height))
    return (*_resized(current, inner), *_canvas(inner, box, wanted))


def _lpad(current: Size, wanted: ResizeRequest) -> tuple[Step, ...]:
    """Pad, but only a picture that is larger than the box."""
    box = _padded_box(current, wanted)
    return _pad(current, wanted) if _inside(current, box) < 1 else ()


def _mpad(current: Size, wanted: ResizeRequest) -> tuple[Step, ...]:
    """Put a picture that is smaller than the box on a canvas of its size, unscaled."""
    box = _padded_box(current, wanted)
    return _canvas(current, box, wanted) if _inside(current, box) >= 1 else ()


def _padded_box(current: Size, wanted: ResizeRequest) -> Size:
    """The canvas; a ratio alone gives the smallest one around the picture."""
    if wanted.width is None and wanted.height is None and wanted.ratio is not None:
        if current.width / current.height > wanted.ratio:
            return Size(current.width, max(current.height, nearest(current.width / wanted.ratio)))
        return Size(max(current.width, nearest(current.height * wanted.ratio)), current.height)
    return target(current, wanted)


def _canvas(inner: Size, box: Size, wanted: ResizeRequest) -> tuple[Step, ...]:
    if inner == box:
        return ()
    left, top = _placed(box, inner, wanted)
    return (replace(wanted.backdrop, x=left, y=top, width=box.width, height=box.height),)


_MODES = {
    "scale": _scale,
    "fit": _fit,
    "limit": _limit,
    "mfit": _mfit,
    "fill": _fill,
    "lfill": _lfill,
    "thumb": _fill,
    "pad": _pad,
    "lpad": _lpad,
    "mpad": _mpad,
    "crop": _crop,
}
