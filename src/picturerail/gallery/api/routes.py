"""The calls of the JSON API: each parses, asks the same functions as the pages, and answers JSON."""

from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from picturerail.errors import BadRequest, Conflict, UnsupportedMedia
from picturerail.gallery import cloud as media
from picturerail.gallery.api.shape import picture_json
from picturerail.gallery.maintenance import removal
from picturerail.gallery.pictures import create, lifecycle, listing, lookup, text
from picturerail.gallery.pictures.model import HELD, Picture
from picturerail.gallery.search import index
from picturerail.gallery.search.index import Search
from picturerail.gallery.search.words import clean_tags
from picturerail.gallery.web import access, errors, page_cache, params, services
from picturerail.gallery.web.access import requires

MAX_LIST = 100

blueprint = Blueprint("api", __name__, url_prefix="/api/v1")


@blueprint.get("/openapi.json")
def describe_api() -> Response:
    """The description of this API."""
    document = render_template("openapi.json", site_url=services.settings().site_url)
    return Response(document, content_type="application/json")


@blueprint.post("/uploads/signature")
@requires("editor")
def sign_upload() -> Response:
    """Address and signed fields for one upload from the browser straight to the media service.

    What `add_picture` would refuse afterwards is refused here, before a byte is sent.
    """
    body = _body("filename", "bytes", "sha", "tags")
    clean_tags(params.texts(body, "tags") or [])
    text.clean_filename(params.field(body, "filename", limit=1000))
    create.check_size(params.number(body, "bytes"), services.settings().max_upload_bytes)
    url, signed = media.upload_request(services.cloud(), create.new_public_id())
    return jsonify(url=url, params=signed)


@blueprint.post("/pictures")
@requires("editor")
def add_picture() -> tuple[Response, int]:
    """Add the picture that a signed answer of the media service tells of."""
    body = _body("answer", "description", "filename", "tags")
    answer = body.get("answer")
    if not isinstance(answer, dict):
        raise BadRequest("'answer' must be the JSON object that the media service answered.")
    db = services.database()
    known = lookup.with_public_id(db, str(answer.get("public_id")))
    picture = create.take_answer(
        db,
        services.cloud(),
        answer,
        filename=params.field(body, "filename", limit=1000),
        description=params.field(body, "description", limit=100_000, required=False),
        tags=params.texts(body, "tags") or [],
        owner=access.signed_in().id,
    )
    if picture.state == HELD:
        return _duplicate(picture), 409
    page_cache.forget(picture.id)
    return jsonify(picture=_json(picture)), 200 if known else 201


@blueprint.get("/pictures")
def list_pictures() -> Response:
    """Live pictures, newest first, or those that `q` looks for; `next` is the cursor for `after`, null at the end."""
    limit = request.args.get("limit", str(MAX_LIST))
    if not (limit.isascii() and limit.isdigit() and 1 <= int(limit[:9]) <= MAX_LIST):
        raise BadRequest(f"'limit' must lie between 1 and {MAX_LIST}.")
    direction, cursor = params.cursor(request.args)
    db, search = services.database(), Search.of(request.args.get("q", ""))
    among = index.matching(db, search) if search else None
    if search and among is None:
        return jsonify(pictures=[], next=None)
    page = listing.page(db, size=int(limit), cursor=cursor, direction=direction, among=among)
    following = page.pictures[-1].id if page.older else None
    return jsonify(pictures=[_json(one) for one in page.pictures], next=following)


@blueprint.get("/pictures/<picture_id>")
def get_picture(picture_id: str) -> Response:
    """One live picture."""
    return jsonify(picture=_json(lookup.find(services.database(), picture_id)))


@blueprint.patch("/pictures/<picture_id>")
@requires("editor")
def change_picture(picture_id: str) -> Response:
    """Save description and tags; 409 with the picture as it is now when `updated_at` is not its newest."""
    body, db = _body("description", "updated_at", "tags"), services.database()
    draft = text.clean_description(params.field(body, "description", limit=100_000))
    revision = params.field(body, "updated_at", limit=40)
    tags = params.texts(body, "tags")
    try:
        kept = None if tags is None else clean_tags(tags)
        picture = lifecycle.describe(db, picture_id, draft, revision, kept)
    except Conflict as error:
        return _with(errors.answer(409, error.message), picture=_json(lookup.find(db, picture_id)))
    page_cache.forget(picture.id)
    return jsonify(picture=_json(picture))


@blueprint.delete("/pictures/<picture_id>")
@requires("editor")
def delete_picture(picture_id: str) -> Response:
    """To the trash; `undo` is the call that takes it back."""
    picture = lifecycle.trash(services.database(), picture_id)
    page_cache.forget(picture.id)
    return jsonify(picture=_json(picture), undo=url_for("api.restore_picture", picture_id=picture.id))


@blueprint.post("/pictures/<picture_id>/restore")
@requires("editor")
def restore_picture(picture_id: str) -> Response:
    """Out of the trash."""
    picture = lifecycle.restore(services.database(), picture_id)
    page_cache.forget(picture.id)
    return jsonify(picture=_json(picture))


@blueprint.post("/pictures/<picture_id>/keep")
@requires("editor")
def keep_picture(picture_id: str) -> Response:
    """Show a held duplicate beside its twin."""
    picture = lifecycle.keep(services.database(), picture_id)
    page_cache.forget(picture.id)
    return jsonify(picture=_json(picture))


@blueprint.post("/pictures/<picture_id>/skip")
@requires("editor")
def skip_picture(picture_id: str) -> Response:
    """Throw a held duplicate away."""
    removal.skip_held(services.database(), services.cloud(), services.settings(), picture_id)
    return jsonify(skipped=picture_id)


def _body(*known: str) -> dict[str, Any]:
    if not request.is_json:
        raise UnsupportedMedia("The body must be JSON, with the Content-Type application/json.")
    return params.json_object(params.json_body(request.get_data()), *known)


def _json(picture: Picture) -> dict[str, Any]:
    return picture_json(picture, services.cloud())


def _duplicate(held: Picture) -> Response:
    twin = lookup.find(services.database(), held.same_as) if held.same_as else None
    refusal = errors.answer(409, "This picture is already in the gallery. Keep both, or skip the new one?")
    return _with(refusal, duplicate_of=_json(twin) if twin else None, held_id=held.id)


def _with(response: Response, **fields: Any) -> Response:  # noqa: ANN401
    """An error's answer with more about what stands in the way."""
    response.set_data(jsonify({**response.get_json(), **fields}).get_data())
    return response
