"""A library of any size, written straight into MongoDB: pictures of each visibility, albums, people, groups, stacks."""

import functools
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bson import ObjectId
from pymongo import InsertOne
from pymongo.write_concern import WriteConcern

from bench.gallery.million import PLACES
from picturerail.database import GALLERY_INDEXES, Database, Document
from picturerail.gallery.accounts import groups
from picturerail.gallery.albums.position import behind_all
from picturerail.gallery.pictures import stacks
from picturerail.gallery.pictures.bits import bands_of
from picturerail.gallery.pictures.facets import facet_tokens
from picturerail.gallery.pictures.marks import mark_of
from picturerail.gallery.pictures.model import parse_picture
from picturerail.gallery.pictures.order import sort_keys
from picturerail.gallery.pictures.visibility import PRIVATE, PUBLIC, UNLISTED, strictest
from picturerail.gallery.search.words import tokens_of

BATCH = 10_000
BEGAN = 1_420_070_400  # 2015, when the first picture was taken and added
SPAN = 10 * 365 * 86_400  # seconds until the last one
PER_ALBUM = 100
TOP = 10  # albums that lie in no other, however many there are
HOLDERS = (8, 9)  # of these, in which all others lie
LARGE_ALBUM = 5  # in which every second picture hangs
# The albums that are measured in each order; no stack lies in one, as in those of the first numbers.
ALBUM_ORDERS = {2: "hand", 3: "newest", 4: "taken", 6: "oldest", 7: "title"}
PEOPLE = 100
MARKED = 120  # favourites of each person who is measured
GIVEN = 5  # albums, the last ones, given to people and to a group
CAMERAS = ("Nikon D750", "Canon EOS R5", "Fujifilm X-T4", "Sony ILCE-7M3", "Leica Q2")
LENSES = ("24-70mm f/2.8", "50mm f/1.4", "RF 35mm F1.8", "XF 23mm", "85mm f/1.8")
DESCRIPTION = "Picture {number} of many, with a {place} in it{boats}"
FORMATS = ("jpg", "jpg", "jpg", "png", "heic")
SIZES = ((4000, 3000), (4000, 3000), (3000, 4000), (3000, 3000), (6000, 2000))
ON_THIS_DAY = 20  # each so many'th picture was taken on a day such as today


