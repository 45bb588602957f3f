"""Texts of the form `key=value|key=value`, in which a backslash makes | and = plain characters. Pure.

Clients put a backslash before | and =, and none before a backslash: so what comes before it means nothing.
"""

from collections.abc import Mapping

SEPARATORS = "|="


def parse_pairs(text: str) -> dict[str, str]:
    """The values by key, in their order; pieces without `=` are left out."""
    pairs = (_split(piece, "=", 1) for piece in _split(text, "|"))
    return {_plain(pair[0]).strip(): _plain(pair[1]) for pair in pairs if len(pair) == 2}


def format_pairs(pairs: Mapping[str, object]) -> str:
    """The text that says these values: the inverse of `parse_pairs`."""
    return "|".join(f"{_escaped(key)}={_escaped(value)}" for key, value in pairs.items())


def _escaped(value: object) -> str:
    text = str(value)
    for separator in SEPARATORS:
        text = text.replace(separator, f"\\{separator}")
    return text


def _split(text: str, separator: str, most: int = -1) -> list[str]:
    """Split at separators that no backslash precedes; the backslashes stay."""
    parts = [""]
    escaped = False
    for letter in text:
        if letter == separator and not escaped and len(parts) - 1 != most:
            parts.append("")
        else:
            parts[-1] += letter
        escaped = letter == "\\"
    return parts


def _plain(text: str) -> str:
    for separator in SEPARATORS:
        text = text.replace(f"\\{separator}", separator)
    return text
