"""Who may do what, and which pictures they see: every such decision stands here, and nowhere else.

A principal is who asks: a visitor or a person with a role. `may` and `check` decide about an action, alone ("on some
picture") or on one picture; the filters below are query values, computed from the principal alone, for everything
that lists, counts, finds or feeds pictures. Templates ask `web/answers.py`, never a role.
"""

from dataclasses import replace
from enum import Enum
from typing import Any, Protocol

from bson import ObjectId

from picturerail.errors import Forbidden, Unauthorized
from picturerail.gallery.albums.model import DELETED as ALBUM_DELETED
from picturerail.gallery.albums.model import LIVE as ALBUM_LIVE
from picturerail.gallery.albums.model import Album
from picturerail.gallery.pictures.filter import PUBLIC_ONES, PictureFilter, in_state, live_and, shown_as
from picturerail.gallery.pictures.location import SHOWN
from picturerail.gallery.pictures.marks import mark_of
from picturerail.gallery.pictures.model import DUPLICATE, TRASH, Picture
from picturerail.gallery.pictures.visibility import PUBLIC, UNLISTED, VISIBILITIES
from picturerail.gallery.principals import (
    ROLES,
    SCOPES,
    VISITOR,
    Anybody,
    ApiClient,
    Maker,
    Operator,
    Person,
    Principal,
    ShareLink,
)

__all__ = [  # who asks, beside what is decided here
    "ROLES",
    "SCOPES",
    "VISITOR",
    "Anybody",
    "ApiClient",
    "Maker",
    "Operator",
    "Person",
    "Principal",
    "ShareLink",
]


class Owned(Protocol):
    """What somebody has added: a picture, an album."""

    @property
    def owner(self) -> str:
        """The id of who has."""


class Action(Enum):
    """What one can do."""

    ADD = "add"
    SEE_HIDDEN = "see what is unlisted or private"
    SHARE = "make share links"
    CHANGE = "change"  # describe, tag, to the trash and back
    DECIDE = "decide"  # about an upload whose bytes were there already
    EMPTY_TRASH = "empty the trash"
    IMPORT = "import folders of the server"
    NAME_SITE = "write the name and the words of the site"
    HAVE_ACCOUNT = "have an account"
    MANAGE_PEOPLE = "manage people"
    READ_HANDBOOK = "read the documentation"
    SEE_ACTIVITY = "read the activity log"

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
    Action.SEE_HIDDEN: ("editor", "contributor"),
    Action.SHARE: ("editor", "contributor"),
    Action.CHANGE: ("editor", "contributor"),
    Action.DECIDE: ("owner", "contributor"),
    Action.EMPTY_TRASH: ("owner", "owner"),
    Action.IMPORT: ("owner", "owner"),
    Action.NAME_SITE: ("owner", "owner"),
    Action.HAVE_ACCOUNT: ("viewer", "viewer"),
    Action.MANAGE_PEOPLE: ("owner", "owner"),
    Action.READ_HANDBOOK: ("owner", "owner"),
    Action.SEE_ACTIVITY: ("owner", "owner"),
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
    if isinstance(who, Anybody | ShareLink):
        raise Unauthorized("Please sign in first.")
    needed = _needed(who, action.role_for_own if picture is None else action.role_for_all)
    if picture is not None and may(who, action):
        what = "picture" if isinstance(picture, Picture) else "album"
        raise Forbidden(f"Somebody else added this {what}; {_standing(who)}, this needs {needed}.")
    raise Forbidden(f"{_standing(who).capitalize()}; this needs {needed}.")


def check_scope(who: Principal) -> None:
    """Forbidden for a script whose token only reads, whatever it is that it would change."""
    if isinstance(who, ApiClient) and who.scope == "read":
        raise Forbidden("This token may read; this needs one that may write.")


def check_guest(who: Principal) -> None:
    """Forbidden unless `who` has opened a link by which pictures may be added to its album."""
    if not (isinstance(who, ShareLink) and who.album and who.adds):
        raise Forbidden("This link shows pictures, and takes none.")


def check_client(who: Principal) -> None:
    """Forbidden unless `who` has opened a link by which pictures of its album are chosen."""
    if not (isinstance(who, ShareLink) and who.album and who.chooses):
        raise Forbidden("This link shows pictures, and asks for no choice.")


def sees_all(role: str) -> bool:
    """Whether accounts of this role see every picture and album."""
    return ROLES.index(role) >= ROLES.index(Action.SEE_HIDDEN.role_for_all)


