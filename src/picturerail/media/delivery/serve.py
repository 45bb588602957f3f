"""Answer a delivery URL: parse, check, find the asset, choose the format, plan, find or make, send."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO
from urllib.parse import unquote

from werkzeug.http import parse_etags
from werkzeug.wrappers import Response

from picturerail import signing
from picturerail.database import Document
from picturerail.errors import (
    BadRequest,
    NotFound,
    PicturerailError,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)
from picturerail.media import assets, derived
from picturerail.media.assets import Identity
from picturerail.media.delivery import disposition, negotiation, sending
from picturerail.media.delivery.fastpath import FastPath, Shortcut
from picturerail.media.delivery.urls import DeliveryPath, parse_path
from picturerail.media.service import Media
from picturerail.transform.grammar import Component, Transformation, canonical, parse
from picturerail.transform.plan import Output, Plan, make_plan
from picturerail.transform.probe import Facts

FAILURES = derived.Failures()
_SIGNED_ORIGINALS = ("private", "authenticated")


@dataclass(frozen=True)
class Wanted:
    """A delivery request, parsed: where, how to change it, how to send it."""

    path: DeliveryPath
    full_path: str
    transformation: Transformation
    accept: str
    if_none_match: str
    attachment: str | None
    plain: bool  # the answer depends on path and Accept only

    @property
    def automatic(self) -> bool:
        """True when the format is chosen by what the browser accepts."""
        return self.transformation.last("f") == "auto"


def deliver(media: Media, fast: FastPath, path: str, full_path: str, headers: Mapping[str, str]) -> Response:
    """The answer to GET or HEAD of a delivery URL; `path` is the part after the cloud's name."""
    wanted = _parse(path, full_path, headers)
    for _ in range(3):
        asset = _asset(media, wanted)
        try:
            return _answer(media, fast, wanted, asset)
        except NotFound:  # its bytes are gone: deleted or replaced since we looked, so look again
            if assets.owns(media.database, asset["original"]):
                raise Unavailable("The stored picture cannot be read now.", retry_after=5) from None
    raise NotFound(f"Resource not found - {wanted.path.name}")


def _parse(path: str, full_path: str, headers: Mapping[str, str]) -> Wanted:
    parsed = parse_path(path)
    transformation, attachment = _without_attachment(parse(parsed.transformation))
    return Wanted(
        path=parsed,
        full_path=full_path,
        transformation=transformation,
        accept=negotiation.accept_class(headers.get("accept", "")),
        if_none_match=headers.get("if-none-match", ""),
        attachment=attachment,
        plain=True,
    )


def _without_attachment(transformation: Transformation) -> tuple[Transformation, str | None]:
    """fl_attachment says how to send, not what: taken out, it is the name to save under ("" for the own one)."""
    name: str | None = None
    components = []
    for component in transformation.components:
        kept = []
        for key, value in component.values:
            flags = [str(flag) for flag in value] if key == "fl" and isinstance(value, tuple) else []
            asked = next((flag for flag in flags if flag.partition(":")[0] == "attachment"), None)
            if asked is None:
                kept.append((key, value))
                continue
            name = unquote(asked.partition(":")[2])  # escaped twice, for the commas and dots in it
            if len(flags) > 1:
                kept.append((key, tuple(flag for flag in flags if flag != asked)))
        if kept:
            components.append(Component(tuple(kept)))
    return Transformation(tuple(components)), name


def _asset(media: Media, wanted: Wanted) -> Document:
    path = wanted.path
    _check_signature(media, wanted)
    stem, extension = path.stem_and_extension
    names = [stem, path.name] if extension and path.resource_type == "image" else [path.name]
    found = assets.find_first(
        media.database, [Identity(path.resource_type, path.type, name) for name in dict.fromkeys(names)]
    )
    if found is None:
        raise NotFound(f"Resource not found - {path.name}")
    return found


def _check_signature(media: Media, wanted: Wanted) -> None:
    """Refuse a wrong signature wherever one is given, and a missing one where it is needed: the same for both."""
    path = wanted.path
    original = not wanted.transformation.components
    needed = path.type == "authenticated" or (path.type == "private" and original)
    if not needed and path.signature is None:
        return
    spellings = {path.to_sign, _escaped(path)}
    secret = media.settings.api_secret
    if not any(signing.is_delivery_signed(text, path.signature or "", secret) for text in spellings):
        raise Unauthorized("The URL's signature is missing or wrong.")


def _escaped(path: DeliveryPath) -> str:
    return replace(path, name=signing.escape_source(path.name)).to_sign


