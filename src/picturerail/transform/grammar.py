"""The text of a transformation and its parsed value: `parse`, `canonical` and `is_component`.

    transformation = component *("/" component)
    component      = parameter *("," parameter)
    parameter      = key "_" value

The parsed value is frozen and complete: nothing later reads the URL again.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from picturerail.errors import BadRequest
from picturerail.transform.language.values import Value
from picturerail.transform.parameters import PARAMETERS, UNSUPPORTED

MAX_COMPONENTS = 40
MAX_LENGTH = 4000

_PARAMETER = re.compile(r"(?P<key>[a-z]{1,3})_(?P<value>.+)", re.DOTALL)


@dataclass(frozen=True)
class Component:
    """The parameters between two slashes, sorted by key; each key stands once."""

    values: tuple[tuple[str, Value], ...]

    def get(self, key: str) -> Value | None:
        """The value of a parameter, or None."""
        return dict(self.values).get(key)


@dataclass(frozen=True)
class Transformation:
    """Components in the order in which they apply."""

    components: tuple[Component, ...] = ()

    def last(self, key: str) -> Value | None:
        """The last value that any component gives to a parameter which counts for the whole, such as f_."""
        given = (component.get(key) for component in reversed(self.components))
        return next((value for value in given if value is not None), None)

    @property
    def flags(self) -> frozenset[str]:
        """All flags of all components."""
        return frozenset(str(flag) for component in self.components for flag in flags_of(component))


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
        ",".join(f"{key}_{PARAMETERS[key].kind.show(value)}" for key, value in component.values)
        for component in transformation.components
    )


def is_component(segment: str) -> bool:
    """True when each comma-separated part of a URL segment begins with the key of a known parameter."""
    parts = segment.split(",")
    return all((match := _PARAMETER.match(part)) and _known(match["key"]) for part in parts)


def flags_of(component: Component) -> tuple[str, ...]:
    """The flags (fl_) of one component."""
    given = component.get("fl")
    return tuple(str(flag) for flag in given) if isinstance(given, tuple) else ()


def _known(key: str) -> bool:
    return key in PARAMETERS or key in UNSUPPORTED


def _component(segment: str) -> Component:
    values: dict[str, Value] = {}
    for part in segment.split(","):
        key, value = _parameter(part)
        if key == "fl" and isinstance(value, tuple):
            value = _merged(values.get(key), value)
        elif values.get(key, value) != value:
            raise BadRequest(
                f"{PARAMETERS[key].name} ({key}_) is given twice in '{segment}'; put the second after a slash."
            )
        values[key] = value
    return Component(tuple(sorted(values.items(), key=lambda item: item[0])))


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
        raise BadRequest(f"{UNSUPPORTED[key]} ({key}_) is not supported.")
    if key not in PARAMETERS:
        raise BadRequest(f"'{key}_' in '{part}' is not a transformation parameter.")
    record = PARAMETERS[key]
    try:
        return key, record.kind.read(text)
    except ValueError:
        raise BadRequest(f"{record.name} ({key}_) must be {record.kind.hint}, not '{text}'.") from None
