"""Names and formulas: what w, iw, $size and the like stand for while a picture is planned."""

from picturerail.errors import BadRequest
from picturerail.transform.grammar import NAMED, Component, read_value, spelled
from picturerail.transform.language.expressions import (
    Formula,
    Result,
    check,
    evaluate,
    looks_like_formula,
    pieces,
)
from picturerail.transform.language.values import Scalar, Value
from picturerail.transform.planning.state import State

_PIXELS = ("w", "h", "x", "y")
_SIZES = frozenset(("w", "h", "iw", "ih"))


def names(state: State) -> dict[str, Scalar | tuple[str, ...]]:
    """All that a formula may speak of: sizes now and at the beginning, faces, tags, variables."""
    width, height = state.size.width, state.size.height
    first = state.initial
    known: dict[str, Scalar | tuple[str, ...]] = {
        "w": width,
        "h": height,
        "ar": width / height,
        "cp": state.page,
        "pc": state.pages,
        "iw": first.width,
        "ih": first.height,
        "iar": first.width / first.height,
        "tags": state.context.tags,
        **state.context.values,
        **dict(state.variables),
    }
    return known


def worked_out(state: State, text: str) -> Result:
    """The value of a formula; BadRequest with the reason when it has none."""
    known = names(state)
    if "fc" in text.split("_"):
        known["fc"] = len(state.context.faces())
    try:
        return evaluate(text, known)
    except ValueError as error:
        reason = f": {error}" if " " in str(error) else ""
        raise BadRequest(f"The formula '{text}' cannot be worked out{reason}.") from None


def holds(state: State, condition: Formula) -> bool:
    """Whether a condition is true now."""
    return bool(worked_out(state, condition.text))


def assigned(state: State, component: Component) -> State:
    """The state after the variables of a component, each of which may use those before it."""
    for key, value in component.values:
        if key.startswith("$") and isinstance(value, Formula):
            state = state.with_variable(key, _as_size(worked_out(state, value.text), value.text))
    return state


def _as_size(value: Result, formula: str) -> Result:
    """What was worked out from a size is one too: whole pixels, so that it is not taken for a fraction later."""
    if not isinstance(value, float) or abs(value) < 1 or "_" not in formula:
        return value
    from_size = bool(_SIZES & set(formula.split("_")))
    return round(value) if from_size or value.is_integer() else value


def resolved(state: State, component: Component) -> Component:
    """The component without variables, every formula replaced by its value."""
    plain = [(key, value) for key, value in component.values if not key.startswith("$")]
    return Component(tuple((key, _plain(state, key, value)) for key, value in plain))


def _plain(state: State, key: str, value: Value) -> Value:
    if not isinstance(value, Formula):
        return value
    try:
        check(value.text)
        parts = [value.text]
    except ValueError:
        parts = pieces(key, value.text)
    text = "".join(part if at % 2 else _piece(state, key, part) for at, part in enumerate(parts))
    return read_value(key, text)


def _piece(state: State, key: str, piece: str) -> str:
    """A part between colons: worked out when it is a formula, else a word like the name of an effect or a folder."""
    is_formula = piece.startswith("$") if key in NAMED else looks_like_formula(piece)
    return _text(worked_out(state, piece), key, piece) if is_formula else piece


def _text(value: Result, key: str, formula: str) -> str:
    """A value as it would be written; sizes that were worked out are whole pixels, unless below one."""
    if isinstance(value, float) and key in _PIXELS and "_" in formula and abs(value) >= 1:
        value = round(value)
    return spelled(value)
