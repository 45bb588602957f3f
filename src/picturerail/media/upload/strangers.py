"""What holds for uploads by strangers: by a key of role `upload`, or by an unsigned preset alone.

They add, and never replace: not the asset of their name, nor another one whose addresses that name would take over.
What they are told opens nothing, for the signature of an address tells neither delivery type nor version: that of what
they upload would open the closed asset of another type, too.
"""

from picturerail import image_formats
from picturerail.errors import BadRequest, Conflict
from picturerail.media.asset import Asset, Identity
from picturerail.media.attributes.upload_options import TYPES, delivery_type
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.ingest import Ingested
from picturerail.media.urls.delivery_path import parse_path, split_extension

TAKEN = (
    "There is an asset of this name, or one whose addresses it would take over, and who may only upload replaces "
    "nothing: use another public_id."
)


def check_name(media: Media, call: ApiRequest, identity: Identity) -> None:
    """Conflict when a stranger names what is there, or an address of it; BadRequest when no address leads there."""
    if call.is_trusted:
        return
    path = parse_path(f"{identity.resource_type}/{identity.type}/{identity.public_id}")
    if path.name != identity.public_id:
        raise BadRequest("A public_id must not begin as a transformation or a version does.")
    names = {"type": {"$in": TYPES}, "public_id": {"$in": _namesakes(identity)}}
    there = assets.find_all(media.database, identity.query() | names)
    if not all(_may_be_told(call, each, identity) for each in there):
        raise Conflict(TAKEN)


def check_done(call: ApiRequest, done: Ingested, identity: Identity) -> None:
    """Conflict when what a stranger uploads has met an asset that came meanwhile."""
    if done.existing and not (call.is_trusted or _may_be_told(call, done.asset, identity)):
        raise Conflict(TAKEN)


def check_repeated(call: ApiRequest, asset: Asset) -> None:
    """Conflict when what a stranger has uploaded, and sends again, was made something else since."""
    if not call.is_trusted and asset.type != delivery_type(call.params):
        raise Conflict(TAKEN)


def _may_be_told(call: ApiRequest, there: Asset, identity: Identity) -> bool:
    """As at Cloudinary, an unsigned upload of a name that is taken is told of the asset: of one that all may see."""
    is_open = there.type == "upload" and not there.is_restricted
    return call.key is None and is_open and there.identity == identity


def _namesakes(identity: Identity) -> list[str]:
    """Names that share an address with this one: that of a picture may end with the extension of a format."""
    name = identity.public_id
    if identity.resource_type != "image":
        return [name]
    return [name, split_extension(name)[0], *(f"{name}.{each}" for each in image_formats.EXTENSIONS)]
