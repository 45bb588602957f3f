"""POST /<resource_type>/tags: add, remove and replace the tags of several assets at once."""

from collections.abc import Sequence
from typing import Any

from picturerail.errors import BadRequest
from picturerail.media.asset import Asset
from picturerail.media.assets import targets
from picturerail.media.attributes.parameters import read_tags
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.notifications.publish import check_receiver, publish_each
from picturerail.media.service import Media
from picturerail.media.store import assets

COMMANDS = ("add", "remove", "replace", "remove_all", "set_exclusive")


def tags(media: Media, call: ApiRequest, resource_type: str) -> dict[str, Any]:
    """Run one command; the public_ids of the assets that are there."""
    command, given = call.params.text("command", "add"), read_tags(call.params, "tag")
    if command not in COMMANDS:
        raise BadRequest(f"Invalid command {command[:50]}: use one of {', '.join(COMMANDS)}.")
    if not given and command != "remove_all":
        raise BadRequest("Missing required parameter - tag")
    check_receiver(media, call.params)
    wanted = targets.query(call, resource_type)
    if command == "set_exclusive":
        others = {**wanted, "public_id": {"$nin": wanted["public_id"]["$in"]}, "tags": {"$in": given}}
        lost = assets.modify_all(
            media.database, others, lambda asset: {"tags": _after("remove", asset.tags, given)}
        )
        _tell(media, call, lost)
    changed = assets.modify_all(
        media.database, wanted, lambda asset: {"tags": _after(command, asset.tags, given)}
    )
    _tell(media, call, changed)
    return targets.answer(call, changed)


def _tell(media: Media, call: ApiRequest, changed: list[Asset]) -> None:
    publish_each(
        media, call.params, "resource_tags_changed", changed, lambda asset: {"tags": sorted(asset.tags)}
    )


def _after(command: str, held: Sequence[str], given: list[str]) -> list[str]:
    """The tags of an asset after a command."""
    if command == "remove":
        return [tag for tag in held if tag not in given]
    if command in ("replace", "remove_all"):
        return given if command == "replace" else []
    return list(dict.fromkeys([*held, *given]))
