"""Pictures that look alike: found by the bits of their perceptual hashes, through an index, and kept in groups."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import groupby

from bson import ObjectId

from picturerail.database import LOOKALIKE_ORDER, Database, Document
from picturerail.gallery.pictures import bursts
from picturerail.gallery.pictures.bits import MAX_DISTANCE, distance, near_bands
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.model import LIVE, STATES, Picture, parse_picture

MAX_NEAR = 2000  # pictures that are compared with one
MAX_READ = 1000  # pictures that a page of groups is made of


@dataclass(frozen=True)
class Group:
    """Pictures that look alike, in the order in which they came."""

    id: str
    pictures: tuple[Picture, ...]

    @property
    def best(self) -> Picture:
        """The one that is proposed to be kept: it has the most pixels, then bytes."""
        return bursts.best(self.pictures)

    @property
    def cover(self) -> Picture:
        """The one that is proposed to lie on top of a stack."""
        return bursts.proposed_cover(self.pictures)

    @property
    def bursts(self) -> list[tuple[Picture, ...]]:
        """Those of them that were taken in one go."""
        return bursts.bursts(self.pictures)

    @property
    def kind(self) -> str:
        """What it is, if the camera tells: the `pair` of a raw file and its JPEG, one `burst`; else ""."""
        if bursts.is_pair(self.pictures):
            return "pair"
        return "burst" if [len(each) for each in self.bursts] == [len(self.pictures)] else ""


def join(db: Database, picture: Picture) -> None:
    """Put a picture into one group with those that it looks like; groups that it joins become one."""
    if not (near := _near(db, picture)):
        return
    groups = sorted({each["alike"] for each in near if each.get("alike")})
    group = groups[0] if groups else min(picture.id, str(near[0]["_id"]))
    alone = [each["_id"] for each in near if not each.get("alike")]
    members = {"$or": [{"_id": {"$in": [*alone, ObjectId(picture.id)]}}, {"alike": {"$in": groups[1:]}}]}
    db.gallery.update_many(members, {"$set": {"alike": group}})


def page(db: Database, among: PictureFilter, size: int, after: str = "") -> tuple[list[Group], str]:
    """Groups of which at least two are among those, newest first; behind `after`. And what comes after them, or ""."""
    bound = {"$gt": "", "$lt": after} if after else {"$gt": ""}
    found = db.gallery.find(among.but({"alike": bound}).query, hint=list(LOOKALIKE_ORDER))
    read = [parse_picture(each) for each in found.sort(list(LOOKALIKE_ORDER)).limit(MAX_READ)]
    groups = _grouped(read)
    if len(read) == MAX_READ and len(groups) > 1:
        groups.pop()  # perhaps not all of it was read
    following = groups[-1].id if len(read) == MAX_READ else ""
    groups = [each for each in groups if len(each.pictures) > 1]
    if len(groups) > size:
        return groups[:size], groups[size - 1].id
    return groups, following


def group(db: Database, among: PictureFilter, group_id: str) -> Group:
    """Those of a group that are among those."""
    found = db.gallery.find(among.but({"alike": group_id}).query).sort("_id").limit(MAX_READ)
    return Group(group_id, tuple(parse_picture(each) for each in found))


def _grouped(pictures: Iterable[Picture]) -> list[Group]:
    return [Group(name, tuple(some)) for name, some in groupby(pictures, lambda one: one.alike)]


def _near(db: Database, picture: Picture) -> list[Document]:
    """The live pictures whose hash differs in few bits."""
    bands = near_bands(picture.phash)
    query = {"phash_bands": {"$in": bands}, "state": STATES[LIVE], "_id": {"$ne": ObjectId(picture.id)}}
    found = db.gallery.find(query, {"phash": 1, "alike": 1}).limit(MAX_NEAR) if bands else ()
    return [each for each in found if distance(each["phash"], picture.phash) <= MAX_DISTANCE]
