# ruff: noqa: D102  (hint, read and show are documented once, in Kind)
"""The kinds of values that URL parameters take: each reads, checks and prints one kind.

`read` raises ValueError for text that is not of its kind; the grammar turns that into a sentence that
names the parameter and quotes the kind's `hint`. `show` prints the one canonical spelling.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

from picturerail.transform.language import reasons
from picturerail.transform.language.colours import read_colour, show_colour
from picturerail.transform.language.expressions import Formula

Scalar: TypeAlias = int | float | str
Value: TypeAlias = Scalar | tuple[Scalar, ...] | Formula

WHOLE = re.compile(r"[+-]?\d{1,9}\Z", re.ASCII)
DECIMAL = re.compile(r"[+-]?(\d{1,9}\.\d{0,9}|\.\d{1,9})\Z", re.ASCII)
_DIGITS = re.compile(r"[+-]?(\d{1,30}(\.\d{0,9})?|\.\d{1,9})\Z", re.ASCII)


class Kind(Protocol):
    """A kind of value: how it is read, checked and printed."""

    @property
    def hint(self) -> str:
        """What is allowed, to follow the words "must be" in an error and in the reference page."""

    def read(self, text: str) -> Value:
        """The value that `text` spells; ValueError when it spells none."""

    def show(self, value: Value) -> str:
        """The canonical text of a value."""


def read_number(text: str) -> int | float:
    """A whole number as int, a decimal as float; a decimal stays one even when it is whole (1.0)."""
    if WHOLE.match(text):
        return int(text)
    if DECIMAL.match(text):
        return float(text)
    raise ValueError(text)


def show_number(value: Scalar) -> str:
    """The shortest text that reads back as the same number: 80, 0.5, 1.0."""
    if not isinstance(value, float):
        return str(value)
    text = f"{value:.9f}".rstrip("0")
    return f"{text}0" if text.endswith(".") else text


@dataclass(frozen=True)
class Number:
    """A number between `low` and `high`, both included."""

    low: float
    high: float
    whole: bool = False

    @property
    def hint(self) -> str:
        return f"a {'whole ' if self.whole else ''}number from {self.low:g} to {self.high:g}"

    def read(self, text: str) -> Value:
        number = read_number(text)
        if not self.low <= number <= self.high or (self.whole and number != int(number)):
            raise ValueError(text)
        return int(number) if self.whole else number

    def show(self, value: Value) -> str:
        return show_number(as_scalar(value))


class PageNumber(Number):
    """One page or frame; Cloudinary has more of them, and layers of Photoshop's documents, behind pg_ as well."""

    @property
    def unsupported(self) -> Mapping[str, str]:
        """What Cloudinary takes besides, and why it is not here; an example of each."""
        return {
            "name:LAYER": reasons.LAYERS,
            "embedded:NUMBER": reasons.LAYERS,
            "1-3": reasons.PAGES,
            "2;4": reasons.PAGES,
        }

    def read(self, text: str) -> Value:
        word, *_ = re.split("[:;-]", text, maxsplit=1)
        if word in ("name", "embedded"):
            raise UnsupportedError(text, reasons.LAYERS)
        if re.fullmatch(r"\d{0,5}([;-]\d{0,5})+", text):
            raise UnsupportedError(text, reasons.PAGES)
        return super().read(text)


class Level(Number):
    """How strong something is, from `low` to `high`: what lies beyond them is the strongest or weakest there is."""

    @property
    def hint(self) -> str:
        return f"a number from {self.low:g} to {self.high:g}, or beyond, which is the nearer of them"

    def read(self, text: str) -> Value:
        if not _DIGITS.match(text):
            raise ValueError(text)
        if not self.low <= float(text) <= self.high:
            return self.low if float(text) < self.low else self.high
        return read_number(text)


@dataclass(frozen=True)
class Length:
    """Pixels as a whole number, or a decimal fraction of the current size."""

    low: int
    largest_fraction: float = 100.0

    @property
    def hint(self) -> str:
        return (
            f"a whole number of pixels from {self.low}, or a decimal fraction of the current size such as 0.5"
        )

    def read(self, text: str) -> Value:
        number = read_number(text)
        if isinstance(number, float):
            allowed = (number > 0 or self.low < 0) and abs(number) <= self.largest_fraction
        else:
            allowed = self.low <= number
        if not allowed:
            raise ValueError(text)
        return number

    def show(self, value: Value) -> str:
        return show_number(as_scalar(value))


class UnsupportedError(ValueError):
    """A word that Cloudinary knows and we do not, and why not."""

    def __init__(self, word: str, reason: str) -> None:
        super().__init__(word)
        self.reason = reason


@dataclass(frozen=True)
class Choice:
    """One word of a list; `unsupported` are those of Cloudinary that we do not know, whatever follows their colon."""

    words: Sequence[str]
    aliases: Sequence[tuple[str, str]] = ()
    unsupported: Mapping[str, str] = field(default_factory=dict)  # and why

    @property
    def hint(self) -> str:
        return f"one of {', '.join(self.words)}"

    def read(self, text: str) -> Value:
        word = dict(self.aliases).get(text, text)
        if word in self.words:
            return word
        reason = self.unsupported.get(text) or self.unsupported.get(text.partition(":")[0])
        if reason:
            raise UnsupportedError(text, reason)
        raise ValueError(text)

    def show(self, value: Value) -> str:
        return str(value)


