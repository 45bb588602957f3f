"""The calls about pictures that look alike."""

from flask import Blueprint, Response, request

from picturerail.gallery.actions import lookalikes as actions
from picturerail.gallery.api.exchange import answer, body, public
from picturerail.gallery.api.operations import answers
from picturerail.gallery.api.schemas import (
    LookalikeChoice,
    LookalikeGroup,
    LookalikePage,
    LookalikeQuery,
    SettledGroup,
)
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, params
from picturerail.gallery.web.access import requires

blueprint = Blueprint("lookalike_api", __name__, url_prefix="/api/v1")


@blueprint.get("/lookalikes")
@requires(Action.CHANGE)
@answers({200: LookalikePage}, query=LookalikeQuery)
def list_groups() -> Response:
    """Groups of pictures that look alike, of those that one may change; newest first."""
    _, after = params.cursor(request.args)
    groups, following = actions.page(access.acting(), after)
    told = [LookalikeGroup(id=one.id, best=one.best.id, pictures=public(one.pictures)) for one in groups]
    return answer(LookalikePage(groups=told, next=following or None))


@blueprint.post("/lookalikes/<group_id>")
@requires(Action.CHANGE)
@answers({200: SettledGroup}, body=LookalikeChoice)
def settle_group(group_id: str) -> Response:
    """Keep one of a group, and move the others to the trash; or keep all, and do not ask again."""
    kept = body(LookalikeChoice).keep
    if kept is None:
        done = actions.keep_all(access.acting(), group_id)
    else:
        done = actions.keep_one(access.acting(), group_id, kept)
    return answer(SettledGroup(changed=list(done.changed)))
