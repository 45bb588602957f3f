"""Arithmetic and conditions in URLs: w_iw_div_2, if_ar_gt_1_and_w_lt_500, $size_mul_2.

Operators bind as in mathematics: pow, then mul div mod, then add sub, then comparisons, then and, then or. to_i and
to_f behind a value make a number of it: $size_!100!_to_i.
https://cloudinary.com/documentation/user_defined_variables, https://cloudinary.com/documentation/conditional_transformations
"""

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from picturerail.transform.language import reasons

Scalar: TypeAlias = int | float | str
Names: TypeAlias = Mapping[str, Scalar | tuple[str, ...]]
Result: TypeAlias = Scalar | tuple[str, ...]

MAX_TERMS = 60
_TOKEN = re.compile(r"(?:(?:(?:ctx|md|ref):)?![^!]*!|[^_]+)(?:_to_[if](?![^_]))?")
_CAST = re.compile(r"(.+)_to_([if])\Z", re.DOTALL)
_LOOKUP = re.compile(r"(ctx|md):!([^!]+)!\Z")
_LOOKED_UP = re.compile(r"(?:ctx|md):![^!]+!")
_REFERENCE = re.compile(r"ref:!([^!]+)!\Z")  # the name of a picture, for a layer
_NUMBER = re.compile(r"-?(\d{1,9}(\.\d{0,9})?|\.\d{1,9})\Z", re.ASCII)
_RATIO = re.compile(r"(\d{1,5}(?:\.\d{1,5})?):(\d{1,5}(?:\.\d{1,5})?)\Z", re.ASCII)
# What stands between the parts of a value: bo_$widthpx_solid_$colour, a_$angle.hflip; a colon in all others.
_BETWEEN = {"a": r"((?<!\d)\.|\.(?!\d))", "bo": "((?:px)?_solid_|:)"}
_NAME = re.compile(r"\$?[a-zA-Z][a-zA-Z0-9]{0,40}\Z", re.ASCII)


@dataclass(frozen=True)
class Formula:
    """A value that is worked out when the picture is known; pieces between colons are separate formulas."""

    text: str


@dataclass(frozen=True)
class Condition:
    """The value of if_: a formula, or else, or end."""

    hint: str = "a comparison such as w_gt_500, else, or end"

    def read(self, text: str) -> Formula | str:
        """The condition; ValueError for text that is none."""
        if text in ("else", "end"):
            return text
        check(text)
        return Formula(text)

    def show(self, value: object) -> str:
        """The condition as it was written."""
        return value.text if isinstance(value, Formula) else str(value)


def _power(base: float, exponent: float) -> float:
    if abs(exponent) > 16 or abs(base) > 1e6:
        raise ValueError("pow is too large")
    result = base**exponent
    if isinstance(result, complex):
        raise ValueError("pow of a negative number")  # noqa: TRY004 - the value is wrong, not its type
    return float(result)


_LEVELS: tuple[dict[str, Callable[..., Result]], ...] = (
    {"or": lambda a, b: int(bool(a) or bool(b))},
    {"and": lambda a, b: int(bool(a) and bool(b))},
    {
        "eq": lambda a, b: int(a == b),
        "ne": lambda a, b: int(a != b),
        "lt": lambda a, b: int(a < b),
        "gt": lambda a, b: int(a > b),
        "lte": lambda a, b: int(a <= b),
        "gte": lambda a, b: int(a >= b),
        "in": lambda a, b: int(set(_several(a)) <= set(_several(b))),
        "nin": lambda a, b: int(not set(_several(a)) & set(_several(b))),
    },
    {"add": operator.add, "sub": operator.sub},
    {"mul": operator.mul, "div": operator.truediv, "mod": operator.mod},
    {"pow": _power},
)
# Names that Cloudinary knows besides, and why there is nothing that they could stand for.
UNKNOWN = {
    **dict.fromkeys(("du", "idu"), reasons.VIDEO),
    "ils": "whether a picture is drawn or taken is not told apart",
    "tar": "a picture is trimmed only when it is made, and its size is known before",
    "idn": "pixels are all that counts, not how many are printed on an inch",
    **dict.fromkeys(("px", "py"), "pages and layers of documents have no places here"),
    "pgnames": "pages and layers of documents have no names here",
}
_SIZES = ("w", "h", "iw", "ih", "ar", "iar", "fc", "pc", "cp", *UNKNOWN)
OPERATORS = frozenset(word for level in _LEVELS for word in level)
_TEXTUAL = ("eq", "ne", "in", "nin", "and", "or")


