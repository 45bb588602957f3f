"""The calls of the JSON API: each parses, calls the same actions as the pages, and answers JSON."""

from typing import TypedDict, TypeVar

from flask import Blueprint, Response, jsonify, request, url_for
from msgspec import UNSET

from picturerail.errors import BadRequest, Conflict
from picturerail.gallery import policy
from picturerail.gallery.actions import addresses, uploads
from picturerail.gallery.actions import pictures as changes
from picturerail.gallery.actions.uploads import Added
from picturerail.gallery.api import activity, albums, files, groups, lookalikes, shares, stacks
from picturerail.gallery.api.exchange import answer, body, form, public, told_page, told_picture
from picturerail.gallery.api.operations import answers, describe
from picturerail.gallery.api.schemas import (
    DuplicateProblem,
    MarkChange,
    NewPicture,
    PictureAnswer,
    PictureChange,
    PictureForm,
    PictureMarks,
    PicturePage,
    PictureQuery,
    PublicPicture,
    SessionState,
    SkippedPicture,
    StalePictureProblem,
    TrashedPicture,
    UploadIntent,
    UploadPermit,
)
from picturerail.gallery.pictures import lookup
from picturerail.gallery.pictures.file import clean_filename
from picturerail.gallery.pictures.focal_point import FocalPoint
from picturerail.gallery.pictures.location import clean_location
from picturerail.gallery.pictures.marks import marks_of
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.order import NEWEST_ADDED, named
from picturerail.gallery.pictures.text import PictureText
from picturerail.gallery.policy import Action
from picturerail.gallery.search import index
from picturerail.gallery.search.index import Search
from picturerail.gallery.web import access, errors, services
from picturerail.gallery.web.access import accepts, requires
from picturerail.gallery.web.form_cookie import csrf_token
from picturerail.schemas.openapi import FORM, Document

T = TypeVar("T")


class Said(TypedDict):
    """What people say of a new picture."""

    text: PictureText
    visibility: str
    album: str


blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


def _body_limit() -> int:
    """A file may be large; what only tells of one is not."""
    return services.max_file_body() if request.mimetype == FORM else access.MAX_BODY


@blueprint.get("/openapi.json")
@requires(access.EVERYBODY)
@answers({200: "OpenAPI 3.1"})
def describe_api() -> Response:
    """The description of this API."""
    response = jsonify(description(services.site_url()))
    response.add_etag(weak=True)
    return response


@blueprint.get("/session")
@requires(access.EVERYBODY)
@answers({200: SessionState})
def session() -> Response:
    """Who is signed in (null: nobody), and the token for changes: an open page asks when its own may be old."""
    who = access.person()
    return answer(SessionState(email=who.email if who else None, csrf_token=csrf_token()))


@blueprint.post("/uploads/signature")
@requires(Action.ADD)
@answers({200: UploadPermit}, body=UploadIntent)
def sign_upload() -> Response:
    """Address and signed fields for one upload from the browser straight to the media service.

    What `add_picture` would refuse afterwards is refused here, before a byte is sent.
    """
    given = body(UploadIntent)
    given.cleaned()
    url, signed = uploads.permit(access.acting(), given.filename, given.bytes, given.visibility or "")
    return answer(UploadPermit(url=url, params=signed))


@blueprint.post("/pictures")
@requires(Action.ADD)
@accepts(_body_limit)
@answers({201: PictureAnswer, 200: PictureAnswer, 409: DuplicateProblem}, body=NewPicture, form=PictureForm)
def add_picture() -> Response:
    """Add a picture: the file of a form, what a signed answer of the media service tells of, or what a `url` has."""
    given = body(NewPicture) if request.mimetype != FORM else form(PictureForm)
    clean_location(given.location)
    added = _added(given) if isinstance(given, NewPicture) else _added_file(given)
    picture = added.picture
    if given.location and added.is_new:
        picture = changes.say_location(access.acting(), picture, given.location)
    if added.waits:
        return _duplicate(added)
    return told_picture(picture, 201 if added.is_new else 200)


@blueprint.get("/pictures")
@answers({200: PicturePage}, query=PictureQuery)
def list_pictures() -> Response:
    """Live pictures, newest first, or those that `q` looks for; `next` is the cursor for `after`, null at the end."""
    search = Search.of(request.args.get("q", ""))
    order = named(request.args.get("order", ""))
    wanted = policy.listed(access.principal()).ordered(order)
    if search:
        if order != NEWEST_ADDED:
            raise BadRequest("A search is always newest first: leave 'order' or 'q' out.")
        words = index.matching(services.database(), search)
        return told_page(wanted.among(words, stacked=search.finds_covers) if words else None)
    return told_page(wanted)


@blueprint.get("/pictures/<picture_id>")
@answers({200: PictureAnswer})
def get_picture(picture_id: str) -> Response:
    """One live picture."""
    found = lookup.find(services.database(), picture_id, policy.seen(access.principal()))
    return told_picture(found)


