"""Pictures that look alike: one kept and the others to the trash, all kept, or all under one cover."""

from picturerail.errors import BadRequest, NotFound
from picturerail.gallery import policy
from picturerail.gallery.actions import bulk, stacks
from picturerail.gallery.actions.bulk import BulkResult
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.actions.stacks import Stacked
from picturerail.gallery.pictures import lookalikes
from picturerail.gallery.pictures.bursts import proposed_cover
from picturerail.gallery.pictures.lookalikes import Group
from picturerail.gallery.policy import Action

PAGE_SIZE = 20  # groups


def page(at: ActionContext, after: str = "", size: int = PAGE_SIZE) -> tuple[list[Group], str]:
    """Groups of those that `who` may change, newest first, and what comes after them."""
    return lookalikes.page(at.db, policy.changeable(at.who), size, after)


def keep_one(at: ActionContext, group_id: str, picture_id: str) -> BulkResult:
    """Move all of a group but this one to the trash; what `who` may not change stays."""
    group = _group(at, group_id)
    if picture_id not in (one.id for one in group.pictures):
        raise BadRequest("Say which of these pictures is kept.")
    return bulk.trash(at, [one.id for one in group.pictures if one.id != picture_id])


def keep_all(at: ActionContext, group_id: str) -> BulkResult:
    """Let a group be pictures of their own, for good."""
    return bulk.part(at, [one.id for one in _group(at, group_id).pictures])


def stack(at: ActionContext, group_id: str, cover: str, burst: str = "") -> Stacked:
    """Let a group lie under the one of that id; of the `burst` with such a picture, it alone, under its best."""
    group = _group(at, group_id)
    if not burst:
        return stacks.stack(at, [one.id for one in group.pictures], cover)
    for pictures in group.bursts:
        ids = [one.id for one in pictures]
        if burst in ids:
            return stacks.stack(at, ids, cover if cover in ids else proposed_cover(pictures).id)
    raise NotFound("There is nothing to decide here any more.")


def _group(at: ActionContext, group_id: str) -> Group:
    policy.check(at.who, Action.CHANGE)
    group = lookalikes.group(at.db, policy.changeable(at.who), group_id)
    if len(group.pictures) < 2:
        raise NotFound("There is nothing to decide here any more.")
    return group
