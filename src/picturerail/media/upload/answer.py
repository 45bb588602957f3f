"""What an upload and an explicit call answer: the asset, and whatever was asked to be made or told."""

from typing import Any

from picturerail.database import Document
from picturerail.media import resource
from picturerail.media.attributes import analysis
from picturerail.media.derivatives import breakpoints, eager
from picturerail.media.service import Media
from picturerail.media.wire.params import Params


def describe(media: Media, params: Params, asset: Document, *, existing: bool = False) -> dict[str, Any]:
    """The answer about `asset`; makes the eager images and the breakpoints that the call asks for."""
    answer = resource.uploaded(media.settings, asset) | analysis.asked_on_upload(params, asset)
    if wanted := eager.read(params):
        make = eager.make_later if params.flag("eager_async") else eager.make_all
        answer["eager"] = make(media, asset, wanted)
    if (settings := breakpoints.read(params)) and asset.get("facts"):
        answer["responsive_breakpoints"] = [breakpoints.find(media, asset, each) for each in settings]
    if existing:
        answer["existing"] = True
    return answer
