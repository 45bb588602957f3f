"""Let searches find pictures that were written by an older program, or by the tutorial's."""

from picturerail.database import Database
from picturerail.gallery.pictures import lifecycle, lookup

AT_ONCE = 500


def index_words(db: Database) -> int:
    """Add the tokens of all pictures that have none yet; how many there were."""
    count = 0
    while found := lookup.without_tokens(db, AT_ONCE):
        if not (kept := lifecycle.keep_tokens(db, found)):
            break  # each of them was changed meanwhile, and has its tokens by that
        count += kept
    return count
