"""The text of a transformation and its parsed value: `parse`, `canonical` and `is_component`.

    transformation = component *("/" component)
    component      = parameter *("," parameter)
    parameter      = key "_" value / "$" name "_" formula
    value          = a word of the parameter's kind / formula

The parsed value is frozen and complete: nothing later reads the URL again.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache

from picturerail.errors import BadRequest, UnsupportedTransformation
from picturerail.transform.language.expressions import (
    Formula,
    Result,
    check,
    evaluate,
    looks_like_formula,
    pieces,
)
from picturerail.transform.language.layers import is_own_font
from picturerail.transform.language.values import UnsupportedError, Value, as_tuple, show_number
from picturerail.transform.parameters import OF_SPRITES, PARAMETERS, UNSUPPORTED

# Kinds of values that hold words of their own, in which no formula is looked for; in names of NAMED, variables are.
_LITERAL = frozenset(("if", "l", "u", "t", "d", "f", "fl"))
NAMED = ("d", "f", "l", "u")

MAX_COMPONENTS = 40
MAX_LENGTH = 4000

_QUOTED = re.compile(r"!([^!]+)!")
_VARIABLE = re.compile(r"\$[a-zA-Z][a-zA-Z0-9]{0,40}\Z")
_PARAMETER = re.compile(r"(?P<key>[a-z]{1,3}|\$[a-zA-Z][a-zA-Z0-9]{0,40})_(?P<value>.+)", re.DOTALL)


@dataclass(frozen=True)
class Component:
    """The parameters between two slashes: if_, then variables as written, then the others sorted; each once."""

    values: tuple[tuple[str, Value], ...]

    def get(self, key: str) -> Value | None:
        """The value of a parameter, or None."""
        return dict(self.values).get(key)

    def having(self, key: str, value: Value) -> "Component":
        """The component with this value of a parameter, in its place among the others."""
        others = (item for item in self.values if item[0] != key)
        return Component(tuple(sorted((*others, (key, value)), key=_rank)))


@dataclass(frozen=True)
class Transformation:
    """Components in the order in which they apply."""

    components: tuple[Component, ...] = ()

    def last(self, key: str) -> Value | None:
        """The last value that any component gives to a parameter which counts for the whole, such as f_."""
        given = (component.get(key) for component in reversed(self.components))
        return next((value for value in given if value is not None), None)

    def told(self, key: str) -> Value | None:
        """The last value of a parameter that is needed before the picture is known, also where a variable says it."""
        value = self.last(key)
        return self.early_value(key, value) if isinstance(value, Formula) else value

    def early_value(self, key: str, formula: Formula) -> Value:
        """What a formula comes to by variables alone; BadRequest for one that asks for the picture."""
        known: dict[str, Result] = {}
        for name, value in (item for component in self.components for item in component.values):
            if name.startswith("$") and isinstance(value, Formula):
                with suppress(ValueError):
                    known[name] = evaluate(value.text, known)
        parts = pieces(key, formula.text)
        try:
            words = [evaluate(part, known) if looks_like_formula(part) else part for part in parts]
        except ValueError:
            raise BadRequest(
                f"{PARAMETERS[key].name} ({key}_) is needed before the picture is known: "
                f"'{formula.text}' must be worked out from numbers and words alone."
            ) from None
        return read_value(key, "".join(map(spelled, words)))

    @property
    def layers(self) -> frozenset[tuple[str, str]]:
        """What lies on or under this picture, and what is needed for it.

        (type, public_id), ("fetch", URL), ("text", whose style is taken), ("raw", table or font), ("", formula).
        """
        values = [component.get(key) for component in self.components for key in ("l", "u")]
        named = frozenset(layer for value in values if value is not None and (layer := _layer(value)))
        in_variables = any(isinstance(value, tuple) and _takes_variables(value) for value in values)
        return named | self._styles if in_variables else named

    @property
    def _styles(self) -> frozenset[tuple[str, str]]:
        """The fonts of people's own, and the stored texts, that variables may name as the style of a text."""
        formulas = [
            value.text
            for component in self.components
            for _, value in component.values
            if isinstance(value, Formula)
        ]
        found: set[tuple[str, str]] = set()
        for word in {word for formula in formulas for word in _QUOTED.findall(formula)}:
            if is_own_font(word):
                found.add(("raw", word.replace(":", "/")))
            with suppress(BadRequest):
                found |= {layer for layer in (_layer(read_value("l", f"text:{word}:x")),) if layer}
        return frozenset(found)


def parse(text: str) -> Transformation:
    """The transformation that `text` spells; BadRequest, with a sentence that names the parameter, for none."""
    if len(text) > MAX_LENGTH:
        raise BadRequest(f"The transformation is longer than {MAX_LENGTH} characters.")
    segments = [segment for segment in text.split("/") if segment]
    if len(segments) > MAX_COMPONENTS:
        raise BadRequest(f"The transformation has more than {MAX_COMPONENTS} components.")
    return Transformation(tuple(_component(segment) for segment in segments))


