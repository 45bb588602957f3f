"""The table of effects (e_): one record for each with its arguments, their ranges and defaults."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from picturerail.transform.language.colours import read_colour
from picturerail.transform.language.values import (
    Choice,
    Kind,
    Number,
    OrWord,
    Scalar,
    UnsupportedError,
    Value,
    as_scalar,
    as_tuple,
)

REGIONAL = ("blur_region", "pixelate_region")  # x_, y_, w_ and h_ beside these say where
MAX_ARGUMENTS = 20  # arguments, where they can be repeated
BLENDS = (
    "multiply",
    "screen",
    "overlay",
    "mask",
)  # only beside fl_layer_apply, or in a layer's own component


@dataclass(frozen=True)
class HexColour:
    """A colour inside an effect, where no second colon may stand: a name, or hex digits."""

    hint: str = "a colour name or hex digits"

    def read(self, text: str) -> Value:  # noqa: D102
        return bytes(read_colour(text)[:3]).hex()

    def show(self, value: Value) -> str:  # noqa: D102
        return str(value)


@dataclass(frozen=True)
class Place:
    """A place on a scale of colours, as in 50p."""

    hint: str = "a place from 0p to 100p"

    def read(self, text: str) -> Value:  # noqa: D102
        if not text.endswith("p"):
            raise ValueError(text)
        return f"{Number(0, 100, whole=True).read(text[:-1])}p"

    def show(self, value: Value) -> str:  # noqa: D102
        return str(value)


@dataclass(frozen=True)
class Argument:
    """One argument of an effect; `default` is None for one that may be left out altogether.

    One with `skipped` may be left out in front of others: what is not of its kind is the next one's.
    """

    name: str
    kind: Kind
    default: Scalar | None
    skipped: bool = False


@dataclass(frozen=True)
class Effect:
    """One effect: what it does, and what may follow its name; then the last `repeated` arguments again and again."""

    name: str
    summary: str
    arguments: Sequence[Argument] = ()
    repeated: int = 0


def _level(low: float, high: float, default: float, name: str = "level") -> Argument:
    return Argument(name, Number(low, high), default)


_BLEND = _level(0, 100, 100, "blend")
_RECORDS = (
    Effect("auto_brightness", "Brings the mean brightness to the middle.", (_BLEND,)),
    Effect("auto_color", "Spreads each colour channel over its whole range.", (_BLEND,)),
    Effect("auto_contrast", "Spreads brightness over its whole range.", (_BLEND,)),
    Effect("blackwhite", "Black below the threshold, white above it.", (_level(0, 100, 50, "threshold"),)),
    Effect("blue", "Less or more blue.", (_level(-100, 100, 0),)),
    Effect("blur", "Gaussian blur; 100 is a deviation of 5 pixels.", (_level(1, 2000, 100),)),
    Effect(
        "blur_region", "Blurs the box x_, y_, w_, h_, or everything without one.", (_level(1, 2000, 100),)
    ),
    Effect("blur_faces", "Blurs all faces.", (_level(1, 2000, 500),)),
    Effect("brightness", "Darker or brighter.", (_level(-99, 100, 80),)),
    Effect("brightness_hsb", "Darker or brighter, colours kept pure.", (_level(-99, 100, 80),)),
    Effect(
        "cartoonify",
        "Flat colours with dark lines.",
        (
            _level(0, 100, 50, "line strength"),
            Argument("colour reduction", OrWord(Number(0, 100), ("bw",)), None),
        ),
    ),
    Effect("colorize", "Blends with the colour co_, grey by default.", (_level(0, 100, 100),)),
    Effect(
        "contrast",
        "Less or more contrast, along a line or an S-shaped curve; also written level_50;type_sigmoidal.",
        (_level(-100, 100, 0), Argument("type", Choice(("linear", "sigmoidal")), None)),
    ),
    Effect("fill_light", "Lightens the shadows.", (_BLEND, _level(-100, 100, 0, "bias"))),
    Effect("gamma", "Brightens or darkens the middle tones.", (_level(-50, 150, 0),)),
    Effect("grayscale", "Shades of grey."),
    Effect("green", "Less or more green.", (_level(-100, 100, 0),)),
    Effect("hue", "Turns all hues; 100 is half a turn.", (_level(-100, 100, 80),)),
    Effect(
        "improve",
        "Better brightness, contrast and colours.",
        (Argument("mode", Choice(("outdoor", "indoor")), "outdoor", skipped=True), _BLEND),
    ),
    Effect(
        "make_transparent",
        "Makes what is like co_ (or the corner) clear.",
        (_level(0, 100, 10, "tolerance"),),
    ),
    Effect("mask", "As a layer: its brightness becomes the transparency below."),
    Effect("multiply", "As a layer: darkens what lies below."),
    Effect("negate", "Negative colours."),
    Effect("oil_paint", "Like an oil painting.", (_level(0, 100, 30),)),
    Effect("opacity_threshold", "Clear below the threshold, opaque above it.", (_level(1, 100, 50),)),
    Effect(
        "outline",
        "A line of colour co_ round what is opaque.",
        (
            Argument("mode", Choice(("outer", "inner", "inner_fill", "fill")), "outer", skipped=True),
            _level(1, 100, 5, "width"),
            _level(0, 2000, 0, "blur"),
        ),
    ),
    Effect("overlay", "As a layer: multiplies the dark and screens the light."),
    Effect("pixelate", "Squares of so many pixels.", (_level(1, 2000, 100, "square"),)),
    Effect("pixelate_faces", "Pixelates all faces.", (_level(1, 2000, 100, "square"),)),
    Effect(
        "pixelate_region",
        "Pixelates the box x_, y_, w_, h_, or everything without one.",
        (_level(1, 2000, 100, "square"),),
    ),
    Effect("red", "Less or more red.", (_level(-100, 100, 0),)),
    Effect(
        "replace_color",
        "Gives what is like `from` (or the strongest colour) the hue of `to`.",
        (
            Argument("to", HexColour(), "red"),
            _level(0, 100, 50, "tolerance"),
            Argument("from", HexColour(), None),
        ),
    ),
    Effect("saturation", "Duller or more colourful.", (_level(-100, 100, 80),)),
    Effect("screen", "As a layer: lightens what lies below."),
    Effect("sepia", "Brown as an old photograph.", (_level(1, 100, 80),)),
    Effect("shadow", "A soft shadow of colour co_ at x_, y_.", (_level(0, 100, 40),)),
    Effect("sharpen", "Sharper edges.", (_level(1, 2000, 100),)),
    Effect(
        "tint",
        "Blends with a scale of colours from dark to light; equalize spreads brightness first.",
        (
            Argument("mode", Choice(("equalize",)), None, skipped=True),
            _level(0, 100, 60, "amount"),
            Argument("colour", HexColour(), "gold"),
            Argument("place", Place(), None, skipped=True),
        ),
        repeated=2,
    ),
    Effect(
        "trim",
        "Cuts off edges of one colour.",
        (_level(0, 100, 10, "tolerance"), Argument("colour", HexColour(), None)),
    ),
    Effect("unsharp_mask", "Sharper edges with a wider filter.", (_level(1, 2000, 100),)),
    Effect("vibrance", "More colour where there is little.", (_level(-100, 100, 20),)),
    Effect("vignette", "Darker towards the edges.", (_level(0, 100, 20),)),
)

EFFECTS = {record.name: record for record in _RECORDS}

# Effects of Cloudinary's that need a trained model or an add-on, or bend the picture.
UNSUPPORTED_EFFECTS = (
    *("adv_redeye", "anti-removal", "art", "assist_colorblind", "background_removal", "bgremoval", "camera"),
    *(
        "accelerate",
        "boomerang",
        "concatenate",
        "cut_out",
        "deshake",
        "displace",
        "distort",
        "dropshadow",
        "enhance",
        "extract",
        "fade",
    ),
    *("gen_background_replace", "gen_fill", "gen_recolor", "gen_remove", "gen_replace", "gen_restore"),
    *(
        "gradient_fade",
        "light",
        "loop",
        "morphology",
        "noise",
        "ordered_dither",
        "preview",
        "progressbar",
        "recolor",
        "redeye",
        "reverse",
    ),
    *(
        "shear",
        "simulate_colorblind",
        "style_transfer",
        "swap_image",
        "theme",
        "transition",
        "upscale",
        "vectorize",
    ),
    *("viesus_correct", "volume", "waveform", "zoompan"),
)


@dataclass(frozen=True)
class EffectKind:
    """The name of an effect and its arguments, all joined by colons; defaults are filled in."""

    hint: str = "the name of an effect and its arguments within their ranges"

    def read(self, text: str) -> Value:  # noqa: D102
        name, *given = _unnamed(text).rstrip(":").split(":")  # an SDK writes e_trim:20: without a colour
        if name in UNSUPPORTED_EFFECTS:
            raise UnsupportedError(name)
        record = EFFECTS.get(name)
        if record is None:
            raise ValueError(f"'{name}' is not the name of an effect")
        return (name, *_arguments(record, given))

    def show(self, value: Value) -> str:  # noqa: D102
        return ":".join(_shown(part) for part in as_tuple(value))


def _unnamed(text: str) -> str:
    """e_contrast in the words of newer SDKs (contrast:level_50;type_linear), its arguments by their places."""
    name, *given = re.split("[:;]", text)
    if name != "contrast" or not any("_" in part for part in given):
        return text
    named = dict(part.split("_", 1) for part in given if "_" in part)
    if set(named) - {"level", "type"} or len(named) < len(given):
        raise ValueError(f"contrast takes level and type, not '{text.removeprefix(name)[1:]}'")
    return f"{name}:{named.get('level', '0')}" + (f":{named['type']}" if "type" in named else "")


def _shown(part: Scalar) -> str:
    return Number(0, 0).show(part) if isinstance(part, int | float) else part


def _arguments(record: Effect, given: list[str]) -> list[Scalar]:
    """The values of all arguments: what is given, else the default, else nothing."""
    values: list[Scalar] = []
    rest, expected = list(given), list(record.arguments)
    while expected:
        argument = expected.pop(0)
        if rest and not (argument.skipped and not _fits(argument, rest[0])):
            values.append(_argument(record, argument, rest.pop(0)))
        elif argument.default is not None:
            values.append(_default(argument))
        if not expected and rest and record.repeated:
            expected = list(record.arguments[-record.repeated :])
    most = MAX_ARGUMENTS if record.repeated else len(record.arguments)
    if rest or len(given) > most:
        raise ValueError(f"{record.name} takes {most} arguments at most")
    return values


def _fits(argument: Argument, text: str) -> bool:
    try:
        argument.kind.read(text)
    except ValueError:
        return False
    return True


def _default(argument: Argument) -> Scalar:
    return as_scalar(argument.kind.read(str(argument.default)))


def _argument(record: Effect, argument: Argument, text: str) -> Scalar:
    try:
        return as_scalar(argument.kind.read(text))
    except ValueError:
        raise ValueError(
            f"the {argument.name} of {record.name} must be {argument.kind.hint}, not '{text}'"
        ) from None
