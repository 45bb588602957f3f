"""Who may call: one guard for each kind of endpoint. A guard refuses, or answers the call to act on."""

from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

from picturerail.media.access import authentication
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.service import Media
from picturerail.media.upload import presets

Guard: TypeAlias = Callable[[Media, ApiRequest], ApiRequest]


def admin(media: Media, call: ApiRequest) -> ApiRequest:
    """The account's own key and secret."""
    return replace(call, key=authentication.check_admin(media.keys, call))


def signed(media: Media, call: ApiRequest) -> ApiRequest:
    """A signature over the parameters, or the key and secret."""
    return replace(call, key=authentication.check_upload(media.keys, call))


def loosely_signed(media: Media, call: ApiRequest) -> ApiRequest:
    """As `signed`, but clients leave notification_url and batch_id out of the signature."""
    return replace(call, key=authentication.check_loosely_signed(media.keys, call))


def signed_link(media: Media, call: ApiRequest) -> ApiRequest:
    """As `signed`, for links to follow: good for an hour, or until `expires_at` (Unix seconds) when that is signed."""
    return replace(call, key=authentication.check_link(media.keys, call))


def anybody(media: Media, call: ApiRequest) -> ApiRequest:
    """Nobody is asked: the action itself looks at what the call shows."""
    del media
    return call


def signed_or_preset(media: Media, call: ApiRequest) -> ApiRequest:
    """As `signed`, or an upload preset that allows uploads without a signature; with the preset's parameters."""
    return presets.check_upload_or_preset(media, call)