def manages(role: str) -> bool:
    """Whether accounts of this role manage people: one of them has to be left, always."""
    return role in MANAGERS


# ---- what of the pictures ----------------------------------------------------------------------------------


def listed(who: Principal) -> PictureFilter:
    """What lists, counts, neighbours, feeds and searches show `who`: what is public, and what is theirs.

    Of each stack they show the first of these only.
    """
    return replace(_live(who, PUBLIC), stacked=_covering(who))


def seen(who: Principal) -> PictureFilter:
    """What `who` may look at when they know its address: the unlisted pictures, too."""
    return _live(who, PUBLIC, UNLISTED)


def seen_in(who: Principal, album: Album) -> PictureFilter:
    """What the page of an album shows `who`. One that is not listed itself shows its unlisted pictures.

    What a saved search finds was not put there by anybody, so it shows what every search does.
    """
    if album.shown == PUBLIC or album.is_smart:
        return listed(who)
    covering = _covering(who)
    return replace(seen(who), stacked=covering, covered=covering or {})


def _covering(who: Principal) -> dict[str, Any] | None:
    """What of a picture lets it stand for those behind it in its stack: that `who` has it in lists, by these fields.

    None where no picture stands for another: a link to one picture, or to what a search finds, shows each by itself.
    """
    if isinstance(who, ShareLink):
        here = {"albums": ObjectId(who.album)} if who.album and who.words is None else None
        return here and {**here, **_open_to(who.maker, PUBLIC, UNLISTED)}
    if may_all(who, Action.SEE_HIDDEN):
        return shown_as(*VISIBILITIES)
    theirs = _theirs(who)
    return {"$or": [shown_as(PUBLIC), *theirs]} if theirs else shown_as(PUBLIC)


def _live(who: Principal, *visibilities: str) -> PictureFilter:
    if isinstance(who, ShareLink):
        return _shared(who)
    if may_all(who, Action.SEE_HIDDEN):
        return replace(live_and(*VISIBILITIES), placed={})
    if not _theirs(who):
        return replace(live_and(*visibilities), placed=shown_as(*visibilities))
    theirs = _open_to(who, *visibilities)
    return replace(live_and(*VISIBILITIES).but(theirs), surely=PUBLIC_ONES, placed=theirs)


def _shared(who: ShareLink) -> PictureFilter:
    """What a link says, as far as its maker finds it, whoever sees it otherwise; of a search, what is not private."""
    if who.picture:
        return live_and(*VISIBILITIES).but({"_id": ObjectId(who.picture)})
    if who.words is not None:
        return live_and(PUBLIC, UNLISTED).but(_open_to(who.maker, PUBLIC)).among(who.words)
    if who.album:
        here = {"albums": ObjectId(who.album)}
        return live_and(*VISIBILITIES).but({**here, **_open_to(who.maker, PUBLIC, UNLISTED)})
    return live_and(PUBLIC).but(_NOTHING)


def _open_to(who: Anybody | Maker, *visibilities: str) -> dict[str, Any]:
    """What of a picture lets somebody find it: that everybody does who finds these, or that it is theirs.

    Lists have an index of their own. For what stands in a $nor MongoDB seeks none, and so finds them in half the time.
    """
    if may_all(who, Action.SEE_HIDDEN):
        return {}
    return {"$nor": [{"$nor": [shown_as(*visibilities), *_theirs(who)]}]}


def changeable(who: Principal) -> PictureFilter:
    """Those of the live ones that `who` may change."""
    return seen(who).but(_of(who, Action.CHANGE))


def hangable(who: Principal, album: Album) -> PictureFilter:
    """Those that `who` may hang in an album: all that they see.

    Where that would hide them, or tell where they were taken, what they may change.
    """
    return seen(who) if album.shown == PUBLIC and album.location != SHOWN else changeable(who)


def loadable(who: Principal) -> PictureFilter:
    """Those whose originals `who` goes on loading: who tidies up meanwhile ends no download."""
    return PictureFilter({"$or": [each(who).query for each in (changeable, trash)]})


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


def held(who: Principal) -> PictureFilter:
    """What guests have sent and `who` may approve."""
    return changeable(who).but({"held": {"$exists": True}})


def readable(who: Principal) -> PictureFilter:
    """What `who` may load the bytes of: what is seen, and what one may take back or decide about."""
    return PictureFilter({"$or": [each(who).query for each in (seen, trash, decidable)]})