def _answer(media: Media, fast: FastPath, wanted: Wanted, asset: Document) -> Response:
    facts = Facts.from_json(asset["facts"]) if asset.get("facts") else None
    if facts is None:
        return _original(media, wanted, asset)
    image_format = _format(wanted, asset, facts)
    if not wanted.transformation.components and image_format == asset["format"]:
        return _original(media, wanted, asset)
    plan = make_plan(wanted.transformation, facts.info, Output(_writable(image_format)))
    return _derived(media, fast, wanted, asset, plan)


def _format(wanted: Wanted, asset: Document, facts: Facts) -> str:
    """f_ wins over the extension, which wins over the stored format."""
    asked = wanted.transformation.last("f")
    stem, extension = wanted.path.stem_and_extension
    if asked == "auto":
        return negotiation.automatic(wanted.accept, facts)
    if asked is not None:
        return str(asked)
    if extension and asset["public_id"] == stem:
        return negotiation.canonical_format(extension)
    stored = str(asset["format"])
    if stored in negotiation.WRITABLE or not wanted.transformation.components:
        return stored
    return "png" if facts.transparent else "jpg"


def _writable(image_format: str) -> str:
    if image_format not in negotiation.WRITABLE:
        known = ", ".join(negotiation.WRITABLE)
        raise BadRequest(f"Pictures cannot be converted to {image_format}; use one of {known}.")
    return image_format


def _original(media: Media, wanted: Wanted, asset: Document) -> Response:
    image = asset["resource_type"] == "image"
    headers = _headers(wanted, asset, asset["format"] if image else "")
    headers["ETag"] = f'"{asset["etag"]}-{asset["version"]}"'
    if _matches(wanted, headers["ETag"]):
        return sending.not_modified(headers)
    return sending.stream(media.originals.open(asset["original"]), headers)


def _derived(media: Media, fast: FastPath, wanted: Wanted, asset: Document, plan: Plan) -> Response:
    key = derived.key_of(asset["original"], plan)
    headers = _headers(wanted, asset, plan.encoding.format)
    headers["ETag"] = derived.etag_of(key)
    if _matches(wanted, headers["ETag"]):
        return sending.not_modified(headers)
    image, file = _opened(media, wanted, asset, plan)
    if wanted.plain:
        accept = wanted.accept if wanted.automatic else None
        fast.learn(wanted.full_path, accept, Shortcut(image.key, image.bytes, image.checksum, headers))
    return sending.stream(file, headers)


def _opened(media: Media, wanted: Wanted, asset: Document, plan: Plan) -> tuple[derived.Derived, BinaryIO]:
    key = derived.key_of(asset["original"], plan)
    if (failed := FAILURES.recent(key, media.clock())) is not None:
        raise failed
    try:
        for _ in range(3):
            image = derived.find_or_make(media, asset, plan, canonical(wanted.transformation))
            if (file := derived.open_checked(media, image)) is not None:
                return image, file
    except (TooManyRequests, Unavailable, NotFound):
        raise
    except PicturerailError as error:
        if not assets.owns(media.database, asset["original"]):  # the worker met a file that just went
            raise NotFound("Resource not found - it was deleted or replaced just now.") from None
        FAILURES.remember(key, error, media.clock())
        raise
    raise Unavailable("The derived picture cannot be kept now. Try again shortly.", retry_after=2)


def _matches(wanted: Wanted, etag: str) -> bool:
    return bool(wanted.if_none_match) and parse_etags(wanted.if_none_match).contains_weak(etag.strip('"'))


def _headers(wanted: Wanted, asset: Document, image_format: str) -> dict[str, str]:
    """What every delivery carries; forever only where the URL names the version that is sent."""
    current = wanted.path.version == asset["version"]
    headers = {
        "Content-Type": disposition.mime_type(image_format),
        "Cache-Control": _cache_control(wanted, current=current),
        "Last-Modified": sending.http_date(asset["updated_at"]),
        **sending.SECURITY,
    }
    if wanted.automatic:
        headers["Vary"] = "Accept"
    saved_as = wanted.attachment if asset["resource_type"] == "image" else (wanted.attachment or "")
    if saved_as is not None:
        name = saved_as or asset["public_id"].rpartition("/")[2]
        headers["Content-Disposition"] = disposition.attachment(name, image_format)
    return headers


def _cache_control(wanted: Wanted, *, current: bool) -> str:
    if wanted.path.type in _SIGNED_ORIGINALS:
        return "private, max-age=3600"
    return "public, max-age=31536000, immutable" if current else "public, max-age=60"
