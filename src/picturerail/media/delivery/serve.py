"""Answer a delivery URL: parse, check, find the asset, choose the format, plan, find or make, send."""

from dataclasses import replace
from typing import Any, BinaryIO

from werkzeug.wrappers import Response

from picturerail import cache_policy, image_formats
from picturerail.concurrency.negative_cache import NegativeCache
from picturerail.errors import (
    BadRequest,
    NotFound,
    PicturerailError,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)
from picturerail.media.access import grants, policy, signatures
from picturerail.media.asset import Asset, Identity
from picturerail.media.attributes.delivery_overrides import own_headers
from picturerail.media.delivery import client_hints, generated, strict
from picturerail.media.delivery.cache.url_index import IndexEntry, UrlIndex
from picturerail.media.delivery.request import DeliveryRequest, read
from picturerail.media.derivatives import breakpoints
from picturerail.media.derivatives.breakpoint_settings import BreakpointSettings
from picturerail.media.derivatives.plans import plan_of
from picturerail.media.formats import disposition, negotiation, raw_types
from picturerail.media.http import file_response
from picturerail.media.http.conditional import is_unchanged
from picturerail.media.http.raw_request import RawRequest
from picturerail.media.http.responses import json_response
from picturerail.media.remote_assets.auto_upload import find_by_mapping
from picturerail.media.remote_assets.fetch_type import find_or_fetch
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.derived import get_or_create, records
from picturerail.media.store.derived.records import Derived
from picturerail.media.store.derived.spec import DerivedSpec
from picturerail.media.transformations import registry
from picturerail.media.urls.delivery_path import DeliveryPath, parse_path, refuse_misread, split_extension
from picturerail.transform.grammar import canonical
from picturerail.transform.plan import Plan
from picturerail.transform.probe import Facts

FAILURES = NegativeCache()
AMBIGUOUS = (
    "The URL's signature may mean two assets, as the folder of one looks like a transformation of the other. "
    "Rename one of them."
)
_TOLD = ("format", "width", "height", "bytes")


def deliver(media: Media, url_index: UrlIndex, raw: RawRequest) -> Response:
    """The answer to GET or HEAD of a delivery URL."""
    path = parse_path(raw.path, raw.query)
    if path.type in generated.TYPES:
        return generated.deliver_made(media, path)
    asked = read(raw)
    shown = grants.grant(media.settings, raw, path, media.clock())
    asked = replace(asked, path=shown.path)
    wanted = asked.expanded(registry.expanded(media.database, asked.transformation))
    is_original = not wanted.transformation.components
    grants.check_type(media.settings, path, shown, is_original=is_original)
    strict.check(media, asked, shown)
    for _ in range(3):
        asset = _asset(media, wanted, shown)
        same = wanted == asked and not (media.settings.strict_transformations and not shown.signature)
        known = url_index if same and _depends_on_path_only(wanted, shown, asset) else None
        plan = _planned(media, wanted, asset)
        try:
            return _answer(media, known, wanted, asset, plan)
        except NotFound:  # its bytes are gone: deleted or replaced since we looked, so look again
            if assets.owns(media.database, asset.original):
                raise Unavailable("The stored picture cannot be read now.", retry_after=5) from None
    raise NotFound(f"Resource not found - {wanted.path.name}")


def _depends_on_path_only(wanted: DeliveryRequest, shown: grants.Grant, asset: Asset) -> bool:
    """Whether the next visitor of this path may get the same bytes without a new look at anything."""
    closed = policy.is_restricted(asset) or shown.token
    stands_in = asset.public_id not in _named(wanted.path)
    elsewhere = wanted.hinted or wanted.path.type == "fetch" or wanted.styled
    shorter = (
        wanted.path.name.endswith(f"/{other.name}") for other in signatures.other_readings(wanted.path)
    )
    ambiguous = shown.signature and any(shorter)
    return not (closed or stands_in or _asks_about_asset(wanted) or elsewhere or ambiguous)


def _asks_about_asset(wanted: DeliveryRequest) -> bool:
    """Whether a formula asks for tags, context or metadata, which may change without a new version."""
    return any(word in wanted.path.transformation for word in ("_tags", "ctx:", "md:"))


