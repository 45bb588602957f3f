"""One album: the frozen record that the pages see, its texts as they are kept, and the slug in its address."""

import hashlib
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import quote

import regex
from bson import ObjectId

from picturerail.errors import BadRequest, NotFound
from picturerail.gallery.pictures.visibility import PUBLIC
from picturerail.gallery.search.folding import folded
from picturerail.gallery.search.index import Search
from picturerail.gallery.search.terms import MAX_QUERY

LIVE, DELETED = "live", "deleted"
ORDERS = ("hand", "newest", "taken", "oldest", "title")
RESERVED = ("new", "selection", "changes", "restore")  # addresses below /albums/ that are pages of their own

MAX_TITLE = 120  # characters
MAX_ABOUT = 2000
MAX_SLUG = 60
MAX_DEPTH = 8  # albums in albums
SEARCH_ORDER = "newest"  # in which every search is served

_ID = re.compile(r"[0-9a-f]{24}")
_SLUG = regex.compile(r"[\p{L}\p{M}\p{N}]+")


@dataclass(frozen=True, kw_only=True)
class Album:
    """An album; `parent` and `cover` are ids, empty where there is none. With `q` it is smart: a saved search."""

    id: str
    slug: str
    title: str
    description: str = ""
    parent: str = ""
    cover: str = ""
    order: str = "hand"
    visibility: str = PUBLIC
    shown: str = PUBLIC  # the strictest of its own visibility and those of the albums that it lies in
    location: str = ""  # whether visitors learn where its pictures were taken; empty: as the site says
    owner: str = ""
    viewers: tuple[str, ...] = ()  # accounts and groups to which it is given
    q: str = ""  # what it looks for; empty where pictures are hung by hand
    created_at: datetime
    updated_at: datetime

    @property
    def href(self) -> str:
        """Address of its page, as programs take it too that know no letters but those of ASCII."""
        return f"/albums/{quote(self.slug)}"

    @property
    def wording(self) -> str:
        """What its form says, in short: another one when somebody has changed that."""
        said = (self.title, self.description, self.parent, self.order, self.visibility, self.location, self.q)
        return hashlib.sha256(repr(said).encode(errors="surrogatepass")).hexdigest()[:16]

    @property
    def is_smart(self) -> bool:
        """Whether it shows what a saved search finds, and nothing can be hung in it."""
        return bool(self.q)


class AlbumChoice(NamedTuple):
    """An album as lists in forms name it."""

    id: str
    title: str


@dataclass(frozen=True)
class AlbumChoices:
    """The newest of the albums to choose from, and whether there are `more`."""

    albums: tuple[AlbumChoice, ...] = ()
    more: bool = False

    def __bool__(self) -> bool:
        """Whether there is anything to choose from."""
        return bool(self.albums)


@dataclass(frozen=True)
class AlbumResult:
    """Ids of the pictures that were hung and taken down; `batch` undoes it.

    `full` hang in too many albums; `missing` are not there, for whoever asked. `moved` went back to where they hung.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    full: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    batch: str = ""
    moved: tuple[str, ...] = ()


def parse_album(document: Mapping[str, Any]) -> Album:
    """Read a document of the collection `albums`."""
    return Album(
        id=str(document["_id"]),
        slug=document["slug"],
        title=document["title"],
        description=document["description"],
        parent=str(document["parent"] or ""),
        cover=str(document["cover"] or ""),
        order=document["order"],
        visibility=document["visibility"],
        shown=document["shown"],
        location=document.get("location", ""),
        owner=document["owner"],
        viewers=tuple(document.get("viewers", ())),
        q=document.get("q", ""),
        created_at=document["created_at"],
        updated_at=document["updated_at"],
    )


def parse_album_id(text: str) -> ObjectId:
    """The ObjectId in an address; NotFound when it is none."""
    if not _ID.fullmatch(text):
        raise NotFound("There is no such album. It may have been deleted.")
    return ObjectId(text)


def slug_of(title: str) -> str:
    """The title as an address says it: letters and digits of any script, with hyphens between the words."""
    slug = "-".join(_SLUG.findall(folded(title)))[:MAX_SLUG].strip("-")
    return f"{slug}-album" if slug in RESERVED else slug or "album"


def clean_title(text: str) -> str:
    """One line; BadRequest for an empty or too long one."""
    title = " ".join(_printable(text).split())
    if not title:
        raise BadRequest("An album needs a title: write one in 'title'.")
    return _at_most(title, MAX_TITLE, "title")


def clean_about(text: str) -> str:
    """What is written about an album; BadRequest when it is too long."""
    return _at_most(_printable(text).strip(), MAX_ABOUT, "description")


def clean_query(text: str) -> str:
    """What a saved search looks for, in one line; BadRequest where nothing could be found by it."""
    search = Search.of(_at_most(" ".join(_printable(text).split()), MAX_QUERY, "search"))
    if not search.wanted:
        raise BadRequest(
            "A saved search needs a word in 'q' that can be looked for, beside what is left out."
        )
    return search.text


def clean_choice(name: str, value: str, known: tuple[str, ...]) -> str:
    """One of the words that are known, or BadRequest."""
    if value not in known:
        raise BadRequest(f"'{name}' must be one of {', '.join(known)}.")
    return value


def _at_most(text: str, most: int, name: str) -> str:
    if len(text) > most:
        raise BadRequest(f"An album's {name} may have at most {most:,} characters; this has {len(text):,}.")
    return text


def _printable(text: str) -> str:
    lines = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
    return "".join(c for c in lines if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
