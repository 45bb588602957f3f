"""GET /config: what a client may know about the account."""

from typing import Any

from picturerail.media.http.api_request import ApiRequest
from picturerail.media.service import Media

# Folders come from public_ids unless an upload names an asset_folder.
FOLDER_MODE = "fixed"


def config(media: Media, call: ApiRequest) -> dict[str, Any]:
    """The cloud's name and birthday; its settings when they are asked for."""
    born = media.database["schema"].find_one({"_id": "born"}) or {}
    answer: dict[str, Any] = {"cloud_name": media.settings.cloud_name, "created_at": born.get("at")}
    if call.params.flag("settings"):
        answer["settings"] = {"folder_mode": FOLDER_MODE}
    return answer
