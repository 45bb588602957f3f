"""What the forms below a picture do with its stack: another cover, taken out, taken apart."""

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest
from picturerail.gallery.actions import stacks as actions
from picturerail.gallery.actions.stacks import Stacked
from picturerail.gallery.pages.bulk import counted
from picturerail.gallery.pictures.model import parse_id
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, params
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, notify

blueprint = Blueprint("stacks", __name__)


@blueprint.post("/stacks/<stack_id>")
@requires(Action.CHANGE)
def change(stack_id: str) -> BaseResponse:
    """Do with a picture of a stack what the pressed button says, and go back to its page."""
    picture_id = str(parse_id(params.field(request.form, "id", limit=24)))
    back = url_for("pictures.picture", picture_id=picture_id)
    match params.field(request.form, "action", limit=10):
        case "cover":
            done = actions.lay_on_top(access.acting(), stack_id, picture_id)
            tell(done, "This picture lies on top now.", back)
        case "take-out":
            done = actions.take_out(access.acting(), stack_id, [picture_id])
            tell(done, "This picture is by itself again.", back)
        case "unstack":
            done = actions.unstack(access.acting(), stack_id)
            tell(done, f"{counted(len(done.changed))} by themselves again.", back)
        case _:
            raise BadRequest("'action' must be one of cover, take-out, unstack.")
    return redirect(back, 303)


def tell(done: Stacked, text: str, back: str) -> None:
    """Say what was done, and offer to take it back."""
    notify(Notice(text, undo=url_for("bulk.undo", batch=done.batch, back=back) if done.batch else ""))
