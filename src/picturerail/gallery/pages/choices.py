"""What clients have chosen by a link, for who made it: filtered, as a list to save, and into an album."""

from dataclasses import dataclass

from flask import Blueprint, Response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest
from picturerail.gallery import policy, spreadsheet
from picturerail.gallery.actions import choices as actions
from picturerail.gallery.actions import shares as share_actions
from picturerail.gallery.albums.model import slug_of
from picturerail.gallery.pages.archives import zip_of
from picturerail.gallery.pages.listing import shown
from picturerail.gallery.pages.pictures import disposition
from picturerail.gallery.pictures import listing
from picturerail.gallery.pictures.model import Picture, parse_id
from picturerail.gallery.policy import Action
from picturerail.gallery.shares import choices, store
from picturerail.gallery.shares.choices import ClientChoice
from picturerail.gallery.shares.model import Share
from picturerail.gallery.transfer.picture_archive import entries_of
from picturerail.gallery.web import access, services
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, notify
from picturerail.gallery.web.headers import private

FILTERS = ("", "picked", "stars", "comments")

blueprint = Blueprint("choices", __name__, url_prefix="/shares/<share_id>")


@dataclass(frozen=True)
class ChosenPicture:
    """A picture with what the client says of it."""

    picture: Picture
    choice: ClientChoice


@blueprint.get("/choices")
@requires(Action.SHARE)
def show(share_id: str) -> Response:
    """The choice, or with `format=csv` the same as a list."""
    share, rows = _chosen(share_id)
    if request.args.get("format") == "csv":
        answer = private(_listed(rows))
        answer.content_type = spreadsheet.CONTENT_TYPE
        answer.headers["Content-Disposition"] = disposition(f"{_filename(share)}.csv")
        return answer
    tiles = shown([row.picture for row in rows])
    page = render_template(
        "choices.html",
        share=share,
        called=share_actions.called(access.acting(), share),
        rows=list(zip(rows, tiles, strict=True)),
        tiles=tiles,
        filters=FILTERS,
        only=_only(),
    )
    return private(page)


@blueprint.get("/choices/zip")
@requires(Action.SHARE)
def archive(share_id: str) -> Response:
    """The originals of what is chosen, as far as the filter shows it and one may change it."""
    share, rows = _chosen(share_id)
    ids = {"_id": {"$in": [parse_id(row.picture.id) for row in rows]}}
    at = access.acting()
    return zip_of(entries_of(at, policy.changeable(at.who).but(ids), None), _filename(share))


@blueprint.post("/choices/album")
@requires(Action.SHARE)
def hang(share_id: str) -> BaseResponse:
    """Hang what is chosen, as far as the filter shows it, in an album of its own."""
    _, rows = _chosen(share_id)
    album = actions.hang(access.acting(), share_id, [row.picture.id for row in rows])
    notify(Notice(f"The choice hangs in “{album.title}”."))
    return redirect(album.href, 303)


@blueprint.post("/choices/reopen")
@requires(Action.SHARE)
def reopen(share_id: str) -> BaseResponse:
    """Let the client go on choosing."""
    actions.reopen(access.acting(), share_id)
    notify(Notice("The client may go on choosing."))
    return redirect(url_for("choices.show", share_id=share_id), 303)


def _filename(share: Share) -> str:
    """What a choice is saved as, without its extension: after its link, as people know it."""
    return f"choice-{slug_of(share_actions.called(access.acting(), share))}"


def _chosen(share_id: str) -> tuple[Share, list[ChosenPicture]]:
    """The link, and what was chosen of the pictures that are still there."""
    db, only = services.database(), _only()
    share = store.one_of(db, share_id, policy.shares(access.principal()))
    told = {
        "picked": lambda one: one.picked,
        "stars": lambda one: one.stars > 0,
        "comments": lambda one: one.comment,
    }
    wanted = {key: one for key, one in choices.of(db, share).items() if not only or told[only](one)}
    ids = {"_id": {"$in": [parse_id(each) for each in wanted]}}
    found = (
        listing.page(db, policy.seen(access.principal()).but(ids), size=choices.MAX_CHOICES).pictures
        if wanted
        else ()
    )
    rows = [ChosenPicture(one, wanted[one.id]) for one in found]
    return share, sorted(rows, key=lambda row: (-row.choice.stars, not row.choice.picked))


def _only() -> str:
    only = request.args.get("only", "")
    if only not in FILTERS:
        raise BadRequest(f"'only' must be one of {', '.join(filter(None, FILTERS))}, or empty.")
    return only


def _listed(rows: list[ChosenPicture]) -> str:
    lines = [spreadsheet.row(("id", "filename", "picked", "stars", "comment"))]
    for row in rows:
        picked = "yes" if row.choice.picked else ""
        said = (row.picture.id, row.picture.filename, picked, row.choice.stars, row.choice.comment)
        lines.append(spreadsheet.row(said))
    return spreadsheet.BEGIN + "".join(lines)
