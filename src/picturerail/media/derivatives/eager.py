"""Transformations that are made at once instead of on their first request."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from picturerail import image_formats
from picturerail.errors import BadRequest, PicturerailError, TooManyRequests, Unavailable
from picturerail.jobs import queue
from picturerail.jobs.job import NewJob
from picturerail.media import resource
from picturerail.media.asset import Asset
from picturerail.media.derivatives import breakpoint_settings
from picturerail.media.derivatives.plans import plan_of
from picturerail.media.http.params import Params
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.derived import get_or_create
from picturerail.media.store.derived.records import Derived
from picturerail.media.store.derived.spec import DerivedSpec
from picturerail.media.transformations import registry, suffix
from picturerail.transform.grammar import parse

MAX_EAGER = 50


@dataclass(frozen=True)
class Eager:
    """One transformation to make: its text, and the format asked for after its last slash ("" for the stored one)."""

    text: str
    format: str = ""


def read(params: Params, name: str = "eager") -> list[Eager]:
    """The transformations of a call, `t1|t2`, each with `/format` at its end if one is wanted."""
    given = [each for text in params.texts(name) for each in text.split("|") if each]
    if len(given) > MAX_EAGER:
        raise BadRequest(f"At most {MAX_EAGER} eager transformations can be asked for at once.")
    return [split_format(text) for text in given]


def check(params: Params) -> None:
    """BadRequest when one of the transformations of a call or of a preset is none."""
    for text in _texts(params):
        registry.check(text)


def check_names(media: Media, params: Params) -> None:
    """BadRequest before anything is done, when one of the transformations of a call is none, or none is so named."""
    for text in _texts(params):
        registry.check_names(media.database, text)


def make_all(
    media: Media, asset: Asset, wanted: Sequence[Eager], *, signed: bool = True
) -> list[dict[str, Any]]:
    """Make the images; what an answer says about each. One that fails says so and hinders no other.

    Only `signed` ones may show closed pictures as layers, and are told with addresses that open them.
    """
    return [_made(media, asset, each, signed=signed) for each in wanted]


def make_later(
    media: Media, kind: str, asset: Asset, wanted: Sequence[Eager], *, signed: bool = True, **told: str
) -> list[dict[str, Any]]:
    """Have the images made by a job of this kind, which finds `told` among its arguments; `signed` as above."""
    queue.put(media.database, _job(kind, asset, wanted, signed=signed, **told))
    return [{"status": "processing", **_shown(media, asset, each, signed=signed)} for each in wanted]


def queue_all(media: Media, new: Sequence[Asset], wanted: Sequence[Eager]) -> None:
    """Have images of several assets made by a job each, as `make_later` does, by one write; nobody is told of them."""
    jobs = [_job("eager", asset, wanted, signed=True, url="", batch_id="") for asset in new if wanted]
    queue.put(media.database, *jobs)


def make_queued(media: Media, arguments: Mapping[str, Any]) -> tuple[Asset | None, list[dict[str, Any]]]:
    """What a job of `make_later` does: the asset and its images; None when it was deleted or replaced meanwhile.

    Each is made when nothing else is to be made, and the disk has room for what nobody has asked for yet.
    """
    named = {name: arguments[name] for name in ("asset_id", "original")}
    asset = assets.find_one(media.database, named)
    if asset is None:
        return None, []
    signed = bool(arguments.get("signed"))
    return asset, [_made_in_peace(media, asset, Eager(*each), signed=signed) for each in arguments["wanted"]]


def make_one(media: Media, asset: Asset, text: str, extension: str = "", *, signed: bool = True) -> Derived:
    """One derived image of an asset; PicturerailError when it cannot be made."""
    if not asset.facts:
        raise BadRequest("Only pictures can be transformed.")
    facts = asset.picture
    transformation = registry.expanded(media.database, parse(text))
    default = image_formats.by_default(str(asset.format), transparent=facts.transparent)
    asked = extension or str(transformation.told("f") or "") or default
    if asked == "auto":
        asked = image_formats.automatic("", moving=facts.info.frames > 1, transparent=facts.transparent)
    asked = image_formats.canonical(asked)
    if asked not in image_formats.WRITABLE:
        if extension:
            raise BadRequest(f"Pictures cannot be converted to {extension[:20]}.")
        asked = default
    plan = plan_of(media, asset, transformation, asked, signed=signed)
    return get_or_create.get_or_create(
        media, DerivedSpec.of(asset, plan, registry.normal(text)), preferred=True
    )


def split_format(text: str) -> Eager:
    """A transformation, and the format behind its last slash."""
    head, extension = suffix.split(text)
    return Eager(head, extension or "")


def _texts(params: Params) -> list[str]:
    texts = [each.text for each in read(params)]
    texts += [each.transformation for each in breakpoint_settings.read(params)]
    return [*texts, params.text("transformation")]


def _job(kind: str, asset: Asset, wanted: Sequence[Eager], *, signed: bool, **told: str) -> NewJob:
    named = {name: getattr(asset, name) for name in ("asset_id", "original")}
    arguments = {**named, "wanted": [[each.text, each.format] for each in wanted], "signed": signed, **told}
    return NewJob(kind=kind, arguments=arguments)


def _made_in_peace(media: Media, asset: Asset, wanted: Eager, *, signed: bool) -> dict[str, Any]:
    media.evictor.expect_room()
    media.scheduler.expect_idle()
    return _made(media, asset, wanted, signed=signed, patient=True)


def _made(
    media: Media, asset: Asset, wanted: Eager, *, signed: bool, patient: bool = False
) -> dict[str, Any]:
    """Make one image; who is patient tries again later what fails only now."""
    shown = _shown(media, asset, wanted, signed=signed)
    try:
        image = make_one(media, asset, wanted.text, wanted.format, signed=signed)
    except PicturerailError as error:
        if patient and isinstance(error, TooManyRequests | Unavailable):
            raise
        registry.used(media.database, registry.normal(wanted.text))
        return {"status": "failed", "reason": error.message, **shown}
    registry.used(media.database, registry.normal(wanted.text))
    size = {"width": image.width, "height": image.height, "bytes": image.bytes, "format": image.format}
    return {**shown, **size}


def _shown(media: Media, asset: Asset, wanted: Eager, *, signed: bool) -> dict[str, Any]:
    extension = wanted.format or asset.format
    urls = resource.urls(media.settings, asset, wanted.text, extension, signed=signed)
    return {"transformation": wanted.text, **urls}
