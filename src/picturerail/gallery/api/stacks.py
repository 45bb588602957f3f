"""The calls about stacks: each parses, calls the same actions as the pages, and answers JSON."""

from flask import Blueprint, Response, url_for
from msgspec import UNSET

from picturerail.errors import BadRequest
from picturerail.gallery.actions import bulk
from picturerail.gallery.actions import stacks as actions
from picturerail.gallery.actions.stacks import Stacked
from picturerail.gallery.api.exchange import answer, body, public
from picturerail.gallery.api.operations import answers
from picturerail.gallery.api.stack_schemas import (
    ChangedStack,
    NewStack,
    PublicStack,
    StackAnswer,
    StackChange,
    UndoneStack,
)
from picturerail.gallery.pictures.stacks import Stack
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access
from picturerail.gallery.web.access import requires

blueprint = Blueprint("stack_api", __name__, url_prefix="/api/v1")


@blueprint.post("/stacks")
@requires(Action.CHANGE)
@answers({201: ChangedStack}, body=NewStack)
def add_stack() -> Response:
    """Put pictures under one cover; lists show that one only, and how many lie there."""
    asked = body(NewStack)
    return _changed(actions.stack(access.acting(), asked.pictures, asked.cover or ""), 201)


@blueprint.get("/stacks/<stack_id>")
@answers({200: StackAnswer})
def get_stack(stack_id: str) -> Response:
    """The pictures of a stack, as far as one sees them, the cover first."""
    return answer(StackAnswer(stack=_told(actions.seen(access.acting(), stack_id))))


@blueprint.patch("/stacks/<stack_id>")
@requires(Action.CHANGE)
@answers({200: ChangedStack}, body=StackChange)
def change_stack(stack_id: str) -> Response:
    """Lay another picture on top, or let pictures be by themselves again: one of the two at once."""
    asked = body(StackChange)
    if (asked.cover is UNSET) == (asked.remove is UNSET):
        raise BadRequest("Send either 'cover' or 'remove'.")
    if isinstance(asked.cover, str):
        return _changed(actions.lay_on_top(access.acting(), stack_id, asked.cover))
    removed = asked.remove if isinstance(asked.remove, list) else []
    return _changed(actions.take_out(access.acting(), stack_id, removed))


@blueprint.delete("/stacks/<stack_id>")
@requires(Action.CHANGE)
@answers({200: ChangedStack})
def delete_stack(stack_id: str) -> Response:
    """Let all its pictures be by themselves again; none is deleted. `undo` is the call that takes it back."""
    return _changed(actions.unstack(access.acting(), stack_id))


@blueprint.post("/stacks/changes/<batch>/undo")
@requires(Action.CHANGE)
@answers({200: UndoneStack})
def undo_stack(batch: str) -> Response:
    """Let pictures lie where they lay before."""
    return answer(UndoneStack(changed=list(bulk.undo(access.acting(), batch).changed)))


def _changed(done: Stacked, status: int = 200) -> Response:
    undo = url_for("stack_api.undo_stack", batch=done.batch) if done.batch else None
    return answer(ChangedStack(stack=_told(done.stack), changed=list(done.changed), undo=undo), status)


def _told(stack: Stack) -> PublicStack:
    return PublicStack(id=stack.id, pictures=public(stack.pictures))