def _asset(media: Media, wanted: DeliveryRequest, shown: grants.Grant) -> Asset:
    """What is to be shown; Unauthorized for what access control closes to this visitor, NotFound for nothing."""
    found = _stored(media, wanted.path)
    if found is None:
        found = find_by_mapping(
            media, Identity(wanted.path.resource_type, wanted.path.type, wanted.path.name)
        )
    if found is not None and policy.is_closed(found, media.clock(), opened=shown.any):
        raise Unauthorized(policy.REFUSAL)
    if found is not None and shown.signature and _is_ambiguous(media, wanted.path, found):
        raise Unauthorized(AMBIGUOUS)
    found = found or _default_image(media, wanted)
    if found is None or policy.is_closed(found, media.clock(), opened=shown.any):
        refuse_misread(wanted.path)
        raise NotFound(f"Resource not found - {wanted.path.name}")
    return found


def _is_ambiguous(media: Media, path: DeliveryPath, found: Asset) -> bool:
    """Whether the signature of something closed may have been made for another asset, which is there too."""
    if path.type == "fetch" or (path.type == "upload" and not policy.is_restricted(found)):
        return False
    others = [name for other in signatures.other_readings(path) for name in _named(other)]
    named = [Identity(path.resource_type, path.type, name) for name in others if name != found.public_id]
    return bool(named) and assets.find_first(media.database, named) is not None


def _stored(media: Media, path: DeliveryPath) -> Asset | None:
    if path.type == "fetch":
        return find_or_fetch(media, path.name)
    named = [Identity(path.resource_type, path.type, name) for name in _named(path)]
    return assets.find_first(media.database, named)


def _default_image(media: Media, wanted: DeliveryRequest) -> Asset | None:
    """The public picture that d_ names, to be shown in the place of one that is missing."""
    name = wanted.transformation.last("d")
    if not isinstance(name, str) or wanted.path.resource_type != "image":
        return None
    stem, _ = split_extension(name.replace(":", "/"))
    return assets.find(media.database, Identity("image", "upload", stem))


def _named(path: DeliveryPath) -> list[str]:
    """The public_ids that a path may mean: each name without an extension that it knows, and as it is."""
    image = path.resource_type == "image"
    pairs = ((split_extension(name)[0], name) if image else (name,) for name in path.names)
    return list(dict.fromkeys(name for pair in pairs for name in pair))


def _planned(media: Media, wanted: DeliveryRequest, asset: Asset) -> Plan | None:
    """How to make what is wanted; None when it is the original itself, or widths."""
    facts = asset.picture if asset.facts else None
    if facts is None or wanted.breakpoints is not None:
        return None
    image_format = _format(wanted, asset, facts)
    if not wanted.transformation.components and image_format == asset.format:
        return None
    signed = wanted.path.signature is not None
    return plan_of(media, asset, wanted.transformation, _writable(image_format), signed=signed)


def _answer(
    media: Media, url_index: UrlIndex | None, wanted: DeliveryRequest, asset: Asset, plan: Plan | None
) -> Response:
    if wanted.info:
        return _information(media, wanted, asset, plan)
    if plan is not None:
        return _derived(media, url_index, wanted, asset, plan)
    if wanted.breakpoints is not None and asset.facts:
        return _widths(media, wanted, asset, wanted.breakpoints)
    return _original(media, wanted, asset)


def _widths(media: Media, wanted: DeliveryRequest, asset: Asset, settings: BreakpointSettings) -> Response:
    return _told(wanted, asset, {"breakpoints": breakpoints.widths(media, asset, settings)})


def _information(media: Media, wanted: DeliveryRequest, asset: Asset, plan: Plan | None) -> Response:
    """The picture as it is stored, and as it would be sent: it is made for this, as its bytes are told."""
    if not asset.facts:
        raise BadRequest("fl_getinfo tells the sizes of pictures, and this is none.")
    stored = {name: getattr(asset, name) for name in _TOLD}
    if plan is None:
        return _told(wanted, asset, {"input": stored, "output": stored})
    work = DerivedSpec.of(asset, plan, canonical(wanted.transformation))
    image, file = _opened(media, work, preferred=_is_preferred(wanted))
    file.close()
    return _told(wanted, asset, {"input": stored, "output": {name: getattr(image, name) for name in _TOLD}})


def _told(wanted: DeliveryRequest, asset: Asset, answer: dict[str, Any]) -> Response:
    response = json_response(answer)
    response.headers.update(_headers(wanted, asset, "") | {"Content-Type": "application/json"})
    response.headers.pop("Content-Disposition", None)
    return response


