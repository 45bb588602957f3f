"""The table of URL parameters: one record for each, from which checks, planning and the docs page come."""

from dataclasses import dataclass

from picturerail.transform.language.values import (
    Angle,
    Choice,
    Colour,
    Kind,
    Length,
    Number,
    Quality,
    Radius,
    Ratio,
    Words,
)

CROP_MODES = (
    "scale",
    "fit",
    "limit",
    "mfit",
    "fill",
    "lfill",
    "pad",
    "lpad",
    "mpad",
    "crop",
    "thumb",
)
COMPASS = ("center", "north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west")
FORMATS = ("jpg", "png", "webp", "avif", "gif", "auto")
FLAGS = (
    "any_format",
    "animated",
    "attachment",
    "awebp",
    "force_strip",
    "ignore_aspect_ratio",
    "immutable_cache",
    "lossy",
    "no_overflow",
    "png8",
    "preserve_transparency",
    "progressive",
    "strip_profile",
)


@dataclass(frozen=True)
class Parameter:
    """One URL parameter: `key` stands before the underscore, `kind` reads and checks what follows it."""

    key: str
    name: str
    kind: Kind
    summary: str
    example: str


_RECORDS = (
    Parameter(
        "a",
        "angle",
        Angle(),
        "Turns the picture after resizing; the corners that appear are transparent. hflip and vflip mirror it. "
        "ignore leaves the camera's orientation flag unheeded.",
        "a_90",
    ),
    Parameter(
        "ar",
        "aspect ratio",
        Ratio(),
        "Together with w_ or h_ gives the other one; alone, the largest area of that ratio.",
        "c_fill,w_200,ar_1:1",
    ),
    Parameter(
        "b",
        "background",
        Colour(),
        "Colour behind transparent parts and of padding.",
        "c_pad,w_200,h_200,b_gold",
    ),
    Parameter(
        "c",
        "crop mode",
        Choice(CROP_MODES),
        "How the picture is brought to w_ and h_. Without it, w_ and h_ scale.",
        "c_fill,w_200,h_200",
    ),
    Parameter(
        "dpr",
        "device pixel ratio",
        Number(0.1, 10),
        "Multiplies the sizes that are given in pixels.",
        "c_fit,w_100,dpr_2.0",
    ),
    Parameter(
        "f",
        "format",
        Choice(FORMATS, aliases=(("jpeg", "jpg"), ("jpe", "jpg"))),
        "Format of the answer; wins over the extension. auto chooses from what the browser accepts.",
        "f_webp",
    ),
    Parameter(
        "fl",
        "flags",
        Words(FLAGS),
        "Switches; several are joined by dots.",
        "w_120,h_120,c_scale,fl_ignore_aspect_ratio",
    ),
    Parameter(
        "g",
        "gravity",
        Choice(COMPASS),
        "Which part is kept when cropping, and where the picture lies when padding.",
        "c_fill,w_200,h_100,g_north",
    ),
    Parameter("h", "height", Length(1), "Target height.", "c_scale,h_120"),
    Parameter(
        "q",
        "quality",
        Quality(),
        "Quality of lossy formats; auto chooses it for each picture.",
        "w_200,q_auto:eco",
    ),
    Parameter(
        "r", "radius", Radius(), "Rounds the corners; max makes an ellipse.", "c_fill,w_200,h_200,r_max"
    ),
    Parameter("w", "width", Length(1), "Target width.", "c_scale,w_120"),
    Parameter(
        "x",
        "horizontal offset",
        Length(-100000),
        "Left edge when cropping, or the distance from the side that gravity names.",
        "c_crop,w_200,h_200,x_40,y_20",
    ),
    Parameter(
        "y",
        "vertical offset",
        Length(-100000),
        "Top edge when cropping, or the distance from the side that gravity names.",
        "c_crop,w_200,h_200,x_40,y_20",
    ),
)

PARAMETERS = {record.key: record for record in _RECORDS}

# Keys of Cloudinary's that this service does not know how to do: a clear refusal, never a silent omission.
UNSUPPORTED = {
    "ac": "audio codec",
    "af": "audio frequency",
    "bl": "baseline",
    "br": "bit rate",
    "dl": "delay",
    "du": "duration",
    "eo": "end offset",
    "fn": "custom function",
    "fps": "frames per second",
    "ki": "keyframe interval",
    "so": "start offset",
    "sp": "streaming profile",
    "vc": "video codec",
    "vs": "video sampling",
}
