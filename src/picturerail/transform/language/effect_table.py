"""The table of effects (e_): one record for each with its arguments, their ranges and defaults."""

from collections.abc import Sequence
from dataclasses import dataclass

from picturerail.transform.language import reasons
from picturerail.transform.language.colours import read_colour
from picturerail.transform.language.looks import LOOKS
from picturerail.transform.language.values import Choice, Kind, Level, Number, OrWord, Scalar, Value

REGIONAL = ("blur_region", "pixelate_region")  # x_, y_, w_ and h_ beside these say where
COLOUR_BLINDNESS = (
    *("protanopia", "deuteranopia", "tritanopia", "protanomaly", "deuteranomaly", "tritanomaly"),
    *("cone_monochromacy", "rod_monochromacy"),
)
PLACED = ("shadow", "gradient_fade")  # x_ and y_ beside these are theirs
# only beside fl_layer_apply, or in a layer's own component
BLENDS = ("multiply", "screen", "overlay", "mask")


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
class EffectRecord:
    """One effect: what it does, and what may follow its name; then the last `repeated` arguments again and again."""

    name: str
    summary: str
    arguments: Sequence[Argument] = ()
    repeated: int = 0
    example: str = ""  # where the name alone says too little

    @property
    def sample(self) -> str:
        """A text that asks for this effect."""
        return self.example or self.name


def _level(low: float, high: float, default: float, name: str = "level") -> Argument:
    """Addresses with e_blur:10000 or e_saturation:200 are all over the web: Cloudinary draws its strongest then."""
    return Argument(name, Level(low, high), default)


