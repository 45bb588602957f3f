"""The reference page of URL parameters, made from their table: python -m picturerail.transform.reference."""

from collections.abc import Iterator
from pathlib import Path

from picturerail.transform.language import reasons
from picturerail.transform.language.effect_table import EFFECTS, UNSUPPORTED_EFFECTS, Argument, EffectRecord
from picturerail.transform.language.layers import UNSUPPORTED_LAYERS
from picturerail.transform.parameters import FLAGS, PARAMETERS, UNSUPPORTED

PAGE = Path("docs/transformations.md")

_FLAG_TEXTS = {
    "any_format": "Accepted; the format is chosen by f_ and the browser alone.",
    "animated": "Accepted; animations stay animated in GIF and WebP anyway.",
    "apng": "With f_png: an animation stays one (APNG).",
    "attachment": "The browser saves the picture; fl_attachment:name gives the name.",
    "awebp": "Accepted; animated pictures stay animated in WebP anyway.",
    "clip": "Clears what lies outside the clipping path that the file carries.",
    "clip_evenodd": "The same; what two of its outlines surround is outside.",
    "cutter": "The layer's shape is cut out of the picture.",
    "force_icc": "The file says by a profile that it is sRGB.",
    "force_strip": "Strips all metadata, as is done anyway: wins over keep_iptc.",
    "getinfo": "Answers JSON with format, size and bytes of the picture as stored (input) and as sent (output).",
    "ignore_aspect_ratio": "The side that is not given stays as it is.",
    "ignore_mask_channels": "Accepted; further channels of TIFFs are left out anyway.",
    "immutable_cache": "Accepted; versioned addresses are immutable anyway.",
    "keep_attribution": "Keeps who made it and whose it is, as keep_iptc does.",
    "keep_iptc": "Keeps who made it and whose it is: Artist and Copyright of EXIF; in JPEG also by-line, credit, "
    "source and copyright notice of IPTC. Nothing else is kept.",
    "layer_apply": "Ends a layer and places it.",
    "lossy": "A palette for PNG.",
    "no_overflow": "A layer that stands over does not enlarge the canvas.",
    "original": "Accepted; the stored file itself is sent where nothing is changed.",
    "png8": "PNG with a palette of 256 colours.",
    "png24": "PNG without a palette, whatever else is asked for.",
    "png32": "PNG without a palette, whatever else is asked for.",
    "preserve_transparency": "Accepted; transparency is kept wherever the format has it.",
    "progressive": "Progressive JPEG or interlaced PNG; so do :semi and :steep. q_auto does it by itself, unless :none "
    "is asked for.",
    "rasterize": "Accepted; drawings are turned into pixels anyway.",
    "region_relative": "Decimals in a layer's w_ and h_ are fractions of what its g_ names: faces, or custom regions.",
    "relative": "Decimals in a layer's w_ and h_ are fractions of the picture below.",
    "sanitize": "Accepted; drawings (SVG) are sanitised anyway.",
    "strip_profile": "Accepted; derived pictures are sRGB and carry no profile.",
    "text_disallow_overflow": "A text that stands over the picture is a 400.",
    "text_no_trim": "A text keeps a little room around it.",
    "tiff8_lzw": "Accepted; TIFFs are written with 8 bits and LZW anyway.",
    "tiled": "The layer is repeated all over the picture.",
}

