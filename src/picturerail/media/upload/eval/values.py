"""How values behave in JavaScript: what is true, equal, less, and what plus does."""

import math
import operator
from collections.abc import Callable
from typing import Any, TypeAlias

from picturerail.errors import BadRequest

EvalValue: TypeAlias = Any  # None, bool, int, float, str, list, dict: what JSON has
MAX_TEXT_LENGTH = 10_000


def truthy(value: EvalValue) -> bool:
    """Only false, null, 0, NaN and the empty text are false; empty lists and objects are true."""
    if isinstance(value, float) and math.isnan(value):
        return False
    return value not in (None, False, 0, "") or isinstance(value, list | dict)


def text_of(value: EvalValue) -> str:
    """A value as text."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return ",".join(map(text_of, value))
    return "[object Object]" if isinstance(value, dict) else str(value)


def plus(left: EvalValue, right: EvalValue) -> EvalValue:
    """A sum, or a joined text when either side is one."""
    if not isinstance(left, str | list | dict) and not isinstance(right, str | list | dict):
        return number(left) + number(right)
    joined = text_of(left) + text_of(right)
    if len(joined) > MAX_TEXT_LENGTH:
        raise BadRequest(f"Invalid eval: a text may have {MAX_TEXT_LENGTH} characters.")
    return joined


def number(value: EvalValue) -> float | int:
    """A value as a number; NaN for what is none."""
    if value is None or value == "":
        return 0
    if isinstance(value, int | float):
        return value
    try:
        return float(value)
    except (TypeError, ValueError):
        return math.nan


def loosely_equal(left: EvalValue, right: EvalValue) -> bool:
    """`==`: texts and numbers are compared as numbers."""
    if isinstance(left, str) != isinstance(right, str) and None not in (left, right):
        return number(left) == number(right)
    return bool(left == right)


def compare(compared: Callable[[Any, Any], bool]) -> Callable[[EvalValue, EvalValue], bool]:
    """An order operator: texts by their letters, everything else by its number."""

    def result(left: EvalValue, right: EvalValue) -> bool:
        if isinstance(left, str) and isinstance(right, str):
            return compared(left, right)
        return compared(number(left), number(right))

    return result


def arithmetic(compute: Callable[[Any, Any], Any]) -> Callable[[EvalValue, EvalValue], EvalValue]:
    """An operator on numbers; what cannot be computed is NaN."""

    def result(left: EvalValue, right: EvalValue) -> EvalValue:
        try:
            return compute(number(left), number(right))
        except (ZeroDivisionError, ValueError, OverflowError):
            return math.nan

    return result


OPERATIONS: dict[str, Callable[[EvalValue, EvalValue], EvalValue]] = {
    "===": lambda left, right: (
        type(left) is type(right) and left == right if _plain(left, right) else left == right
    ),
    "!==": lambda left, right: not OPERATIONS["==="](left, right),
    "==": loosely_equal,
    "!=": lambda left, right: not loosely_equal(left, right),
    "<": compare(operator.lt),
    ">": compare(operator.gt),
    "<=": compare(operator.le),
    ">=": compare(operator.ge),
    "+": plus,
    "-": arithmetic(operator.sub),
    "*": arithmetic(operator.mul),
    "/": arithmetic(operator.truediv),
    "%": arithmetic(math.fmod),
}


def _plain(left: EvalValue, right: EvalValue) -> bool:
    """False for two numbers, of which 1 and 1.0 are the same."""
    numbers = [isinstance(each, int | float) and not isinstance(each, bool) for each in (left, right)]
    return not all(numbers)
