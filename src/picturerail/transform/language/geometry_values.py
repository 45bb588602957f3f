# ruff: noqa: D102  (hint, read and show are documented once, in Kind)
"""The kinds of values that say what surrounds a picture and how its outline is: backgrounds, borders, angles, radii."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from picturerail.transform.language import reasons
from picturerail.transform.language.colours import read_colour, show_colour
from picturerail.transform.language.values import (
    Choice,
    Colour,
    Level,
    Scalar,
    UnsupportedError,
    Value,
    as_scalar,
    as_tuple,
    read_number,
    show_number,
)

MAX_DEGREES = 100_000
MAX_BORDER = 1000
OWN_COLOURS = tuple(
    f"{source}{gradient}{contrast}"
    for source in ("border", "predominant")
    for gradient in ("", "_gradient")
    for contrast in ("", "_contrast")
)
DIRECTIONS = ("horizontal", "vertical", "diagonal_desc", "diagonal_asc")


@dataclass(frozen=True)
class Background:
    """A colour; or ("auto", mode, how many colours, direction, palette); or ("blurred", intensity, brightness)."""

    hint: str = (
        "a colour name, rgb: with hex digits, auto:MODE such as auto:predominant or "
        "auto:border_gradient:2:vertical, with :palette_red_ffd700 behind it the nearest of these, or "
        "blurred:INTENSITY:BRIGHTNESS such as blurred:400:15"
    )

    def read(self, text: str) -> Value:
        word, *given = text.split(":")
        if word == "gen_fill":
            raise UnsupportedError(text, reasons.MODEL)
        if word == "auto":
            palette = _read_palette(given.pop()) if given and given[-1].startswith("palette_") else ""
            return (*_read_own_colours(given), palette)
        if word != "blurred":
            return read_colour(text)
        intensity = Level(1, 2000).read(given[0]) if given else 100
        brightness = Level(-200, 200).read(given[1]) if given[1:] else 0
        if len(given) > 2:
            raise ValueError(text)
        return ("blurred", round(float(str(intensity))), round(float(str(brightness))))

    def show(self, value: Value) -> str:
        parts = as_tuple(value)
        if not isinstance(parts[0], str):
            return Colour().show(value)
        shown = (*parts[:2], parts[4]) if parts[0] == "auto" and parts[2] == 1 else parts
        return ":".join(str(part) for part in shown if part != "")


def _read_palette(text: str) -> str:
    """Colours by name or in hex digits, of which the nearest is taken; in hex digits, each once."""
    digits = [bytes(read_colour(word)[:3]).hex() for word in text.split("_")[1:]]
    return "_".join(("palette", *dict.fromkeys(digits)))


def palette_of(text: str) -> tuple[tuple[int, ...], ...]:
    """The colours of a palette that was read."""
    return tuple(tuple(bytes.fromhex(word)) for word in text.split("_")[1:])


def _read_own_colours(given: Sequence[str]) -> tuple[Scalar, ...]:
    """What follows auto: a mode; of a gradient the number of its colours and, of two, its direction."""
    mode = given[0] if given else "border"
    if mode not in OWN_COLOURS:
        raise ValueError(f"auto goes with {', '.join(OWN_COLOURS)}, not with '{mode}'")
    if "gradient" not in mode:
        if given[1:]:
            raise ValueError(f"auto:{mode} is one colour; a number goes with a gradient")
        return ("auto", mode, 1, "")
    given = [mode, "2", *given[1:]] if given[1:2] and given[1] in DIRECTIONS else list(given)
    colours = Choice(("2", "4")).read(given[1] if given[1:] else "2")
    if colours == "4":
        if given[2:]:
            raise ValueError("a gradient of 4 colours has one in each corner, and no direction")
        return ("auto", mode, 4, "")
    direction = as_scalar(Choice(DIRECTIONS).read(given[2] if given[2:] else "horizontal"))
    if given[3:]:
        raise ValueError(":".join(given))
    return ("auto", mode, 2, direction)


@dataclass(frozen=True)
class Border:
    """A width in pixels and a colour, kept as (width, red, green, blue, alpha)."""

    hint: str = "a width and a colour, as in 4px_solid_red, 1.5px_solid_red or 4px_solid_rgb:ff0000"

    def read(self, text: str) -> Value:
        width, _, colour = text.partition("_solid_")
        width = width.removesuffix("px")
        if not 0 <= read_number(width) <= MAX_BORDER:
            raise ValueError(text)
        return (read_number(width), *read_colour(colour))

    def show(self, value: Value) -> str:
        width, *colour = as_tuple(value)
        return f"{show_number(width)}px_solid_{show_colour(tuple(int(part) for part in colour))}"


@dataclass(frozen=True)
class Angle:
    """Degrees clockwise and words, joined by dots and applied in that order."""

    words: Sequence[str] = ("hflip", "vflip", "ignore", "exif", "auto_right", "auto_left")

    @property
    def hint(self) -> str:
        return f"degrees clockwise, or {', '.join(self.words)}; several are joined by dots"

    def read(self, text: str) -> Value:
        return tuple(self._one(part) for part in _split_angles(text))

    def _one(self, text: str) -> Scalar:
        if text in self.words:
            return text
        degrees = read_number(text)
        if abs(degrees) > MAX_DEGREES:
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

    hint: str = "a radius in pixels or max, or two to four of them joined by colons"

    def read(self, text: str) -> Value:
        radii = tuple(part if part == "max" else read_number(part) for part in text.split(":"))
        if len(radii) > 4 or any(not isinstance(one, str) and not 0 <= one <= 100000 for one in radii):
            raise ValueError(text)
        return radii

    def show(self, value: Value) -> str:
        return ":".join(show_number(part) for part in as_tuple(value))


@dataclass(frozen=True)
class Gravity:
    """A word; of g_auto with things to look for (auto:face_80:custom), the first that is known here."""

    words: Sequence[str]
    unsupported: Mapping[str, str]

    @property
    def hint(self) -> str:
        return f"one of {', '.join(self.words)} (names of things, such as cat, would need a trained model)"

    def read(self, text: str) -> Value:
        word, *given = text.split(":")
        if word == "auto" and given:
            text = self._automatic(text, given)
        return Choice(self.words, unsupported=self.unsupported).read(text)

    def _automatic(self, text: str, given: list[str]) -> str:
        """A weight, alone (auto:50) or behind a word (auto:faces_30), says how much it counts: here it does."""
        plain = [re.sub(r"_?\d{1,3}\Z", "", word) for word in given]
        known = [word for word in plain if f"auto:{word}" in self.words]
        return text if not known and any(plain) else f"auto:{known[0]}" if known else "auto"

    def show(self, value: Value) -> str:
        return str(value)


@dataclass(frozen=True)
class ColourSpace:
    """A word, or ("icc", public_id)."""

    hint: str = "srgb, tinysrgb, no_cmyk, cmyk, keep_cmyk, copy, or icc: and the public_id of a raw file"
    words: Sequence[str] = ("srgb", "tinysrgb", "no_cmyk", "cmyk", "keep_cmyk", "copy")

    def read(self, text: str) -> Value:
        word, colon, name = text.partition(":")
        if word == "icc" and name:
            return ("icc", name.replace(":", "/"))
        if text == "srgb:truecolor":
            return "srgb"
        if colon or word not in self.words:
            raise ValueError(text)
        return word

    def show(self, value: Value) -> str:
        return f"icc:{str(value[1]).replace('/', ':')}" if isinstance(value, tuple) else str(value)
