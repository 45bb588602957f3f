"""What other programs read: the feed of new pictures, and oEmbed for pages that show one of ours."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, render_template, request

from picturerail.clock import now
from picturerail.errors import BadRequest, NotFound
from picturerail.gallery import policy
from picturerail.gallery.pictures import listing, lookup, view
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.web import access, params, services

FEED_LENGTH = 30
PREFIX = "/gallery/"
MAX_SIDE = 10_000

blueprint = Blueprint("feeds", __name__)


@blueprint.get("/gallery/feed.atom")
def atom() -> Response:
    """The newest pictures as an Atom feed (RFC 4287)."""
    newest = listing.page(services.database(), policy.listed(access.principal()), size=FEED_LENGTH).pictures
    cloud = services.cloud()
    entries = [(one, view.social_image(one, cloud)) for one in newest]
    updated = max((one.updated_at or one.created_at or now() for one in newest), default=now())
    body = render_template("feed.atom", entries=entries, updated=updated)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


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


def _named_by(address: str) -> Picture:
    """The live picture whose page lies at this address of ours."""
    site = services.site_url()
    path = urlsplit(address).path if address.startswith(f"{site}{PREFIX}") else ""
    if not path:
        raise NotFound(f"Give the address of a picture's page, such as {site}{PREFIX}ID.")
    return lookup.find(
        services.database(), path.removeprefix(PREFIX).strip("/"), policy.seen(access.principal())
    )
