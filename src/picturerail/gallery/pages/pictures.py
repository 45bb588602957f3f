"""Pages for everybody: landing, gallery, one picture, download."""

import os
from urllib.parse import quote

from flask import Blueprint, Response, make_response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail import cache_policy, image_formats, security_headers
from picturerail.errors import NotFound
from picturerail.gallery import policy
from picturerail.gallery.actions import downloads
from picturerail.gallery.albums import location
from picturerail.gallery.albums.visibility import explanation
from picturerail.gallery.metadata.pieces import Unreadable, total
from picturerail.gallery.page_cache import NEWEST
from picturerail.gallery.pages.listing import asked_for, context, shown
from picturerail.gallery.pages.way import way_of
from picturerail.gallery.pictures import listing, lookup, view
from picturerail.gallery.pictures.marks import marks_of
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.order import named
from picturerail.gallery.pictures.visibility import PUBLIC
from picturerail.gallery.policy import Action
from picturerail.gallery.search import index
from picturerail.gallery.search.index import Search
from picturerail.gallery.tutorial import files
from picturerail.gallery.web import access, page_cache, services

LATEST = 12

blueprint = Blueprint("pictures", __name__)


@blueprint.get("/")
def landing() -> str:
    """What this is, the latest pictures, and two buttons."""
    latest = listing.page(services.database(), policy.listed(access.principal()), size=LATEST)
    page_cache.may_be_kept([NEWEST, *(one.id for one in latest.pictures)])
    social = view.card_image(latest.pictures[0], services.cloud()) if latest.pictures else None
    return render_template("landing.html", tiles=shown(latest.pictures), social=social)


@blueprint.get("/gallery/")
def gallery() -> BaseResponse | str:
    """All pictures, newest first, one page at a time; with `q`, those that are looked for."""
    if search := Search.of(request.args.get("q", "")):
        return _results(search)
    name = request.args.get("order", "")
    order = "" if name == "newest" else name
    listed = policy.listed(access.principal()).ordered(named(order))
    page = asked_for(listed)
    if page is None:
        return redirect(url_for("pictures.gallery", order=order or None), 303)
    page_cache.may_be_kept(["" if page.newer and not order else NEWEST, *(one.id for one in page.pictures)])
    return render_template(
        "gallery.html",
        **context(page, listed, order=order),
        count=listing.count(services.database(), listed, page) if page.pictures else None,
        order=order,
    )


def _results(search: Search) -> BaseResponse | str:
    """One page of the pictures that are looked for. Edges keep none of these: there are too many searches."""
    db = services.database()
    words, listed = index.matching(db, search), policy.listed(access.principal())
    wanted = listed.among(words, stacked=search.finds_covers) if words else None
    page = asked_for(wanted) if wanted else listing.Page(())
    if page is None:
        return redirect(url_for("pictures.gallery", q=search.text), 303)
    return render_template(
        "results.html",
        **context(page, wanted, q=search.text),
        search=search,
        default_visibility=services.settings().default_visibility,
        count=listing.count(db, wanted, page) if wanted else None,
        suggestion="" if page.pictures else index.suggestion(db, search, listed.looks),
    )


@blueprint.get("/gallery/<picture_id>")
def picture(picture_id: str) -> BaseResponse | str:
    """One picture, large, with what is known about it; for who may restore it, that it is in the trash."""
    db, cloud, who = services.database(), services.cloud(), access.principal()
    way = way_of(db, who)
    try:
        found, stack, (newer, older) = way.find(db, who, picture_id, services.along())
    except NotFound:
        return _in_trash(picture_id)
    hangs_in, words = location.known_and_words(
        db, found.albums, policy.albums(who), words_matter=not policy.may_all(who, Action.CHANGE)
    )
    if way.names is not None:
        renewing = [found.id, newer or NEWEST, older, *way.names, *found.albums]
        page_cache.may_be_kept([*renewing, *(one.id for one in stack)])
    social = view.card_image(found, cloud)
    [tile, *beside] = shown([found, *stack])
    return render_template(
        "picture.html",
        picture=found,
        tile=tile,
        stack=beside,
        social=social,
        marks=marks_of(access.principal().id, found.marks),
        albums=list(hangs_in.values()),
        untouched=downloads.is_untouched(access.acting(), found, words),
        shown_to=explanation(db, found, list(hangs_in.values()))
        if policy.may(who, Action.CHANGE, found)
        else "",
        newer=way.page_of(newer),
        older=way.page_of(older),
        steps=way.wanted.order.steps,
        back=way.back_to(found),
        back_label=way.label,
    )


