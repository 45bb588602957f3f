"""What an upload and an explicit call answer: the asset, and whatever was asked to be made or told."""

from collections.abc import Mapping
from typing import Any

from picturerail.media import resource
from picturerail.media.asset import Asset
from picturerail.media.attributes import analysis_response
from picturerail.media.derivatives import breakpoint_settings, breakpoints, eager
from picturerail.media.http.params import Params
from picturerail.media.notifications.publish import publish, publish_answer
from picturerail.media.service import Media


def check(media: Media, params: Params) -> None:
    """BadRequest, before anything is stored, for images that a call asks for and that nobody could make."""
    eager.check_names(media, params)
    breakpoints.check(media, params)


def describe(
    media: Media, params: Params, asset: Asset, *, existing: bool = False, signed: bool = True
) -> dict[str, Any]:
    """The answer about `asset`; makes the eager images and the breakpoints that the call asks for.

    Only a `signed` one has addresses that open what is closed, and closed pictures as layers.
    """
    answer = resource.uploaded(media.settings, asset, signed=signed) | analysis_response.asked_on_upload(
        media, params, asset
    )
    if wanted := eager.read(params):
        answer["eager"] = _eager(media, params, asset, wanted, signed=signed)
    if (settings := breakpoint_settings.read(params)) and asset.facts:
        found = [breakpoints.find(media, asset, each, signed=signed) for each in settings]
        answer["responsive_breakpoints"] = found
    if existing:
        answer["existing"] = True
    return answer


def describe_and_tell(
    media: Media, params: Params, asset: Asset, *, existing: bool, signed: bool
) -> dict[str, Any]:
    """`describe` what an upload made, and tell the receivers of notifications; once more when it is sent again."""
    answer = describe(media, params, asset, existing=existing, signed=signed)
    publish_answer(media, params, "upload", answer, asset_id=asset.asset_id, once=asset.version_id)
    return answer


def pending(asset: Asset) -> dict[str, Any]:
    """The answer to a call with `async`: the asset itself comes by notification."""
    return {
        "status": "pending",
        **{name: getattr(asset, name) for name in ("resource_type", "type", "public_id")},
    }


def make_eager(media: Media, job: str, arguments: Mapping[str, Any]) -> None:
    """The job of eager images: make them, and tell so."""
    asset, made = eager.make_queued(media, arguments)
    if asset is not None:
        told = {name: arguments[name] for name in ("url", "batch_id")}
        _tell_eager(media, asset, made, once=job, **told)


def _eager(
    media: Media, params: Params, asset: Asset, wanted: list[eager.Eager], *, signed: bool
) -> list[dict[str, Any]]:
    """Make eager images now or later, and tell of them: to their own receiver if one is named."""
    url = params.text("eager_notification_url") or params.text("notification_url")
    batch_id = params.text("batch_id")
    if params.flag("eager_async") or params.flag("async"):
        return eager.make_later(media, "eager", asset, wanted, signed=signed, url=url, batch_id=batch_id)
    made = eager.make_all(media, asset, wanted, signed=signed)
    _tell_eager(media, asset, made, url=url, batch_id=batch_id)
    return made


def _tell_eager(
    media: Media, asset: Asset, made: list[dict[str, Any]], *, url: str, batch_id: str, once: str = ""
) -> None:
    named = {
        name: getattr(asset, name) for name in ("asset_id", "public_id", "version", "resource_type", "type")
    }
    told = {**named, "eager": made}
    publish(media, "eager", told, asset_id=asset.asset_id, url=url, batch_id=batch_id, once=once)
