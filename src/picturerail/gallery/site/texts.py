"""The site's own name and words, which its owner writes: on the title bar, in titles and feeds, on the landing page."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from picturerail.database import Database, Document
from picturerail.errors import BadRequest
from picturerail.gallery.pictures.text import clean_lines

MAX_NAME = 60  # characters
MAX_WORDS = 600


@dataclass(frozen=True)
class SiteTexts:
    """As they are before an owner has written any."""

    name: str = "Picturerail"
    words: str = "Pictures to look at. The newest ones hang here."

    @property
    def wording(self) -> str:
        """Both in short: another one when somebody has changed them."""
        return hashlib.sha256(f"{self.name}\n{self.words}".encode(errors="surrogatepass")).hexdigest()[:16]


# Adds the texts to a question in another collection, which is asked for anyway: for `texts_along`.
ALONG: list[Document] = [{"$unionWith": {"coll": "site", "pipeline": [{"$match": {"_id": "texts"}}]}}]


def read_texts(db: Database) -> SiteTexts:
    """What the owner wrote; where nothing was written, our own."""
    return _parse(db["site"].find_one({"_id": "texts"}) or {})


def texts_along(documents: Iterable[Mapping[str, Any]]) -> SiteTexts:
    """The same, among documents to which ALONG has added them."""
    return _parse(next((each for each in documents if each["_id"] == "texts"), {}))


def save_texts(db: Database, name: str, words: str) -> None:
    """Keep a name and words; "" brings ours back. BadRequest for what is too long."""
    texts = {"name": _clean_name(name), "words": clean_lines("words", words, MAX_WORDS)}
    db["site"].replace_one({"_id": "texts"}, texts, upsert=True)


def _parse(kept: Mapping[str, Any]) -> SiteTexts:
    return SiteTexts(**{name: kept[name] for name in ("name", "words") if kept.get(name)})


def _clean_name(text: str) -> str:
    printable = "".join(
        c if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") else " " for c in text
    )
    name = " ".join(unicodedata.normalize("NFC", printable).split())
    if len(name) > MAX_NAME:
        raise BadRequest(f"The name may have at most {MAX_NAME} characters; this has {len(name)}.")
    return name