def canonical(transformation: Transformation) -> str:
    """The one text for this transformation: equal transformations spelled differently give the same."""
    return "/".join(
        ",".join(f"{key}_{_shown(key, value)}" for key, value in component.values)
        for component in transformation.components
    )


@lru_cache(2000)
def is_component(segment: str) -> bool:
    """True when each comma-separated part of a URL segment begins with the key of a known parameter."""
    parts = segment.split(",")
    return all((match := _PARAMETER.match(part)) and _known(match["key"]) for part in parts)


def flags_of(component: Component) -> tuple[str, ...]:
    """The flags (fl_) of one component."""
    given = component.get("fl")
    return tuple(str(flag) for flag in given) if isinstance(given, tuple) else ()


def spelled(value: Result) -> str:
    """A value that was worked out, as it would be written."""
    if isinstance(value, tuple):
        return ":".join(value)
    return show_number(value) if isinstance(value, int | float) else value


def read_value(key: str, text: str) -> Value:
    """The value of a parameter without formulas; BadRequest with a sentence for text that is none."""
    record = PARAMETERS[key]
    try:
        return record.kind.read(text)
    except UnsupportedError as error:
        raise UnsupportedTransformation(
            f"{record.name} {key}_{error} is not supported: {error.reason}."
        ) from None
    except ValueError as error:
        said = f"{error}" if str(error) not in (text, "") and " " in str(error) else ""
        hint = f"{record.name} ({key}_) must be {record.kind.hint}, not '{text}'."
        raise BadRequest(f"{record.name} ({key}_): {said}." if said else hint) from None


def _takes_variables(layer: tuple[object, ...]) -> bool:
    """Whether variables are in the style of a text."""
    return layer[0] == "style" and "$" in str(layer[1])


def _layer(value: Value) -> tuple[str, str] | None:
    """The picture, or the stored text, that l_ or u_ names; None for a text with a style of its own."""
    if isinstance(value, Formula):
        return "", value.text
    kind, *parts = (str(part) for part in as_tuple(value))
    if kind == "text":
        return ("raw", parts[0]) if is_own_font(parts[0]) else None
    if kind == "lut":
        return "raw", parts[0]
    if kind == "style":
        return None if "$" in parts[0] else ("text", parts[0])
    if kind == "fetch":
        return "fetch", parts[0]
    return parts[0], parts[1]


def _shown(key: str, value: Value) -> str:
    if isinstance(value, Formula):
        return value.text
    return PARAMETERS[key].kind.show(value)


def _known(key: str) -> bool:
    return key.startswith("$") or key in PARAMETERS or key in UNSUPPORTED.keys() - OF_SPRITES


def _rank(item: tuple[str, Value]) -> tuple[int, str]:
    key = item[0]
    return (0, "") if key == "if" else (1, "") if key.startswith("$") else (2, key)


def _component(segment: str) -> Component:
    values: dict[str, Value] = {}
    for part in segment.split(","):
        key, value = _parameter(part)
        if key == "fl" and isinstance(value, tuple):
            value = _merged(values.get(key), value)
        elif values.get(key, value) != value:
            name = PARAMETERS[key].name if key in PARAMETERS else "variable"
            raise BadRequest(f"{name} ({key}_) is given twice in '{segment}'; put the second after a slash.")
        values[key] = value
    return Component(tuple(sorted(values.items(), key=_rank)))


def _merged(before: Value | None, more: Iterable[str | int | float]) -> Value:
    earlier = before if isinstance(before, tuple) else ()
    return tuple(sorted({str(flag) for flag in (*earlier, *more)}))


def _parameter(part: str) -> tuple[str, Value]:
    match = _PARAMETER.match(part)
    if not match:
        raise BadRequest(
            f"'{part}' is not a transformation parameter; write a key, an underscore and a value, as in w_200."
        )
    key, text = match["key"], match["value"]
    if key in UNSUPPORTED:
        name, reason = UNSUPPORTED[key]
        raise UnsupportedTransformation(f"{name} ({key}_) is not supported: {reason}.")
    if not _known(key):
        raise BadRequest(f"'{key}_' in '{part}' is not a transformation parameter.")
    if key.startswith("$") or _is_worked_out(key, text) or _is_variable(key, text):
        return key, _formula(key, text)
    return key, read_value(key, text)


def _is_worked_out(key: str, text: str) -> bool:
    """True for a formula, also in one of the numbers of an effect or of corners."""
    parts = pieces(key, text)[::2] if key in ("bo", "e", "r") else [text]
    return key not in _LITERAL and any(map(looks_like_formula, (text, *parts)))


def _is_variable(key: str, text: str) -> bool:
    """True for a name that is in a variable, or a part of it; those of a text are looked for in its style."""
    parts = text.split(":")
    return key in NAMED and parts[0] != "text" and any(map(_VARIABLE.match, parts))


def _formula(key: str, text: str) -> Formula:
    """A formula, whole or between colons; parts that are no formulas are checked when the others are known."""
    try:
        check(text)
    except ValueError:
        if key.startswith("$") or len(pieces(key, text)) == 1:
            raise BadRequest(f"'{key}_{text}' is not a formula; write it as in {key}_iw_div_2.") from None
    return Formula(text)
