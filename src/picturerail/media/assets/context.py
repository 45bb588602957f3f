"""POST /<resource_type>/context: add to the context of several assets, or remove all of it."""

from typing import Any

from picturerail.errors import BadRequest
from picturerail.media.assets import targets
from picturerail.media.attributes.parameters import read_context
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.notifications.publish import check_receiver, publish_each
from picturerail.media.service import Media
from picturerail.media.store import assets


def context(media: Media, call: ApiRequest, resource_type: str) -> dict[str, Any]:
    """Run one command; the public_ids of the assets that are there."""
    command = call.params.text("command", "add")
    check_receiver(media, call.params)
    wanted = targets.query(call, resource_type)
    if command not in ("add", "remove_all"):
        raise BadRequest(f"Invalid command {command[:50]}: use add or remove_all.")
    given = read_context(call.params)
    if not given and command == "add":
        raise BadRequest("Missing required parameter - context")
    changed = assets.modify_all(
        media.database,
        wanted,
        lambda asset: {"context": {**asset.context, **given} if command == "add" else {}},
    )
    publish_each(
        media,
        call.params,
        "resource_context_changed",
        changed,
        lambda asset: {"context": {"custom": asset.context}},
    )
    return targets.answer(call, changed)
