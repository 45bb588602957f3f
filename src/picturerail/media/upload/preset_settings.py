"""A parameter of a preset as it is told: in its parts where one preset is asked for, as a text in lists. Pure."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from picturerail.errors import BadRequest
from picturerail.media.attributes.coordinates import read_boxes
from picturerail.media.http.pairs import format_pairs, parse_pairs
from picturerail.media.http.params import Params
from picturerail.media.schemas.parameters import UPLOAD_FLAGS
from picturerail.media.transformations.long_names import from_long_names, in_long_names
from picturerail.schemas.forms import FLAGS


def in_parts(name: str, value: Any) -> Any:  # noqa: ANN401 - whatever a preset holds
    """Lists as lists, pairs as a mapping, transformations as mappings of long names, yes and no as such."""
    if name in UPLOAD_FLAGS:
        return FLAGS.get(str(value).lower(), value)
    read = _READ.get(name)
    return read(value) if read is not None and isinstance(value, str) else value


def in_text(name: str, value: Any) -> Any:  # noqa: ANN401
    """As the parameter stands in the form of an upload; yes and no stay what they are."""
    if name in UPLOAD_FLAGS:
        return FLAGS.get(str(value).lower(), value)
    if isinstance(value, Mapping):
        return format_pairs(value) if name in _PAIRS else json.dumps(value)
    if not isinstance(value, list):
        return value
    if name == "transformation" and all(isinstance(each, dict) for each in value):
        return from_long_names(value)
    if name == "eager":
        return "|".join(_transformation(each) for each in value)
    if any(isinstance(each, dict) for each in value):
        return json.dumps(value)
    if all(isinstance(each, list) for each in value):
        return "|".join(",".join(map(str, each)) for each in value)
    return ",".join(map(str, value))


def _transformation(told: Any) -> str:  # noqa: ANN401
    """Told as a text, as one mapping of long names or as several."""
    components = [told] if isinstance(told, dict) else told
    return from_long_names(components) if isinstance(components, list) else str(components)


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _boxes(text: str) -> Any:  # noqa: ANN401
    try:
        return read_boxes(Params({"boxes": text}), "boxes")
    except BadRequest:  # presets of older releases hold what their uploads refuse
        return text


_PAIRS = ("context", "metadata")
_READ: dict[str, Callable[[str], Any]] = {
    "tags": _names,
    "allowed_formats": _names,
    "context": parse_pairs,
    "transformation": in_long_names,
    "eager": lambda text: [in_long_names(each) for each in text.split("|") if each],
    "face_coordinates": _boxes,
    "custom_coordinates": _boxes,
}
