"""How the name of an effect and its arguments are read, by the table of effects."""

import re
from dataclasses import dataclass

from picturerail.transform.language.effect_table import EFFECTS, UNSUPPORTED_EFFECTS, Argument, EffectRecord
from picturerail.transform.language.values import Number, Scalar, UnsupportedError, Value, as_scalar, as_tuple

MAX_ARGUMENTS = 20  # where they can be repeated


@dataclass(frozen=True)
class EffectKind:
    """The name of an effect and its arguments, all joined by colons; defaults are filled in."""

    hint: str = "the name of an effect and its arguments within their ranges"

    def read(self, text: str) -> Value:  # noqa: D102
        plain = _unnamed(text).replace(":rgb:", ":")  # a colour may be written as it is in co_ and b_
        name, *given = plain.rstrip(":").split(":")  # an SDK writes e_trim:20: without a colour
        if name in UNSUPPORTED_EFFECTS:
            raise UnsupportedError(name, UNSUPPORTED_EFFECTS[name])
        record = EFFECTS.get(name)
        if record is None:
            raise ValueError(f"'{name}' is not the name of an effect")
        return (name, *_arguments(record, given))

    def show(self, value: Value) -> str:  # noqa: D102
        return ":".join(_shown(part) for part in as_tuple(value))


def _unnamed(text: str) -> str:
    """An effect in the words of newer SDKs (contrast:level_50;type_linear), its arguments by their places."""
    name, *given = re.split("[:;]", text)
    record = EFFECTS.get(name)
    if record is None or not any("_" in part for part in given):
        return text
    known = [argument.name.replace(" ", "_") for argument in record.arguments]
    named = dict(part.rsplit("_", 1) for part in given if part.rpartition("_")[0] in known)
    named |= {
        key: part.removeprefix(f"{key}_") for part in given for key in known if part.startswith(f"{key}_")
    }
    if not named:
        return text
    if len(named) < len(given):
        raise ValueError(f"{name} takes {' and '.join(known)}, not '{text.removeprefix(name)[1:]}'")
    last = max(known.index(key) for key in named)
    values = (
        named.get(key, str(argument.default)) for key, argument in zip(known, record.arguments, strict=True)
    )
    return ":".join((name, *list(values)[: last + 1]))


def _shown(part: Scalar) -> str:
    return Number(0, 0).show(part) if isinstance(part, int | float) else part


def _arguments(record: EffectRecord, given: list[str]) -> list[Scalar]:
    """The values of all arguments: what is given, else the default, else nothing."""
    values: list[Scalar] = []
    rest, expected = list(given), list(record.arguments)
    while expected:
        argument = expected.pop(0)
        if rest and not (argument.skipped and not _fits(argument, rest[0])):
            values.append(_argument(record, argument, rest.pop(0)))
        elif argument.default is not None:
            values.append(_default(argument))
        if not expected and rest and record.repeated:
            expected = list(record.arguments[-record.repeated :])
    most = MAX_ARGUMENTS if record.repeated else len(record.arguments)
    if rest or len(given) > most:
        raise ValueError(f"{record.name} takes {most} arguments at most")
    return values


def _fits(argument: Argument, text: str) -> bool:
    try:
        argument.kind.read(text)
    except ValueError:
        return False
    return True


def _default(argument: Argument) -> Scalar:
    return as_scalar(argument.kind.read(str(argument.default)))


def _argument(record: EffectRecord, argument: Argument, text: str) -> Scalar:
    try:
        return as_scalar(argument.kind.read(text))
    except ValueError:
        raise ValueError(
            f"the {argument.name} of {record.name} must be {argument.kind.hint}, not '{text}'"
        ) from None
