"""Pictures that look alike: a page of groups, of each of which one is kept, or all."""

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest
from picturerail.gallery.actions import lookalikes as actions
from picturerail.gallery.pages.bulk import counted, pictures_in_words
from picturerail.gallery.pages.listing import shown
from picturerail.gallery.pages.stacks import tell
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, params
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, notify

blueprint = Blueprint("lookalikes", __name__)


@blueprint.get("/lookalikes/")
@requires(Action.CHANGE)
def show() -> str:
    """Groups of pictures that look alike, newest first, with the one that is proposed to be kept."""
    _, after = params.cursor(request.args)
    groups, following = actions.page(access.acting(), after)
    tiles = iter(shown([one for group in groups for one in group.pictures]))
    return render_template(
        "lookalikes.html",
        groups=[(group, [(one, next(tiles)) for one in group.pictures]) for group in groups],
        tiles=shown([one for group in groups for one in group.pictures]),
        following=following,
        after=after,
    )


@blueprint.post("/lookalikes/<group_id>")
@requires(Action.CHANGE)
def settle(group_id: str) -> BaseResponse:
    """Keep one of a group, or all, or all under one cover, as the pressed button says."""
    burst = params.field(request.form, "burst", limit=24, required=False)
    action = "stack" if burst else params.field(request.form, "action", limit=10)
    back = params.local_path(
        params.field(request.form, "back", limit=200, required=False), url_for("lookalikes.show")
    )
    if action == "one":
        kept = params.field(request.form, "keep", limit=24, required=False)
        done = actions.keep_one(access.acting(), group_id, kept)
        text = f"One is kept; {counted(len(done.changed))} in the trash."
        notify(Notice(text, kind="secondary", undo=url_for("bulk.restore", batch=done.batch, back=back)))
    elif action == "stack":
        cover = params.field(request.form, "keep", limit=24, required=False)
        stacked = actions.stack(access.acting(), group_id, cover, burst)
        tell(stacked, f"{counted(len(stacked.changed))} one stack now.", back)
    elif action == "all":
        done = actions.keep_all(access.acting(), group_id)
        text = f"All {pictures_in_words(len(done.changed))} are kept, and not asked about again."
        notify(Notice(text, undo=url_for("bulk.undo", batch=done.batch, back=back)))
    else:
        raise BadRequest("'action' must be one of one, all, stack.")
    return redirect(back, 303)
