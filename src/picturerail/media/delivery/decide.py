"""What a delivery request gets of its asset: the original, a derived image by its plan, or facts; and for how long."""

from dataclasses import dataclass, replace
from enum import Enum

from picturerail import cache_policy, camera_raw, image_formats
from picturerail.errors import BadRequest, Unauthorized
from picturerail.media.access import signatures
from picturerail.media.access.policy import REFUSAL
from picturerail.media.asset import Asset
from picturerail.media.delivery.request import DeliveryRequest
from picturerail.media.delivery.resolve import AdmittedRequest
from picturerail.media.derivatives.plans import plan_of
from picturerail.media.service import Media
from picturerail.media.urls.delivery_path import DeliveryPath, split_extension
from picturerail.transform.plan import Plan
from picturerail.transform.probe import Facts


class DecisionKind(Enum):
    """What is sent."""

    ORIGINAL = "original"
    DERIVED = "derived"
    BREAKPOINTS = "breakpoints"
    INFO = "info"


@dataclass(frozen=True)
class Decision:
    """What is sent, of which asset; `plan` makes a derived image, or the one that INFO tells of."""

    kind: DecisionKind
    request: DeliveryRequest
    asset: Asset
    plan: Plan | None
    cache_control: str
    repeatable: bool  # the next visitor of this path may get the same bytes without a new look at anything


def decide(media: Media, admitted: AdmittedRequest, asset: Asset) -> Decision:
    """What to send; BadRequest for what cannot be made of this asset, Unauthorized for a closed original."""
    request = admitted.request
    plan = _planned(media, request, asset)
    kind = _kind(request, asset, plan)
    if kind is DecisionKind.ORIGINAL and asset.type == "private" and not admitted.grant.any:
        raise Unauthorized(REFUSAL)  # no picture can be made of it, so its transformation changes nothing
    if kind is DecisionKind.INFO and asset.facts is None:
        raise BadRequest("fl_getinfo tells the sizes of pictures, and this is none.")
    return Decision(
        kind=kind,
        request=request,
        asset=asset,
        plan=plan,
        cache_control=_cache_control(admitted, asset),
        repeatable=admitted.literal and _depends_on_path_only(admitted, asset),
    )


def _kind(request: DeliveryRequest, asset: Asset, plan: Plan | None) -> DecisionKind:
    if request.instructions.info:
        return DecisionKind.INFO
    if plan is not None:
        return DecisionKind.DERIVED
    return (
        DecisionKind.BREAKPOINTS if request.breakpoints is not None and asset.facts else DecisionKind.ORIGINAL
    )


def _planned(media: Media, request: DeliveryRequest, asset: Asset) -> Plan | None:
    """How to make what is wanted; None when it is the original itself, or widths."""
    facts = asset.facts
    if facts is None or request.breakpoints is not None:
        return None
    image_format = _format(request, asset, facts)
    if not request.transformation.components and image_format == asset.format:
        return None
    signed = request.path.signature is not None
    return plan_of(media, asset, request.transformation, _writable(image_format), signed=signed)


def _format(request: DeliveryRequest, asset: Asset, facts: Facts) -> str:
    """f_ wins over the extension, which wins over the stored format."""
    if request.automatic:
        return image_formats.automatic(
            request.accept, moving=facts.info.frames > 1, transparent=facts.transparent
        )
    if request.instructions.format:
        return request.instructions.format
    stored = str(asset.format)
    extension = image_formats.canonical(_extension(request.path, asset.public_id))
    # Of a drawing or a camera's raw picture that is changed there is a picture only.
    if extension and (extension != stored or stored not in ("svg", *camera_raw.FORMATS)):
        return extension
    if not request.transformation.components:
        return stored
    return image_formats.by_default(stored, transparent=facts.transparent)


def _extension(path: DeliveryPath, public_id: str) -> str:
    """The extension that follows the public_id in the URL, "" when there is none."""
    split = (split_extension(name) for name in path.names)
    return next((extension for stem, extension in split if stem == public_id), "")


def _writable(image_format: str) -> str:
    if image_format not in image_formats.WRITABLE:
        known = ", ".join(image_formats.WRITABLE)
        raise BadRequest(f"Pictures cannot be converted to {image_format}; use one of {known}.")
    return image_format


def _depends_on_path_only(admitted: AdmittedRequest, asset: Asset) -> bool:
    request = admitted.request
    closed = asset.is_restricted or admitted.grant.token
    stands_in = asset.type != request.path.type or (
        asset.public_id not in _without_longer(request.path).public_ids
    )
    elsewhere = request.hinted or request.path.type == "fetch" or request.instructions.styled
    ambiguous = admitted.grant.signature and _may_mean_less(request.path)
    return not (closed or stands_in or request.asks_about_asset or elsewhere or ambiguous)


def _without_longer(path: DeliveryPath) -> DeliveryPath:
    """A path whose version is none of the folders of a name."""
    return replace(path, longer="") if path.longer else path


def _may_mean_less(path: DeliveryPath) -> bool:
    """Whether the signature may have been made for a shorter name below the same folder."""
    return any(path.name.endswith(f"/{other.name}") for other in signatures.other_readings(path))


def _cache_control(admitted: AdmittedRequest, asset: Asset) -> str:
    """Forever only where the URL says all that the bytes depend on; for one browser what had to be opened."""
    request = admitted.request
    path = request.path
    if asset.is_restricted:
        return cache_policy.RESTRICTED
    if path.type == "authenticated" or (path.type == "private" and admitted.grant.any):
        return cache_policy.SIGNED
    current = path.version == asset.version and asset.type == path.type
    lasting = current and not (request.named or request.instructions.layered or request.asks_about_asset)
    return cache_policy.IMMUTABLE if lasting else cache_policy.REPLACEABLE
