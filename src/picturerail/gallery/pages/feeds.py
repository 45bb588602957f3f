"""What other programs read: the feed of new pictures, and oEmbed for pages that show one of ours."""

import hashlib

from flask import Blueprint, Response, jsonify, redirect, render_template, request, url_for
from werkzeug.wrappers import Response as BaseResponse

from picturerail.clock import now
from picturerail.errors import BadRequest, NotFound
from picturerail.gallery import policy
from picturerail.gallery.albums import lookup as albums
from picturerail.gallery.pictures import listing, lookup, view
from picturerail.gallery.pictures.filter import PictureFilter
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.web import access, params, services
from picturerail.url_parts import split_url

FEED_LENGTH = 30
PREFIX = "/gallery/"
MAX_SIDE = 10_000

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/gallery/feed.atom")
def atom() -> Response:
    """The newest pictures as an Atom feed (RFC 4287)."""
    title = f"{services.site_texts().name}: new pictures"
    return _feed(policy.listed(access.principal()), title, PREFIX, PREFIX)


@blueprint.get("/albums/<slug>/feed.atom")
def album(slug: str) -> BaseResponse:
    """The pictures of one album that were added last, as an Atom feed; a former slug leads there."""
    db, who = services.database(), access.principal()
    found = albums.with_slug(db, slug, policy.seen_albums(who))
    if slug != found.slug:
        return redirect(url_for("feeds.album", slug=found.slug), 301)
    seen = policy.seen_in(who, found)
    newest = albums.pictures_in(db, found, seen) if found.is_smart else seen.hung_in(found.id)
    title = f"{services.site_texts().name}: {found.title}"
    return _feed(newest, title, url_for("albums.show", slug=found.slug), f"/albums/{found.id}")


@blueprint.get("/oembed")
def oembed() -> Response:
    """A picture's address as a photo (https://oembed.com), no larger than `maxwidth` and `maxheight`."""
    if request.args.get("format", "json") != "json":
        raise BadRequest("Only format=json is spoken here.")
    limits = [params.size(request.args, name, MAX_SIDE) for name in ("maxwidth", "maxheight")]
    found = _named_by(request.args.get("url", ""))
    photo = view.fitted_image(found, services.cloud(), *limits)
    site = services.site_url()
    return jsonify(
        version="1.0",
        type="photo",
        title=found.title,
        provider_name=services.site_texts().name,
        provider_url=site,
        **photo,
    )


def _feed(wanted: PictureFilter, title: str, page: str, identity: str) -> Response:
    """The first of the pictures, as a feed about the page of that address; `identity` stays when that changes."""
    newest = listing.page(services.database(), wanted, size=FEED_LENGTH).pictures
    entries = [(one, view.social_image(one, services.cloud())) for one in newest]
    updated = max((one.updated_at or one.created_at or now() for one in newest), default=now())
    about = {"title": title, "page": page, "identity": identity, "updated": updated}
    body = render_template("feed.atom", entries=entries, **about)
    response = Response(body, content_type="application/atom+xml; charset=utf-8")
    response.set_etag(hashlib.sha256(body.encode()).hexdigest()[:32])  # readers ask every hour
    return response


def _named_by(address: str) -> Picture:
    """The live picture whose page lies at this address of ours."""
    site = services.site_url()
    path = split_url(address).path if address.startswith(f"{site}{PREFIX}") else ""
    if not path:
        raise NotFound(f"Give the address of a picture's page, such as {site}{PREFIX}ID.")
    return lookup.find(
        services.database(), path.removeprefix(PREFIX).strip("/"), policy.seen(access.principal())
    )