def _in_trash(picture_id: str) -> BaseResponse:
    """The way back for a picture in the trash; NotFound for who may not take it."""
    found = lookup.find(services.database(), picture_id, policy.trash(access.principal()))
    [tile] = shown([found])
    response = make_response(render_template("in_trash.html", picture=found, tile=tile))
    response.status_code = 404
    return response


@blueprint.get("/gallery/<picture_id>/download")
def download(picture_id: str) -> BaseResponse:
    """The picture to save under its name: as it is shown, or with `original=1` as it was uploaded."""
    return saved(_readable(picture_id), original=request.args.get("original") == "1")


@blueprint.get("/gallery/<picture_id>/file")
def file(picture_id: str) -> BaseResponse:
    """The bytes of a tutorial document from the upload folder."""
    found = _readable(picture_id)
    if not found.is_local:
        raise NotFound("This picture has no file in the upload folder.")
    return local_file(found, attachment=False)


def _readable(picture_id: str) -> Picture:
    return lookup.find(services.database(), picture_id, policy.readable(access.principal()))


def local_file(found: Picture, *, attachment: bool) -> Response:
    """The bytes of a tutorial's document, to be shown or saved."""
    stream, content_type = files.open_file(services.settings().upload_folder, found.filename)
    status = os.fstat(stream.fileno())
    response = send_file(stream, mimetype=content_type, last_modified=status.st_mtime, conditional=False)
    response.content_length = status.st_size
    response.set_etag(f"{status.st_mtime_ns:x}-{status.st_size:x}")
    response.headers["Content-Security-Policy"] = security_headers.SANDBOXED
    response.headers["Content-Disposition"] = disposition(found.filename) if attachment else "inline"
    response.headers.update(
        cache_policy.header(
            cache_policy.PERSONAL_ORIGINAL
            if access.person() or found.shown != PUBLIC
            else cache_policy.ORIGINAL
        )
    )
    return response


def saved(found: Picture, *, original: bool = False) -> BaseResponse:
    """A picture as a file: whoever may not change it gets one that says nothing beside its pixels."""
    if found.is_local:
        return local_file(found, attachment=True)
    at = access.acting()
    original = original and policy.may(at.who, Action.CHANGE, found)  # else it shows what an edit has cut off
    is_edited = bool(found.edit) and not original
    if not found.public_id or is_edited:
        return redirect(view.download_url(found, at.cloud), 302)
    whole, cloud = downloads.handed_out(at, [found])
    if whole:
        return redirect(view.download_url(found, cloud, original=original), 302)
    try:
        pieces = downloads.without_metadata(at, found)
    except Unreadable:
        return redirect(view.reencoded_url(found, services.cloud()), 302)
    response = Response(downloads.blocks(pieces), content_type=image_formats.media_type(found.format))
    response.content_length = total(pieces)
    response.headers["Content-Disposition"] = disposition(found.download_name)
    response.headers.update(cache_policy.header(cache_policy.PERSONAL_ORIGINAL))
    return response


def disposition(filename: str) -> str:
    """Content-Disposition of a download in any script (RFC 6266): a plain form, and UTF-8 for all that read it."""
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%' else "_" for c in filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"
