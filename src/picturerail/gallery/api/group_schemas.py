"""Bodies and answers of the JSON API about groups of people, and to whom albums are given."""

from typing import Annotated

from msgspec import Meta, field

from picturerail.gallery.accounts.groups import MAX_NAME
from picturerail.gallery.api.schemas import Id
from picturerail.schemas.structs import ApiAnswer, ApiBody

MAX_AT_ONCE = 200

GroupName = Annotated[
    str, Meta(description="Without @", extra_json_schema={"minLength": 1, "maxLength": MAX_NAME})
]
Emails = Annotated[list[str], Meta(description="Addresses of accounts", max_length=MAX_AT_ONCE)]
Viewers = Annotated[
    list[str], Meta(description="Addresses of accounts, and names of groups", max_length=MAX_AT_ONCE)
]


class NewGroup(ApiBody, frozen=True, kw_only=True):
    """A group that is to be made."""

    name: GroupName


class GroupChange(ApiBody, frozen=True, kw_only=True):
    """What is to change of a group: its name, and who is in it."""

    name: GroupName | None = None
    add: Emails = field(default_factory=list)
    remove: Emails = field(default_factory=list)


class PublicGroup(ApiAnswer, frozen=True, kw_only=True):
    """A group, and who is in it."""

    id: Id
    name: GroupName
    members: Annotated[list[str], Meta(description="Addresses of accounts")]


class GroupAnswer(ApiAnswer, frozen=True, kw_only=True):
    """The group."""

    group: PublicGroup


class GroupList(ApiAnswer, frozen=True, kw_only=True):
    """All groups, by name."""

    groups: list[PublicGroup]


class RemovedGroup(ApiAnswer, frozen=True, kw_only=True):
    """The group is no more."""

    removed: Id


class ViewerChange(ApiBody, frozen=True, kw_only=True):
    """To whom an album is given, and from whom it is taken."""

    add: Viewers = field(default_factory=list)
    remove: Viewers = field(default_factory=list)


class AlbumViewers(ApiAnswer, frozen=True, kw_only=True):
    """To whom an album is given."""

    people: Annotated[list[str], Meta(description="Addresses of accounts")]
    groups: Annotated[list[str], Meta(description="Names of groups")]
