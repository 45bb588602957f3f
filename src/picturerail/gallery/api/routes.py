"""The calls of the JSON API: each parses, calls the same actions as the pages, and answers JSON."""

from typing import TypeVar

from flask import Blueprint, Response, jsonify, request, url_for

from picturerail.errors import BadRequest, Conflict, UnsupportedMedia
from picturerail.gallery import policy
from picturerail.gallery.actions import pictures as changes
from picturerail.gallery.actions import uploads
from picturerail.gallery.actions.uploads import Added
from picturerail.gallery.api.operations import answers, describe
from picturerail.gallery.api.schemas import (
    MAX_LIST,
    DuplicateProblem,
    NewPicture,
    PictureAnswer,
    PictureChange,
    PicturePage,
    PictureQuery,
    PublicPicture,
    SkippedPicture,
    StalePictureProblem,
    TrashedPicture,
    UploadIntent,
    UploadPermit,
)
from picturerail.gallery.api.shape import public_picture
from picturerail.gallery.pictures import listing, lookup
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.text import PictureText
from picturerail.gallery.policy import Action
from picturerail.gallery.search import index
from picturerail.gallery.search.index import Search
from picturerail.gallery.web import access, errors, params, services
from picturerail.gallery.web.access import requires
from picturerail.schemas.openapi import Document
from picturerail.schemas.structs import JSON, ApiAnswer, encoded, read

T = TypeVar("T")

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/openapi.json")
@answers({200: "OpenAPI 3.1"})
def describe_api() -> Response:
    """The description of this API."""
    return jsonify(description(services.site_url()))


@blueprint.post("/uploads/signature")
@requires(Action.ADD)
@answers({200: UploadPermit}, body=UploadIntent)
def sign_upload() -> Response:
    """Address and signed fields for one upload from the browser straight to the media service.

    What `add_picture` would refuse afterwards is refused here, before a byte is sent.
    """
    body = _body(UploadIntent)
    body.cleaned()
    url, signed = uploads.permit(access.acting(), body.filename, body.bytes)
    return _answer(UploadPermit(url=url, params=signed))


@blueprint.post("/pictures")
@requires(Action.ADD)
@answers({201: PictureAnswer, 200: PictureAnswer, 409: DuplicateProblem}, body=NewPicture)
def add_picture() -> Response:
    """Add the picture that a signed answer of the media service tells of."""
    body = _body(NewPicture)
    text = PictureText(**body.cleaned())
    added = uploads.add_answer(access.acting(), body.answer, filename=body.filename, text=text)
    if added.waits:
        return _duplicate(added)
    return _told(added.picture, 201 if added.is_new else 200)


@blueprint.get("/pictures")
@answers({200: PicturePage}, query=PictureQuery)
def list_pictures() -> Response:
    """Live pictures, newest first, or those that `q` looks for; `next` is the cursor for `after`, null at the end."""
    limit = request.args.get("limit", str(MAX_LIST))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= MAX_LIST):
        raise BadRequest(f"'limit' must lie between 1 and {MAX_LIST}.")
    direction, cursor = params.cursor(request.args)
    db, search = services.database(), Search.of(request.args.get("q", ""))
    wanted = policy.seen(access.principal())
    if search:
        if (words := index.matching(db, search)) is None:
            return _answer(PicturePage(pictures=[], next=None))
        wanted = wanted.among(words)
    page = listing.page(db, wanted, size=int(limit), cursor=cursor, direction=direction)
    following = page.pictures[-1].id if page.older else None
    return _answer(PicturePage(pictures=[_public(one) for one in page.pictures], next=following))


@blueprint.get("/pictures/<picture_id>")
@answers({200: PictureAnswer})
def get_picture(picture_id: str) -> Response:
    """One live picture."""
    found = lookup.find(services.database(), picture_id, policy.seen(access.principal()))
    return _told(found)


@blueprint.patch("/pictures/<picture_id>")
@requires(Action.CHANGE)
@answers({200: PictureAnswer, 409: StalePictureProblem}, body=PictureChange)
def change_picture(picture_id: str) -> Response:
    """Save what is written about it; 409 with the picture as it is now when `updated_at` is not its newest."""
    body = _body(PictureChange)
    try:
        picture = changes.describe(access.acting(), picture_id, body.updated_at, body.cleaned())
    except Conflict as error:
        now = _public(changes.editable(access.acting(), picture_id))
        return errors.problem(StalePictureProblem, 409, error.message, picture=now)
    return _told(picture)


@blueprint.delete("/pictures/<picture_id>")
@requires(Action.CHANGE)
@answers({200: TrashedPicture})
def delete_picture(picture_id: str) -> Response:
    """To the trash; `undo` is the call that takes it back."""
    picture = changes.trash(access.acting(), picture_id)
    undo = url_for("api.restore_picture", picture_id=picture.id)
    return _answer(TrashedPicture(picture=_public(picture), undo=undo))


@blueprint.post("/pictures/<picture_id>/restore")
@requires(Action.CHANGE)
@answers({200: PictureAnswer})
def restore_picture(picture_id: str) -> Response:
    """Out of the trash."""
    picture = changes.restore(access.acting(), picture_id)
    return _told(picture)


@blueprint.post("/pictures/<picture_id>/keep")
@requires(Action.DECIDE)
@answers({200: PictureAnswer})
def keep_picture(picture_id: str) -> Response:
    """Show a duplicate beside its twin."""
    picture = changes.keep(access.acting(), picture_id)
    return _told(picture)


@blueprint.post("/pictures/<picture_id>/skip")
@requires(Action.DECIDE)
@answers({200: SkippedPicture})
def skip_picture(picture_id: str) -> Response:
    """Throw a duplicate away."""
    changes.skip(access.acting(), picture_id)
    return _answer(SkippedPicture(skipped=picture_id))


def _body(kind: type[T]) -> T:
    if not request.is_json:
        raise UnsupportedMedia("The body must be JSON, with the Content-Type application/json.")
    return read(request.get_data(), kind)


def _answer(answer: ApiAnswer, status: int = 200) -> Response:
    return Response(encoded(answer), status, content_type=JSON)


def _told(picture: Picture, status: int = 200) -> Response:
    return _answer(PictureAnswer(picture=_public(picture)), status)


def _public(picture: Picture) -> PublicPicture:
    return public_picture(picture, services.cloud())


def _duplicate(added: Added) -> Response:
    twin = _public(added.twin) if added.twin else None
    sentence = "This picture is already in the gallery. Keep both, or skip the new one?"
    return errors.problem(DuplicateProblem, 409, sentence, duplicate_of=twin, held_id=added.picture.id)


def description(site_url: str) -> Document:
    """The OpenAPI document of this API."""
    return describe(blueprint, site_url, is_open=_is_open)


def _is_open(view: object) -> bool:
    return access.required_action(view) in (None, access.EVERYBODY)
