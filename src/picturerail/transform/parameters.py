"""The table of URL parameters: one record for each, from which checks, planning and the docs page come."""

from dataclasses import dataclass

from picturerail import image_formats
from picturerail.transform.language import reasons
from picturerail.transform.language.effects import EffectKind
from picturerail.transform.language.expressions import Condition
from picturerail.transform.language.geometry_values import (
    Angle,
    Background,
    Border,
    ColourSpace,
    Gravity,
    Radius,
)
from picturerail.transform.language.layers import LayerKind
from picturerail.transform.language.values import (
    Choice,
    Colour,
    Kind,
    Length,
    Names,
    Number,
    OrWord,
    PageNumber,
    PublicId,
    Quality,
    Ratio,
    Width,
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
AUTO = (
    *("auto", "auto:subject", "auto:classic", "auto:face", "auto:faces", "auto:custom"),
    *("auto:custom_no_override", "auto:no_faces", "auto:none"),
)
GRAVITIES = (*COMPASS, *AUTO, *FACES, *CUSTOM, "xy_center")
FORMATS = (*image_formats.WRITABLE, "auto")
FLAGS = (
    *("any_format", "animated", "apng", "attachment", "awebp", "clip", "clip_evenodd", "cutter", "force_icc"),
    *("force_strip", "getinfo", "ignore_aspect_ratio", "ignore_mask_channels", "immutable_cache"),
    *("keep_attribution", "keep_iptc", "layer_apply", "lossy", "no_overflow", "original", "png8", "png24"),
    *(
        "png32",
        "preserve_transparency",
        "progressive",
        "rasterize",
        "region_relative",
        "relative",
        "sanitize",
    ),
    *("strip_profile", "text_disallow_overflow", "text_no_trim", "tiff8_lzw", "tiled"),
)
_MORE = (("attachment", ("*",)), ("progressive", ("none", "semi", "steep")))

# Words of Cloudinary's that are not here, and why.
_OTHER_MODES = dict.fromkeys(("imagga_crop", "imagga_scale"), reasons.ADD_ON)
_OTHER_GRAVITIES = {
    **dict.fromkeys(("adv_eyes", "adv_face", "adv_faces", "ocr_text"), reasons.ADD_ON),
    **dict.fromkeys(("auto", "body", "custom", "face", "faces", "track_person"), reasons.MODEL),
    "liquid": "rows and columns are not carved out of pictures; c_fill with g_auto cuts them",
}
OTHER_FORMATS = {
    **dict.fromkeys(("3ds", "fbx", "glb", "gltf", "gltz", "obj", "ply", "u3ma", "usdz"), reasons.THREE_D),
    **dict.fromkeys(
        (
            *(
                "auto:video",
                "3g2",
                "3gp",
                "aac",
                "aiff",
                "amr",
                "avi",
                "flac",
                "flv",
                "m2ts",
                "m3u8",
                "m4a",
                "m4v",
            ),
            *(
                "mkv",
                "mov",
                "mp2",
                "mp3",
                "mp4",
                "mpd",
                "mpeg",
                "mts",
                "mxf",
                "ogg",
                "ogv",
                "opus",
                "ts",
                "wav",
            ),
            *("webm", "wmv"),
        ),
        reasons.VIDEO,
    ),
    **dict.fromkeys(("ai", "eps", "eps3", "ept", "indd", "pdf", "ps", "psd", "svg"), reasons.DOCUMENT),
    **dict.fromkeys(("djvu", "flif", "hdp", "heic", "heif", "jxl", "jxr", "wdp"), reasons.WRITER),
    **dict.fromkeys(("jp2", "jpc", "tga"), reasons.UNSEEN),
}
_OTHER_FLAGS = {
    **dict.fromkeys(
        (
            *("alternate", "hlsv3", "keep_dar", "mono", "no_stream", "splice", "streaming_attachment"),
            *("truncate_ts", "waveform"),
        ),
        reasons.VIDEO,
    ),
    **dict.fromkeys(("draco", "replace_image"), reasons.THREE_D),
    "c2pa": "answers carry no signed history; who made a picture stays with fl_keep_attribution",
    "group4": "TIFFs are written in colour, and compressed by LZW",
    "sprite": "sprites have an address of their own (/image/sprite/TAG)",
}


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
        ColourSpace(),
        "All answers are sRGB without a profile, which is what srgb, tinysrgb, copy and no_cmyk ask for. cmyk makes a "
        "JPEG or TIFF of four inks, keep_cmyk where the picture is one already; icc: and the public_id of a raw file "
        "takes the colours of that profile, which goes into the file.",
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
        "dl",
        "delay",
        Number(1, 65535, whole=True),
        "Milliseconds that each frame of an animation is shown.",
        "w_120,dl_200",
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
            (*image_formats.OTHER_NAMES, ("auto:image", "auto"), ("auto:animated", "auto")),
            OTHER_FORMATS,
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
        Gravity(GRAVITIES, _OTHER_GRAVITIES),
        "Which part is kept when cropping, and where the picture or layer lies when padding or placing. auto looks "
        "for what draws the eye; face and faces look for faces, custom for the custom_coordinates of the upload, and "
        "take the middle when there are none (custom:face looks for faces then). custom_coordinates win over auto, but "
        "for auto:custom_no_override and auto:none.",
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
        "places it by g_, x_ and y_, and what else stands in it is done to the layer last of all. Beside a text, "
        "c_fit with a w_ in pixels breaks it into lines; any other size is that of what was drawn.",
        "w_120/l_text:Arial_20_bold:Hello,co_white/fl_layer_apply,g_south,y_5",
    ),
    Parameter("o", "opacity", Number(0, 100), "Makes the picture or layer partly transparent.", "w_120,o_50"),
    Parameter(
        "pg",
        "page",
        PageNumber(1, 10000, whole=True),
        "One frame of an animation or page of a TIFF, from 1; of the layer in which it stands.",
        "pg_1,w_120",
    ),
    Parameter(
        "q",
        "quality",
        Quality(),
        "Quality of lossy formats; auto chooses it for each picture; auto:sensitive is taken for auto:best.",
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
        Width(Length(1)),
        "Target width; auto follows the browser's Sec-CH-Width, in steps, and without it changes nothing. With "
        "breakpoints it is the next of so many widths between two (w_auto:breakpoints_200_1000_20_5); :json lists "
        "them.",
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
    **{
        key: (name, reasons.VIDEO)
        for key, name in (
            ("ac", "audio codec"),
            ("af", "audio frequency"),
            ("bl", "baseline"),
            ("br", "bit rate"),
            ("du", "duration"),
            ("eo", "end offset"),
            ("fps", "frames per second"),
            ("ki", "keyframe interval"),
            ("so", "start offset"),
            ("sp", "streaming profile"),
            ("vc", "video codec"),
            ("vs", "video sampling"),
        )
    },
    "fn": ("custom function", "no program of a visitor is run"),
    "p": ("prefix", "classes in the style sheet of a sprite are named by the public_ids alone"),
}
# Of these, what means something in the addresses of sprites only: anywhere else it begins the name of a folder.
OF_SPRITES = frozenset(("p",))
