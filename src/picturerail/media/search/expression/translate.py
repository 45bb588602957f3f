"""From the tree of an expression to a MongoDB query that indexes can answer. Pure.

Text of the user becomes a value to compare with, never an operator, a path or a regular expression: a prefix
is the range between two texts.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeAlias

from picturerail.media.search.expression import values
from picturerail.media.search.expression.complaint import complaint
from picturerail.media.search.expression.fields import Field, find, why_not
from picturerail.media.search.expression.syntax import And, Bound, FieldTerm, Node, Not, Or, Range
from picturerail.media.store.search_fields import MAX_WHOLE_LENGTH, whole_of, words_of

SearchQuery: TypeAlias = dict[str, Any]

ENTRIES = "search.entries"
COMPARISONS = {">": "$gt", ">=": "$gte", "<": "$lt", "<=": "$lte"}
LAST_LETTER = "\U0010ffff"
ALL: SearchQuery = {}
NOTHING: SearchQuery = {"_id": {"$exists": False}}

_METADATA_KEY = re.compile(r"[\w-]+")  # as definitions.py admits them


@dataclass(frozen=True)
class Translator:
    """Translates the conditions of one expression, whose text is kept for complaints."""

    text: str
    fields: tuple[Field, ...]
    now: datetime

    def query(self, node: Node) -> SearchQuery:
        """The query of a tree; BadRequest that points at the condition which makes no sense."""
        match node:
            case And(parts):
                return {"$and": [self.query(part) for part in parts]} if parts else ALL
            case Or(parts):
                return {"$or": [self.query(part) for part in parts]}
            case Not(part):
                return {"$nor": [self.query(part)]}
            case _:
                return self._condition(node)

    def _condition(self, node: FieldTerm | Range) -> SearchQuery:
        field = find(self.fields, node.field)
        if field is None:
            name = node.field[:50]
            if reason := why_not(self.fields, node.field):
                raise complaint(
                    self.text, node.field_position, f"{name} cannot be searched for here: {reason}."
                )
            names = ", ".join(each.name for each in self.fields if each.name)
            raise complaint(self.text, node.field_position, f"there is no field {name}. Fields: {names}.")
        try:
            if isinstance(node, Range):
                return self._range(field, node)
            return MATCHERS[field.kind](self, field, node)
        except ValueError as error:
            raise complaint(self.text, node.position, f"{node.field[:50]}: {error}.") from None

    # ---- one matcher for each kind of field
    def any_text(self, field: Field, term: FieldTerm) -> SearchQuery:
        """A word in any text field."""
        return _words(("", *field.also), term)

    def text_field(self, field: Field, term: FieldTerm) -> SearchQuery:
        """Words by `:`, the whole value by `=`; a prefix of several words is one of the whole value."""
        _only_equal(term)
        by_whole = term.operator == "=" or not _is_words(term)
        found = _whole(field.path, term) if by_whole else _words((field.name, *field.also), term)
        if field.instead:  # what has no value of its own is told under the other field's
            other = (
                _whole(field.instead, term) if by_whole else _words((field.instead.rpartition(".")[2],), term)
            )
            return {"$or": [found, {field.path: {"$in": [None, ""]}, **other}]}
        return found

    def keyword(self, field: Field, term: FieldTerm) -> SearchQuery:
        """The whole value, or a prefix of it."""
        _only_equal(term)
        if field.name == "status":  # of what is here; what is deleted is not
            return ALL if _is_active(term) else NOTHING
        return _whole(field.path, term)

    def colour(self, field: Field, term: FieldTerm) -> SearchQuery:
        """A colour by its name, one of the predominant ones."""
        _only_equal(term)
        if term.prefix:
            return (
                _present(field.path) if not term.value else _first_of_each(field.path, _between(term.value))
            )
        return _first_of_each(field.path, term.value.casefold())

    def nothing(self, field: Field, term: FieldTerm) -> SearchQuery:
        """What no asset has."""
        del field, term
        return NOTHING

    def folder(self, field: Field, term: FieldTerm) -> SearchQuery:
        """A folder; `shop/*` is that one and all below it, `*` all folders and the root: Cloudinary's CLI asks so."""
        _only_equal(term)
        if term.prefix and not term.value:
            return ALL
        if term.prefix and term.value.endswith("/"):
            return {
                "$or": [{field.path: term.value.rstrip("/")}, _prefix(field.path, term.value, array=False)]
            }
        return _whole(field.path, term)

    def pairs(self, field: Field, term: FieldTerm) -> SearchQuery:
        """`context.key` and `metadata.key`: entries, and for comparisons the stored number or date."""
        if "." not in term.field:
            raise ValueError(f"name a key, such as {field.name}.key")
        if term.operator in COMPARISONS:
            return self._compare_metadata(term)
        if term.prefix and not term.value:
            return _prefix(ENTRIES, whole_of(term.field, ""), array=True)
        if term.operator == ":" and _is_words(term):
            return _words((term.field,), term)
        if term.prefix:
            return _prefix(ENTRIES, whole_of(term.field, term.value), array=True)
        return {ENTRIES: whole_of(term.field, term.value), **_beyond_whole(term)}

    def _compare_metadata(self, term: FieldTerm) -> SearchQuery:
        room, _, key = term.field.partition(".")
        if room != "metadata" or not _METADATA_KEY.fullmatch(key):
            raise ValueError("only numbers and dates of metadata can be compared")
        try:
            value: float | str = values.number(term.value)
        except ValueError:
            value = values.span(term.value, self.now).start.date().isoformat()
        return {f"metadata.{key}": {COMPARISONS[term.operator]: value}}

    def number(self, field: Field, term: FieldTerm) -> SearchQuery:
        """Numbers, sizes and ratios."""
        if term.prefix and not term.value:
            return _present(field.path)
        if term.prefix:
            raise ValueError("a number has no prefix")
        value = READERS[field.kind](term.value)
        return {field.path: {COMPARISONS.get(term.operator, "$eq"): value}}

    def date(self, field: Field, term: FieldTerm) -> SearchQuery:
        """A time: a day and a second are spans, an age is one moment."""
        if term.prefix:
            raise ValueError("a time has no prefix")
        span = values.span(term.value, self.now)
        if term.operator in ":=":
            if span.start == span.end:
                raise ValueError(f"compare an age by < or >, such as >{term.value}")
            return {field.path: {"$gte": span.start, "$lt": span.end}}
        limit = {">": ("$gte", span.end), ">=": ("$gte", span.start)}
        limit |= {"<": ("$lt", span.start), "<=": ("$lt", span.end)}
        return {field.path: dict([limit[term.operator]])}

    def flag(self, field: Field, term: FieldTerm) -> SearchQuery:
        """True or false."""
        _only_equal(term)
        return {field.path: values.flag(term.value)}

    # ---- ranges
    def _range(self, field: Field, node: Range) -> SearchQuery:
        if field.kind == "pairs":
            return self._both(field, node)
        if field.kind == "nothing":
            return NOTHING
        if field.kind not in ("date", "number", "size", "ratio"):
            raise ValueError("only numbers and times have ranges")
        return self._both(field, node)

    def _both(self, field: Field, node: Range) -> SearchQuery:
        ends = [*self._end(field, node, node.low, ">"), *self._end(field, node, node.high, "<")]
        if not ends:
            raise ValueError("a range needs an end")
        return {"$and": ends} if len(ends) > 1 else ends[0]

    def _end(self, field: Field, node: Range, bound: Bound, operator: str) -> list[SearchQuery]:
        if bound.value is None:
            return []
        operator += "=" if bound.included else ""
        return [MATCHERS[field.kind](self, field, FieldTerm(node.field, operator, bound.value))]


