"""Which asset a delivery request means, and whether its visitor may see it."""

from dataclasses import dataclass, replace

from picturerail.errors import NotFound, Unauthorized
from picturerail.media.access import grants, policy, signatures
from picturerail.media.access.grants import Grant
from picturerail.media.asset import Asset, Identity
from picturerail.media.delivery import client_hints, strict
from picturerail.media.delivery.request import DeliveryRequest, read
from picturerail.media.http.raw_request import RawRequest
from picturerail.media.remote_assets.auto_upload import find_by_mapping
from picturerail.media.remote_assets.fetch_type import find_or_fetch
from picturerail.media.remote_assets.old_cloud import find_in_old_cloud
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.transformations import registry
from picturerail.media.urls.delivery_path import DeliveryPath, refuse_misread, split_extension
from picturerail.transform.grammar import Transformation, parse

AMBIGUOUS = (
    "The URL's signature may mean two assets, as the folder of one looks like a transformation of the other. "
    "Rename one of them."
)


@dataclass(frozen=True)
class AdmittedRequest:
    """A request that its URL alone does not close. `literal`: nothing in it stands for something else."""

    request: DeliveryRequest
    grant: Grant
    literal: bool


def admit(media: Media, raw: RawRequest, path: DeliveryPath) -> AdmittedRequest:
    """Read a request; Unauthorized, before anybody looks for the asset, when its URL is closed to this visitor."""
    asked = read(raw, path)
    shown = grants.grant(media.settings, media.revoked_tokens, raw, path, media.clock())
    asked = wanted = asked if shown.path is path else replace(asked, path=shown.path)
    if "t_" in path.transformation:
        wanted = _expanded(media, asked)
    grants.check_type(media.settings, path, shown, is_original=wanted.shows_original)
    is_strict = media.settings.strict_transformations and not shown.signature
    if is_strict:
        strict.check(media, asked)
    return AdmittedRequest(wanted, shown, literal=wanted == asked and not is_strict)


def _expanded(media: Media, asked: DeliveryRequest) -> DeliveryRequest:
    """The request with what its named transformations stand for, in the sizes that the browser chooses."""
    hinted = asked.hinted

    def read_named(text: str) -> Transformation:
        nonlocal hinted
        text, headers = client_hints.resolved(text, asked.raw.headers)
        hinted = hinted or headers
        return parse(text)

    meant = registry.expanded(media.database, asked.transformation, read_named)
    return replace(asked.expanded(meant), hinted=hinted)


def resolve(media: Media, admitted: AdmittedRequest) -> Asset:
    """What is to be shown; Unauthorized for what access control closes to this visitor, NotFound for nothing."""
    path = admitted.request.path
    found = _stored(media, admitted.request)
    if found is None:
        found = find_by_mapping(media, Identity(path.resource_type, path.type, path.name))
    if found is None:
        found = find_in_old_cloud(media, *_stems(path))
    if found is not None and _is_closed(media, admitted, found):
        raise Unauthorized(policy.REFUSAL)
    if found is not None and admitted.grant.signature and _is_ambiguous(media, path, found):
        raise Unauthorized(AMBIGUOUS)
    found = found or _default_image(media, admitted.request)
    if found is None or _is_closed(media, admitted, found):
        refuse_misread(path)
        raise NotFound(f"Resource not found - {path.name}")
    return found


def _is_closed(media: Media, admitted: AdmittedRequest, asset: Asset) -> bool:
    """True when access control closes an asset now, and the visitor has shown nothing that opens it."""
    if admitted.grant.any or not asset.is_restricted:
        return False
    return not policy.is_open_to_all(asset.access_control, media.clock())


def _is_ambiguous(media: Media, path: DeliveryPath, found: Asset) -> bool:
    """Whether the signature of something closed may have been made for another asset, which is there too."""
    if path.type == "fetch" or (path.type == "upload" and not found.is_restricted):
        return False
    others = [name for other in signatures.other_readings(path) for name in other.public_ids]
    named = [Identity(path.resource_type, path.type, name) for name in others if name != found.public_id]
    return bool(named) and assets.find_first(media.database, named) is not None


def _stored(media: Media, request: DeliveryRequest) -> Asset | None:
    """The asset of this type; or, of a public one whose original was closed since, what is still open of it."""
    path = request.path
    if path.type == "fetch":
        return find_or_fetch(media, path.name)
    found = assets.find_first(media.database, _named(path, path.type))
    if found is None and path.type == "upload" and not request.shows_original:
        return assets.find_first(media.database, _named(path, "private"))
    return found


def _named(path: DeliveryPath, kind: str) -> list[Identity]:
    return [Identity(path.resource_type, kind, name) for name in path.public_ids]


def _stems(path: DeliveryPath) -> list[Identity]:
    """What a path means in another cloud, where the extension of a picture asks for a format."""
    image = path.resource_type == "image"
    stems = (split_extension(name)[0] if image else name for name in path.names)
    return [Identity(path.resource_type, path.type, stem) for stem in stems]


def _default_image(media: Media, wanted: DeliveryRequest) -> Asset | None:
    """The public picture that d_ names, to be shown in the place of one that is missing."""
    name = wanted.transformation.told("d")
    if not isinstance(name, str) or wanted.path.resource_type != "image":
        return None
    stem, _ = split_extension(name.replace(":", "/"))
    return assets.find(media.database, Identity("image", "upload", stem))
