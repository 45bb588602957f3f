"""What other programs read: the feed of new pictures, and oEmbed for pages that show one of ours."""

from urllib.parse import urlsplit

from flask import Blueprint, Response, jsonify, render_template, request

from picturerail.clock import now
from picturerail.errors import BadRequest, NotFound
from picturerail.gallery import display, pictures
from picturerail.gallery.picture import Picture
from picturerail.gallery.web import parsing, parts

FEED_LENGTH = 30
PREFIX = "/gallery/"
LARGEST = 10_000

sharing = Blueprint("sharing", __name__)


@sharing.get("/gallery/feed.atom")
def feed() -> Response:
    """The newest pictures as an Atom feed (RFC 4287)."""
    newest = pictures.page(parts.database(), size=FEED_LENGTH).pictures
    cloud = parts.cloud()
    entries = [(one, display.social_image(one, cloud)) for one in newest]
    updated = max((one.updated_at or one.created_at or now() for one in newest), default=now())
    body = render_template("feed.atom", entries=entries, updated=updated)
    return Response(body, content_type="application/atom+xml; charset=utf-8")


@sharing.get("/oembed")
def oembed() -> Response:
    """A picture's address as a photo (https://oembed.com), no larger than `maxwidth` and `maxheight`."""
    if request.args.get("format", "json") != "json":
        raise BadRequest("Only format=json is spoken here.")
    limits = [parsing.size(request.args, name, LARGEST) for name in ("maxwidth", "maxheight")]
    found = _named_by(request.args.get("url", ""))
    photo = display.fitted_image(found, parts.cloud(), *limits)
    site = parts.settings().site_url
    return jsonify(
        version="1.0",
        type="photo",
        title=found.title,
        provider_name="Picturerail",
        provider_url=site,
        **photo,
    )


def _named_by(address: str) -> Picture:
    """The live picture whose page lies at this address of ours."""
    site = parts.settings().site_url
    path = urlsplit(address).path if address.startswith(f"{site}{PREFIX}") else ""
    if not path:
        raise NotFound(f"Give the address of a picture's page, such as {site}{PREFIX}ID.")
    return pictures.find(parts.database(), path.removeprefix(PREFIX).strip("/"))
