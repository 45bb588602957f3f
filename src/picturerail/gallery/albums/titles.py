"""Albums by the words of their titles, found as pictures are by theirs: by beginnings of words, in any script."""

from picturerail.database import Database, Document
from picturerail.gallery.search.index import Search
from picturerail.gallery.search.words import tokens_of

AT_ONCE = 500


def tokens_of_title(title: str) -> list[str]:
    """What is kept with an album, so that it is found."""
    return tokens_of("", title, ())


def titled(text: str) -> Document:
    """The query for the albums whose titles have all of these words; for all albums, when there is no text."""
    search = Search.of(text)
    tokens = [token for term in search.wanted for word in term.words for token in word.tokens]
    if tokens:
        return {"tokens": {"$all": tokens}}
    return {"tokens": {"$in": []}} if search else {}


def index_titles(db: Database) -> int:
    """Add the tokens of all albums that have none yet, made by an older program; how many there were."""
    count = 0
    while found := list(db.albums.find({"tokens": None}, {"title": 1}).limit(AT_ONCE)):
        for each in found:
            same = {"_id": each["_id"], "title": each["title"]}
            kept = db.albums.update_one(same, {"$set": {"tokens": tokens_of_title(each["title"])}})
            count += kept.modified_count
    return count
