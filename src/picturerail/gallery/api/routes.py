"""The calls of the JSON API: each parses, asks the same functions as the pages, and answers JSON."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from picturerail.errors import BadRequest, Conflict, UnsupportedMedia
from picturerail.gallery import cloud as media
from picturerail.gallery import intake, pictures
from picturerail.gallery.api.shape import picture_json
from picturerail.gallery.picture import HELD, Picture
from picturerail.gallery.search import finding
from picturerail.gallery.search.finding import Search
from picturerail.gallery.search.words import clean_tags
from picturerail.gallery.upkeep import purging
from picturerail.gallery.web import access, parsing, parts, problems, shared
from picturerail.gallery.web.access import requires

LIST_LIMIT = 100

api = Blueprint("api", __name__, url_prefix="/api/v1")


@api.get("/openapi.json")
def describe_api() -> Response:
    """The description of this API."""
    document = render_template("openapi.json", site_url=parts.settings().site_url)
    return Response(document, content_type="application/json")


@api.post("/uploads/signature")
@requires("editor")
def sign_upload() -> Response:
    """Address and signed fields for one upload from the browser straight to the media service.

    What `add_picture` would refuse afterwards is refused here, before a byte is sent.
    """
    body = _body("filename", "bytes", "sha", "tags")
    clean_tags(parsing.texts(body, "tags") or [])
    intake.clean_filename(parsing.field(body, "filename", limit=1000))
    intake.check_size(parsing.number(body, "bytes"), parts.settings().max_upload_bytes)
    url, params = media.upload_request(parts.cloud(), intake.new_public_id())
    return jsonify(url=url, params=params)


@api.post("/pictures")
@requires("editor")
def add_picture() -> tuple[Response, int]:
    """Add the picture that a signed answer of the media service tells of."""
    body = _body("answer", "description", "filename", "tags")
    answer = body.get("answer")
    if not isinstance(answer, dict):
        raise BadRequest("'answer' must be the JSON object that the media service answered.")
    db = parts.database()
    known = pictures.with_public_id(db, str(answer.get("public_id")))
    picture = intake.take_answer(
        db,
        parts.cloud(),
        answer,
        filename=parsing.field(body, "filename", limit=1000),
        description=parsing.field(body, "description", limit=100_000, required=False),
        tags=parsing.texts(body, "tags") or [],
        owner=access.signed_in().id,
    )
    if picture.state == HELD:
        return _duplicate(picture), 409
    shared.forget(picture.id)
    return jsonify(picture=_json(picture)), 200 if known else 201


@api.get("/pictures")
def list_pictures() -> Response:
    """Live pictures, newest first, or those that `q` looks for; `next` is the cursor for `after`, null at the end."""
    limit = request.args.get("limit", str(LIST_LIMIT))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= LIST_LIMIT):
        raise BadRequest(f"'limit' must lie between 1 and {LIST_LIMIT}.")
    direction, cursor = parsing.cursor(request.args)
    db, search = parts.database(), Search.of(request.args.get("q", ""))
    among = finding.matching(db, search) if search else None
    if search and among is None:
        return jsonify(pictures=[], next=None)
    page = pictures.page(db, size=int(limit), cursor=cursor, direction=direction, among=among)
    following = page.pictures[-1].id if page.older else None
    return jsonify(pictures=[_json(one) for one in page.pictures], next=following)


@api.get("/pictures/<picture_id>")
def get_picture(picture_id: str) -> Response:
    """One live picture."""
    return jsonify(picture=_json(pictures.find(parts.database(), picture_id)))


@api.patch("/pictures/<picture_id>")
@requires("editor")
def change_picture(picture_id: str) -> Response:
    """Save description and tags; 409 with the picture as it is now when `updated_at` is not its newest."""
    body, db = _body("description", "updated_at", "tags"), parts.database()
    draft = intake.clean_description(parsing.field(body, "description", limit=100_000))
    revision = parsing.field(body, "updated_at", limit=40)
    tags = parsing.texts(body, "tags")
    try:
        kept = None if tags is None else clean_tags(tags)
        picture = pictures.describe(db, picture_id, draft, revision, kept)
    except Conflict as error:
        return _with(problems.answer(409, error.message), picture=_json(pictures.find(db, picture_id)))
    shared.forget(picture.id)
    return jsonify(picture=_json(picture))


@api.delete("/pictures/<picture_id>")
@requires("editor")
def delete_picture(picture_id: str) -> Response:
    """To the trash; `undo` is the call that takes it back."""
    picture = pictures.trash(parts.database(), picture_id)
    shared.forget(picture.id)
    return jsonify(picture=_json(picture), undo=url_for("api.restore_picture", picture_id=picture.id))


@api.post("/pictures/<picture_id>/restore")
@requires("editor")
def restore_picture(picture_id: str) -> Response:
    """Out of the trash."""
    picture = pictures.restore(parts.database(), picture_id)
    shared.forget(picture.id)
    return jsonify(picture=_json(picture))


@api.post("/pictures/<picture_id>/keep")
@requires("editor")
def keep_picture(picture_id: str) -> Response:
    """Show a held duplicate beside its twin."""
    picture = pictures.keep(parts.database(), picture_id)
    shared.forget(picture.id)
    return jsonify(picture=_json(picture))


@api.post("/pictures/<picture_id>/skip")
@requires("editor")
def skip_picture(picture_id: str) -> Response:
    """Throw a held duplicate away."""
    purging.skip_held(parts.database(), parts.cloud(), parts.settings(), picture_id)
    return jsonify(skipped=picture_id)


def _body(*known: str) -> dict[str, Any]:
    if not request.is_json:
        raise UnsupportedMedia("The body must be JSON, with the Content-Type application/json.")
    return parsing.json_object(parsing.json_body(request.get_data()), *known)


def _json(picture: Picture) -> dict[str, Any]:
    return picture_json(picture, parts.cloud())


def _duplicate(held: Picture) -> Response:
    twin = pictures.find(parts.database(), held.same_as) if held.same_as else None
    refusal = problems.answer(409, "This picture is already in the gallery. Keep both, or skip the new one?")
    return _with(refusal, duplicate_of=_json(twin) if twin else None, held_id=held.id)


def _with(response: Response, **fields: Any) -> Response:  # noqa: ANN401
    """An error's answer with more about what stands in the way."""
    response.set_data(jsonify({**response.get_json(), **fields}).get_data())
    return response
