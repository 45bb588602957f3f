"""Say that something happened to an asset: to the address that the call names, and to every trigger of its kind."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import Any, TypeAlias

from picturerail import clock
from picturerail.database import Document
from picturerail.errors import BadRequest
from picturerail.jobs import queue
from picturerail.media.asset import Asset
from picturerail.media.http.params import Params
from picturerail.media.http.responses import encoded
from picturerail.media.notifications import poll, sender
from picturerail.media.service import Media
from picturerail.outbound.url import parse_remote
from picturerail.storage import keys

Payload: TypeAlias = Callable[[Asset], dict[str, Any]]
Difference: TypeAlias = Callable[[Asset, Asset], dict[str, Any]]

# what can change of an asset: the fields that it lies in, and what is told about it
_CHANGES: dict[str, tuple[tuple[str, ...], Difference]] = {
    "resource_tags_changed": (("tags",), lambda _, asset: {"tags": sorted(asset.tags)}),
    "resource_context_changed": (("context",), lambda _, asset: {"context": {"custom": asset.context}}),
    "resource_metadata_changed": (("metadata",), lambda _, asset: {"metadata": asset.metadata}),
    "moderation": (("moderation",), lambda _, asset: {"moderation": asset.moderation}),
    "access_control_changed": (
        ("access_control", "access_mode"),
        lambda _, asset: {
            "access_control": asset.access_control,
            "access_mode": asset.access_mode,
        },
    ),
    "move": (
        ("folder",),
        lambda before, asset: {
            "from_asset_folder": before.folder,
            "to_asset_folder": asset.folder,
            "display_name": asset.shown_name,
        },
    ),
    "resource_display_name_changed": (
        ("shown_name",),
        lambda before, asset: {
            "public_id": asset.public_id,
            "previous_display_name": before.shown_name,
            "new_display_name": asset.shown_name,
        },
    ),
}


def publish(
    media: Media,
    kind: str,
    payload: Mapping[str, Any],
    *,
    asset_id: str,
    url: str = "",
    once: str = "",
    batch_id: str = "",
) -> None:
    """Store a notification of `kind` (upload, delete, rename, eager...) for each receiver, before it is sent.

    `payload` is what the call answers. Equal `once` gives equal `notification_id`, by which receivers can tell a
    message that comes twice. `batch_id` is the name under which receivers at `poll://*` ask for it.
    """
    receivers = _receivers(media, kind, url)
    _store(media, kind, payload, receivers, asset_id=asset_id, once=once, batch_id=batch_id)


def publish_all(media: Media, kind: str, told: Sequence[tuple[Mapping[str, Any], Asset]]) -> None:
    """`publish` what was answered about each of several new assets; who is told is asked once."""
    receivers = _receivers(media, kind, "") if told else []
    for payload, asset in told:
        _store(media, kind, payload, receivers, asset_id=asset.asset_id, once=asset.version_id, batch_id="")


def publish_answer(
    media: Media, params: Params, kind: str, payload: Mapping[str, Any], *, asset_id: str, once: str = ""
) -> None:
    """`publish` to the receiver that the parameters of a call name."""
    url, batch_id = params.text("notification_url"), params.text("batch_id")
    publish(media, kind, payload, asset_id=asset_id, url=url, once=once, batch_id=batch_id)


def publish_each(
    media: Media,
    params: Params,
    kind: str,
    changed: Iterable[Asset],
    payload: Payload = lambda _: {},
) -> None:
    """`publish` about several assets, one notification for each, so that each keeps its order."""
    _publish_each(media, params, kind, changed, payload, url=params.text("notification_url"))


def publish_changes(media: Media, params: Params, before: Asset, after: Asset, *, url: str) -> None:
    """`publish` what has changed of an asset, one notification for each kind of change."""
    for kind, (names, payload) in _CHANGES.items():
        if any((getattr(before, name) or None) != (getattr(after, name) or None) for name in names):
            told = partial(payload, before)
            _publish_each(media, params, kind, [after], told, url=url)


def publish_folder(media: Media, params: Params, kind: str, path: str, payload: Mapping[str, Any]) -> None:
    """`publish` about a folder."""
    publish_answer(media, params, kind, {**payload, "source": "api"}, asset_id=f"folder {path}")


def _publish_each(
    media: Media, params: Params, kind: str, changed: Iterable[Asset], payload: Payload, *, url: str
) -> None:
    receivers = _receivers(media, kind, url)
    for asset in changed if receivers else ():
        named = {name: getattr(asset, name) for name in ("resource_type", "type", "asset_id", "version")}
        resources = {asset.public_id: {**named, **payload(asset)}}
        told = {"resources": resources, "source": "api"}
        batch_id = params.text("batch_id")
        _store(media, kind, told, receivers, asset_id=asset.asset_id, once="", batch_id=batch_id)


def check_receiver(media: Media, params: Params) -> None:
    """Refuse a call whose receiver could never be told, before anything is done."""
    for name in ("notification_url", "eager_notification_url"):
        if url := params.text(name):
            check_url(media, url)


def _store(
    media: Media,
    kind: str,
    payload: Mapping[str, Any],
    receivers: Iterable[str],
    *,
    asset_id: str,
    once: str,
    batch_id: str,
) -> None:
    now = clock.now()
    for receiver in receivers:
        told = {**payload, **_envelope(media, kind, once and f"{once} {receiver}"), "timestamp": now}
        if receiver.startswith(poll.SCHEME):
            days = media.settings.notification_days
            poll.keep(media.database, receiver, encoded(told), batch=batch_id, now=now, days=days)
            continue
        days = media.settings.notification_days
        queue.put(media.database, sender.notification(receiver, encoded(told), asset_id, days))


def check_url(media: Media, url: str) -> str:
    """The receiver's address, if it is one that we may call; a host that cannot be found now may be found later."""
    if url.startswith(poll.SCHEME):
        return poll.checked_address(url)
    try:
        parsed = parse_remote(url)
        media.fetcher.check(parsed)
    except BadRequest as error:
        raise BadRequest(f"Invalid notification_url: {error.message}") from error
    return parsed.url


def _receivers(media: Media, kind: str, url: str) -> list[str]:
    """The receiver that a call names, and those of the triggers for this kind, each once."""
    query: Document = {"event_type": {"$in": [kind, "all"]}}
    named = [url] if url else []
    if named:  # instead of the triggers, but for those that say that they come in addition, and those made before this
        query["additive"] = {"$ne": False}
    triggers = media.database["triggers"].find(query)
    return list(dict.fromkeys([*named, *(str(trigger["uri"]) for trigger in triggers)]))


def _envelope(media: Media, kind: str, once: str) -> Document:
    """What every notification holds beside its payload."""
    return {
        "notification_type": kind,
        "notification_id": keys.hash_of(f"{kind} {once}")[:32] if once else uuid.uuid4().hex,
        "signature_key": media.settings.api_key,
    }
