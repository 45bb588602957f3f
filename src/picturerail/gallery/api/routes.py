"""The calls of the JSON API: each parses, calls the same actions as the pages, and answers JSON."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from picturerail.errors import BadRequest, Conflict, UnsupportedMedia
from picturerail.gallery import policy
from picturerail.gallery.actions import pictures as changes
from picturerail.gallery.actions import uploads
from picturerail.gallery.actions.uploads import Added
from picturerail.gallery.api.shape import picture_json
from picturerail.gallery.pictures import listing, lookup
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.text import TEXT_NAMES, PictureText, of_json
from picturerail.gallery.policy import Action
from picturerail.gallery.search import index
from picturerail.gallery.search.index import Search
from picturerail.gallery.web import access, errors, params, services
from picturerail.gallery.web.access import requires

MAX_LIST = 100

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/openapi.json")
def describe_api() -> Response:
    """The description of this API."""
    document = render_template("openapi.json", site_url=services.site_url())
    return Response(document, content_type="application/json")


@blueprint.post("/uploads/signature")
@requires(Action.ADD)
def sign_upload() -> Response:
    """Address and signed fields for one upload from the browser straight to the media service.

    What `add_picture` would refuse afterwards is refused here, before a byte is sent.
    """
    body = _body("filename", "bytes", *TEXT_NAMES)
    of_json(body)
    url, signed = uploads.permit(
        access.acting(),
        params.field(body, "filename", limit=1000),
        params.number(body, "bytes"),
    )
    return jsonify(url=url, params=signed)


@blueprint.post("/pictures")
@requires(Action.ADD)
def add_picture() -> tuple[Response, int]:
    """Add the picture that a signed answer of the media service tells of."""
    body = _body("answer", "filename", *TEXT_NAMES)
    answer = body.get("answer")
    if not isinstance(answer, dict):
        raise BadRequest("'answer' must be the JSON object that the media service answered.")
    added = uploads.add_answer(
        access.acting(),
        answer,
        filename=params.field(body, "filename", limit=1000),
        text=PictureText(**of_json(body)),
    )
    if added.waits:
        return _duplicate(added), 409
    return jsonify(picture=_json(added.picture)), 201 if added.is_new else 200


@blueprint.get("/pictures")
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
            return jsonify(pictures=[], next=None)
        wanted = wanted.among(words)
    page = listing.page(db, wanted, size=int(limit), cursor=cursor, direction=direction)
    following = page.pictures[-1].id if page.older else None
    return jsonify(pictures=[_json(one) for one in page.pictures], next=following)


@blueprint.get("/pictures/<picture_id>")
def get_picture(picture_id: str) -> Response:
    """One live picture."""
    found = lookup.find(services.database(), picture_id, policy.seen(access.principal()))
    return jsonify(picture=_json(found))


@blueprint.patch("/pictures/<picture_id>")
@requires(Action.CHANGE)
def change_picture(picture_id: str) -> Response:
    """Save what is written about it; 409 with the picture as it is now when `updated_at` is not its newest."""
    body = _body("updated_at", *TEXT_NAMES)
    revision = params.field(body, "updated_at", limit=40)
    try:
        picture = changes.describe(access.acting(), picture_id, revision, of_json(body))
    except Conflict as error:
        return _with(
            errors.answer(409, error.message), picture=_json(changes.editable(access.acting(), picture_id))
        )
    return jsonify(picture=_json(picture))


@blueprint.delete("/pictures/<picture_id>")
@requires(Action.CHANGE)
def delete_picture(picture_id: str) -> Response:
    """To the trash; `undo` is the call that takes it back."""
    picture = changes.trash(access.acting(), picture_id)
    return jsonify(picture=_json(picture), undo=url_for("api.restore_picture", picture_id=picture.id))


@blueprint.post("/pictures/<picture_id>/restore")
@requires(Action.CHANGE)
def restore_picture(picture_id: str) -> Response:
    """Out of the trash."""
    picture = changes.restore(access.acting(), picture_id)
    return jsonify(picture=_json(picture))


@blueprint.post("/pictures/<picture_id>/keep")
@requires(Action.DECIDE)
def keep_picture(picture_id: str) -> Response:
    """Show a duplicate beside its twin."""
    picture = changes.keep(access.acting(), picture_id)
    return jsonify(picture=_json(picture))


@blueprint.post("/pictures/<picture_id>/skip")
@requires(Action.DECIDE)
def skip_picture(picture_id: str) -> Response:
    """Throw a duplicate away."""
    changes.skip(access.acting(), picture_id)
    return jsonify(skipped=picture_id)


def _body(*known: str) -> dict[str, Any]:
    if not request.is_json:
        raise UnsupportedMedia("The body must be JSON, with the Content-Type application/json.")
    return params.json_object(params.json_body(request.get_data()), *known)


def _json(picture: Picture) -> dict[str, Any]:
    return picture_json(picture, services.cloud())


def _duplicate(added: Added) -> Response:
    refusal = errors.answer(409, "This picture is already in the gallery. Keep both, or skip the new one?")
    twin = _json(added.twin) if added.twin else None
    return _with(refusal, duplicate_of=twin, held_id=added.picture.id)


def _with(response: Response, **fields: Any) -> Response:  # noqa: ANN401
    """An error's answer with more about what stands in the way."""
    response.set_data(jsonify({**response.get_json(), **fields}).get_data())
    return response
