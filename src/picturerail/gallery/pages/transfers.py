"""Import and export: a form for each, how far those go that are under way, and the files of those that are done."""

from dataclasses import replace
from functools import partial

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response as BaseResponse

from picturerail.errors import BadRequest, Conflict, NotFound, PicturerailError
from picturerail.gallery import policy
from picturerail.gallery.actions import transfers as actions
from picturerail.gallery.albums import lookup
from picturerail.gallery.albums.model import Album
from picturerail.gallery.pages.archives import zip_of
from picturerail.gallery.policy import Action
from picturerail.gallery.search.terms import MAX_QUERY
from picturerail.gallery.transfer import zip_folder
from picturerail.gallery.web import access, params, services
from picturerail.gallery.web.access import requires
from picturerail.gallery.web.flash import Notice, notify
from picturerail.gallery.web.headers import private

MAX_PATH = 1000  # characters
CHOICES = ("all", "album", "search")
FILES = ("originals", "edited")

blueprint = Blueprint("transfers", __name__, url_prefix="/transfers")


@blueprint.get("/")
@requires(Action.CHANGE)
def show() -> Response:
    """The forms, with the album or the search from whose page one comes, and all that one has asked for."""
    return _page(request.args)


@blueprint.post("/export")
@requires(Action.CHANGE)
def export() -> BaseResponse:
    """Begin an export."""
    form, of = request.form, params.field(request.form, "of", limit=10)
    if of not in CHOICES:
        raise BadRequest(f"'of' must be one of {', '.join(CHOICES)}.")
    files = params.field(form, "files", limit=20)
    if files not in FILES:
        raise BadRequest(f"'files' must be one of {', '.join(FILES)}.")
    album = params.field(form, "album", limit=200, required=of == "album") if of == "album" else ""
    search = params.field(form, "q", limit=MAX_QUERY, required=False).strip() if of == "search" else ""
    if of == "search" and not search:
        return _page(form, BadRequest("Say what is looked for, or choose all pictures."))
    try:
        begun = actions.start_export(access.acting(), album=album, search=search, edited=files == "edited")
    except (BadRequest, Conflict) as error:
        return _page(form, error)
    notify(Notice(f"The export of {begun.about} has begun. You may close this page meanwhile."))
    return redirect(url_for("transfers.show"), 303)


@blueprint.post("/import")
@requires(Action.IMPORT)
def import_() -> BaseResponse:
    """Begin an import of a folder."""
    form = request.form
    folder = params.field(form, "folder", limit=MAX_PATH)
    inner = params.field(form, "inner", limit=MAX_PATH, required=False)
    try:
        begun = actions.start_import(access.acting(), folder=folder, inner=inner, albums="albums" in form)
    except (BadRequest, Conflict) as error:
        return _page(form, error)
    notify(Notice(f"The import of {begun.about} has begun. You may close this page meanwhile."))
    return redirect(url_for("transfers.show"), 303)


@blueprint.post("/<transfer_id>/stop")
@requires(Action.CHANGE)
def stop(transfer_id: str) -> BaseResponse:
    """Stop one, or delete the files of an export."""
    at = access.acting()
    actions.stop(at, actions.find(at, transfer_id))
    return redirect(url_for("transfers.show"), 303)


@blueprint.get("/<transfer_id>/<int:number>.zip")
@requires(Action.CHANGE)
def load(transfer_id: str, number: int) -> Response:
    """One zip of an export that is done."""
    at = access.acting()
    found = actions.loadable(at, transfer_id)
    folder = actions.folder_of(at.settings, found.id) / str(number)
    if not (1 <= number <= len(found.parts) and folder.is_dir()):
        raise NotFound("This export is not there any more, or lies on another machine of this site.")
    suffix = f"-{number}" if len(found.parts) > 1 else ""
    check = partial(actions.check_loadable, transfer=found)
    entries = [replace(each, check=check) for each in zip_folder.entries_of(folder)]
    return zip_of(entries, f"pictures-{found.job.created_at:%Y-%m-%d}{suffix}")


@blueprint.get("/<transfer_id>/report")
@requires(Action.IMPORT)
def report(transfer_id: str) -> Response:
    """What became of each file of an import, one line of JSON each."""
    at = access.acting()
    file = actions.report_of(at.settings, actions.find(at, transfer_id).id)
    if not file.is_file():
        raise NotFound("This report is not there any more, or lies on another machine of this site.")
    return send_file(
        file.absolute(), "application/jsonl", as_attachment=True, download_name=f"import-{transfer_id}.jsonl"
    )


def _page(given: MultiDict[str, str], problem: PicturerailError | None = None) -> Response:
    at = access.acting()
    slug = given.get("album", "")
    page = render_template(
        "transfers.html",
        transfers=actions.every(at),
        album=_album(slug) if slug else None,
        given=given,
        problem=problem.message if problem else "",
        folders=services.settings().import_folders,
        days=actions.KEEP.days,
    )
    return private(page, problem.status if problem else 200)


def _album(slug: str) -> Album:
    return lookup.with_slug(services.database(), slug, policy.seen_albums(access.principal()))
