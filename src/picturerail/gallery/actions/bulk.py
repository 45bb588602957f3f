"""Changing several pictures at once; what `who` may not change, or is not there any more, stays as it is."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from picturerail.errors import BadRequest
from picturerail.gallery import policy
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.maintenance import removal
from picturerail.gallery.pictures import lifecycle
from picturerail.gallery.policy import Action


@dataclass(frozen=True)
class BulkResult:
    """Ids of the pictures that were changed, and of those with no room for more tags; `batch` takes them back."""

    changed: tuple[str, ...]
    full: tuple[str, ...] = ()
    batch: str = ""


def trash(at: ActionContext, picture_ids: Sequence[str]) -> BulkResult:
    """Move pictures to the trash together."""
    policy.check(at.who, Action.CHANGE)
    batch = secrets.token_hex(8)
    changed = lifecycle.trash_all(at.db, policy.changeable(at.who), picture_ids, batch)
    at.renew_pages(*changed)
    return BulkResult(tuple(changed), batch=batch)


def restore(at: ActionContext, batch: str) -> BulkResult:
    """Take out of the trash, as far as it is still there, what went there together."""
    policy.check(at.who, Action.CHANGE)
    changed = lifecycle.restore_all(at.db, policy.trash(at.who), batch)
    at.renew_pages(*changed)
    return BulkResult(tuple(changed))


def retag(
    at: ActionContext, picture_ids: Sequence[str], *, add: Sequence[str] = (), remove: Sequence[str] = ()
) -> BulkResult:
    """Add and take away tags, whatever else is edited meanwhile."""
    policy.check(at.who, Action.CHANGE)
    changed, full = [], []
    for each in picture_ids:
        try:
            if lifecycle.retag(at.db, policy.changeable(at.who), each, add, remove) is not None:
                changed.append(each)
        except BadRequest:
            full.append(each)
    at.renew_pages(*changed)
    return BulkResult(tuple(changed), tuple(full))


def empty_trash(at: ActionContext) -> int:
    """Delete everything in the trash for good; how many pictures went."""
    policy.check(at.who, Action.EMPTY_TRASH)
    return removal.empty_trash(at.db, at.cloud, at.settings)