def _format(wanted: DeliveryRequest, asset: Asset, facts: Facts) -> str:
    """f_ wins over the extension, which wins over the stored format."""
    asked = wanted.transformation.last("f")
    if asked == "auto":
        return negotiation.automatic(wanted.accept, facts)
    if asked is not None:
        return str(asked)
    stored = str(asset.format)
    extension = image_formats.canonical(_extension(wanted.path, asset.public_id))
    # Of a drawing that is changed there is a picture only.
    if extension and (extension, stored) != ("svg", "svg"):
        return extension
    if not wanted.transformation.components:
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


def _original(media: Media, wanted: DeliveryRequest, asset: Asset) -> Response:
    image = asset.resource_type == "image"
    headers = _headers(wanted, asset, asset.format if image else "")
    headers |= file_response.validators(asset.sha256)
    unchanged = is_unchanged(wanted.raw.headers, etag=headers["ETag"], modified=headers["Last-Modified"])
    if unchanged and not any(name in wanted.raw.headers for name in ("if-match", "if-unmodified-since")):
        return file_response.not_modified(headers)
    return file_response.stream(media.originals.open(asset.original), headers)


def _derived(
    media: Media, url_index: UrlIndex | None, wanted: DeliveryRequest, asset: Asset, plan: Plan
) -> Response:
    work = DerivedSpec.of(asset, plan, canonical(wanted.transformation))
    headers = _headers(wanted, asset, plan.encoding.format)
    image, file = _opened(media, work, preferred=_is_preferred(wanted))
    headers |= file_response.validators(image.sha256)
    if url_index is not None:
        accept = wanted.accept if wanted.automatic else None
        url_index.learn(
            wanted.raw.full_path, accept, IndexEntry(image.key, image.bytes, image.checksum, headers)
        )
    return file_response.stream(file, headers)


def _is_preferred(wanted: DeliveryRequest) -> bool:
    """Whether a picture goes before those that anybody may think of: it is signed, or named by us."""
    return wanted.path.signature is not None or wanted.named


def _opened(media: Media, work: DerivedSpec, *, preferred: bool) -> tuple[Derived, BinaryIO]:
    if (failed := FAILURES.recent(work.key, media.clock())) is not None:
        raise failed
    try:
        for _ in range(3):
            image = get_or_create.get_or_create(media, work, preferred=preferred)
            if (file := records.open_checked(media, image)) is not None:
                return image, file
    except (TooManyRequests, Unavailable, NotFound):
        raise
    except PicturerailError as error:
        if not assets.owns(media.database, work.asset.original):  # the worker met a file that just went
            raise NotFound("Resource not found - it was deleted or replaced just now.") from None
        FAILURES.remember(work.key, error, media.clock())
        raise
    raise Unavailable("The derived picture cannot be kept now. Try again shortly.", retry_after=2)


def _headers(wanted: DeliveryRequest, asset: Asset, image_format: str) -> dict[str, str]:
    """What every delivery carries; forever only where the URL says all that the bytes depend on."""
    current = wanted.path.version == asset.version and not wanted.named and not wanted.layered
    image = asset.resource_type == "image"
    content_type = image_formats.media_type(image_format) if image else raw_types.media_type(asset.public_id)
    headers = {
        "Content-Type": content_type,
        "Cache-Control": _cache_control(wanted, asset, current=current),
        "Last-Modified": file_response.http_date(asset.updated_at),
        **own_headers(asset),
        **file_response.SECURITY,
    }
    if wanted.varies:
        headers["Vary"] = ", ".join(wanted.varies)
    if wanted.hinted:
        headers["Accept-CH"] = ", ".join(client_hints.ACCEPTED)
    shown = image_format != "svg" if image else content_type != image_formats.BINARY  # a drawing may act
    saved_as = wanted.attachment if shown else (wanted.attachment or "")
    if saved_as is not None:
        name = saved_as or asset.public_id.rpartition("/")[2]
        headers["Content-Disposition"] = disposition.attachment(name, image_format)
    return headers


def _cache_control(wanted: DeliveryRequest, asset: Asset, *, current: bool) -> str:
    if policy.is_restricted(asset):
        return cache_policy.RESTRICTED
    if wanted.path.type in ("private", "authenticated"):
        return cache_policy.SIGNED
    lasting = current and not _asks_about_asset(wanted)
    return cache_policy.IMMUTABLE if lasting else cache_policy.REPLACEABLE
