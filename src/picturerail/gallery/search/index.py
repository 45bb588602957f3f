"""Which pictures have the words that are looked for: one index, newest first, at any size.

Each word may go on (`flow` finds flowers). The words of the gallery that begin so are looked up first, then the index
gives the pictures of each of them in the gallery's order, and MongoDB merges these: nothing is sorted.
"""

from dataclasses import dataclass
from difflib import get_close_matches

from picturerail.database import WORD_ORDER, Database, Document
from picturerail.gallery.search.words import Term, terms_of

# MongoDB merges up to 200 scans instead of sorting; there are two for each word, as a state may be missing.
MAX_ENDINGS = 80
MAX_UNKNOWN = 2  # unknown words; for more, no suggestion is worth the work
MAX_COMPARED = 300  # words among which one is sought that is spelled nearly so
ENOUGH = 1000  # pictures of one word, beyond which it does not matter which of two is rarer
LAST = "\U0010ffff"  # comes behind whatever goes on behind a prefix


@dataclass(frozen=True)
class Search:
    """What a person looks for, as written and as understood."""

    text: str = ""
    terms: tuple[Term, ...] = ()

    @classmethod
    def of(cls, text: str) -> "Search":
        """Read the text of a search field; BadRequest when it is too long."""
        return cls(text.strip(), terms_of(text))

    def __bool__(self) -> bool:
        """Whether anything is looked for."""
        return bool(self.text)

    def without(self, term: Term) -> str:
        """The text of the same search without one of its terms."""
        return " ".join(other.shown for other in self.terms if other != term)


def matching(db: Database, search: Search) -> Document | None:
    """The query for the pictures that have a word for each term; None when some term has none."""
    groups = [_words_for(db, term) for term in search.terms]
    if not groups or not all(groups):
        return None
    first, *others = sorted(groups, key=lambda words: _frequency(db, words)) if len(groups) > 1 else groups
    # The rarest group leads through the index; the others are compared in what it finds, which no index can do.
    rest = [{"$expr": {"$gt": [{"$size": {"$setIntersection": ["$words", words]}}, 0]}} for words in others]
    return {"words": {"$in": first}, **({"$and": rest} if rest else {})}


def suggestion(db: Database, search: Search) -> str:
    """The search with words that nobody used replaced by ones that are spelled nearly so; "" when there are none."""
    strange = [term for term in search.terms if not _words_for(db, term)]
    if not 0 < len(strange) <= MAX_UNKNOWN:
        return ""
    near = {
        term: get_close_matches(term.word, _known(db, term.word[:1], MAX_COMPARED), 1, 0.7)
        for term in strange
    }
    if not all(near.values()):
        return ""
    return " ".join(near[term][0] if term in near else term.shown for term in search.terms)


def _words_for(db: Database, term: Term) -> list[str]:
    """The words that pictures have for a term."""
    if term.is_tag:
        return [term.word] if _known(db, term.word, 1)[:1] == [term.word] else []
    return _known(db, term.word, MAX_ENDINGS)


def _known(db: Database, prefix: str, most: int) -> list[str]:
    """Up to `most` words of pictures that begin with `prefix`, in order; each next one is one look into the index."""
    words: list[str] = []
    bounds: Document = {"$gte": prefix, "$lt": prefix + LAST}
    while len(words) < most:
        found = db["gallery"].find_one({"words": {"$elemMatch": bounds}}, {"words": 1}, hint=list(WORD_ORDER))
        if found is None:
            break
        after = words[-1] if words else ""
        words.append(min(word for word in found["words"] if word.startswith(prefix) and word > after))
        bounds = {"$gt": words[-1], "$lt": prefix + LAST}
    return words


def _frequency(db: Database, words: list[str]) -> int:
    """How many pictures have one of the words, up to ENOUGH."""
    return db["gallery"].count_documents({"words": {"$in": words}}, limit=ENOUGH, hint=list(WORD_ORDER))