@blueprint.patch("/pictures/<picture_id>")
@requires(Action.CHANGE)
@answers({200: PictureAnswer, 409: StalePictureProblem}, body=PictureChange)
def change_picture(picture_id: str) -> Response:
    """Save what is written about it; 409 with the picture as it is now when `updated_at` is not its newest."""
    given = body(PictureChange)
    try:
        picture = _changed(picture_id, given)
    except Conflict as error:
        now = _public(changes.editable(access.acting(), picture_id))
        return errors.problem(StalePictureProblem, 409, error.message, picture=now)
    return told_picture(picture)


@blueprint.post("/pictures/<picture_id>/marks")
@requires(Action.HAVE_ACCOUNT)
@answers({200: PictureMarks}, body=MarkChange)
def mark_picture(picture_id: str) -> Response:
    """Mark it for oneself: favourite, stars, picked or rejected. Nobody else sees that."""
    if not (given := body(MarkChange).given):
        raise BadRequest("Nothing is to be changed: send favourite, stars or choice.")
    for kind, value in given.items():
        picture = changes.mark(access.acting(), picture_id, kind, value)
    return answer(PictureMarks(marks=marks_of(access.principal().id, picture.marks)))


@blueprint.delete("/pictures/<picture_id>")
@requires(Action.CHANGE)
@answers({200: TrashedPicture})
def delete_picture(picture_id: str) -> Response:
    """To the trash; `undo` is the call that takes it back."""
    picture = changes.trash(access.acting(), picture_id)
    undo = url_for("api.restore_picture", picture_id=picture.id)
    return answer(TrashedPicture(picture=_public(picture), undo=undo))


@blueprint.post("/pictures/<picture_id>/restore")
@requires(Action.CHANGE)
@answers({200: PictureAnswer})
def restore_picture(picture_id: str) -> Response:
    """Out of the trash."""
    picture = changes.restore(access.acting(), picture_id)
    return told_picture(picture)


@blueprint.post("/pictures/<picture_id>/keep")
@requires(Action.DECIDE)
@answers({200: PictureAnswer})
def keep_picture(picture_id: str) -> Response:
    """Show a duplicate beside its twin."""
    picture = changes.keep(access.acting(), picture_id)
    return told_picture(picture)


@blueprint.post("/pictures/<picture_id>/skip")
@requires(Action.DECIDE)
@answers({200: SkippedPicture})
def skip_picture(picture_id: str) -> Response:
    """Throw a duplicate away."""
    changes.skip(access.acting(), picture_id)
    return answer(SkippedPicture(skipped=picture_id))


def _said(given: NewPicture | PictureForm) -> Said:
    text = PictureText(**given.cleaned())
    return {"text": text, "visibility": given.visibility or "", "album": given.album or ""}


def _added_file(given: PictureForm) -> Added:
    files = request.files.getlist("file")
    if len(files) != 1:
        raise BadRequest("'file' must be one file.")
    name = given.file if given.filename is UNSET else given.filename
    return uploads.add_file(access.acting(), files[0].stream, filename=clean_filename(name), **_said(given))


def _added(given: NewPicture) -> Added:
    said = _said(given)
    name = "" if given.filename is UNSET else given.filename
    if given.url is UNSET and given.answer is not UNSET and name:
        return uploads.add_answer(access.acting(), given.answer, filename=name, **said)
    if given.url is UNSET or given.answer is not UNSET:
        raise BadRequest("Send 'answer' and 'filename' of an upload, or the 'url' of a picture.")
    services.services().addresses.count(access.principal())
    return addresses.add_address(access.acting(), given.url, filename=name, **said)


def _changed(picture_id: str, given: PictureChange) -> Picture:
    """Save all that is given; of texts one must know what one replaces. Who sees it is said last, of what is saved."""
    texts, others = given.cleaned(), given.adjusted()
    if given.focus is not UNSET:
        point = FocalPoint(given.focus.x, given.focus.y) if given.focus else None
        others["focus"] = changes.kept_focus(access.acting(), picture_id, point, others.get("edit"))
    revision = None if given.updated_at is UNSET else given.updated_at
    if texts and revision is None:
        raise BadRequest("'updated_at' is missing.")
    if not (texts or others or given.visibility is not UNSET):
        raise BadRequest("Nothing is to be changed: send what is to be new about the picture.")
    picture = changes.change(access.acting(), picture_id, revision, others, texts)
    if given.visibility is UNSET:
        return picture
    changes.set_visibility(access.acting(), picture_id, given.visibility)
    return changes.editable(access.acting(), picture_id)


def _public(picture: Picture) -> PublicPicture:
    [one] = public([picture])
    return one


def _duplicate(added: Added) -> Response:
    twin = _public(added.twin) if added.twin else None
    sentence = "This picture is already in the gallery. Keep both, or skip the new one?"
    return errors.problem(DuplicateProblem, 409, sentence, duplicate_of=twin, held_id=added.picture.id)


def description(site_url: str) -> Document:
    """The OpenAPI document of this API."""
    return describe(
        (
            blueprint,
            files.blueprint,
            lookalikes.blueprint,
            stacks.blueprint,
            albums.blueprint,
            shares.blueprint,
            groups.blueprint,
            activity.blueprint,
        ),
        site_url,
        is_open=_is_open,
    )


def _is_open(view: object) -> bool:
    return access.required_action(view) in (None, access.EVERYBODY)
