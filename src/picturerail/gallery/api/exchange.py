"""What every call of the JSON API does with its request and its answer."""

from collections.abc import Iterable
from typing import TypeVar

from flask import Response, request

from picturerail.errors import BadRequest, UnsupportedMedia
from picturerail.gallery import policy
from picturerail.gallery.actions import downloads
from picturerail.gallery.albums import location
from picturerail.gallery.api.schemas import MAX_LIST, PictureAnswer, PicturePage, PublicPicture
from picturerail.gallery.api.shape import public_picture
from picturerail.gallery.pictures import listing, stacks
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.policy import Action
from picturerail.gallery.web import access, params, services
from picturerail.schemas.openapi import METHODS_WITHOUT_BODY
from picturerail.schemas.structs import JSON, ApiAnswer, converted, encoded, read

T = TypeVar("T")


def body(kind: type[T]) -> T:
    """The request's body as `kind`."""
    if not request.is_json:
        raise UnsupportedMedia("The body must be JSON, with the Content-Type application/json.")
    return read(request.get_data(), kind)


def form(kind: type[T]) -> T:
    """The request's multipart form as `kind`: files by their names, `tags` one a field or with commas between.

    A field that is left empty is not given.
    """
    sent = request.form.to_dict() | {name: file.filename or "" for name, file in request.files.items()}
    fields: dict[str, object] = {name: value for name, value in sent.items() if value}
    if any(lines := request.form.getlist("tags")):
        fields["tags"] = [tag for line in lines for tag in line.split(",")]
    return converted(fields, kind)


def answer(told: ApiAnswer, status: int = 200) -> Response:
    """Send an answer, with an entity tag by which a script asks whether it would still be the same."""
    response = Response(encoded(told), status, content_type=JSON)
    if request.method in METHODS_WITHOUT_BODY:
        response.add_etag(weak=True)
    return response


def limit() -> int:
    """How many a list may tell of at once."""
    text = request.args.get("limit", str(MAX_LIST))
    if not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAX_LIST):
        raise BadRequest(f"'limit' must lie between 1 and {MAX_LIST}.")
    return int(text)


def public(pictures: Iterable[Picture]) -> list[PublicPicture]:
    """Pictures as JSON tells them, with those of their albums, and as many of their stacks, as one sees."""
    listed = list(pictures)
    ids = {album for one in listed for album in one.albums}
    at = access.acting()
    known, words = location.known_ids_and_words(
        at.db, ids, policy.albums(at.who), words_matter=not policy.may_all(at.who, Action.CHANGE)
    )
    stacked = stacks.counts(at.db, policy.listed(at.who), listed)
    whole, cloud = downloads.handed_out(at, listed, words)
    return [
        public_picture(one, cloud, known, stacked.get(one.stack, 0), untouched=one.id in whole)
        for one in listed
    ]


def told_picture(picture: Picture, status: int = 200) -> Response:
    """Answer one picture."""
    [one] = public([picture])
    return answer(PictureAnswer(picture=one), status)


def told_page(wanted: PictureFilter | None) -> Response:
    """Answer the page of these pictures, of which there may be none, that the address asks for; nothing leads back."""
    size, (direction, cursor) = limit(), params.cursor(request.args)
    if wanted is None:
        return answer(PicturePage(pictures=[], next=None))
    db = services.database()
    page = listing.page(db, wanted, size=size, cursor=cursor, direction=direction, leads_back=False)
    following = page.pictures[-1].id if page.older else None
    return answer(PicturePage(pictures=public(page.pictures), next=following))
