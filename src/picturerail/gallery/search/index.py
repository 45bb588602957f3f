"""Which pictures have the words that are looked for: one index, newest first, at any size.

Everything that may be typed stands in the index as it is (`words.py`), so each token is one place in it, in which
the pictures lie in the gallery's order: nothing is sorted, and nothing is looked at that is not shown. Of several
tokens the rarest leads.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, TypeAlias

from picturerail.database import TOKEN_ORDER, Database, Document
from picturerail.gallery.search.facets import TIMES, as_facet, facet_token
from picturerail.gallery.search.terms import MAX_QUERY, Term, terms_of

MAX_UNKNOWN = 2  # unknown words; for more, no suggestion is worth the work
MAX_COMPARED = 150  # words among which one is sought that is spelled nearly so
MAX_COUNTED = 24  # tokens among which the rarest is sought
MAX_OF_PHRASE = 3  # words of a phrase among them
ENOUGH = 1000  # pictures of one token, beyond which the longer one of two is taken for the rarer
LAST = "\U0010ffff"  # comes behind whatever goes on behind a prefix
PHRASE_FIELDS = ("description", "filename", "tags")  # the texts in which words stand one after the other

# Queries, the last of which finds all pictures that somebody sees; those before it a part, with less to pass over.
Looks: TypeAlias = Sequence[Mapping[str, Any]]
Lead: TypeAlias = tuple[str, ...]  # tokens, one of which leads into the index


@dataclass(frozen=True)
class Search:
    """What a person looks for, as written and as understood."""

    text: str = ""
    terms: tuple[Term, ...] = ()

    @classmethod
    def of(cls, text: str) -> "Search":
        """Read the text of a search field; of a very long one, the beginning."""
        shown = text.strip()[:MAX_QUERY]
        return cls(shown, terms_of(shown))

    def __bool__(self) -> bool:
        """Whether anything is looked for."""
        return bool(self.text)

    @property
    def wanted(self) -> tuple[Term, ...]:
        """What a picture must have; without any, nothing is found: something has to lead into the index."""
        return tuple(term for term in self.terms if not term.left_out)

    @property
    def finds_covers(self) -> bool:
        """Whether the words of a stack's pictures may be looked for in its cover: not phrases, nor what is left out."""
        every = [each for term in self.terms for each in (term, *term.either)]
        return not any(term.phrase or term.left_out for term in every)

    def without(self, term: Term) -> str:
        """The text of the same search without one of its terms."""
        return " ".join(other.shown for other in self.terms if other != term)

    @property
    def label(self) -> str:
        """It as it is read: facets with their values in plain words."""
        return " ".join(term.label for term in self.terms)


def matching(db: Database, search: Search) -> Document | None:
    """The query for the pictures that have all that is looked for; None when there surely are none."""
    plain = [term for term in search.wanted if term.is_plain]
    tokens = list(dict.fromkeys(token for term in plain for token in term.tokens))
    leads = [*_some(tokens), *(lead for term in search.wanted if not term.is_plain for lead in _leads(term))]
    if not leads:
        return None
    counted = {lead: _frequency(db, lead) for lead in leads} if len(leads) > 1 else {}
    if 0 in counted.values():
        return None
    first = min(counted, key=lambda lead: (counted[lead], -len(lead[0]))) if counted else leads[0]
    # The others are compared in what the first one finds: no index of lists can serve two of its entries at once.
    # What stands in a $nor is looked up in no index, and costs half of the same as an expression.
    refused = [
        *({"tokens": {"$ne": token}} for token in tokens if (token,) != first),
        *({"$nor": [_has(term)]} for term in search.wanted if not (term.is_plain or _is_led(term, first))),
        *(_says(term) for term in search.terms if term.left_out),
        *([] if search.finds_covers else [{"lent": {"$in": _every(search.wanted)}}]),
    ]
    return {
        "tokens": first[0] if len(first) == 1 else {"$in": list(first)},
        **({"$nor": refused} if refused else {}),
    }


def found_by(db: Database, search: Search) -> Document:
    """The query for the pictures that have all that is looked for, even when there are none."""
    words = matching(db, search)
    return {"tokens": {"$in": []}} if words is None else words


