# ruff: noqa: D102  (hint, read and show are documented once, in Kind)
"""The kinds of values that URL parameters take: each reads, checks and prints one kind.

`read` raises ValueError for text that is not of its kind; the grammar turns that into a sentence that
names the parameter and quotes the kind's `hint`. `show` prints the one canonical spelling.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, TypeAlias

from picturerail.transform.language.colours import read_colour, show_colour
from picturerail.transform.language.expressions import Formula

Scalar: TypeAlias = int | float | str
Value: TypeAlias = Scalar | tuple[Scalar, ...] | Formula

WHOLE = re.compile(r"[+-]?\d{1,9}\Z", re.ASCII)
DECIMAL = re.compile(r"[+-]?(\d{1,9}\.\d{0,9}|\.\d{1,9})\Z", re.ASCII)


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


@dataclass(frozen=True)
class Choice:
    """One word of a list."""

    words: Sequence[str]
    aliases: Sequence[tuple[str, str]] = ()

    @property
    def hint(self) -> str:
        return f"one of {', '.join(self.words)}"

    def read(self, text: str) -> Value:
        word = dict(self.aliases).get(text, text)
        if word not in self.words:
            raise ValueError(text)
        return word

    def show(self, value: Value) -> str:
        return str(value)


@dataclass(frozen=True)
class Words:
    """One or more words of a list, joined by dots; their order does not matter."""

    words: Sequence[str]

    @property
    def hint(self) -> str:
        return f"one or more, joined by dots, of {', '.join(self.words)}"

    def read(self, text: str) -> Value:
        given = text.split(".")
        if any(word.partition(":")[0] not in self.words for word in given):
            raise ValueError(text)
        return tuple(sorted(set(given)))

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
class Background:
    """A colour; or auto, the colour of the edges; or blurred with an intensity and a brightness."""

    hint: str = (
        "a colour name, rgb: with hex digits, auto, or blurred:INTENSITY:BRIGHTNESS such as blurred:400:15"
    )

    def read(self, text: str) -> Value:
        word, *given = text.split(":")
        if word == "auto" and given in ([], ["border"]):
            return ("auto",)
        if word != "blurred":
            return read_colour(text)
        intensity = Number(1, 2000, whole=True).read(given[0]) if given else 100
        brightness = Number(-200, 200, whole=True).read(given[1]) if given[1:] else 0
        if len(given) > 2:
            raise ValueError(text)
        return ("blurred", as_scalar(intensity), as_scalar(brightness))

    def show(self, value: Value) -> str:
        parts = as_tuple(value)
        return ":".join(map(str, parts)) if isinstance(parts[0], str) else Colour().show(value)


@dataclass(frozen=True)
class Border:
    """A width in pixels and a colour, kept as (width, red, green, blue, alpha)."""

    hint: str = "a width and a colour, as in 4px_solid_red or 4px_solid_rgb:ff0000"

    def read(self, text: str) -> Value:
        width, _, colour = text.partition("px_solid_")
        if not WHOLE.match(width) or not 0 <= int(width) <= 1000:
            raise ValueError(text)
        return (int(width), *read_colour(colour))

    def show(self, value: Value) -> str:
        width, *colour = as_tuple(value)
        return f"{width}px_solid_{show_colour(tuple(int(part) for part in colour))}"


@dataclass(frozen=True)
class Names:
    """Names joined by dots, in order."""

    hint: str = "one or more names of letters, digits, spaces, - and _, joined by dots"

    def read(self, text: str) -> Value:
        names = tuple(text.split("."))
        if not all(re.fullmatch(r"[\w -]{1,100}", name) for name in names):
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


@dataclass(frozen=True)
class Quality:
    """1 to 100 with an optional chroma subsampling, or auto with an optional level."""

    hint: str = "a number from 1 to 100 (80, or 80:444 for full chroma), auto, or auto:best, good, eco or low"

    def read(self, text: str) -> Value:
        number, _, chroma = text.partition(":")
        if number == "auto":
            if chroma not in ("", "best", "good", "eco", "low"):
                raise ValueError(text)
            return ("auto", chroma or "good")
        if not 1 <= read_number(number) <= 100 or chroma not in ("", "420", "444"):
            raise ValueError(text)
        return (round(read_number(number)), chroma)

    def show(self, value: Value) -> str:
        quality, detail = as_tuple(value)
        if quality == "auto":
            return "auto" if detail == "good" else f"auto:{detail}"
        return f"{quality}:{detail}" if detail else str(quality)


@dataclass(frozen=True)
class Angle:
    """Degrees clockwise and words, joined by dots and applied in that order."""

    words: Sequence[str] = ("hflip", "vflip", "ignore", "exif", "auto_right", "auto_left")

    @property
    def hint(self) -> str:
        return f"degrees clockwise from -360 to 360, or {', '.join(self.words)}; several are joined by dots"

    def read(self, text: str) -> Value:
        return tuple(self._one(part) for part in _split_angles(text))

    def _one(self, text: str) -> Scalar:
        if text in self.words:
            return text
        degrees = read_number(text)
        if abs(degrees) > 360:
            raise ValueError(text)
        return degrees

    def show(self, value: Value) -> str:
        return ".".join(show_number(part) for part in as_tuple(value))


def _split_angles(text: str) -> list[str]:
    """Parts at dots, where a dot between digits is a decimal point."""
    return re.split(r"(?<!\d)\.|\.(?!\d)", text)


@dataclass(frozen=True)
class Radius:
    """Corner radius in pixels, or max; up to four of them go clockwise from the top left."""

    hint: str = "a radius in pixels, max, or two to four radii joined by colons"

    def read(self, text: str) -> Value:
        if text == "max":
            return ("max",)
        radii = tuple(read_number(part) for part in text.split(":"))
        if len(radii) > 4 or any(not 0 <= radius <= 100000 for radius in radii):
            raise ValueError(text)
        return radii

    def show(self, value: Value) -> str:
        return ":".join(show_number(part) for part in as_tuple(value))


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
