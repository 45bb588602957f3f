"""POST /<resource_type>/text: a picture of a text."""

from typing import Any
from urllib.parse import quote

from picturerail.errors import BadRequest
from picturerail.media import resource
from picturerail.media.generated.save import keep
from picturerail.media.generated.sprites.canvas import painted
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.params import Params
from picturerail.media.service import Media
from picturerail.media.store import naming
from picturerail.transform.grammar import parse

MAX_TEXT_LENGTH = 2000
_WORDS = ("font_weight", "font_style", "text_decoration", "text_align")
_PLAIN = ("normal", "none", "")


def text(media: Media, call: ApiRequest, resource_type: str) -> dict[str, Any]:
    """Draw the text and keep the picture as an asset of type text."""
    del resource_type
    params = call.params
    written = params.text("text")
    if len(written) > MAX_TEXT_LENGTH:
        raise BadRequest(f"The text is longer than {MAX_TEXT_LENGTH} characters.")
    public_id = naming.checked(params.text("public_id") or naming.random_text(naming.RANDOM_LENGTH))
    made = painted(media, parse(_layer(params, written)), name="text.png")
    style = _layer(params, "text")  # for layers that name this one (l_text:public_id:...)
    return resource.uploaded(media.settings, keep(media, made, "text", public_id, text_style=style))


def _layer(params: Params, written: str) -> str:
    """The text as a layer that enlarges the canvas to its own size."""
    size = params.number("font_size", 12)
    words = [params.text(name) for name in _WORDS if params.text(name) not in _PLAIN]
    family = _escaped(params.text("font_family", "Arial"))
    font = "_".join((family, str(size), *(_escaped(word) for word in words)))
    parts = [f"l_text:{font}:{_escaped(written)}"]
    if colour := params.text("font_color"):
        parts.append(f"co_{_colour(colour)}")
    if background := params.text("background"):
        parts.append(f"b_{_colour(background)}")
    if opacity := params.text("opacity"):
        parts.append(f"o_{opacity}")
    return ",".join(parts)


def _colour(text: str) -> str:
    return f"rgb:{text[1:]}" if text.startswith("#") else text


def _escaped(text: str) -> str:
    """Without any character that has a meaning in a layer: escaped as in a URL that was decoded once."""
    return quote(text, safe="").replace("_", "%5F")
