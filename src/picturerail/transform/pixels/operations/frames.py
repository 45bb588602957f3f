"""Animations: libvips holds them as one tall picture; steps are done on each frame, one after another."""

from collections.abc import Callable

from picturerail.transform.pixels.vips import pyvips


def each_frame(
    image: pyvips.Image, frames: int, change: Callable[[pyvips.Image], pyvips.Image]
) -> pyvips.Image:
    """The animation with every frame changed; delays and loop count are kept."""
    height = image.height // frames
    changed = [change(image.crop(0, number * height, image.width, height)) for number in range(frames)]
    joined = pyvips.Image.arrayjoin(changed, across=1)
    joined = joined.copy()
    joined.set_type(pyvips.GValue.gint_type, "page-height", changed[0].height)
    return joined
