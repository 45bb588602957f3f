"""Effects by name. Each works on the colours and leaves transparency alone, unless transparency is its point."""

from collections.abc import Callable

from picturerail.transform.pixels.operations import alpha, filters, tone
from picturerail.transform.pixels.operations.table import Operations
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import Effect

Do = Callable[[pyvips.Image, Effect], pyvips.Image]

# On the three colours only, which come as 8-bit sRGB and go as numbers of any kind.
COLOURS: dict[str, Do] = {
    "auto_brightness": tone.auto_brightness,
    "auto_color": tone.auto_color,
    "auto_contrast": tone.auto_contrast,
    "blackwhite": tone.blackwhite,
    "blue": tone.channel,
    "brightness": tone.brightness,
    "brightness_hsb": tone.brightness_hsb,
    "cartoonify": filters.cartoonify,
    "colorize": tone.colorize,
    "contrast": tone.contrast,
    "fill_light": tone.fill_light,
    "gamma": tone.gamma,
    "grayscale": tone.grayscale,
    "green": tone.channel,
    "hue": tone.hue,
    "improve": tone.improve,
    "negate": tone.negate,
    "oil_paint": filters.oil_paint,
    "red": tone.channel,
    "replace_color": tone.replace_color,
    "saturation": tone.saturation,
    "sepia": tone.sepia,
    "sharpen": filters.sharpen,
    "tint": tone.tint,
    "unsharp_mask": filters.unsharp_mask,
    "vibrance": tone.vibrance,
    "vignette": filters.vignette,
}
# On colours and transparency together.
WHOLE: dict[str, Do] = {
    "blur": filters.blur,
    "blur_region": filters.blur_region,
    "make_transparent": alpha.make_transparent,
    "opacity_threshold": alpha.opacity_threshold,
    "outline": alpha.outline,
    "pixelate": filters.pixelate,
    "pixelate_region": filters.pixelate_region,
    "shadow": alpha.shadow,
}


def apply(image: pyvips.Image, step: Effect) -> pyvips.Image:
    """The picture after an effect, as 8-bit sRGB again."""
    if step.name in WHOLE:
        return WHOLE[step.name](image, step)
    changed = COLOURS[step.name](image[:3], step).rint().cast("uchar").copy(interpretation="srgb")
    return changed.bandjoin(image[3]) if image.hasalpha() else changed


OPERATIONS: Operations = {
    Effect: apply,
}