def looks_like_formula(text: str) -> bool:
    """True for a name such as w, and text with a variable, an operator, or a value of context or metadata in it."""
    return (
        "$" in text
        or text in _SIZES
        or bool(_LOOKED_UP.search(text))
        or any(token in OPERATORS or token in ("iw", "ih") for token in text.split("_"))
    )


def pieces(key: str, text: str) -> list[str]:
    """The parts of a value that may each be a formula, and at every other place what stands between them."""
    return re.split(_BETWEEN.get(key, "(:)"), text)


def check(text: str) -> None:
    """Raise ValueError for text that is no formula; nothing is worked out, so names need no values yet."""
    tokens = _tokens(text)
    for place, token in enumerate(tokens):
        if (place % 2 == 1) != (token in OPERATORS) or (place % 2 == 0 and not _is_operand(token)):
            raise ValueError(text)
    if len(tokens) % 2 == 0:
        raise ValueError(text)


def evaluate(text: str, names: Names) -> Result:
    """The value of a formula; ValueError with a reason when it has none."""
    check(text)
    try:
        return _level(_tokens(text), 0, names)
    except (ZeroDivisionError, OverflowError):
        raise ValueError("it divides by zero or grows too large") from None
    except TypeError:
        raise ValueError("it mixes numbers and words") from None


def _tokens(text: str) -> list[str]:
    tokens = _TOKEN.findall(text)
    if len(tokens) > MAX_TERMS or "_".join(tokens) != text:
        raise ValueError(text)
    return tokens


def _is_operand(token: str) -> bool:
    if cast := _CAST.match(token):
        token = cast[1]
    quoted = len(token) >= 2 and token[0] == token[-1] == "!"
    return bool(
        quoted
        or _REFERENCE.match(token)
        or _LOOKUP.match(token)
        or _NUMBER.match(token)
        or _RATIO.match(token)
        or _NAME.match(token)
    )


def _level(tokens: list[str], level: int, names: Names) -> Result:
    """Split at the operators of one level, from the left; what lies between belongs to the next."""
    if level == len(_LEVELS):
        return _operand(tokens[0], names)
    parts: list[list[str]] = [[]]
    used = []
    for token in tokens:
        if token in _LEVELS[level]:
            used.append(token)
            parts.append([])
        else:
            parts[-1].append(token)
    value = _level(parts[0], level + 1, names)
    for word, part in zip(used, parts[1:], strict=True):
        value = _apply(word, _LEVELS[level][word], value, _level(part, level + 1, names))
    return value


def _apply(word: str, function: Callable[..., Result], left: Result, right: Result) -> Result:
    numbers = isinstance(left, int | float) and isinstance(right, int | float)
    if not numbers and word not in _TEXTUAL:
        raise ValueError(f"{word} needs numbers")
    return function(left, right)


def _operand(token: str, names: Names) -> Result:
    if cast := _CAST.match(token):
        return _number(_operand(cast[1], names), whole=cast[2] == "i")
    if token.startswith("!"):
        words = tuple(token.strip("!").split(":"))
        return words if len(words) > 1 else words[0]
    if _NUMBER.match(token):
        return float(token) if "." in token else int(token)
    if ratio := _RATIO.match(token):
        return float(ratio[1]) / float(ratio[2])
    if reference := _REFERENCE.match(token):
        return reference[1]
    if found := _LOOKUP.match(token):
        return names.get(f"{found[1]}:{found[2]}", "")
    if token not in names:
        raise ValueError(f"{token}: {UNKNOWN[token]}" if token in UNKNOWN else f"'{token}' is not known here")
    return names[token]


def _number(value: Result, *, whole: bool) -> int | float:
    """A value as a number: of text, what it spells; a whole one is cut, not rounded."""
    if isinstance(value, str) and not _NUMBER.match(value):
        raise ValueError(f"'{value}' is no number")
    if isinstance(value, tuple):
        raise ValueError("a list is no number")  # noqa: TRY004 - the value is wrong, not its type
    return int(float(value)) if whole else float(value)


def _several(value: Result) -> tuple[str, ...]:
    return value if isinstance(value, tuple) else (str(value),)
