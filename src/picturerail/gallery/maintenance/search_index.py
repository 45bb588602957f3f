"""Let searches find pictures and albums that were written by an older program, or by the tutorial's."""

from picturerail.database import Database
from picturerail.gallery.albums import titles
from picturerail.gallery.pictures import lifecycle, lookup

AT_ONCE = 500


def index_words(db: Database) -> int:
    """Add the tokens of all pictures and albums that have none yet; how many there were."""
    count = titles.index_titles(db)
    while found := lookup.without_tokens(db, AT_ONCE):
        if not (kept := lifecycle.keep_tokens(db, found)):
            break  # each of them was changed meanwhile, and has its tokens by that
        count += kept
    return count
