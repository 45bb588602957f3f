"""Pages for everybody: landing, gallery, one picture, download."""

from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from flask import Blueprint, Response, redirect, render_template, request, send_file, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail import cache_policy
from picturerail.errors import NotFound
from picturerail.gallery import policy
from picturerail.gallery.page_cache import NEWEST
from picturerail.gallery.pictures import listing, lookup, view
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.pictures.view import PictureView
from picturerail.gallery.policy import Action
from picturerail.gallery.search import index
from picturerail.gallery.search.index import Search
from picturerail.gallery.tutorial import files
from picturerail.gallery.web import access, headers, page_cache, params, services

LATEST = 12
NOTHING = listing.Page(())
PLACE = ("q", "after", "before", "at", "page")  # what of an address says which pictures are on the page

blueprint = Blueprint("pictures", __name__)


@dataclass(frozen=True)
class PageLinks:
    """Where a page of pictures stands (0: unknown), and the addresses of its neighbours; empty where there is none."""

    number: int
    newer_href: str = ""
    older_href: str = ""


@blueprint.get("/")
def landing() -> str:
    """What this is, the latest pictures, and two buttons."""
    latest = listing.page(services.database(), policy.seen(access.principal()), size=LATEST)
    page_cache.may_be_kept([NEWEST, *(one.id for one in latest.pictures)])
    return render_template("landing.html", tiles=shown(latest.pictures))


@blueprint.get("/gallery/")
def gallery() -> BaseResponse | str:
    """All pictures, newest first, one page at a time; with `q`, those that are looked for."""
    if search := Search.of(request.args.get("q", "")):
        return _results(search)
    direction, cursor = params.cursor(request.args)
    if (month := params.month(request.args)) and not cursor:
        cursor = listing.end_of(*month)
    db, seen = services.database(), policy.seen(access.principal())
    page = listing.page(db, seen, size=services.settings().page_size, cursor=cursor, direction=direction)
    if cursor and not page.pictures:
        return redirect(url_for("pictures.gallery"), 303)
    has_more = page.newer or page.older
    page_cache.may_be_kept(["" if page.newer else NEWEST, *(one.id for one in page.pictures)])
    return render_template(
        "gallery.html",
        tiles=shown(page.pictures),
        page=page_links("pictures.gallery", page, params.page_number(request.args), select=_selecting()),
        selecting=_selecting(),
        select_href=_select_address(),
        count=listing.count(db, seen) if page.pictures else None,
        span=listing.span(db, seen) if has_more else None,
        jumped_to=month,
    )


def _results(search: Search) -> BaseResponse | str:
    """One page of the pictures that are looked for. Edges keep none of these: there are too many searches."""
    db = services.database()
    direction, cursor = params.cursor(request.args)
    words, size = index.matching(db, search), services.settings().page_size
    wanted = policy.seen(access.principal()).among(words) if words else None
    page = listing.page(db, wanted, size=size, cursor=cursor, direction=direction) if wanted else NOTHING
    if cursor and not page.pictures:
        return redirect(url_for("pictures.gallery", q=search.text), 303)
    return render_template(
        "results.html",
        search=search,
        tiles=shown(page.pictures),
        page=page_links(
            "pictures.gallery", page, params.page_number(request.args), q=search.text, select=_selecting()
        ),
        selecting=_selecting(),
        select_href=_select_address(),
        count=listing.count(db, wanted) if wanted else None,
        suggestion="" if page.pictures else index.suggestion(db, search),
    )


@blueprint.get("/gallery/<picture_id>")
def picture(picture_id: str) -> str:
    """One picture, large, with what is known about it."""
    db, cloud = services.database(), services.cloud()
    seen = policy.seen(access.principal())
    found = lookup.find(db, picture_id, seen)
    newer, older = listing.neighbours(db, seen, found)
    page_cache.may_be_kept([found.id, newer or NEWEST, older])
    social = view.social_image(found, cloud)
    [tile] = shown([found])
    return render_template(
        "picture.html",
        picture=found,
        tile=tile,
        social=social,
        newer=_address(newer),
        older=_address(older),
    )


@blueprint.get("/gallery/<picture_id>/download")
def download(picture_id: str) -> BaseResponse:
    """The original as it was uploaded, to save under its name."""
    found = _readable(picture_id)
    if found.is_local:
        return _local_file(found, attachment=True)
    return redirect(view.download_url(found, services.cloud()), 302)


@blueprint.get("/gallery/<picture_id>/file")
def file(picture_id: str) -> BaseResponse:
    """The bytes of a tutorial document from the upload folder."""
    found = _readable(picture_id)
    if not found.is_local:
        raise NotFound("This picture has no file in the upload folder.")
    return _local_file(found, attachment=False)


def shown(found: list[Picture] | tuple[Picture, ...]) -> list[PictureView]:
    """Pictures as the templates take them; this page may load them from where they lie."""
    tiles = [view.show(one, services.cloud()) for one in found]
    headers.allow_images_from(tile.origin for tile in tiles)
    return tiles


def page_links(endpoint: str, page: listing.Page, number: int, q: str = "", *, select: int = 0) -> PageLinks:
    """Addresses of the newer and the older page of a search or selection, with their numbers for the eye."""
    if not page.newer:
        number = 1
    first, last = (page.pictures[0].id, page.pictures[-1].id) if page.pictures else ("", "")
    kept: dict[str, Any] = {name: value for name, value in (("q", q), ("select", select)) if value}
    before, after = (max(1, number - 1), number + 1) if number else (None, None)
    newer = url_for(endpoint, **kept, before=first, page=before) if page.newer else ""
    older = url_for(endpoint, **kept, after=last, page=after) if page.older else ""
    return PageLinks(number, newer, older)


def _select_address() -> str:
    """Address of the same page with pictures to be ticked; "" for those who may not."""
    if _selecting() or not policy.may(access.principal(), Action.CHANGE):
        return ""
    kept: dict[str, Any] = {name: request.args[name] for name in PLACE if name in request.args}
    return url_for("pictures.gallery", select=1, **kept)


def _selecting() -> int:
    """1 when somebody who may change pictures is about to select some, else 0."""
    return int(request.args.get("select") == "1" and policy.may(access.principal(), Action.CHANGE))


def _readable(picture_id: str) -> Picture:
    return lookup.find(services.database(), picture_id, policy.readable(access.principal()))


def _local_file(found: Picture, *, attachment: bool) -> Response:
    stream, content_type = files.open_file(services.settings().upload_folder, found.filename)
    response = send_file(stream, mimetype=content_type, conditional=True)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response.headers["Content-Disposition"] = disposition(found.filename) if attachment else "inline"
    response.headers["Cache-Control"] = (
        cache_policy.PERSONAL_ORIGINAL if access.person() else cache_policy.ORIGINAL
    )
    return response


def disposition(filename: str) -> str:
    """Content-Disposition of a download in any script (RFC 6266): a plain form, and UTF-8 for all that read it."""
    plain = "".join(c if " " <= c <= "~" and c not in '"\\%' else "_" for c in filename)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename, safe='')}"


def _address(picture_id: str) -> str:
    return url_for("pictures.picture", picture_id=picture_id) if picture_id else ""