Matcher: TypeAlias = Callable[[Translator, Field, FieldTerm], SearchQuery]
MATCHERS: dict[str, Matcher] = {
    "any": Translator.any_text,
    "text": Translator.text_field,
    "keyword": Translator.keyword,
    "colour": Translator.colour,
    "nothing": Translator.nothing,
    "folder": Translator.folder,
    "pairs": Translator.pairs,
    "number": Translator.number,
    "size": Translator.number,
    "ratio": Translator.number,
    "date": Translator.date,
    "flag": Translator.flag,
}
READERS: dict[str, Callable[[str], float]] = {
    "number": values.number,
    "size": values.size,
    "ratio": values.ratio,
}


def _only_equal(term: FieldTerm) -> None:
    if term.operator not in ":=":
        raise ValueError(f"it cannot be compared by {term.operator}")


def _is_words(term: FieldTerm) -> bool:
    """True when there are words to look for; a prefix such as shop/* is one of the whole value, cat* one of a word."""
    words = list(words_of("", term.value))
    return words == [f"={term.value.casefold()}"] if term.prefix else bool(words)


def _words(names: Sequence[str], term: FieldTerm) -> SearchQuery:
    """All words of the value, each in some field of these names; the last one as a prefix when it ended in *."""
    words = list(zip(*(words_of(name, term.value) for name in names), strict=True))
    if not words:
        raise ValueError("a word is expected")
    whole = words[:-1] if term.prefix else words
    found = [{ENTRIES: each[0] if len(each) == 1 else {"$in": list(each)}} for each in whole]
    if term.prefix:
        begun = [_prefix(ENTRIES, each, array=True) for each in words[-1]]
        found.append(begun[0] if len(begun) == 1 else {"$or": begun})
    return found[0] if len(found) == 1 else {"$and": found}


def _whole(path: str, term: FieldTerm) -> SearchQuery:
    if not term.prefix:
        return {path: term.value}
    return _prefix(path, term.value, array=path == "tags") if term.value else _present(path)


def _prefix(path: str, prefix: str, *, array: bool) -> SearchQuery:
    return {path: {"$elemMatch": _between(prefix)} if array else _between(prefix)}


def _between(prefix: str) -> SearchQuery:
    return {"$gte": prefix, "$lt": prefix + LAST_LETTER}


def _first_of_each(path: str, value: Any) -> SearchQuery:  # noqa: ANN401
    """A value that stands first in one of the lists of a list."""
    return {path: {"$elemMatch": {"0": value}}}


def _present(path: str) -> SearchQuery:
    return {path: {"$nin": [None, "", []]}}


def _beyond_whole(term: FieldTerm) -> SearchQuery:
    """Entries hold the beginning of long values only, so such a value cannot be asked for as a whole."""
    if len(term.value) > MAX_WHOLE_LENGTH:
        raise ValueError(f"a whole value may have {MAX_WHOLE_LENGTH} characters here; use {term.field}:word")
    return {}


def _is_active(term: FieldTerm) -> bool:
    return "active".startswith(term.value) if term.prefix else term.value == "active"
