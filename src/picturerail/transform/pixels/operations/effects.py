"""Effects by name. Each works on the colours and leaves transparency alone, unless transparency is its point."""

from collections.abc import Callable

from picturerail.transform.pixels.operations import alpha, colour_vision, dither, filters, looks, tone
from picturerail.transform.pixels.operations.table import Operations
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.steps import Effect

Do = Callable[[pyvips.Image, Effect], pyvips.Image]
Measure = Callable[[pyvips.Image, Effect, pyvips.Image], pyvips.Image]

# On the three colours only, which come as 8-bit sRGB and go as numbers of any kind.
COLOURS: dict[str, Do] = {
    "art": looks.art,
    "assist_colorblind": colour_vision.assist,
    "ordered_dither": dither.ordered_dither,
    "recolor": tone.recolor,
    "simulate_colorblind": colour_vision.simulate,
    "blackwhite": tone.blackwhite,
    "blue": tone.channel,
    "brightness": tone.brightness,
    "brightness_hsb": tone.brightness_hsb,
    "colorize": tone.colorize,
    "contrast": tone.contrast,
    "fill_light": tone.fill_light,
    "gamma": tone.gamma,
    "grayscale": tone.grayscale,
    "green": tone.channel,
    "hue": tone.hue,
    "negate": tone.negate,
    "red": tone.channel,
    "saturation": tone.saturation,
    "sepia": tone.sepia,
    "vibrance": tone.vibrance,
    "vignette": filters.vignette,
}
# On the colours, after a look at those that can be seen.
MEASURED: dict[str, Measure] = {
    "auto_brightness": tone.auto_brightness,
    "auto_color": tone.auto_color,
    "auto_contrast": tone.auto_contrast,
    "improve": tone.improve,
    "replace_color": tone.replace_color,
    "tint": tone.tint,
}
# On the colours of each pixel and its neighbours, among which none may be that cannot be seen.
NEIGHBOURING: dict[str, Do] = {
    "cartoonify": filters.cartoonify,
    "oil_paint": filters.oil_paint,
    "sharpen": filters.sharpen,
    "unsharp_mask": filters.unsharp_mask,
}
# On colours and transparency together.
WHOLE: dict[str, Do] = {
    "blur": filters.blur,
    "dropshadow": alpha.dropshadow,
    "gradient_fade": alpha.gradient_fade,
    "redeye": filters.redeye,
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
    changed = _changed(image, step).rint().cast("uchar").copy(interpretation="srgb")
    return changed.bandjoin(image[3]) if image.hasalpha() else changed


def _changed(image: pyvips.Image, step: Effect) -> pyvips.Image:
    if step.name in MEASURED:
        return MEASURED[step.name](image[:3], step, alpha.seen(image))
    if step.name in NEIGHBOURING:
        return NEIGHBOURING[step.name](alpha.filled(image), step)
    return COLOURS[step.name](image[:3], step)


OPERATIONS: Operations = {
    Effect: apply,
}
