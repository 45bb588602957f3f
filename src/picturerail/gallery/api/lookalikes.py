"""The calls about pictures that look alike."""

from flask import Blueprint, Response, request

from picturerail.errors import BadRequest
from picturerail.gallery.actions import lookalikes as actions
from picturerail.gallery.api.exchange import answer, body, public
from picturerail.gallery.api.operations import answers
from picturerail.gallery.api.stack_schemas import (
    LookalikeChoice,
    LookalikeGroup,
    LookalikePage,
    LookalikeQuery,
    SettledGroup,
)
from picturerail.gallery.pictures.lookalikes import Group
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
    return answer(LookalikePage(groups=[_told(one) for one in groups], next=following or None))


@blueprint.post("/lookalikes/<group_id>")
@requires(Action.CHANGE)
@answers({200: SettledGroup}, body=LookalikeChoice)
def settle_group(group_id: str) -> Response:
    """Keep one of a group, and move the others to the trash; or keep all, and do not ask again."""
    asked = body(LookalikeChoice)
    if asked.stack:
        if asked.keep is None:
            raise BadRequest("Say in 'keep' which of these pictures lies on top.")
        return answer(
            SettledGroup(changed=list(actions.stack(access.acting(), group_id, asked.keep).changed))
        )
    if asked.keep is None:
        done = actions.keep_all(access.acting(), group_id)
    else:
        done = actions.keep_one(access.acting(), group_id, asked.keep)
    return answer(SettledGroup(changed=list(done.changed)))


def _told(group: Group) -> LookalikeGroup:
    return LookalikeGroup(
        id=group.id,
        best=group.best.id,
        cover=group.cover.id,
        kind=group.kind,
        pictures=public(group.pictures),
    )
