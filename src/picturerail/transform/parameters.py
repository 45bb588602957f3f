"""The table of URL parameters: one record for each, from which checks, planning and the docs page come."""

from dataclasses import dataclass

from picturerail import image_formats
from picturerail.transform.language.effects import EffectKind
from picturerail.transform.language.expressions import Condition
from picturerail.transform.language.geometry_values import Angle, Background, Border, Radius
from picturerail.transform.language.layers import LayerKind
from picturerail.transform.language.values import (
    Choice,
    Colour,
    Kind,
    Length,
    Names,
    Number,
    OrWord,
    PublicId,
    Quality,
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
    "auto",
    "fill_pad",
)
COMPASS = ("center", "north", "north_east", "east", "south_east", "south", "south_west", "west", "north_west")
FACES = ("face", "faces", "face:center", "faces:center", "face:auto", "faces:auto")
CUSTOM = ("custom", "custom:face", "custom:faces")
AUTO = ("auto", "auto:subject", "auto:face", "auto:faces", "auto:custom")
GRAVITIES = (*COMPASS, *AUTO, *FACES, *CUSTOM, "xy_center")
FORMATS = (*image_formats.WRITABLE, "auto")
FLAGS = (
    "any_format",
    "animated",
    "attachment",
    "awebp",
    "cutter",
    "force_strip",
    "getinfo",
    "ignore_aspect_ratio",
    "immutable_cache",
    "keep_attribution",
    "keep_iptc",
    "layer_apply",
    "lossy",
    "no_overflow",
    "png8",
    "png24",
    "png32",
    "preserve_transparency",
    "progressive",
    "relative",
    "strip_profile",
    "text_disallow_overflow",
    "text_no_trim",
    "tiled",
)
_MORE = (("attachment", ("*",)), ("progressive", ("none", "semi", "steep")))