def _some(tokens: list[str]) -> list[Lead]:
    """Those among which the rarest is sought."""
    step = -(-len(tokens) // MAX_COUNTED) or 1
    return [(token,) for token in tokens[::step]]


def _leads(term: Term) -> list[Lead]:
    """Those of a term that is not plain: of a phrase its longest words, which are the rarer ones mostly."""
    if term.either:
        return [_leading(term)]
    return [(token,) for token in sorted(term.tokens, key=len, reverse=True)[:MAX_OF_PHRASE]]


def _leading(term: Term) -> Lead:
    """Tokens of which every picture with this term has one."""
    if not term.either:
        return tuple(sorted(term.tokens, key=len, reverse=True)[:1])
    return tuple(dict.fromkeys(token for each in term.either for token in _leading(each)))


def _is_led(term: Term, lead: Lead) -> bool:
    """Whether what the index finds for a lead is what has the term, and nothing else."""
    return _leading(term) == lead and all(
        each.is_plain and len(each.tokens) == 1 for each in term.either or (term,)
    )


def _has(term: Term) -> Document:
    """What is true of a picture that has a term."""
    if term.either and _is_led(term, _leading(term)):
        return {"tokens": {"$in": list(_leading(term))}}
    if term.either:
        return {"$or": [_has(each) for each in term.either]}
    tokens: Document = {"tokens": {"$all": list(term.tokens)}}
    if not term.phrase:
        return tokens
    texts = [{field: {"$regex": term.phrase, "$options": "i"}} for field in PHRASE_FIELDS]
    return {"$and": [tokens, {"$or": texts}]}


def _says(term: Term) -> Document:
    """What is true of a picture that has a term by itself: not by the words of what lies under it in its stack."""
    return {"$and": [_has(term), {"lent": {"$nin": _every((term,))}}]}


def _every(terms: Iterable[Term]) -> list[str]:
    """All tokens of terms."""
    return [token for term in terms for token in (*term.tokens, *_every(term.either))]


def suggestion(db: Database, search: Search, seen: Looks) -> str:
    """The search with words that nobody used replaced by ones that are spelled nearly so; "" when there are none.

    Only words of the pictures that are `seen` count.
    """
    plain = [term for term in search.wanted if term.is_plain]
    strange = [term for term in plain if not all(_is_known(db, token, seen) for token in term.tokens)]
    if not 0 < len(strange) <= MAX_UNKNOWN:
        return ""
    near = {term: _near(db, term, seen) for term in strange}
    if not all(near.values()):
        return ""
    return " ".join(near.get(term) or term.shown for term in search.terms)


def facet_values(db: Database, name: str, field: str, seen: Looks) -> list[str]:
    """The values of a facet that pictures of a query have, as their documents write them in `field`."""
    values: list[str] = []
    for _, document in _tokens(db, f"@{name}=", seen, field):
        value: Any = document
        for part in field.split("."):
            value = value.get(part) if isinstance(value, dict) else None
        values += [value] if isinstance(value, str) else []
    return values


def _near(db: Database, term: Term, seen: Looks) -> str:
    """A word of the gallery that is spelled nearly so; those that begin with the same two letters come first."""
    if term.word.startswith("@"):
        return _near_value(db, term, seen)
    for length in (2, 1):
        known = _known(db, term.word[:length], seen)
        if found := get_close_matches(term.word, known, 1, 0.7):
            return found[0]
    return ""


def _near_value(db: Database, term: Term, seen: Looks) -> str:
    """The facet with a value that is spelled nearly so; another time is no spelling of the one that is meant."""
    name, _, value = term.word.removeprefix("@").partition("=")
    begin = facet_token(name, "")
    values = [] if name in TIMES else [token.removeprefix(begin) for token in _known(db, begin, seen)]
    found = get_close_matches(value, values, 1, 0.7)
    return as_facet(name, found[0]) if found else ""


def _known(db: Database, prefix: str, seen: Looks) -> list[str]:
    """Some whole words, or tags, that begin with `prefix`, in order."""
    begin = prefix if prefix.startswith(("#", "@")) else f"={prefix}"
    return [token.removeprefix("=") for token, _ in _tokens(db, begin, seen)]


def _tokens(db: Database, begin: str, seen: Looks, field: str = "_id") -> list[tuple[str, Document]]:
    """Some tokens that begin so, in order, each with `field` of a picture that has it.

    Each next one is one look into the index. A later look passes over the tokens that those before it have found: what
    it finds is hidden, of which there is little, and it lies before all else in the index.
    """
    found: dict[str, Document] = {}
    for look in seen:
        within: Document = {"$gte": begin, "$lt": begin + LAST if len(found) < MAX_COMPARED else max(found)}
        within |= {"$nin": list(found)} if found else {}
        for _ in range(MAX_COMPARED):
            token, document = _first(db, begin, within, look, field)
            if not token:
                break
            found[token] = document
            within |= {"$gt": token}
            within.pop("$gte", None)
    return sorted(found.items())[:MAX_COMPARED]


def _first(
    db: Database, begin: str, within: Document, look: Mapping[str, Any], field: str
) -> tuple[str, Document]:
    """The first token within these bounds that one of the pictures has, and that picture; "" for none."""
    query = {"$and": [{"tokens": {"$elemMatch": within}}, look]}
    document = db["gallery"].find_one(query, {"tokens": 1, field: 1}, hint=list(TOKEN_ORDER)) or {}
    after, passed = within.get("$gt", ""), within.get("$nin", ())
    tokens = (token for token in document.get("tokens", ()) if token.startswith(begin))
    return min((token for token in tokens if token > after and token not in passed), default=""), document


def _is_known(db: Database, token: str, seen: Looks) -> bool:
    """Whether one of the pictures has a token, by the first look that finds one."""
    queries = ({"$and": [{"tokens": token}, look]} for look in seen)
    return any(db["gallery"].find_one(query, {"_id": 1}, hint=list(TOKEN_ORDER)) for query in queries)


def _frequency(db: Database, lead: Lead) -> int:
    """How many pictures have one of these tokens, up to ENOUGH."""
    query = {"tokens": lead[0] if len(lead) == 1 else {"$in": list(lead)}}
    return db["gallery"].count_documents(query, limit=ENOUGH, hint=list(TOKEN_ORDER))
