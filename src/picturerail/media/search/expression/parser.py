"""The grammar of search expressions, as a recursive descent. Pure.

    or     = and { ("OR" | "||") and }
    and    = not { [ "AND" | "&&" ] not }             two conditions side by side must both hold
    not    = ( "NOT" | "!" | "-" ) not | [ "+" ] clause
    clause = "(" or ")" | field operator values | value
    values = "(" or of values ")" | range | value     tags:(shirt OR blouse), width:[100 TO 200}
    value  = "quoted text" | word                     either may end in *, the prefix search

AND, OR and NOT are values in quotation marks only; TO is a word like others outside of a range. A backslash makes any
character plain. (Cloudinary's "search expressions" documentation.)
"""

from collections.abc import Sequence

from picturerail.errors import BadRequest
from picturerail.media.search.expression.complaint import complaint
from picturerail.media.search.expression.syntax import (
    ANY_FIELD,
    EVERYTHING,
    And,
    Bound,
    FieldTerm,
    Node,
    Not,
    Or,
    Range,
)

MAX_EXPRESSION_LENGTH = 4000
MAX_TERMS = 200
MAX_DEPTH = 30

SPACE = " \t\r\n"
BRACKETS = '()[]{}"'
OPERATORS = (">=", "<=", ">", "<", "=", ":")
JOINING = ("AND", "OR", "NOT")
WORDS = (*JOINING, "TO")


def parse(text: str) -> Node:
    """The tree of an expression; BadRequest that points at the place where it cannot be understood."""
    if len(text) > MAX_EXPRESSION_LENGTH:
        raise BadRequest(f"Invalid search expression: it may have {MAX_EXPRESSION_LENGTH} characters.")
    return _Parser(text).whole()