@dataclass(frozen=True)
class Contents:
    """How large a library is, and who has it: the measured people first, then the others."""

    count: int
    people: tuple[str, ...]
    marking: int  # of the people, the first ones

    @property
    def albums(self) -> int:
        """How many there are, and in few pictures as many as lie at the top."""
        return max(TOP, self.count // PER_ALBUM)

    def picture(self, number: int) -> ObjectId:
        """Ids in the order of time, as the program makes them."""
        return ObjectId(f"{BEGAN + number * SPAN // self.count:08x}{number:016x}")

    def album(self, number: int) -> ObjectId:
        """The id of an album."""
        return ObjectId(f"{BEGAN + number:08x}{number:016x}")

    def hung_in(self, number: int) -> list[int]:
        """The albums of a picture."""
        own = number % self.albums
        return sorted({own, LARGE_ALBUM}) if number % 2 == 0 else [own]

    def visibility_of(self, album: int) -> str:
        """The albums at the top are public; of the others some are not, nor are those that are given."""
        if album < TOP:
            return PUBLIC
        if album >= self.albums - GIVEN:
            return PRIVATE
        return (UNLISTED, PRIVATE)[album % 2] if album % 25 < 2 else PUBLIC


def fill(db: Database, contents: Contents) -> None:
    """Write everything. The indexes of pictures are made when all are there, which is many times faster."""
    _fill_albums(db, contents)
    pictures = db.gallery.with_options(write_concern=WriteConcern(w=1, j=False))
    pictures.drop_indexes()
    batch: list[Document] = []
    for document in _pictures(contents):
        batch.append(document)
        if len(batch) == BATCH:
            pictures.bulk_write([InsertOne(each) for each in batch], ordered=False)
            batch = []
    if batch:
        pictures.insert_many(batch, ordered=False)
    db.gallery.create_indexes(GALLERY_INDEXES)
    stacks.settle(db, (_stack(number) for number in range(0, contents.count, PER_ALBUM)))


def add_people(db: Database, number: int) -> tuple[str, ...]:
    """Accounts that nobody signs in to, of every role, in one group; their ids."""
    group = ObjectId(groups.add(db, "Everybody").id)
    roles = ("viewer", "contributor", "contributor", "editor")
    new: list[Document] = [
        {
            "_id": ObjectId(),
            "email": f"person{each}@example.com",
            "role": roles[each % len(roles)],
            "password": "",
            "generation": 0,
            "groups": [group],
        }
        for each in range(number)
    ]
    db.users.insert_many(new)
    db.users.update_many({}, {"$set": {"groups": [group]}})
    return tuple(str(each["_id"]) for each in new)


def _fill_albums(db: Database, contents: Contents) -> None:
    group = db.groups.find_one({})
    given = [*contents.people[: contents.marking], groups.viewer_of(group["_id"] if group else "")]
    batch = [_album(contents, number, given) for number in range(contents.albums)]
    db.albums.insert_many(batch, ordered=False)


def _album(contents: Contents, number: int, given: list[str]) -> Document:
    at = datetime.fromtimestamp(BEGAN + number, UTC)
    inside = HOLDERS[number % len(HOLDERS)]
    visibility = contents.visibility_of(number)
    return {
        "_id": contents.album(number),
        "title": f"Album {number}",
        "description": "",
        "slug": f"album-{number}",
        "slugs": [f"album-{number}"],
        "parent": contents.album(inside) if number >= TOP else None,
        "cover": None,
        "order": ALBUM_ORDERS.get(number, "newest"),
        "visibility": visibility,
        "shown": visibility,
        "owner": contents.people[number % len(contents.people)],
        "state": "live",
        "created_at": at,
        "updated_at": at,
        **({"viewers": given} if number >= contents.albums - GIVEN else {}),
    }


def _pictures(contents: Contents) -> Iterator[Document]:
    today = datetime.now(UTC).date()
    for number in range(contents.count):
        yield _picture(contents, number, today)


def _picture(contents: Contents, number: int, today: date) -> Document:
    """A document as the program writes it when a picture was uploaded, hung and marked."""
    digest = hashlib.md5(str(number).encode()).hexdigest()
    dice = [int(digest[at : at + 2], 16) for at in range(0, 16, 2)]
    at = contents.picture(number).generation_time
    width, height = SIZES[dice[0] % len(SIZES)]
    own = PUBLIC if dice[1] < 179 else (UNLISTED, PRIVATE)[dice[1] % 2]
    hung = contents.hung_in(number)
    place, boats = PLACES[number % len(PLACES)], " and boats" if dice[5] % 2 else ""
    document: Document = {
        "_id": contents.picture(number),
        "delivery": "private" if own == PUBLIC else "authenticated",
        "url": f"http://127.0.0.1/picturerail/image/upload/v1/gallery/{digest[:20]}.jpg",
        "public_id": f"gallery/{digest[:20]}",
        "asset_id": digest,
        "version": 1,
        "width": width,
        "height": height,
        "format": FORMATS[dice[2] % len(FORMATS)],
        "bytes": 3_000_000,
        "etag": digest,
        "first_of": digest,
        "taken_at": _taken(at, today if number % ON_THIS_DAY == 0 else None),
        "camera": {
            "camera": CAMERAS[dice[3] % len(CAMERAS)],
            "lens": LENSES[dice[4] % len(LENSES)],
            "exposure": "1/250 s",
            "iso": "200",
        },
        "place": "",
        "color": f"#{digest[:6]}",
        "phash": digest[:16],
        "phash_bands": bands_of(digest[:16]),
        "description": DESCRIPTION.format(number=number, place=place, boats=boats),
        "tags": ["Water"] if place == "harbour" else [],
        "filename": f"IMG_{number:07}.jpg",
        "owner": contents.people[dice[6] % len(contents.people)],
        "visibility": own,
        "shown": strictest((own, *(contents.visibility_of(each) for each in hung))),
        "created_at": at,
        "updated_at": at,
        "state": "live",
        "albums": [contents.album(each) for each in hung],
        "hung": {str(contents.album(each)): behind_all(contents.album(each), number) for each in hung},
        **_marks(contents, number),
        **_in_stack(number),
    }
    picture = parse_picture(document)
    tokens = {*_text_tokens(place, boats), *tokens_of(str(number), picture.filename, picture.tags)}
    tokens.update(facet_tokens(picture))
    return document | {"tokens": sorted(tokens), "sort": sort_keys(picture)}


@functools.cache
def _text_tokens(place: str, boats: str) -> tuple[str, ...]:
    """The tokens of all of a description but its number, which is the same for very many pictures."""
    return tuple(tokens_of(DESCRIPTION.format(number="", place=place, boats=boats), "", ()))


def _taken(at: datetime, today: date | None) -> str:
    """By the camera's clock, a week before it was added; on this day of its year, where it is to be."""
    taken = at - timedelta(days=7)
    if today is not None:
        taken = taken.replace(month=today.month, day=min(today.day, 28 if today.month == 2 else today.day))
    return taken.replace(tzinfo=None).isoformat(timespec="seconds")


def _marks(contents: Contents, number: int) -> dict[str, Any]:
    """Everybody who is measured has the same favourites."""
    if number % max(1, contents.count // MARKED):
        return {}
    return {"marks": [mark_of(each, "favourite", "yes") for each in contents.people[: contents.marking]]}


def _stack(number: int) -> str:
    return f"{number // PER_ALBUM:024x}"


def _in_stack(number: int) -> dict[str, Any]:
    """Of a hundred pictures two lie in a stack."""
    place = number % PER_ALBUM
    return {"stack": _stack(number), "stack_place": place} if place < 2 else {}
