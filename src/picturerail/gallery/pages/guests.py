"""What a share link opens: its pictures, one of them, its download; and the question for its password.

Whoever opens one is a principal of the policy for this request; a cookie, below this address alone, only says that
the password was told.
"""

from dataclasses import replace
from typing import Any, cast

from flask import Blueprint, Response, g, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import NotFound
from picturerail.gallery import policy
from picturerail.gallery.accounts import passwords
from picturerail.gallery.actions import shares as actions
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.albums import lookup as albums
from picturerail.gallery.pages.listing import asked_for, context, shown
from picturerail.gallery.pages.pictures import saved
from picturerail.gallery.pictures import listing, lookup
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.view import PictureView
from picturerail.gallery.policy import VISITOR, ShareLink
from picturerail.gallery.shares import model, store
from picturerail.gallery.shares.model import Share
from picturerail.gallery.web import access, params, services
from picturerail.gallery.web.access import EVERYBODY, requires

COOKIE = "picturerail-share"
TOKEN_STEP = 15 * 60  # seconds: what is copied out of a shared page ends soon after the link

blueprint = Blueprint("shared", __name__, url_prefix="/s/<token>")


@blueprint.before_request
def open_link() -> BaseResponse | None:
    """Become who the link says, for this request; without its password, nobody, who is asked for it."""
    token = (request.view_args or {}).get("token", "")
    share = store.find(services.database(), model.id_in(token, services.settings().secret_key))
    g.share, g.principal, g.token_step = share, VISITOR, TOKEN_STEP
    if share.password and not _has_proof(share):
        return None if request.method == "POST" else _ask("")
    at = ActionContext(VISITOR, services.database(), services.cloud(), services.settings())
    g.principal = actions.opened(at, share)
    return None


@blueprint.after_request
def hide(response: Response) -> Response:
    """No search engine shall know of it."""
    response.headers["X-Robots-Tag"] = "noindex"
    return response


@blueprint.get("")
@requires(EVERYBODY)
def show(token: str) -> BaseResponse | str:
    """The pictures of the link; of one picture, its page."""
    share, db = _share(), services.database()
    store.note_use(db, share)
    if share.picture:
        return _picture(token, share.picture)
    wanted = _wanted()
    page = asked_for(wanted)
    if page is None:
        return redirect(url_for("shared.show", token=token), 303)
    given = context(page)
    given["tiles"] = [_within(token, tile) for tile in given["tiles"]]
    return render_template(
        "shared.html",
        **given,
        heading=_heading(share),
        count=listing.count(db, wanted) if page.pictures else None,
    )


@blueprint.post("")
@requires(EVERYBODY)
def tell_password(token: str) -> BaseResponse:
    """Check the password; tries are counted for the link and for the address."""
    share, throttle, address = _share(), services.services().throttle, request.remote_addr or ""
    password = params.field(request.form, "password", limit=4 * model.MAX_PASSWORD)
    throttle.count_try(f"share:{share.id}", address)
    if share.password and not passwords.matches(share.password, password):
        return _ask("That is not the password of this link.", 401)
    throttle.take_back(f"share:{share.id}", address)
    here = url_for("shared.show", token=token)
    response = redirect(here, 303)
    proof = model.proof_of(share, services.settings().secret_key)
    response.set_cookie(COOKIE, proof, path=here, secure=access.is_https(), httponly=True, samesite="Lax")
    return response


@blueprint.get("/<picture_id>")
@requires(EVERYBODY)
def picture(token: str, picture_id: str) -> str:
    """One picture of the link."""
    return _picture(token, picture_id)


@blueprint.get("/<picture_id>/download")
@requires(EVERYBODY)
def download(token: str, picture_id: str) -> BaseResponse:
    """The picture to save, as it is shown, where the link lets people."""
    del token
    found = _find(picture_id)
    if not _guest().download:
        raise NotFound("This link shows pictures, and gives none away.")
    return saved(found)


def _picture(token: str, picture_id: str) -> str:
    db, found = services.database(), _find(picture_id)
    newer, older = listing.neighbours(db, _wanted(), found)
    [tile] = shown([found])

    def address(other: str) -> str:
        return url_for("shared.picture", token=token, picture_id=other) if other else ""

    return render_template(
        "shared_picture.html",
        picture=found,
        tile=_within(token, tile),
        newer=address(newer),
        older=address(older),
        back="" if _share().picture else url_for("shared.show", token=token),
        download=url_for("shared.download", token=token, picture_id=found.id) if _guest().download else "",
    )


def _wanted() -> PictureFilter:
    """The pictures of the link, an album's in its order."""
    seen, share = policy.listed(_guest()), _share()
    if not share.album:
        return seen
    album = albums.find(services.database(), share.album, policy.seen_albums(_guest()))
    return albums.pictures_in(album, seen)


def _find(picture_id: str) -> Picture:
    return lookup.find(services.database(), picture_id, policy.seen(_guest()))


def _heading(share: Share) -> str:
    if share.name:
        return share.name
    if share.album:
        return albums.find(services.database(), share.album, policy.seen_albums(_guest())).title
    return f"“{share.q}”"


def _within(token: str, tile: PictureView) -> PictureView:
    """The same tile, leading to its page below the link."""
    return replace(tile, href=url_for("shared.picture", token=token, picture_id=tile.id))


def _has_proof(share: Share) -> bool:
    proof = model.proof_of(share, services.settings().secret_key)
    return access.same(request.cookies.get(COOKIE, ""), proof)


def _ask(problem: str, status: int = 200) -> Response:
    response = make_response(render_template("share_password.html", problem=problem))
    response.status_code = status
    return response


def _share() -> Share:
    return cast("Share", g.share)


def _guest() -> ShareLink:
    who: Any = access.principal()
    if not isinstance(who, ShareLink):
        raise NotFound(model.ENDED)
    return who
