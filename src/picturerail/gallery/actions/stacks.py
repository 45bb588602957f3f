"""Stacks: pictures put under one cover, another cover, pictures taken out. What `who` may not change stays."""

from collections.abc import Sequence
from dataclasses import dataclass

from picturerail.errors import BadRequest, NotFound
from picturerail.gallery import policy
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.pictures import batches, bursts, stacks
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.stacks import MAX_MEMBERS, Places, Stack
from picturerail.gallery.policy import Action

GONE = "There is no such stack. It may have been taken apart."


@dataclass(frozen=True)
class Stacked:
    """The stack, as it is now, the ids of the pictures that were changed, and what takes it back (`bulk.undo`)."""

    stack: Stack
    changed: tuple[str, ...]
    batch: str = ""


def seen(at: ActionContext, stack_id: str) -> Stack:
    """Those of a stack that lists may show `who`; NotFound when there is none."""
    stack = stacks.find(at.db, policy.listed(at.who), stack_id)
    if not stack.pictures:
        raise NotFound(GONE)
    return stack


def stack(at: ActionContext, picture_ids: Sequence[str], cover: str = "") -> Stacked:
    """Put pictures under the one that is to be the `cover`, else the first, with all that lie under them already."""
    policy.check(at.who, Action.CHANGE)
    if cover and cover not in picture_ids:
        raise BadRequest("'cover' must be one of the pictures.")
    order = [cover, *(each for each in picture_ids if each != cover)] if cover else picture_ids
    pictures = stacks.chosen(at.db, policy.changeable(at.who), order)
    if len(pictures) < 2:
        raise BadRequest("A stack needs two pictures or more that you may change.")
    if len(pictures) > MAX_MEMBERS:
        raise BadRequest(f"A stack has room for {MAX_MEMBERS} pictures; these are {len(pictures)}.")
    places = stacks.new_places(pictures)
    stack_id = next(iter(places.values()))[0]
    return _put(at, stack_id, places, Deed.STACK_PICTURE, decided=True)


def stack_best(at: ActionContext, picture_ids: Sequence[str]) -> Stacked:
    """Put pictures under the one of them that is proposed as their cover, the others by the time of capture."""
    pictures = stacks.chosen(at.db, policy.changeable(at.who), picture_ids)
    asked = [one for one in pictures if one.id in set(picture_ids)]
    order = [one.id for one in sorted(asked, key=_time)]
    return stack(at, order, bursts.proposed_cover(asked).id if asked else "")


def lay_on_top(at: ActionContext, stack_id: str, picture_id: str) -> Stacked:
    """Let another picture be the cover."""
    _mine(at, stack_id, [picture_id])
    place = stacks.least_place(at.db, stack_id) - 1
    return _put(at, stack_id, {picture_id: (stack_id, place)}, Deed.COVER_STACK)


def take_out(at: ActionContext, stack_id: str, picture_ids: Sequence[str]) -> Stacked:
    """Let pictures of a stack be by themselves again."""
    mine = _mine(at, stack_id, picture_ids)
    return _put(at, stack_id, {one.id: ("", 0) for one in mine}, Deed.UNSTACK_PICTURE)


def unstack(at: ActionContext, stack_id: str) -> Stacked:
    """Let all pictures of a stack be by themselves again."""
    policy.check(at.who, Action.CHANGE)
    every = stacks.find(at.db, policy.changeable(at.who), stack_id).pictures
    return take_out(at, stack_id, [one.id for one in every])


def _mine(at: ActionContext, stack_id: str, picture_ids: Sequence[str]) -> list[Picture]:
    """Those of the pictures that lie in the stack and that `who` may change; NotFound when there are none."""
    policy.check(at.who, Action.CHANGE)
    every = stacks.find(at.db, policy.changeable(at.who), stack_id).pictures
    if not (mine := [one for one in every if one.id in picture_ids]):
        raise NotFound(GONE)
    return mine


def _put(at: ActionContext, stack_id: str, places: Places, deed: Deed, *, decided: bool = False) -> Stacked:
    beside = stacks.beside(at.db, places)
    before = stacks.put(at.db, places, decided=decided)
    batch = batches.keep(at.db, at.who.id, stacks.FIELD, before, {}) if before else ""
    at.renew_pages(*beside, *before)
    if before:
        at.record_pictures(deed, list(before))
    return Stacked(stacks.find(at.db, policy.listed(at.who), stack_id), tuple(before), batch)


def _time(picture: Picture) -> tuple[str, str]:
    return picture.taken_at, picture.id