# Words of Cloudinary's that need an add-on, a trained model, video or a format that is not written here.
_OTHER_MODES = ("imagga_crop", "imagga_scale")
_OTHER_GRAVITIES = (
    *("adv_eyes", "adv_face", "adv_faces", "auto", "body", "custom", "face", "faces", "liquid", "ocr_text"),
    "track_person",
)
_OTHER_FORMATS = (
    *(
        "3ds",
        "ai",
        "bmp",
        "djvu",
        "eps",
        "fbx",
        "flif",
        "glb",
        "gltz",
        "heic",
        "heif",
        "ico",
        "indd",
        "jp2",
        "jpc",
    ),
    *(
        "jxl",
        "jxr",
        "m3u8",
        "mov",
        "mp3",
        "mp4",
        "mpd",
        "obj",
        "ogv",
        "pdf",
        "ps",
        "psd",
        "svg",
        "tga",
        "tif",
    ),
    *("tiff", "usdz", "wav", "wdp", "webm"),
)
_OTHER_SPACES = ("cmyk", "copy", "icc", "keep_cmyk")
_OTHER_FLAGS = (
    *("alternate", "apng", "c2pa", "clip", "clip_evenodd", "draco", "force_icc", "group4", "hlsv3"),
    *("ignore_mask_channels", "keep_dar", "mono", "no_stream", "original", "rasterize", "region_relative"),
    *("replace_image", "sanitize", "splice", "sprite", "streaming_attachment", "tiff8_lzw", "truncate_ts"),
    "waveform",
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
        "ignore leaves the camera's orientation flag unheeded; auto_right and auto_left turn a picture that lies "
        "across the box of w_ and h_, before resizing.",
        "w_120/a_20",
    ),
    Parameter(
        "ar",
        "aspect ratio",
        Ratio(),
        "Together with w_ or h_ gives the other one; alone, the largest area of that ratio.",
        "c_fill,w_120,ar_1:1",
    ),
    Parameter(
        "b",
        "background",
        Background(),
        "Colour behind transparent parts and of padding; beside padding also blurred (the picture itself) and "
        "auto: the colour of its edges (border) or the most frequent one (predominant); with _gradient two of them, "
        "horizontal, vertical, diagonal_desc or diagonal_asc, or four, one in each corner; with _contrast the colour "
        "of the picture that stands out most from each.",
        "c_pad,w_120,h_120,b_gold",
    ),
    Parameter(
        "bo",
        "border",
        Border(),
        "A border round the picture, which grows by it; it follows rounded corners.",
        "c_fill,w_110,h_110,r_20,bo_5px_solid_teal",
    ),
    Parameter(
        "c",
        "crop mode",
        Choice(CROP_MODES, (("auto_pad", "fill_pad"),), _OTHER_MODES),
        "How the picture is brought to w_ and h_. Without it, w_ and h_ scale. auto_pad is another word for fill_pad.",
        "c_fill,w_120,h_120",
    ),
    Parameter(
        "co",
        "colour",
        Colour(),
        "Colour of a text layer, and of the effects colorize, shadow, outline and make_transparent.",
        "w_120,e_colorize:50,co_orange",
    ),
    Parameter(
        "cs",
        "colour space",
        Choice(("srgb", "tinysrgb", "no_cmyk"), (("srgb:truecolor", "srgb"),), _OTHER_SPACES),
        "All answers are sRGB without a profile, which is what each of these words asks for.",
        "w_120,cs_srgb",
    ),
    Parameter(
        "d",
        "default image",
        PublicId(),
        "Public id of the picture that is sent when the one asked for does not exist.",
        "w_120,d_placeholders:none.png",
    ),
    Parameter(
        "dn",
        "density",
        Number(1, 2400, whole=True),
        "Dots per inch that are written into a JPEG or PNG; pixels stay as they are.",
        "w_120,dn_300",
    ),
    Parameter(
        "dpr",
        "device pixel ratio",
        OrWord(Number(0.1, 10), ("auto",)),
        "Multiplies the sizes that are given in pixels; auto follows the browser's Sec-CH-DPR.",
        "c_fit,w_60,dpr_2.0",
    ),
    Parameter(
        "e",
        "effect",
        EffectKind(),
        "An effect; the table below lists them all.",
        "w_120,e_sepia",
    ),
    Parameter(
        "f",
        "format",
        Choice(
            FORMATS,
            (("jpeg", "jpg"), ("jpe", "jpg"), ("auto:image", "auto"), ("auto:animated", "auto")),
            _OTHER_FORMATS,
        ),
        "Format of the answer; wins over the extension. auto chooses from what the browser accepts. In the place of "
        "an AVIF of more than 12 megapixels, whose encoder would need too much memory, WebP is sent.",
        "w_120,f_webp",
    ),
    Parameter(
        "fl",
        "flags",
        Words(FLAGS, _MORE, _OTHER_FLAGS),
        "Switches; several are joined by dots. The table below lists them all.",
        "w_120,h_120,fl_ignore_aspect_ratio",
    ),
    Parameter(
        "g",
        "gravity",
        Choice(GRAVITIES, unsupported=_OTHER_GRAVITIES),
        "Which part is kept when cropping, and where the picture or layer lies when padding or placing. auto looks "
        "for what draws the eye; face and faces look for faces, custom for the custom_coordinates of the upload, and "
        "take the middle when there are none (custom:face looks for faces then).",
        "c_fill,w_120,h_60,g_north",
    ),
    Parameter("h", "height", Length(1), "Target height.", "c_scale,h_80"),
    Parameter(
        "if",
        "condition",
        Condition(),
        "Does its component, or all components up to if_else or if_end, only when the condition holds.",
        "if_ar_gt_1:1,w_120/if_else,h_120",
    ),
    Parameter(
        "l",
        "layer",
        LayerKind(),
        "Puts another picture or a text on this one. Components up to fl_layer_apply change the layer; that one "
        "places it by g_, x_ and y_.",
        "w_120/l_text:Arial_20_bold:Hello,co_white/fl_layer_apply,g_south,y_5",
    ),
    Parameter("o", "opacity", Number(0, 100), "Makes the picture or layer partly transparent.", "w_120,o_50"),
    Parameter("pg", "page", Number(1, 10000, whole=True), "One frame of an animation, from 1.", "pg_1,w_120"),
    Parameter(
        "q",
        "quality",
        Quality(),
        "Quality of lossy formats; auto chooses it for each picture.",
        "w_120,q_auto:eco",
    ),
    Parameter(
        "r",
        "radius",
        Radius(),
        "Rounds the corners; max makes an ellipse, and among others half of the shorter side.",
        "c_fill,w_120,h_120,r_max",
    ),
    Parameter(
        "t",
        "named transformation",
        Names(),
        "Stands for the components that are stored under this name.",
        "t_thumbnail",
    ),
    Parameter(
        "u",
        "underlay",
        LayerKind(),
        "Like l_, but behind the picture.",
        "w_120,r_max/u_text:Arial_40:Behind/fl_layer_apply",
    ),
    Parameter(
        "w",
        "width",
        OrWord(Length(1), ("auto",)),
        "Target width; auto follows the browser's Sec-CH-Width, and without it changes nothing.",
        "c_scale,w_120",
    ),
    Parameter(
        "x",
        "horizontal offset",
        Length(-100000),
        "Left edge when cropping, or the distance from the side that gravity names.",
        "c_crop,w_120,h_80,x_40,y_20",
    ),
    Parameter(
        "y",
        "vertical offset",
        Length(-100000),
        "Top edge when cropping, or the distance from the side that gravity names.",
        "c_crop,w_120,h_80,x_40,y_20",
    ),
    Parameter(
        "z",
        "zoom",
        Number(0.01, 10),
        "How closely c_crop and c_thumb cut round a face: below 1 shows more, above 1 less.",
        "c_thumb,g_face,w_100,h_100,z_0.7",
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
