"""What an upload and an explicit call answer: the asset, and whatever was asked to be made or told."""

from typing import Any

from picturerail.database import Document
from picturerail.media import resource
from picturerail.media.attributes import analysis
from picturerail.media.derivatives import breakpoint_settings, breakpoints, eager
from picturerail.media.notifications.announce import announce, tell
from picturerail.media.service import Media
from picturerail.media.wire.params import Params


def describe(media: Media, params: Params, asset: Document, *, existing: bool = False) -> dict[str, Any]:
    """The answer about `asset`; makes the eager images and the breakpoints that the call asks for."""
    answer = resource.uploaded(media.settings, asset) | analysis.asked_on_upload(media, params, asset)
    if wanted := eager.read(params):
        make = eager.make_later if params.flag("eager_async") else eager.make_all
        answer["eager"] = make(media, asset, wanted, lambda made: _tell_eager(media, params, asset, made))
    if (settings := breakpoint_settings.read(params)) and asset.get("facts"):
        answer["responsive_breakpoints"] = [breakpoints.find(media, asset, each) for each in settings]
    if existing:
        answer["existing"] = True
    return answer


def describe_and_tell(
    media: Media, params: Params, asset: Document, *, existing: bool = False
) -> dict[str, Any]:
    """`describe` what an upload made, and tell the receivers of notifications; once more when it is sent again."""
    answer = describe(media, params, asset, existing=existing)
    tell(media, params, "upload", answer, asset_id=asset["asset_id"], once=asset["version_id"])
    return answer


def _tell_eager(media: Media, params: Params, asset: Document, made: list[dict[str, Any]]) -> None:
    """Tell that eager images are there, to their own receiver if one is named."""
    url = params.text("eager_notification_url") or params.text("notification_url")
    named = {name: asset[name] for name in ("asset_id", "public_id", "version", "resource_type", "type")}
    batch_id = params.text("batch_id")
    announce(media, "eager", {**named, "eager": made}, asset_id=asset["asset_id"], url=url, batch_id=batch_id)