class _Parser:
    """Reads one text from left to right; `_at` is the next character."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0
        self._terms = 0
        self._field_at = 0

    def whole(self) -> Node:
        self._skip_space()
        if self._at == len(self._text):
            return EVERYTHING
        node = self._or(ANY_FIELD, ":")
        if self._at < len(self._text):
            raise self._complain("nothing is open that could be closed here.")
        return node

    # ---- conditions and how they are joined
    def _or(self, field: str, operator: str) -> Node:
        parts = [self._and(field, operator)]
        while self._take_word("OR") or self._take("||"):
            parts.append(self._and(field, operator))
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def _and(self, field: str, operator: str) -> Node:
        parts = [self._not(field, operator)]
        while self._take_word("AND") or self._take("&&") or self._clause_follows():
            parts.append(self._not(field, operator))
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def _not(self, field: str, operator: str) -> Node:
        if self._take_word("NOT") or self._take("!") or self._take("-"):
            self._deeper()
            node = Not(self._not(field, operator))
            self._depth -= 1
            return node
        self._take("+")
        return self._clause(field, operator)

    def _clause(self, field: str, operator: str) -> Node:
        if self._take("("):
            return self._group(field, operator)
        if field != ANY_FIELD or self._peek() == '"':
            return self._value(field, operator)
        start = self._at
        name = self._field_name()
        given = self._operator() if name else ""
        if not given:
            self._at = start
            return self._value(ANY_FIELD, ":")
        self._field_at = start
        return self._values(name, given)

    def _group(self, field: str, operator: str) -> Node:
        opened = self._at - 1
        self._deeper()
        node = self._or(field, operator)
        if not self._take(")"):
            raise complaint(self._text, opened, "this parenthesis is never closed.")
        self._depth -= 1
        return node

    def _values(self, field: str, operator: str) -> Node:
        if operator in ":=":
            if self._take("("):
                return self._group(field, operator)
            if self._peek() in ("[", "{"):
                return self._range(field)
        return self._value(field, operator)

    def _range(self, field: str) -> Node:
        self._count()
        start = self._at
        low_included = self._next() == "["
        low = self._bound(included=low_included)
        if not self._take_word("TO"):
            raise self._complain("a range needs TO between its ends, such as [10 TO 20].")
        high = self._bound(included=True)
        if self._peek() not in ("]", "}"):
            raise self._complain("a range ends with ] or }.")
        high = Bound(high.value, self._next() == "]")
        self._skip_space()
        return Range(field, low, high, start, self._field_at)

    def _bound(self, *, included: bool) -> Bound:
        self._skip_space()
        value, prefix, _ = self._text_value(WORDS)
        if prefix and value:
            raise self._complain("an end of a range is a whole value, or * alone.")
        return Bound(None if prefix else value, included)

    def _value(self, field: str, operator: str) -> Node:
        self._count()
        value, prefix, start = self._text_value(JOINING)
        if prefix and operator not in ":=":
            raise complaint(self._text, start, f"* cannot follow {operator}.")
        return FieldTerm(field, operator, value, prefix, start, self._field_at)

    # ---- characters
    def _text_value(self, keywords: Sequence[str]) -> tuple[str, bool, int]:
        """A word that is no keyword, or a quoted text; whether it ends in *, and where it began."""
        self._skip_space()
        start = self._at
        quoted = self._take_char('"')
        value, prefix = self._letters(quoted=quoted)
        if quoted and not self._take_char('"'):
            raise complaint(self._text, start, "this quotation mark is never closed.")
        if not quoted and not prefix and (not value or self._text[start : self._at] in keywords):
            raise complaint(self._text, start, "a value is missing here.")
        self._skip_space()
        return value, prefix, start

    def _letters(self, *, quoted: bool) -> tuple[str, bool]:
        value, prefix = "", False
        while self._at < len(self._text) and not self._ends(self._text[self._at], quoted=quoted):
            if prefix:
                raise complaint(
                    self._text, self._at - 1, "* may stand at the end only; write \\* for the character."
                )
            letter = self._next()
            if letter == "\\":
                value += self._escaped()
            elif letter == "*":
                prefix = True
            else:
                value += letter
        return value, prefix

    @staticmethod
    def _ends(letter: str, *, quoted: bool) -> bool:
        return letter == '"' if quoted else letter in SPACE or letter in BRACKETS

    def _escaped(self) -> str:
        if self._at == len(self._text):
            raise complaint(self._text, self._at - 1, "a backslash needs a character behind it.")
        return self._next()

    def _field_name(self) -> str:
        """A name up to an operator; `context.` and `metadata.` names may hold escaped characters."""
        name = ""
        while self._at < len(self._text):
            letter = self._text[self._at]
            if letter in SPACE or letter in BRACKETS or letter in ":=<>":
                break
            self._at += 1
            name += self._escaped() if letter == "\\" else letter
        return name

    def _operator(self) -> str:
        """The operator that follows, if one does; `bytes:>5` is `bytes>5`."""
        self._skip_space()
        found = next((each for each in OPERATORS if self._take(each)), "")
        if found == ":":
            return next((each for each in OPERATORS[:4] if self._take(each)), ":")
        return found

    def _clause_follows(self) -> bool:
        rest = self._text[self._at :]
        return bool(rest) and rest[0] not in ")]}" and not rest.startswith("||") and not self._at_word("OR")

    def _at_word(self, word: str) -> bool:
        end = self._at + len(word)
        return self._text.startswith(word, self._at) and self._text[end : end + 1] in ("", *SPACE, "(", '"')

    def _take_word(self, word: str) -> bool:
        return self._at_word(word) and self._take(word)

    def _take(self, text: str) -> bool:
        if not self._text.startswith(text, self._at):
            return False
        self._at += len(text)
        self._skip_space()
        return True

    def _take_char(self, letter: str) -> bool:
        taken = self._peek() == letter
        self._at += taken
        return taken

    def _peek(self) -> str:
        return self._text[self._at : self._at + 1]

    def _next(self) -> str:
        self._at += 1
        return self._text[self._at - 1]

    def _skip_space(self) -> None:
        while self._peek() and self._peek() in SPACE:
            self._at += 1

    # ---- limits
    def _deeper(self) -> None:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise self._complain(f"conditions may be {MAX_DEPTH} deep.")

    def _count(self) -> None:
        self._terms += 1
        if self._terms > MAX_TERMS:
            raise self._complain(f"there may be {MAX_TERMS} conditions.")

    def _complain(self, reason: str) -> BadRequest:
        return complaint(self._text, self._at, reason)