# ---- what of the albums ------------------------------------------------------------------------------------


def albums(who: Principal) -> dict[str, Any]:
    """The albums that lists and pictures name to `who`: the public ones, and their own."""
    return _live_albums(who, PUBLIC)


def seen_albums(who: Principal) -> dict[str, Any]:
    """The albums that `who` may look at when they know the address."""
    return _live_albums(who, PUBLIC, UNLISTED)


def albums_in(who: Principal, album: Album) -> dict[str, Any]:
    """The albums that the page of an album names to `who`, as `seen_in` does of pictures."""
    return albums(who) if album.shown == PUBLIC else seen_albums(who)


def changeable_albums(who: Principal) -> dict[str, Any]:
    """Those that `who` may change."""
    if may_all(who, Action.CHANGE):
        return seen_albums(who)
    return {"state": ALBUM_LIVE, **_of(who, Action.CHANGE)}  # everybody sees their own


def fillable_albums(who: Principal) -> dict[str, Any]:
    """Those in which `who` may hang pictures: saved searches fill themselves."""
    return {**changeable_albums(who), "q": {"$exists": False}}


def _live_albums(who: Principal, *visibilities: str) -> dict[str, Any]:
    if isinstance(who, ShareLink):
        return {"state": ALBUM_LIVE, "_id": {"$in": [ObjectId(who.album)] if who.album else []}}
    if may_all(who, Action.SEE_HIDDEN):
        return {"state": ALBUM_LIVE, "shown": {"$in": list(VISIBILITIES)}}
    open_ones = {"shown": {"$in": list(visibilities)}}
    given = [*who.granted, *(album for _, album in who.granted_by)] if isinstance(who, Person) else []
    theirs = [*_own(who), *([{"_id": {"$in": given}}] if given else [])]
    return {"state": ALBUM_LIVE, **({"$or": [open_ones, *theirs]} if theirs else open_ones)}


def _theirs(who: Principal) -> list[dict[str, Any]]:
    """The pictures that somebody sees beside what is open: their own, and those in albums that are given to them.

    Nobody gives what is not theirs: in an album of somebody who does not see all, that is what its owner has added.
    """
    if not isinstance(who, Person):
        return _own(who)
    given = [{"albums": {"$in": list(who.granted)}}] if who.granted else []
    by_owner: dict[str, list[ObjectId]] = {}
    for owner, album in who.granted_by:
        by_owner.setdefault(owner, []).append(album)
    return [*_own(who), *given, *({"albums": {"$in": some}, "owner": one} for one, some in by_owner.items())]


def _own(who: Principal) -> list[dict[str, Any]]:
    return [{"owner": who.id}] if may(who, Action.SEE_HIDDEN) else []


def deleted_albums(who: Principal) -> dict[str, Any]:
    """The deleted ones that `who` may bring back."""
    return {"state": ALBUM_DELETED, **_of(who, Action.CHANGE)}


# ---- what of the share links --------------------------------------------------------------------------------


def shares(who: Principal) -> dict[str, Any]:
    """The share links that `who` sees and ends: their own, and an owner all."""
    return {} if may_all(who, Action.MANAGE_PEOPLE) else {"owner": who.id}


_NOTHING: dict[str, Any] = {"_id": {"$in": []}}


def _has(who: Principal, role: str) -> bool:
    return not isinstance(who, Anybody | ShareLink) and ROLES.index(who.role) >= ROLES.index(role)


def _of(who: Principal, action: Action) -> dict[str, Any]:
    """The part of a query that leaves `who` what they may do so to: everything, their own, nothing."""
    if may_all(who, action):
        return {}
    return {"owner": who.id} if may(who, action) else _NOTHING


def _standing(who: Person | ApiClient | Operator) -> str:
    if isinstance(who, ApiClient):
        return f"this token may {who.scope}"
    return f"your account is {_article(who.role)}"


def _needed(who: Person | ApiClient | Operator, role: str) -> str:
    """What would do in the place of what `who` has: another role, or another scope."""
    if isinstance(who, ApiClient):
        enough = (scope for scope, as_role in SCOPES.items() if ROLES.index(as_role) >= ROLES.index(role))
        return f"one that may {next(enough)}"
    return _article(role)


def _article(role: str) -> str:
    return f"{'an' if role[0] in 'aeiou' else 'a'} {role}'s"
