"""What a plan will cost, estimated before it runs: CPU seconds of one core, from the sizes that the plan knows. Pure.

The rates were measured on photographs of a megapixel. They serve to tell dear plans from cheap ones and to add up
shares, not to promise a time: `tests/transform/test_cost.py` holds how well they order what was measured.
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from types import MappingProxyType

from picturerail import camera_raw
from picturerail.errors import PicturerailError
from picturerail.transform.boxes import Size
from picturerail.transform.grammar import parse
from picturerail.transform.plan import Output, Plan, make_plan
from picturerail.transform.planning.encoding import Encoding
from picturerail.transform.planning.later import context_of
from picturerail.transform.probe import SourceInfo
from picturerail.transform.steps import (
    Bend,
    Clip,
    Crop,
    Distort,
    Effect,
    ImageLayer,
    LoadOptions,
    Lut,
    Orient,
    Overlay,
    Pad,
    Resize,
    Rotate,
    RoundBorder,
    RoundCorners,
    Shear,
    SmartCrop,
    Step,
    TextLayer,
    ToSrgb,
    Trim,
)

BASE = 0.002  # seconds that the smallest picture takes
NANO = 1e-9

# Nanoseconds for each stored pixel, and for each one that comes out of the decoder.
_DECODED: Mapping[str, tuple[float, float]] = MappingProxyType(
    {
        "jpg": (2, 3),
        "png": (12, 1),
        "webp": (8, 11),
        "gif": (9, 1),
        "avif": (24, 1),
        "heic": (16, 2),
        "tiff": (2, 1),
        "bmp": (4, 1),
        "ico": (4, 1),
        "svg": (0, 60),
        **dict.fromkeys(camera_raw.FORMATS, (60, 10)),
    }
)
_ENCODED: Mapping[str, float] = MappingProxyType(
    {"jpg": 8, "png": 48, "webp": 82, "gif": 370, "tiff": 20, "bmp": 8, "ico": 50}
)
_ANIMATED_WEBP = 300.0
_AVIF = ((0, 330.0), (1_000_000, 110.0), (4_000_000, 40.0))  # above so many pixels, with less and less effort

# Nanoseconds for each pixel of the larger of the two pictures, before and after; 10 for all others.
_STEPS: Mapping[type[Step], float] = MappingProxyType(
    {
        Crop: 0,
        SmartCrop: 6,
        Rotate: 22,
        Shear: 60,
        Distort: 160,
        Bend: 250,
        Clip: 60,
        Lut: 400,
        RoundCorners: 40,
        RoundBorder: 110,
        Overlay: 45,
        ToSrgb: 2,
        Orient: 3,
        Trim: 12,
    }
)
_USUAL = 10.0
_ENLARGED, _REDUCED = 30.0, 3.0
_PADDED = MappingProxyType({"": 2.0, "auto": 15.0, "blurred": 70.0})

# Of effects that take more than a few operations on each pixel.
_EFFECTS: Mapping[str, float] = MappingProxyType(
    {
        "auto_brightness": 60,
        "auto_color": 55,
        "auto_contrast": 40,
        "blur": 100,
        "blur_region": 100,
        "cartoonify": 320,
        "fill_light": 30,
        "gamma": 46,
        "improve": 75,
        "make_transparent": 66,
        "oil_paint": 150,
        "outline": 120,
        "assist_colorblind": 50,
        "dropshadow": 70,
        "gradient_fade": 60,
        "redeye": 60,
        "replace_color": 80,
        "simulate_colorblind": 60,
        "shadow": 55,
        "sharpen": 25,
        "unsharp_mask": 50,
        "vibrance": 27,
        "vignette": 48,
    }
)
_LOOKED = 0.01  # seconds of a look at the whole picture, whatever its size
_LETTERS = 60.0  # nanoseconds for each pixel of a text
_OUTLINED = 120.0
_OUTLINE_PIXEL = 1.0  # for each pixel of the line's width


def estimate(plan: Plan) -> float:
    """The CPU seconds that a plan is likely to take."""
    frames = plan.frames
    size = _loaded(plan.load)
    seconds = BASE + _decoding(plan.load) * frames
    seconds += frames * sum(_working(plan.steps, size))
    return seconds + _encoding(plan.encoding, plan.width * plan.height * frames, frames)


def _loaded(load: LoadOptions) -> Size:
    return Size(max(1, load.width // load.shrink), max(1, load.height // load.shrink))


def _decoding(load: LoadOptions) -> float:
    stored, out = _DECODED.get("jpg" if load.preview else load.format, (20, 1))
    size = _loaded(load)
    return (load.width * load.height * stored + size.width * size.height * out) * NANO


def _encoding(encoding: Encoding, pixels: int, frames: int) -> float:
    rate = _ENCODED.get(encoding.format, 0.0)
    if encoding.format == "avif":
        rate = next(rate for above, rate in reversed(_AVIF) if pixels > above or above == 0)
    if encoding.format == "webp" and encoding.animated and frames > 1:
        rate = _ANIMATED_WEBP
    return pixels * (rate + (300 if encoding.palette else 0)) * NANO


def _working(steps: tuple[Step, ...], size: Size) -> list[float]:
    """The seconds of each step on one frame."""
    sizes = [size]
    for step in steps:
        sizes.append(step.size_after(sizes[-1]))
    return [_step(step, *around) for step, around in zip(steps, pairwise(sizes), strict=True)]


def _step(step: Step, before: Size, after: Size) -> float:
    pixels = max(before.width * before.height, after.width * after.height)
    return pixels * _rate(step, before, after) * NANO + _more(step, before)


def _rate(step: Step, before: Size, after: Size) -> float:
    if isinstance(step, Effect):
        return _effect(step, before)
    if isinstance(step, Resize):
        return _ENLARGED if after.width > before.width or after.height > before.height else _REDUCED
    if isinstance(step, Pad):
        return _PADDED[step.style]
    return _STEPS.get(type(step), _USUAL)


def _effect(step: Effect, size: Size) -> float:
    share = step.width * step.height / (size.width * size.height) if step.width else 1.0
    width = [part for part in step.arguments if step.name == "outline" and isinstance(part, int | float)][:1]
    return share * _EFFECTS.get(step.name, _USUAL) + _OUTLINE_PIXEL * float(sum(width))


def _more(step: Step, size: Size) -> float:
    """What a step does beside the picture itself: its layer, or what follows when a size is known."""
    if isinstance(step, SmartCrop) or (isinstance(step, Pad) and step.style == "auto"):
        return _LOOKED
    if isinstance(step, Trim):
        return _rest(step, size)
    if not isinstance(step, Overlay):
        return 0.0
    return _LAYERS[type(step.layer)](step.layer)


def _image_layer(layer: ImageLayer) -> float:
    return _decoding(layer.load) + sum(_working(layer.steps, _loaded(layer.load)))


def _text_layer(layer: TextLayer) -> float:
    """A text of n letters covers about n squares of its size, whether in one line or in several."""
    size = Size(layer.width or max(1, len(layer.text) * layer.size // 2), max(1, layer.size * 2))
    pixels = max(size.width * size.height, len(layer.text) * layer.size**2)
    rate = _LETTERS + (_OUTLINED if layer.stroke else 0)
    return BASE + pixels * rate * NANO + _rest(layer, size)


_LAYERS: dict[type[ImageLayer | TextLayer], Callable[..., float]] = {
    ImageLayer: _image_layer,
    TextLayer: _text_layer,
}


def _rest(step: Trim | TextLayer, size: Size) -> float:
    """What cannot be planned yet, as if nothing were cut away."""
    info = SourceInfo("png", size.width, size.height, has_alpha=True)
    context = context_of(step.foreseen, size.width, size.height)
    try:
        plan = make_plan(parse(step.rest), info, Output("png"), context, opened=True)
    except PicturerailError:
        return 0.0  # the render will say so
    return sum(_working(plan.steps, size))
