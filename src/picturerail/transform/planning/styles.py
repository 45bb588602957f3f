"""Styles of texts that stand elsewhere: in a stored text, or in variables."""

import re

from picturerail.errors import BadRequest
from picturerail.transform.grammar import Component, read_value, spelled
from picturerail.transform.language.values import Scalar, as_tuple
from picturerail.transform.planning.blocks import without
from picturerail.transform.planning.state import State
from picturerail.transform.planning.variables import names

_VARIABLE = re.compile(r"\$[a-zA-Z][a-zA-Z0-9]*")


def styled(state: State, opening: Component) -> Component:
    """A text with the style of a stored one, as if it had been written out; what is written here wins."""
    key = "l" if opening.get("l") is not None else "u"
    value = opening.get(key)
    if not isinstance(value, tuple) or value[0] != "style":
        return opening
    stored = style_of(state, str(value[1]))
    text = stored.get("l")
    if not isinstance(text, tuple):
        raise BadRequest(f"'{value[1]}' has no style that could be taken.")
    more = [item for item in stored.values if item[0] != "l" and opening.get(item[0]) is None]
    return Component((*without(opening, key).values, *more, (key, (*text[:-1], value[2]))))


def style_of(state: State, name: str) -> Component:
    """The layer whose style is taken: of a stored text, or as variables say it ($style_!Arial_30!, $font_$size)."""
    stored = named_style(state, name)
    return state.context.style(stored) if stored else Component((("l", _spelled(state, name)),))


def named_style(state: State, name: str) -> str:
    """The stored text that is meant; "" when variables say the style itself."""
    layer = _spelled(state, name) if "$" in name else ("style", name)
    return str(layer[1]) if layer[0] == "style" else ""


def _spelled(state: State, name: str) -> tuple[Scalar, ...]:
    """A text with its style, variables replaced."""
    known = names(state)

    def value(match: re.Match[str]) -> str:
        if match[0] not in known:
            raise BadRequest(f"The style of the text is in {match[0]}, which is not set.")
        return spelled(known[match[0]])

    return as_tuple(read_value("l", f"text:{_VARIABLE.sub(value, name)}:x"))
