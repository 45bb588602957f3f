"""The share links that somebody has made: all of them, one more, one less."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.clock import now
from picturerail.errors import BadRequest
from picturerail.gallery import policy
from picturerail.gallery.actions import shares as actions
from picturerail.gallery.actions.shares import NewLink
from picturerail.gallery.albums import lookup as albums
from picturerail.gallery.pictures import lookup as pictures
from picturerail.gallery.pictures.model import parse_id
from picturerail.gallery.policy import Action
from picturerail.gallery.shares import store
from picturerail.gallery.shares.model import MAX_PASSWORD, Share, token_of
from picturerail.gallery.web import access, params, services
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, notify
from picturerail.gallery.web.headers import private

DAYS = ("", "1", "7", "30", "365")

blueprint = Blueprint("shares", __name__)


@dataclass(frozen=True)
class ShareRow:
    """A link as the page lists it: what it shows, and its address."""

    share: Share
    what: str
    url: str


@blueprint.get("/shares/")
@requires(Action.SHARE)
def show() -> Response:
    """One's own links, an owner everybody's, newest first."""
    found = store.made_by(services.database(), policy.shares(access.principal()))
    return private(render_template("shares.html", rows=_rows(found)))


@blueprint.post("/shares/")
@requires(Action.SHARE)
def create() -> BaseResponse:
    """Make a link to what the form names."""
    days = params.field(request.form, "days", limit=5, required=False)
    if days not in DAYS:
        raise BadRequest(f"'days' must be one of {', '.join(filter(None, DAYS))}, or empty.")
    asked = {
        name: params.field(request.form, name, limit=1000, required=False)
        for name in ("picture", "album", "q")
    }
    link = NewLink(
        **asked,
        name=params.field(request.form, "name", limit=1000, required=False),
        password=params.field(request.form, "password", limit=4 * MAX_PASSWORD, required=False),
        download=request.form.get("download") == "yes",
        expires_at=now() + timedelta(days=int(days)) if days else None,
    )
    share = actions.create(access.acting(), link)
    notify(Notice("The link is made: copy it below.", href=address_of(share), label="Open it"))
    return redirect(url_for("shares.show"), 303)


@blueprint.post("/shares/<share_id>/revoke")
@requires(Action.SHARE)
def revoke(share_id: str) -> BaseResponse:
    """End a link at once."""
    actions.revoke(access.acting(), share_id)
    notify(Notice("The link is ended: nobody can open it any more.", kind="secondary"))
    return redirect(url_for("shares.show"), 303)


def address_of(share: Share) -> str:
    """The whole address of a link."""
    token = token_of(share.id, services.settings().secret_key)
    return services.site_url() + url_for("shared.show", token=token)


def _rows(found: list[Share]) -> list[ShareRow]:
    db, who = services.database(), access.principal()
    known = albums.known(db, {one.album for one in found if one.album}, policy.seen_albums(who))
    ids = [parse_id(one.picture) for one in found if one.picture]
    titles = pictures.titles(db, policy.seen(who).within({"$in": ids})) if ids else {}

    def what(share: Share) -> str:
        if share.q:
            return f"The search “{share.q}”"
        if share.album:
            return (
                f"The album “{known[share.album].title}”" if share.album in known else "An album that is gone"
            )
        return f"“{titles[share.picture]}”" if share.picture in titles else "A picture that is gone"

    return [ShareRow(one, what(one), address_of(one)) for one in found]
