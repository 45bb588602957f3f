"""The values of l_ and u_: a stored picture, a fetched one, or a line of text."""

import base64
import binascii
import re
from dataclasses import dataclass
from urllib.parse import quote, unquote

from picturerail.transform.language import reasons
from picturerail.transform.language.values import Value, as_tuple

TYPES = ("upload", "private", "authenticated")
UNSUPPORTED_LAYERS = ("video", "subtitles", "audio")
_LUTS = (".3dl", ".cube")
_WEIGHTS = (
    *("thin", "extralight", "ultralight", "light", "normal", "medium", "semibold", "demibold", "bold"),
    *("extrabold", "ultrabold", "heavy", "black"),
)
_STYLE_WORDS = (
    *(*_WEIGHTS, "italic", "oblique", "underline", "strikethrough", "stroke", "none"),
    *("left", "center", "right", "start", "end", "justify"),
)
_SPACING = r"_(letter|line)_spacing_(-?\d{1,3}(?:\.\d{1,3})?)"
_SMOOTHING = r"_(?:antialias_(?:none|gray|subpixel|fast|good|best)|hinting_(?:none|slight|medium|full))"
_KINDS = r"_(?:style|weight|align|decoration)(?=_)"  # says what kind of word the next one is, which that tells itself
STYLES = (
    "a font, a size and a text, as in l_text:Arial_40:Hello, or the public_id of a stored text in their place"
)
_MAX_TEXT = 1000
_MAX_FONT_SIZE = 1000
_FONTS = (".otf", ".ttf", ".ttc", ".woff", ".woff2")
_OWN_FONT = re.compile(
    r"(?P<font>[^/,]{1,200}?\.(?:otf|ttf|ttc|woff2?))(?P<rest>_\d{1,4}(?:_[\w.-]+)*:.+)\Z",
    re.IGNORECASE | re.DOTALL,
)
_STYLE = re.compile(r"(?P<font>[\w .-]{1,60}?)_(?P<size>\d{1,4})(?P<words>(?:_[\w.-]+)*)\Z")


@dataclass(frozen=True)
class LayerKind:
    """("image", type, public_id), ("fetch", URL), ("text", font, size, words, text) or ("lut", public_id).

    A text may take its style: ("style", public_id or $name, text).
    """

    hint: str = (
        "a public_id with : in place of /, fetch: and a base64 address, lut: and a raw file, or text:Font_Size:Text; "
        "text:public_id:Text takes the style of a text that is stored, text:$style:Text that in a variable (commas and "
        "slashes of the text escaped twice). Fonts are those of the machine, and Arimo in the place of one that it "
        "lacks; a .ttf or .otf kept as a raw file of type authenticated is named by its public_id "
        "(text:my.ttf_40:Text)"
    )

    def read(self, text: str) -> Value:  # noqa: D102
        word, _, rest = text.partition(":")
        if word in UNSUPPORTED_LAYERS and rest:
            raise ValueError(f"layers of the kind {word} are not supported: {reasons.VIDEO}")
        if word == "text":
            return _read_text(rest)
        if word == "lut":
            return _read_lut(rest)
        if word == "fetch" and rest:
            return ("fetch", _decoded(rest))
        if word == "image" and rest:
            word, _, rest = rest.partition(":") if rest.partition(":")[0] in TYPES else ("upload", "", rest)
        if word in TYPES and rest:
            return ("image", word, rest.replace(":", "/"))
        return ("image", "upload", text.replace(":", "/"))

    def show(self, value: Value) -> str:  # noqa: D102
        kind, *parts = (str(part) for part in as_tuple(value))
        if kind == "image":
            type_, name = parts
            name = name.replace("/", ":")
            return (
                name
                if type_ == "upload" and name.partition(":")[0] not in _RESERVED
                else f"image:{type_}:{name}"
            )
        if kind == "fetch":
            return f"fetch:{base64.urlsafe_b64encode(parts[0].encode()).decode()}"
        if kind == "lut":
            return f"lut:{parts[0].replace('/', ':')}"
        if kind == "style":
            name, text = parts
            return f"text:{name.replace('/', ':')}:{quote(text, safe=' ')}"
        font, size, words, text = parts
        style = "_".join(part for part in (font.replace("/", ":"), size, words) if part)
        return f"text:{style}:{quote(text, safe=' ')}"


_RESERVED = (*TYPES, *UNSUPPORTED_LAYERS, "text", "fetch", "image", "lut")


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        raise ValueError("the address after fetch: must be URL-safe base64") from None


def _read_lut(name: str) -> Value:
    """A table of colours, stored as a raw file."""
    if not name.lower().endswith(_LUTS):
        raise ValueError("a table of colours is the name of a raw file that ends in .3dl or .cube")
    return ("lut", name.replace(":", "/"))


def is_own_font(font: str) -> bool:
    """Whether the font of a text is the public_id of a raw file, which has an extension."""
    return font.lower().endswith(_FONTS)


def _read_text(rest: str) -> Value:
    style, colon, text = rest.partition(":")
    match = _STYLE.match(unquote(style))
    if not match and (own := _OWN_FONT.match(rest)):
        return (
            "text",
            unquote(own["font"]).replace(":", "/"),
            *as_tuple(_read_text(f"Own{own['rest']}"))[2:],
        )
    if not match:
        style, colon, text = rest.rpartition(":")
    if not colon or not style:
        raise ValueError(f"text needs {STYLES}")
    text, size = unquote(text), int(match["size"]) if match else 1
    if not 1 <= size <= _MAX_FONT_SIZE or not 1 <= len(text) <= _MAX_TEXT:
        raise ValueError(f"text may have {_MAX_TEXT} characters, and a size from 1 to {_MAX_FONT_SIZE}")
    if not match:
        return ("style", style.replace(":", "/"), text)
    return ("text", match["font"], size, _style_words(match["words"]), text)


def _style_words(text: str) -> str:
    """Style words in one order; letter_spacing_N and line_spacing_N keep their numbers.

    Words about how the edges of letters are drawn are left out: they are always smooth.
    """
    text = re.sub(_KINDS, "", re.sub(_SMOOTHING, "", text))
    spacings = re.findall(_SPACING, text)
    words = re.sub(_SPACING, "", text).split("_")
    if unknown := [word for word in words[1:] if word not in _STYLE_WORDS] or [
        word for word in words[:1] if word
    ]:
        raise ValueError(f"'{unknown[0]}' is not a style of text; there are {', '.join(_STYLE_WORDS)}")
    return "_".join(
        [*sorted(set(words[1:])), *(f"{kind}_spacing_{number}" for kind, number in sorted(spacings))]
    )
