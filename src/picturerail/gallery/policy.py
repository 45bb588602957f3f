"""Who may do what, and which pictures they see: every such decision stands here, and nowhere else.

A principal is who asks: a visitor or a person with a role. `may` and `check` decide about an action, alone ("on some
picture") or on one picture; the filters below are query values, computed from the principal alone, for everything
that lists, counts, finds or feeds pictures. Templates ask `Answers`, never a role.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Any, Protocol, TypeAlias

from bson import ObjectId

from picturerail.errors import Forbidden, Unauthorized
from picturerail.gallery.albums.model import DELETED as ALBUM_DELETED
from picturerail.gallery.albums.model import LIVE as ALBUM_LIVE
from picturerail.gallery.albums.model import Album
from picturerail.gallery.pictures.filter import PictureFilter, in_state
from picturerail.gallery.pictures.marks import mark_of
from picturerail.gallery.pictures.model import DUPLICATE, LIVE, TRASH, Picture

ROLES = ("viewer", "contributor", "editor", "owner")  # each may do what those before it may


@dataclass(frozen=True)
class Anybody:
    """Somebody who has not signed in."""

    id: str = ""


@dataclass(frozen=True)
class Person:
    """Somebody who is signed in."""

    user_id: ObjectId
    email: str
    role: str

    @property
    def id(self) -> str:
        """The account's id as text, which is what a picture says of who added it."""
        return str(self.user_id)


SCOPES = {"read": "viewer", "write": "editor", "admin": "owner"}  # of a token, and the role as which it acts


@dataclass(frozen=True)
class ApiClient:
    """A script with a token for the JSON API."""

    token_id: ObjectId
    name: str
    scope: str

    @property
    def id(self) -> str:
        """What a picture says of who added it."""
        return f"token:{self.token_id}"

    @property
    def role(self) -> str:
        """The role as which it acts."""
        return SCOPES[self.scope]


@dataclass(frozen=True)
class Operator:
    """Somebody with a shell on the machine, who may do all that an owner may."""

    id: str = "operator"
    role: str = "owner"


Principal: TypeAlias = Anybody | Person | ApiClient | Operator

VISITOR = Anybody()


class Owned(Protocol):
    """What somebody has added: a picture, an album."""

    @property
    def owner(self) -> str:
        """The id of who has."""


class Action(Enum):
    """What one can do."""

    ADD = "add"
    CHANGE = "change"  # describe, tag, to the trash and back
    DECIDE = "decide"  # about an upload whose bytes were there already
    EMPTY_TRASH = "empty the trash"
    NAME_SITE = "write the name and the words of the site"
    HAVE_ACCOUNT = "have an account"
    MANAGE_PEOPLE = "manage people"

    @property
    def role_for_all(self) -> str:
        """The least role that may do so to every picture."""
        return _LEAST[self][0]

    @property
    def role_for_own(self) -> str:
        """The least role that may do so to the pictures that it added itself."""
        return _LEAST[self][1]


_LEAST = {  # for every picture, for one's own
    Action.ADD: ("contributor", "contributor"),
    Action.CHANGE: ("editor", "contributor"),
    Action.DECIDE: ("owner", "contributor"),
    Action.EMPTY_TRASH: ("owner", "owner"),
    Action.NAME_SITE: ("owner", "owner"),
    Action.HAVE_ACCOUNT: ("viewer", "viewer"),
    Action.MANAGE_PEOPLE: ("owner", "owner"),
}


MANAGERS = ROLES[ROLES.index(Action.MANAGE_PEOPLE.role_for_all) :]


# ---- decisions -------------------------------------------------------------------------------------------


def may(who: Principal, action: Action, picture: Owned | None = None) -> bool:
    """Whether `who` may do so: to this picture or album, or without one, to some."""
    if picture is None or (picture.owner and picture.owner == who.id):
        return _has(who, action.role_for_own)
    return _has(who, action.role_for_all)


def may_all(who: Principal, action: Action) -> bool:
    """Whether `who` may do so to every picture, not only to its own."""
    return _has(who, action.role_for_all)


def check(who: Principal, action: Action, picture: Owned | None = None) -> None:
    """Unauthorized for visitors, Forbidden for people, with what it would need; nothing when `who` may do so."""
    if may(who, action, picture):
        return
    if isinstance(who, Anybody):
        raise Unauthorized("Please sign in first.")
    needed = _article(action.role_for_own if picture is None else action.role_for_all)
    if picture is not None and may(who, action):
        what = "picture" if isinstance(picture, Picture) else "album"
        raise Forbidden(f"Somebody else added this {what}; {_standing(who)}, this needs {needed}.")
    raise Forbidden(f"{_standing(who).capitalize()}; this needs {needed}.")