_HEAD = """# Transformations in URLs

Resize, crop, convert and decorate pictures by their address:

```
http://127.0.0.1:8000/picturerail/image/upload/c_fill,w_400,h_300/f_auto,q_auto/sample
```

A parameter is a name, an underscore and a value. This page is made from the table of parameters
(`python -m picturerail.transform.reference`); a test fails when it is out of date.

A transformation stands in a delivery URL before the version, as in
`/<cloud>/image/upload/c_fill,w_200,h_200/r_max/v1/sample.jpg`. Components are separated by slashes and apply in
order; parameters are separated by commas, in any order. What one component asks for is done in this order:
condition and variables, resizing, effect, rounded corners, border, opacity, angle, background. The words and rules
are those of [Cloudinary's reference](https://cloudinary.com/documentation/transformation_reference). Anything
unknown or misplaced, and a number out of its range, is answered with 400 and a sentence, also in the header
`X-Cld-Error`.
A mode without a size (`c_fill`) and a place where nothing is placed (`c_fit,g_north`) change nothing.

Numbers in `w_ h_ x_ y_` are pixels when whole (`w_200`) and fractions of the current size when decimal (`w_0.5`).
Sizes that come out broken are rounded half up. Wherever a number may stand, a formula may stand too: `w_iw_div_2`,
`w_$size_mul_2`, with `add sub mul div mod pow` and the names `w h ar` (now), `iw ih iar` (at first), `fc` (faces),
`pc cp` (pages), `tags`, and `ctx:!key!` and `md:!key!` for values of context and metadata. `$size_200` sets a
variable, `$name_!text!` one with text, which `$(name)` in a text layer shows. Conditions compare with
`eq ne lt gt lte gte in nin` and join with `and` and `or`. Cloudinary's `ils tar idn px py pgnames du idu` are not here,
and refused with the reason.
"""


def page() -> str:
    """The whole page."""
    return "\n".join([_HEAD, *_parameters(), "", *_effects(), "", *_flags(), "", *_unsupported(), ""])


def _parameters() -> list[str]:
    rows = ["## Parameters", "", "| key | what it does | value | example |", "|---|---|---|---|"]
    for record in PARAMETERS.values():
        text = f"**{record.name}.** {record.summary}"
        rows.append(f"| `{record.key}_` | {text} | {_cell(record.kind.hint)} | `{record.example}` |")
    return rows


def _effects() -> list[str]:
    rows = ["## Effects", "", "| effect | what it does | arguments (default) |", "|---|---|---|"]
    return rows + [
        f"| `e_{record.name}` | {record.summary} | {_arguments(record)} |" for record in EFFECTS.values()
    ]


def _arguments(record: EffectRecord) -> str:
    text = "; ".join(_argument(argument) for argument in record.arguments)
    return f"{text}; the last ones may be repeated" if record.repeated else text


def _argument(argument: Argument) -> str:
    default = "may be left out" if argument.default is None else f"{argument.default}"
    default += ", may be left out in front" if argument.skipped and argument.default is not None else ""
    return f"{argument.name}: {_cell(argument.kind.hint)} ({default})"


def _flags() -> list[str]:
    rows = ["## Flags", "", "| flag | what it does |", "|---|---|"]
    return rows + [f"| `fl_{flag}` | {_FLAG_TEXTS[flag]} |" for flag in FLAGS]


def _unsupported() -> list[str]:
    """Everything that Cloudinary documents and that is not here, by the reason."""
    kinds: dict[str, list[str]] = {}
    for text, reason in _refused():
        kinds.setdefault(reason, []).append(f"`{text}`")
    rows = [
        "## Not here, and why",
        "",
        "Answered with 400 and the reason.",
        "",
        "| reason | words |",
        "|---|---|",
    ]
    return rows + [f"| {reason} | {', '.join(words)} |" for reason, words in kinds.items()]


def _refused() -> Iterator[tuple[str, str]]:
    yield from ((f"{key}_ ({name})", reason) for key, (name, reason) in UNSUPPORTED.items())
    yield from ((f"e_{name}", reason) for name, reason in UNSUPPORTED_EFFECTS.items())
    for record in PARAMETERS.values():
        for word, reason in getattr(record.kind, "unsupported", {}).items():
            other = ":ANYTHING ELSE" if word in getattr(record.kind, "words", ()) else ""
            yield f"{record.key}_{word}{other}", reason
    yield from ((f"l_{kind}:", reasons.VIDEO) for kind in UNSUPPORTED_LAYERS)
    yield "q_jpegmini", reasons.ADD_ON
    yield "b_gen_fill", reasons.MODEL


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