_BLEND = _level(0, 100, 100, "blend")
_RECORDS = (
    EffectRecord(
        "art", "A look, as of old photographs and films.", (Argument("look", Choice(tuple(LOOKS)), "audrey"),)
    ),
    EffectRecord(
        "assist_colorblind",
        "Stripes on what is red, of this strength; xray tells red and green apart by blue and yellow.",
        (Argument("strength", OrWord(Level(1, 100), ("xray",)), 10),),
    ),
    EffectRecord("auto_brightness", "Brings the mean brightness to the middle.", (_BLEND,)),
    EffectRecord("auto_color", "Spreads each colour channel over its whole range.", (_BLEND,)),
    EffectRecord("auto_contrast", "Spreads brightness over its whole range.", (_BLEND,)),
    EffectRecord(
        "blackwhite", "Black below the threshold, white above it.", (_level(0, 100, 50, "threshold"),)
    ),
    EffectRecord("blue", "Less or more blue.", (_level(-100, 100, 0),)),
    EffectRecord("blur", "Gaussian blur; 100 is a deviation of 5 pixels.", (_level(1, 2000, 100),)),
    EffectRecord(
        "blur_region", "Blurs the box x_, y_, w_, h_, or everything without one.", (_level(1, 2000, 100),)
    ),
    EffectRecord("blur_faces", "Blurs all faces.", (_level(1, 2000, 500),)),
    # documented up to 100; the oldest example of Cloudinary's, copied ever since, says brightness:200
    EffectRecord("brightness", "Darker or brighter.", (_level(-99, 200, 80),)),
    EffectRecord("brightness_hsb", "Darker or brighter, colours kept pure.", (_level(-99, 100, 80),)),
    EffectRecord(
        "cartoonify",
        "Flat colours with dark lines; bw in black and white.",
        (
            Argument("line strength", Level(0, 100), 50, skipped=True),
            Argument("colour reduction", OrWord(Level(0, 100), ("bw",)), None),
        ),
    ),
    EffectRecord("colorize", "Blends with the colour co_, grey by default.", (_level(0, 100, 100),)),
    EffectRecord(
        "contrast",
        "Less or more contrast, along a line or an S-shaped curve; also written level_50;type_sigmoidal.",
        (_level(-100, 100, 0), Argument("type", Choice(("linear", "sigmoidal")), None)),
    ),
    EffectRecord(
        "distort",
        "Brings each corner to a place, from the top left clockwise (x1:y1:x2:y2:x3:y3:x4:y4), or bends along an arc "
        "(arc:180; arc:-180 the other way up).",
        (
            Argument("first", OrWord(Number(-20000, 20000), ("arc",)), "arc"),
            Argument("number", Number(-20000, 20000), None),
        ),
        repeated=1,
    ),
    EffectRecord(
        "dropshadow",
        "The shadow of a light from a direction and a height; azimuth_215;elevation_45;spread_50.",
        (_level(0, 360, 215, "azimuth"), _level(0, 90, 45, "elevation"), _level(0, 100, 50, "spread")),
    ),
    EffectRecord("fill_light", "Lightens the shadows.", (_BLEND, _level(-100, 100, 0, "bias"))),
    EffectRecord("gamma", "Brightens or darkens the middle tones.", (_level(-50, 150, 0),)),
    EffectRecord(
        "gradient_fade",
        "Fades towards the edge that x_ and y_ name, or towards both; symmetric_pad fades into b_.",
        (
            Argument("type", Choice(("symmetric", "symmetric_pad")), None, skipped=True),
            _level(0, 100, 20, "strength"),
        ),
    ),
    EffectRecord("grayscale", "Shades of grey."),
    EffectRecord("green", "Less or more green.", (_level(-100, 100, 0),)),
    EffectRecord("hue", "Turns all hues; 100 is half a turn.", (_level(-100, 100, 80),)),
    EffectRecord(
        "improve",
        "Better brightness, contrast and colours.",
        (Argument("mode", Choice(("outdoor", "indoor")), "outdoor", skipped=True), _BLEND),
    ),
    EffectRecord(
        "make_transparent",
        "Makes what is like co_ (or the corner) clear.",
        (_level(0, 100, 10, "tolerance"),),
    ),
    EffectRecord(
        "loop",
        "How often an animation is repeated; 0 is for ever.",
        (Argument("times", Number(0, 65535, whole=True), 0),),
    ),
    EffectRecord("mask", "As a layer: its brightness becomes the transparency below."),
    EffectRecord("multiply", "As a layer: darkens what lies below."),
    EffectRecord("negate", "Negative colours."),
    EffectRecord("oil_paint", "Like an oil painting.", (_level(0, 100, 30),)),
    EffectRecord("opacity_threshold", "Clear below the threshold, opaque above it.", (_level(1, 100, 50),)),
    EffectRecord(
        "outline",
        "A line of colour co_ round what is opaque.",
        (
            Argument("mode", Choice(("outer", "inner", "inner_fill", "fill")), "outer", skipped=True),
            _level(1, 100, 5, "width"),
            _level(0, 2000, 0, "blur"),
        ),
    ),
    EffectRecord(
        "ordered_dither",
        "Few colours in a pattern: 0 none, 1 to 5 dispersed, 6 to 12 and 13 to 18 dots as in print.",
        (Argument("pattern", Number(0, 18, whole=True), 0),),
    ),
    EffectRecord("overlay", "As a layer: multiplies the dark and screens the light."),
    EffectRecord("pixelate", "Squares of so many pixels.", (_level(1, 2000, 100, "square"),)),
    EffectRecord("pixelate_faces", "Pixelates all faces.", (_level(1, 2000, 100, "square"),)),
    EffectRecord(
        "pixelate_region",
        "Pixelates the box x_, y_, w_, h_, or everything without one.",
        (_level(1, 2000, 100, "square"),),
    ),
    EffectRecord(
        "recolor",
        "Each colour as a sum of all three: three or four rows of numbers.",
        (Argument("number", Number(-100, 100), None),),
        repeated=1,
        example="recolor:0.3:0.7:0.1:0.3:0.6:0.1:0.2:0.5:0.1",
    ),
    EffectRecord("redeye", "Takes the red of a flash out of the eyes of faces."),
    EffectRecord("red", "Less or more red.", (_level(-100, 100, 0),)),
    EffectRecord(
        "replace_color",
        "Gives what is like `from` (or the strongest colour) the hue of `to`.",
        (
            Argument("to", HexColour(), "red"),
            _level(0, 100, 50, "tolerance"),
            Argument("from", HexColour(), None),
        ),
    ),
    EffectRecord("saturation", "Duller or more colourful.", (_level(-100, 100, 80),)),
    EffectRecord("screen", "As a layer: lightens what lies below."),
    EffectRecord("sepia", "Brown as an old photograph.", (_level(1, 100, 80),)),
    EffectRecord(
        "shear",
        "Pushes rows to the side and columns down, by angles.",
        (Argument("x", Number(-85, 85), 0), Argument("y", Number(-85, 85), 0)),
    ),
    EffectRecord(
        "simulate_colorblind",
        "As somebody sees it who is colour-blind.",
        (Argument("condition", Choice(COLOUR_BLINDNESS), "deuteranopia"),),
    ),
    EffectRecord("shadow", "A soft shadow of colour co_ at x_, y_.", (_level(0, 100, 40),)),
    EffectRecord("sharpen", "Sharper edges.", (_level(1, 2000, 100),)),
    EffectRecord(
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
    EffectRecord(
        "trim",
        "Cuts off edges of one colour.",
        (_level(0, 100, 10, "tolerance"), Argument("colour", HexColour(), None)),
    ),
    EffectRecord("unsharp_mask", "Sharper edges with a wider filter.", (_level(1, 2000, 100),)),
    EffectRecord("vibrance", "More colour where there is little.", (_level(-100, 100, 20),)),
    EffectRecord("vignette", "Darker towards the edges.", (_level(0, 100, 20),)),
)

EFFECTS = {record.name: record for record in _RECORDS}


# Effects of Cloudinary's that are not here, and why.
UNSUPPORTED_EFFECTS = {
    "anti_removal": "it changes a layer at random, and answers would differ from one time to the next",
    **dict.fromkeys(
        (
            *("background_removal", "bgremoval", "enhance", "extract", "gen_background_replace", "gen_fill"),
            *(
                "gen_recolor",
                "gen_remove",
                "gen_replace",
                "gen_restore",
                "upscale",
                "style_transfer",
                "cut_out",
            ),
        ),
        reasons.MODEL,
    ),
    **dict.fromkeys(("adv_redeye", "lightroom", "viesus_correct"), reasons.ADD_ON),
    **dict.fromkeys(
        (
            *(
                "accelerate",
                "boomerang",
                "concatenate",
                "deshake",
                "noise",
                "fade",
                "preview",
                "progressbar",
                "reverse",
            ),
            *("transition", "volume", "waveform", "zoompan"),
        ),
        reasons.VIDEO,
    ),
    **dict.fromkeys(("camera", "light", "swap_image"), reasons.THREE_D),
    "morphology": "its many kernels are not here; e_outline and e_oil_paint do what it is mostly used for",
    "displace": "it bends a picture by the brightness of another; e_distort and e_shear bend it by numbers",
    "theme": "what it does to screenshots is not documented well enough to do the same",
    "vectorize": "answers are pixels, not drawings",
    "anti-removal": "what it does to a watermark is kept secret, and would have to be",
}