def manages(role: str) -> bool:
    """Whether accounts of this role manage people: one of them has to be left, always."""
    return role in MANAGERS


# ---- what of the pictures ----------------------------------------------------------------------------------


def seen(who: Principal) -> PictureFilter:  # noqa: ARG001 - until pictures can be private, it makes no difference
    """What `who` may look at. A live picture is public: this is the one place that says so."""
    return in_state(LIVE)


def changeable(who: Principal) -> PictureFilter:
    """Those of the live ones that `who` may change."""
    return seen(who).but(_of(who, Action.CHANGE))


def marked(who: Principal, kind: str, value: str) -> PictureFilter:
    """Those of the seen ones that `who` has marked so."""
    return (
        seen(who).marked(mark_of(who.id, kind, value))
        if may(who, Action.HAVE_ACCOUNT)
        else seen(who).but(_NOTHING)
    )


def trash(who: Principal) -> PictureFilter:
    """What is in the trash, as far as `who` may take it out."""
    return in_state(TRASH).but(_of(who, Action.CHANGE))


def duplicates(who: Principal) -> PictureFilter:
    """The uploads of `who` that wait for a decision, because their bytes are in the gallery already."""
    return in_state(DUPLICATE).but({"owner": who.id} if may(who, Action.ADD) else _NOTHING)


def decidable(who: Principal) -> PictureFilter:
    """The uploads about which `who` may decide: their own, and an owner all."""
    return in_state(DUPLICATE).but(_of(who, Action.DECIDE))


def readable(who: Principal) -> PictureFilter:
    """What `who` may load the bytes of: what is seen, and what one may take back or decide about."""
    return PictureFilter({"$or": [each(who).query for each in (seen, trash, decidable)]})


# ---- what of the albums ------------------------------------------------------------------------------------


def albums(who: Principal) -> dict[str, Any]:  # noqa: ARG001 - until albums can be private, it makes no difference
    """The albums that `who` may look at."""
    return {"state": ALBUM_LIVE}


def fillable_albums(who: Principal) -> dict[str, Any]:
    """Those in which `who` may hang pictures."""
    return {**albums(who), **_of(who, Action.CHANGE)}


def deleted_albums(who: Principal) -> dict[str, Any]:
    """The deleted ones that `who` may bring back."""
    return {"state": ALBUM_DELETED, **_of(who, Action.CHANGE)}


# ---- what templates ask ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Answers:
    """The decisions about one principal, for templates."""

    who: Principal

    @property
    def add(self) -> bool:
        """Whether pictures may be added."""
        return may(self.who, Action.ADD)

    @property
    def change(self) -> bool:
        """Whether some pictures may be changed."""
        return may(self.who, Action.CHANGE)

    @property
    def manage_people(self) -> bool:
        """Whether accounts may be made, changed and removed."""
        return may(self.who, Action.MANAGE_PEOPLE)

    @property
    def empty_trash(self) -> bool:
        """Whether everything in the trash may be deleted for good."""
        return may(self.who, Action.EMPTY_TRASH)

    def change_album(self, album: Album) -> bool:
        """Whether this album may be changed."""
        return may(self.who, Action.CHANGE, album)

    @property
    def name_site(self) -> bool:
        """Whether the site's name and words may be written."""
        return may(self.who, Action.NAME_SITE)

    def change_picture(self, picture: Picture) -> bool:
        """Whether this picture may be changed."""
        return may(self.who, Action.CHANGE, picture)


_NOTHING: dict[str, Any] = {"_id": {"$in": []}}


def _has(who: Principal, role: str) -> bool:
    return not isinstance(who, Anybody) and ROLES.index(who.role) >= ROLES.index(role)


def _of(who: Principal, action: Action) -> dict[str, Any]:
    """The part of a query that leaves `who` what they may do so to: everything, their own, nothing."""
    if may_all(who, action):
        return {}
    return {"owner": who.id} if may(who, action) else _NOTHING


def _standing(who: Person | ApiClient | Operator) -> str:
    if isinstance(who, ApiClient):
        return f"this token may {who.scope}"
    return f"your account is {_article(who.role)}"


def _article(role: str) -> str:
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role}'s"