@dataclass(frozen=True)
class Words:
    """One or more words of a list, joined by dots; their order does not matter.

    What may follow a word and a colon is in `more`: some words, or anything.
    """

    words: Sequence[str]
    more: Sequence[tuple[str, Sequence[str]]] = ()
    unsupported: Mapping[str, str] = field(default_factory=dict)  # and why

    @property
    def hint(self) -> str:
        return f"one or more, joined by dots, of {', '.join(self.words)}"

    def read(self, text: str) -> Value:
        given = text.split(".")
        for word in given:
            self._check(word)
        return tuple(sorted(set(given)))

    def _check(self, text: str) -> None:
        word, colon, rest = text.partition(":")
        if word in self.unsupported:
            raise UnsupportedError(word, self.unsupported[word])
        allowed = dict(self.more).get(word, ())
        if word not in self.words or (colon and rest not in allowed and "*" not in allowed):
            raise ValueError(text)

    def show(self, value: Value) -> str:
        return ".".join(str(word) for word in as_tuple(value))


@dataclass(frozen=True)
class Colour:
    """A colour name, or rgb: and 3, 4, 6 or 8 hex digits; kept as the tuple (red, green, blue, alpha)."""

    hint: str = "a colour name, or rgb: with 3, 4, 6 or 8 hex digits"

    def read(self, text: str) -> Value:
        return read_colour(text)

    def show(self, value: Value) -> str:
        return show_colour(tuple(int(part) for part in as_tuple(value)))


@dataclass(frozen=True)
class OrWord:
    """A value of another kind, or one of some words."""

    kind: Kind
    words: Sequence[str]

    @property
    def hint(self) -> str:
        return f"{self.kind.hint}, or {' or '.join(self.words)}"

    def read(self, text: str) -> Value:
        return text if text in self.words else self.kind.read(text)

    def show(self, value: Value) -> str:
        return value if isinstance(value, str) and value in self.words else self.kind.show(value)


@dataclass(frozen=True)
class Names:
    """Names joined by dots, in order."""

    hint: str = "one or more names, joined by dots"

    def read(self, text: str) -> Value:
        names = tuple(text.split("."))
        if not all(re.fullmatch(r"[^./,?&#%<>\\]{1,255}", name) for name in names):
            raise ValueError(text)
        return names

    def show(self, value: Value) -> str:
        return ".".join(str(name) for name in as_tuple(value))


@dataclass(frozen=True)
class PublicId:
    """A public_id with colons in place of slashes."""

    hint: str = "a public_id with : in place of /"

    def read(self, text: str) -> Value:
        return text.replace(":", "/")

    def show(self, value: Value) -> str:
        return str(value).replace("/", ":")


@dataclass(frozen=True)
class Ratio:
    """Width to height, as 16:9 or 1.78; kept as a float."""

    hint: str = "a ratio of width to height from 0.01 to 100, such as 16:9 or 1.5"

    def read(self, text: str) -> Value:
        across, colon, down = text.partition(":")
        ratio = float(read_number(across))
        if colon:
            divisor = float(read_number(down))
            ratio = ratio / divisor if divisor > 0 else 0
        if not 0.01 <= ratio <= 100:
            raise ValueError(text)
        return round(ratio, 9)

    def show(self, value: Value) -> str:
        return show_number(float(as_scalar(value)))


# in no reference, and in many addresses: what is delicate is pressed with care
_LEVELS = {"sensitive": "best"}


@dataclass(frozen=True)
class Quality:
    """(1 to 100 or "auto", the level of auto, chroma subsampling)."""

    hint: str = (
        "a number from 1 to 100 (80, or 80:444 for full chroma), auto, or auto:best, good, eco or low, "
        "also with :444 or :420"
    )
    levels: Sequence[str] = ("best", "good", "eco", "low")
    chromas: Sequence[str] = ("420", "444")

    def read(self, text: str) -> Value:
        number, *rest = text.split(":")
        if number == "jpegmini":
            raise UnsupportedError(text, reasons.ADD_ON)
        chroma = rest.pop() if rest and rest[-1] in self.chromas else ""
        if number == "auto":
            level = rest.pop() if rest and (rest[-1] in self.levels or rest[-1] in _LEVELS) else "good"
            if rest:
                raise ValueError(text)
            return ("auto", _LEVELS.get(level, level), chroma)
        # bounds how a video is encoded, and says nothing here
        if rest and re.fullmatch(r"qmax_\d{1,3}", rest[-1]):
            rest.pop()
        if rest or not 1 <= read_number(number) <= 100:
            raise ValueError(text)
        return (round(read_number(number)), "", chroma)

    def show(self, value: Value) -> str:
        quality, level, chroma = as_tuple(value)
        level = "" if level == "good" else level
        return ":".join(str(part) for part in (quality, level, chroma) if part != "")


@dataclass(frozen=True)
class Width:
    """A length, or auto with its steps and fallbacks: those of a named transformation wait for the browser that asks.

    They have had their say before a picture is planned.
    """

    length: Length

    @property
    def hint(self) -> str:
        return f"{self.length.hint}, auto, auto:STEP:FALLBACK or auto:breakpoints"

    def read(self, text: str) -> Value:
        if re.fullmatch(r"auto(:breakpoints(_\d{1,6}){0,4})?(:\d{1,5}){0,2}", text):
            return text
        return self.length.read(text)

    def show(self, value: Value) -> str:
        return value if isinstance(value, str) else self.length.show(value)


def is_automatic(width: Value | None) -> bool:
    """Whether a w_ is left to the browser."""
    return isinstance(width, str) and width.startswith("auto")


def as_scalar(value: Value) -> Scalar:
    """The value, known to be one number or word."""
    if isinstance(value, tuple | Formula):
        raise TypeError(value)
    return value


def as_tuple(value: Value) -> tuple[Scalar, ...]:
    """The value, known to be several."""
    if not isinstance(value, tuple):
        raise TypeError(value)
    return value
