"""Who asks: a visitor, a person with a role, a script with a token, the operator, or who has opened a share link.

What they may do is decided in `policy.py` alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from bson import ObjectId

SCRIPT = "token:"  # how the ids of scripts begin
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
    granted: tuple[ObjectId, ...] = ()  # albums that are given to them, and those in these
    granted_by: tuple[tuple[str, ObjectId], ...] = ()  # those of owners who do not see all, with these
    withdrawals: int = 0  # how often something that they saw was taken from them

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
        return f"{SCRIPT}{self.token_id}"

    @property
    def role(self) -> str:
        """The role as which it acts."""
        return SCOPES[self.scope]


@dataclass(frozen=True)
class Operator:
    """Somebody with a shell on the machine, who may do all that an owner may."""

    id: str = "operator"
    role: str = "owner"


Maker: TypeAlias = Person | ApiClient | Operator


@dataclass(frozen=True)
class ShareLink:
    """Somebody who has opened a share link: to one picture, to one album, or to what has the words of a search.

    It opens nothing that its maker, with the rights of now, does not find.
    """

    share_id: str
    picture: str
    album: str
    words: Mapping[str, Any] | None  # of a search; with `album`, of one that is saved
    maker: Maker
    download: bool
    edited: bool = True  # whether pictures are shown with their edits
    location: str = ""  # `hidden`: it tells nobody where they were taken, whatever they say
    adds: bool = False  # whether pictures may be sent to the album
    chooses: bool = False  # whether pictures of it are chosen

    @property
    def id(self) -> str:
        """What the log calls who has opened it; pictures that come by it are its maker's."""
        return f"share:{self.share_id}"


Principal: TypeAlias = Anybody | ShareLink | Person | ApiClient | Operator

VISITOR = Anybody()
