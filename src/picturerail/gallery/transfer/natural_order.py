"""The order in which people count names: 2 before 10, capitals beside small letters. Pure."""

import re
from pathlib import PurePosixPath
from typing import TypeAlias

NaturalKey: TypeAlias = tuple[tuple[str | tuple[int, str], ...], str, str]

_NUMBER = re.compile(r"([0-9]+)")


def natural(name: str) -> NaturalKey:
    """What names are sorted by; the name itself decides between those that count as the same."""
    path = PurePosixPath(name.casefold())  # a.jpg before a1.jpg: the extension counts last
    parts = _NUMBER.split(path.stem)  # texts and numbers take turns
    return tuple(_value(part) if index % 2 else part for index, part in enumerate(parts)), path.suffix, name


def natural_path(path: PurePosixPath) -> tuple[NaturalKey, ...]:
    """The same of a path, folder by folder."""
    return tuple(map(natural, path.parts))


def _value(digits: str) -> tuple[int, str]:
    """A number of any length, without reading it."""
    plain = digits.lstrip("0")
    return len(plain), plain
