"""The response of a delivery: headers, and the bytes of an original or of a derived image, found or made now."""

from functools import lru_cache
from typing import Any, BinaryIO

from werkzeug.wrappers import Response

from picturerail import cache_policy, image_formats
from picturerail.conditions import is_unchanged
from picturerail.errors import NotFound, PicturerailError, TooManyRequests, Unavailable, Vanished
from picturerail.media.delivery import client_hints
from picturerail.media.delivery.cache.url_index import IndexEntry, Lease, UrlIndex
from picturerail.media.delivery.decide import Decision, DecisionKind
from picturerail.media.derivatives import breakpoints
from picturerail.media.derivatives.breakpoint_settings import BreakpointSettings
from picturerail.media.formats import disposition, raw_types
from picturerail.media.http import file_response
from picturerail.media.http.responses import json_response
from picturerail.media.service import Media
from picturerail.media.store import assets, originals
from picturerail.media.store.derived import records
from picturerail.media.store.derived.get_or_create import get_or_create
from picturerail.media.store.derived.records import Derived
from picturerail.media.store.derived.spec import DerivedSpec
from picturerail.transform.grammar import canonical
from picturerail.transform.plan import Plan

_canonical = lru_cache(2000)(canonical)
_TOLD = ("format", "width", "height", "bytes")


def respond(media: Media, url_index: UrlIndex, decision: Decision, lease: Lease | None) -> Response:
    """What was decided, as a response; NotFound or Vanished when it went since it was looked at.

    What was looked up since the beginning of the `lease` may be remembered for as long as that holds.
    """
    if decision.kind is DecisionKind.INFO:
        return _information(media, decision)
    if decision.kind is DecisionKind.BREAKPOINTS:
        settings = decision.request.breakpoints or BreakpointSettings()
        return _told(decision, {"breakpoints": breakpoints.widths(media, decision.asset, settings)})
    if decision.plan is not None:
        return _derived(media, url_index, decision, decision.plan)
    return _original(media, url_index, decision, lease)


def _information(media: Media, decision: Decision) -> Response:
    """The picture as it is stored, and as it would be sent: it is made for this, as its bytes are told."""
    stored = {name: getattr(decision.asset, name) for name in _TOLD}
    if decision.plan is None:
        return _told(decision, {"input": stored, "output": stored})
    image, file = _opened(media, decision, decision.plan)
    file.close()
    return _told(decision, {"input": stored, "output": {name: getattr(image, name) for name in _TOLD}})


def _told(decision: Decision, answer: dict[str, Any]) -> Response:
    response = json_response(answer)
    response.headers.update(_headers(decision, "") | {"Content-Type": "application/json"})
    response.headers.pop("Content-Disposition", None)
    return response


def _original(media: Media, url_index: UrlIndex, decision: Decision, lease: Lease | None) -> Response:
    asset = decision.asset
    headers = _headers(decision, asset.format if asset.resource_type == "image" else "")
    headers |= file_response.validators(asset.sha256, asset.etag)
    if decision.repeatable and lease is not None and media.originals.mark() is not None:
        entry = IndexEntry(asset.original, asset.bytes, asset.sha256, headers, lease)
        url_index.learn(decision.request.raw.full_path, None, entry)
    given = decision.request.raw.headers
    unchanged = is_unchanged(given, etag=headers["ETag"], modified=headers.get("Last-Modified", ""))
    if unchanged and not any(name in given for name in ("if-match", "if-unmodified-since")):
        return file_response.not_modified(headers)
    return file_response.stream(originals.open_whole(media, asset), headers)


def _derived(media: Media, url_index: UrlIndex, decision: Decision, plan: Plan) -> Response:
    request = decision.request
    headers = _headers(decision, plan.encoding.format)
    image, file = _opened(media, decision, plan)
    headers |= file_response.validators(image.sha256)
    if decision.repeatable:
        accept = request.accept if request.automatic else None
        entry = IndexEntry(image.key, image.bytes, image.checksum, headers)
        url_index.learn(request.raw.full_path, accept, entry)
    return file_response.stream(file, headers)


def _opened(media: Media, decision: Decision, plan: Plan) -> tuple[Derived, BinaryIO]:
    """A derived image, made when it is not there. What failed a moment ago is not tried again."""
    request, asset = decision.request, decision.asset
    spec = DerivedSpec.of(asset, plan, _canonical(request.transformation))
    if (failure := media.failures.get(spec.key)) and failure.is_recent(media.clock()):
        raise failure.error
    preferred = request.path.signature is not None or request.named  # before those that anybody may think of
    try:
        image = get_or_create(media, spec, preferred=preferred)
    except (TooManyRequests, Unavailable, NotFound):
        raise
    except PicturerailError as error:
        if not assets.owns(media.database, asset.original):  # the worker met a file that just went
            raise NotFound("Resource not found - it was deleted or replaced just now.") from None
        media.failures.remember(spec.key, error, media.clock())
        raise
    if (file := records.open_checked(media, image)) is None:
        raise Vanished("The derived picture cannot be kept now. Try again shortly.", retry_after=2)
    return image, file


def _headers(decision: Decision, image_format: str) -> dict[str, str]:
    """What every delivery carries."""
    request, asset = decision.request, decision.asset
    image = asset.resource_type == "image"
    content_type = image_formats.media_type(image_format) if image else raw_types.media_type(asset.public_id)
    headers = {
        "Content-Type": content_type,
        cache_policy.HEADER: decision.cache_control,
        **file_response.modified(asset.updated_at, asset.version),
        **asset.headers,
        **file_response.SECURITY,
    }
    if request.varies:
        headers["Vary"] = ", ".join(request.varies)
    if request.hinted:
        headers["Accept-CH"] = ", ".join(client_hints.ACCEPTED)
    shown = image_format != "svg" if image else content_type != image_formats.BINARY  # a drawing may act
    saved_as = request.instructions.attachment if shown else (request.instructions.attachment or "")
    if saved_as is not None:
        name = saved_as or asset.public_id.rpartition("/")[2]
        headers["Content-Disposition"] = disposition.attachment(name, image_format)
    return headers
