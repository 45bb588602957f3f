"""The share links that somebody has made: all of them, one more, one less."""

from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.clock import now
from picturerail.errors import BadRequest
from picturerail.gallery import policy
from picturerail.gallery.actions import bulk, guests
from picturerail.gallery.actions import shares as actions
from picturerail.gallery.actions.shares import NewLink
from picturerail.gallery.albums import lookup as albums
from picturerail.gallery.pages.listing import shown
from picturerail.gallery.pictures import listing
from picturerail.gallery.pictures import lookup as pictures
from picturerail.gallery.pictures.model import Picture, parse_id
from picturerail.gallery.policy import Action
from picturerail.gallery.shares import store
from picturerail.gallery.shares.model import MAX_PASSWORD, Share, token_of
from picturerail.gallery.web import access, params, services
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, notify
from picturerail.gallery.web.headers import private
from picturerail.gallery.web.qr import qr_code

DAYS = ("", "1", "7", "30", "365")
MAX_HELD = 100  # pictures on the page of those that wait
USES = ("", "1", "5", "25", "100")

blueprint = Blueprint("shares", __name__)


@dataclass(frozen=True)
class ShareRow:
    """A link as the page lists it: what it shows, and its address."""

    share: Share
    what: str
    url: str
    is_shut: bool = False  # whoever made it is gone


@blueprint.get("/shares/")
@requires(Action.SHARE)
def show() -> Response:
    """One's own links, an owner everybody's, newest first."""
    found = store.made_by(services.database(), policy.shares(access.principal()))
    return private(render_template("shares.html", rows=_rows(found), waiting=_waiting()))


@blueprint.post("/shares/")
@requires(Action.SHARE)
def create() -> BaseResponse:
    """Make a link to what the form names."""
    days = params.field(request.form, "days", limit=5, required=False)
    if days not in DAYS:
        raise BadRequest(f"'days' must be one of {', '.join(filter(None, DAYS))}, or empty.")
    uses = params.field(request.form, "uses", limit=5, required=False)
    if uses not in USES:
        raise BadRequest(f"'uses' must be one of {', '.join(filter(None, USES))}, or empty.")
    asked = {
        name: params.field(request.form, name, limit=1000, required=False)
        for name in ("picture", "album", "q")
    }
    link = NewLink(
        **asked,
        name=params.field(request.form, "name", limit=1000, required=False),
        password=params.field(request.form, "password", limit=4 * MAX_PASSWORD, required=False),
        download=request.form.get("download") == "yes",
        edited=params.field(request.form, "edited", limit=3, required=False) != "no",
        location=params.field(request.form, "location", limit=10, required=False),
        expires_at=now() + timedelta(days=int(days)) if days else None,
        max_uses=int(uses or 0),
        chooses=request.form.get("chooses") == "yes",
        adds=params.field(request.form, "adds", limit=10, required=False),
    )
    share = actions.create(access.acting(), link)
    notify(Notice("The link is made: copy it below.", href=address_of(share), label="Open it"))
    return redirect(url_for("shares.show"), 303)


@blueprint.get("/shares/<share_id>/code")
@requires(Action.SHARE)
def code(share_id: str) -> Response:
    """The address of a link as a QR code, to be shown or printed."""
    share = store.one_of(services.database(), share_id, policy.shares(access.principal()))
    [row] = _rows([share])
    drawn = qr_code(row.url, "The link as a QR code")
    return private(render_template("share_code.html", row=row, code=drawn))


@blueprint.post("/shares/<share_id>/revoke")
@requires(Action.SHARE)
def revoke(share_id: str) -> BaseResponse:
    """End a link at once."""
    actions.revoke(access.acting(), share_id)
    notify(Notice("The link is ended: nobody can open it any more.", kind="secondary"))
    return redirect(url_for("shares.show"), 303)


@blueprint.get("/shares/held")
@requires(Action.SHARE)
def show_held() -> Response:
    """What guests have sent and nobody has approved yet, newest first."""
    found = _held()
    known = albums.known(
        services.database(), {one.held for one in found}, policy.seen_albums(access.principal())
    )
    tiles = shown(found)
    rows = [(one, tile, known.get(one.held)) for one, tile in zip(found, tiles, strict=True)]
    return private(render_template("held.html", rows=rows, tiles=tiles))


@blueprint.post("/shares/held")
@requires(Action.SHARE)
def decide_held() -> BaseResponse:
    """Hang the pictures that are ticked in their albums, or move them to the trash."""
    choice = params.field(request.form, "choice", limit=10)
    if choice not in ("approve", "trash"):
        raise BadRequest("'choice' must be approve or trash.")
    ticked, at = request.form.getlist("picture")[:MAX_HELD], access.acting()
    done = guests.approve_all(at, ticked) if choice == "approve" else bulk.trash(at, ticked).changed
    notify(Notice(_decided(len(done), len(ticked), choice)))
    return redirect(url_for("shares.show_held"), 303)


def _decided(number: int, ticked: int, choice: str) -> str:
    if not ticked:
        return "No picture is ticked."
    others = f" Somebody else has decided about {ticked - number} meanwhile." if number < ticked else ""
    if number == 1:
        return f"1 picture {'hangs in its album now' if choice == 'approve' else 'is in the trash'}.{others}"
    return f"{number} pictures {'hang in their albums now' if choice == 'approve' else 'are in the trash'}.{others}"


def address_of(share: Share) -> str:
    """The whole address of a link."""
    token = token_of(share.id, services.settings().secret_key)
    return services.site_url() + url_for("shared.show", token=token)


def _held() -> list[Picture]:
    return list(listing.page(services.database(), policy.held(access.principal()), size=MAX_HELD).pictures)


def _waiting() -> int:
    """How many pictures wait to be approved."""
    return listing.count(services.database(), policy.held(access.principal())).number


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

    gone = store.gone(db, {one.owner for one in found})
    return [ShareRow(one, what(one), address_of(one), is_shut=one.owner in gone) for one in found]
