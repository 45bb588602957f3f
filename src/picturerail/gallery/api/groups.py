"""The calls about groups of people, and to whom albums are given: each calls the same actions as the pages."""

from flask import Blueprint, Response

from picturerail.gallery.accounts import groups, users
from picturerail.gallery.accounts.groups import PeopleGroup
from picturerail.gallery.actions import albums as album_actions
from picturerail.gallery.actions import groups as actions
from picturerail.gallery.albums.model import Album
from picturerail.gallery.api.exchange import answer, body
from picturerail.gallery.api.group_schemas import (
    AlbumViewers,
    GroupAnswer,
    GroupChange,
    GroupList,
    NewGroup,
    PublicGroup,
    RemovedGroup,
    ViewerChange,
)
from picturerail.gallery.api.operations import answers
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, services
from picturerail.gallery.web.access import requires

blueprint = Blueprint("group_api", __name__, url_prefix="/api/v1")


@blueprint.get("/groups")
@requires(Action.MANAGE_PEOPLE)
@answers({200: GroupList})
def list_groups() -> Response:
    """All groups, with who is in them."""
    return answer(GroupList(groups=[_public(each) for each in groups.every(services.database())]))


@blueprint.post("/groups")
@requires(Action.MANAGE_PEOPLE)
@answers({201: GroupAnswer}, body=NewGroup)
def add_group() -> Response:
    """Make a group with nobody in it."""
    return answer(GroupAnswer(group=_public(actions.add(access.acting(), body(NewGroup).name))), 201)


@blueprint.patch("/groups/<group_id>")
@requires(Action.MANAGE_PEOPLE)
@answers({200: GroupAnswer}, body=GroupChange)
def change_group(group_id: str) -> Response:
    """Give a group another name, put accounts into it, take others out, in this order."""
    at, asked = access.acting(), body(GroupChange)
    group = actions.find(at, group_id)
    if asked.name is not None:
        actions.rename(at, group, asked.name)
    for email in asked.add:
        actions.put(at, group, email)
    for email in asked.remove:
        actions.take(at, group, email)
    return answer(GroupAnswer(group=_public(actions.find(at, group_id))))


@blueprint.delete("/groups/<group_id>")
@requires(Action.MANAGE_PEOPLE)
@answers({200: RemovedGroup})
def remove_group(group_id: str) -> Response:
    """Remove a group: what was given to it only, its people see no more."""
    at = access.acting()
    group = actions.find(at, group_id)
    actions.remove(at, group)
    return answer(RemovedGroup(removed=group.id))


@blueprint.get("/albums/<album_id>/viewers")
@requires(Action.CHANGE)
@answers({200: AlbumViewers})
def list_album_viewers(album_id: str) -> Response:
    """To whom an album is given, for who may change it."""
    return _viewers(album_actions.editable(access.acting(), album_id))


@blueprint.post("/albums/<album_id>/viewers")
@requires(Action.CHANGE)
@answers({200: AlbumViewers}, body=ViewerChange)
def change_album_viewers(album_id: str) -> Response:
    """Give an album to people and groups, and take it from others."""
    at, asked = access.acting(), body(ViewerChange)
    for name in asked.add:
        album_actions.grant(at, album_id, name)
    for name in asked.remove:
        album_actions.revoke(at, album_id, name)
    return _viewers(album_actions.editable(at, album_id))


def _public(group: PeopleGroup) -> PublicGroup:
    return PublicGroup(id=group.id, name=group.name, members=list(group.members))


def _viewers(album: Album) -> Response:
    db = services.database()
    people, given_to = users.emails_of(db, album.viewers), groups.names_of(db, album.viewers)
    return answer(AlbumViewers(people=people, groups=given_to))
