"""Words of a script: numbers, texts, names and operators."""

import re
from dataclasses import dataclass

from picturerail.errors import BadRequest

MAX_SCRIPT_LENGTH = 4000
OPERATORS = ("===", "!==", "==", "!=", "<=", ">=", "&&", "||", *"<>+-*/%!=?:;,.()[]{}")
ESCAPES = {"n": "\n", "t": "\t", "r": "\r"}

_TOKEN = re.compile(
    r"""\s*(?:(?P<number>\d{1,15}(?:\.\d{1,15})?)
    |(?P<text>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*')
    |(?P<name>[A-Za-z_$][\w$]*)
    |(?P<operator>"""
    + "|".join(map(re.escape, OPERATORS))
    + r")|(?P<end>\Z))",
    re.VERBOSE,
)


@dataclass(frozen=True)
class Token:
    """One word: its kind (number, text, name, operator, end), what it says, and where it stands."""

    kind: str
    text: str
    position: int


def tokens_of(script: str) -> list[Token]:
    """The words of a script, an `end` behind them; BadRequest for a character that has no place."""
    if len(script) > MAX_SCRIPT_LENGTH:
        raise BadRequest(f"Invalid eval: it may have {MAX_SCRIPT_LENGTH} characters.")
    tokens: list[Token] = []
    at = 0
    while not tokens or tokens[-1].kind != "end":
        match = _TOKEN.match(script, at)
        if match is None or match.lastgroup is None:
            raise BadRequest(f"Invalid eval: the script cannot be read at position {at + 1}.")
        kind = match.lastgroup
        text = match[kind]
        tokens.append(Token(kind, _plain(text) if kind == "text" else text, match.start(kind)))
        at = match.end()
    return tokens


def _plain(quoted: str) -> str:
    """A text without its quotation marks and backslashes."""
    return re.sub(r"\\(.)", lambda match: ESCAPES.get(match[1], match[1]), quoted[1:-1])
