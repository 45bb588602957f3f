"""What a client has chosen of the album of a link: picked, with stars, with a comment; one choice for each picture.

A choice is kept as long as its link is: ending the link forgets it at once, and of one whose time is over it goes with
the link, `SHARES_KEPT` later.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bson import ObjectId
from pymongo import ReadPreference
from pymongo.client_session import ClientSession

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import BadRequest, Conflict, NotFound
from picturerail.gallery.pictures.text import plain_lines
from picturerail.gallery.shares.model import ENDED, Share

MAX_COMMENT = 1000  # characters
MAX_STARS = 5
MAX_CHOICES = 1000  # of one link: as many as a page of them can show
MEANWHILE = "Something else was said of this picture meanwhile."
DONE = "You have said that your choice is done. Ask whoever sent the link to open it again."


class ChosenMeanwhile(Conflict):
    """Somebody else with the link, or the client on another device, has said something else of the picture."""


@dataclass(frozen=True, kw_only=True)
class ClientChoice:
    """What a client says of one picture; without pick, stars and comment nothing was chosen."""

    picture: str
    picked: bool = False
    stars: int = 0
    comment: str = ""
    at: datetime | None = None

    @property
    def is_empty(self) -> bool:
        """Whether nothing is said."""
        return not (self.picked or self.stars or self.comment)

    @property
    def version(self) -> str:
        """What a form says that it was written on; "" where nothing had been said."""
        return self.at.isoformat() if self.at else ""

    def says_as(self, other: "ClientChoice") -> bool:
        """Whether both say the same."""
        return (self.picked, self.stars, self.comment) == (other.picked, other.stars, other.comment)


def clean_choice(picture_id: str, *, picked: bool, stars: str, comment: str) -> ClientChoice:
    """A choice as a form tells it, or BadRequest."""
    if stars not in ("", *map(str, range(MAX_STARS + 1))):
        raise BadRequest(f"'stars' must be a number from 0 to {MAX_STARS}.")
    text = plain_lines(comment)
    if len(text) > MAX_COMMENT:
        raise BadRequest(f"A comment may have at most {MAX_COMMENT:,} characters; this has {len(text):,}.")
    return ClientChoice(picture=picture_id, picked=picked, stars=int(stars or 0), comment=text)


def save(db: Database, share: Share, choice: ClientChoice, seen: str | None = None) -> None:
    """Keep a choice in place of the one before, while the link is open.

    NotFound when it ended meanwhile, Conflict when the client has said that all is done, ChosenMeanwhile when the one
    before is not the version that was `seen` (None: whichever). Each choice touches the link in the same transaction:
    of a choice and an end at one moment, or of two choices, one waits for the other.
    """
    with db.client.start_session() as session:
        session.with_transaction(
            lambda within: _save(db, share, choice, seen, within), read_preference=ReadPreference.PRIMARY
        )


def _save(db: Database, share: Share, choice: ClientChoice, seen: str | None, session: ClientSession) -> None:
    is_open = {**_working(share), "done_at": None}
    if not db.shares.update_one(is_open, {"$set": {"chosen_at": now()}}, session=session).matched_count:
        still_there = db.shares.find_one(_working(share), {"_id": 1}, session=session)
        raise Conflict(DONE) if still_there else NotFound(ENDED)
    name = {"_id": f"{share.id} {choice.picture}"}
    known = db.choices.find_one(name, session=session)
    before = _parse(known) if known else ClientChoice(picture=choice.picture)
    if choice.says_as(before):
        return
    if seen not in (None, before.version):
        raise ChosenMeanwhile(MEANWHILE)
    if choice.is_empty:
        db.choices.delete_one(name, session=session)
        return
    others = {"share": ObjectId(share.id), "picture": {"$ne": choice.picture}}
    if db.choices.count_documents(others, limit=MAX_CHOICES, session=session) >= MAX_CHOICES:
        raise Conflict(f"Of one link at most {MAX_CHOICES:,} pictures can be chosen.")
    said = {"picked": choice.picked, "stars": choice.stars, "comment": choice.comment, "at": now()}
    about = {"share": ObjectId(share.id), "picture": choice.picture, "expires_at": share.expires_at}
    db.choices.replace_one(name, {**name, **about, **said}, upsert=True, session=session)


def _working(share: Share) -> dict[str, Any]:
    """The query for a link that has neither been ended nor is over."""
    lasts = [{"expires_at": None}, {"expires_at": {"$gt": now()}}]
    return {"_id": ObjectId(share.id), "$or": lasts}


def of(db: Database, share: Share, picture_ids: list[str] | None = None) -> dict[str, ClientChoice]:
    """The choices of a link, of all pictures or of these, by the picture's id."""
    among = {} if picture_ids is None else {"picture": {"$in": picture_ids}}
    return {each["picture"]: _parse(each) for each in db.choices.find({"share": ObjectId(share.id), **among})}


def finish(db: Database, share: Share) -> bool:
    """The client says that the choice is done: nothing of it changes until it is opened again. Whether that is new."""
    open_one = {**_working(share), "done_at": None}
    return bool(db.shares.update_one(open_one, {"$set": {"done_at": now()}}).modified_count)


def reopen(db: Database, share: Share) -> None:
    """Let the client go on choosing."""
    db.shares.update_one({"_id": ObjectId(share.id)}, {"$set": {"done_at": None}})


def forget(db: Database, share_id: str) -> None:
    """Remove the choices of a link that is ended."""
    db.choices.delete_many({"share": ObjectId(share_id)})


def _parse(document: Mapping[str, Any]) -> ClientChoice:
    return ClientChoice(
        picture=document["picture"],
        picked=document["picked"],
        stars=document["stars"],
        comment=document["comment"],
        at=document["at"],
    )
