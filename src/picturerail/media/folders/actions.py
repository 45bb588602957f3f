"""/folders: list, create, rename, delete and search folders."""

import time
from datetime import UTC, datetime
from typing import Any

from picturerail.database import Document
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.pagination import page_of
from picturerail.media.notifications.publish import check_receiver, publish_folder
from picturerail.media.search.expression.fields import FOLDER_FIELDS
from picturerail.media.search.request import read_request
from picturerail.media.search.run import counted, run
from picturerail.media.service import Media
from picturerail.media.store import folders
from picturerail.media.store.folder_paths import checked


def roots(media: Media, call: ApiRequest) -> dict[str, Any]:
    """The outermost folders."""
    return _children(media, call, "")


def subfolders(media: Media, call: ApiRequest, path: str) -> dict[str, Any]:
    """The folders in a folder."""
    return _children(media, call, folders.find(media.database, path.strip("/"))["path"])


def create(media: Media, call: ApiRequest, path: str) -> dict[str, Any]:
    """Make a folder, with those around it."""
    check_receiver(media, call.params)
    shown = _shown(folders.ensure(media.database, checked(path)))
    publish_folder(media, call.params, "create_folder", shown["path"], _named(shown["path"]))
    return {"success": True, **shown}


def rename(media: Media, call: ApiRequest, path: str) -> dict[str, Any]:
    """Rename or move a folder with all that lies in it; public_ids stay."""
    check_receiver(media, call.params)
    old, new = path.strip("/"), checked(call.params.text("to_folder"))
    folders.rename(media.database, old, new)
    publish_folder(media, call.params, "move_or_rename_asset_folder", old, {"from_path": old, "to_path": new})
    ends = {"from": old, "to": new}
    return {side: {"name": at.rpartition("/")[2], "path": at} for side, at in ends.items()}


def delete(media: Media, call: ApiRequest, path: str) -> dict[str, Any]:
    """Delete a folder in which no asset lies."""
    check_receiver(media, call.params)
    deleted = folders.remove(media.database, path.strip("/"))
    for gone in deleted:
        publish_folder(media, call.params, "delete_folder", gone, _named(gone))
    return {"deleted": deleted}


def search(media: Media, call: ApiRequest) -> dict[str, Any]:
    """Folders that an expression finds."""
    started = time.monotonic()
    request = read_request(call.params, FOLDER_FIELDS, datetime.fromtimestamp(media.clock(), UTC))
    found = run(media.database, "folders", request, {})
    answer: dict[str, Any] = {
        **counted(found),
        "time": round((time.monotonic() - started) * 1000),
        "folders": [_shown(folder) | {"created_at": folder["created_at"]} for folder in found.documents],
    }
    return answer | ({"next_cursor": found.cursor} if found.cursor else {})


def _children(media: Media, call: ApiRequest, parent: str) -> dict[str, Any]:
    secret = media.settings.api_secret
    page = page_of(media.database["folders"], {"parent": parent}, call.params, secret=secret, sort="name")
    total = media.database["folders"].count_documents({"parent": parent})
    answer = page.answer("folders", [_shown(folder) for folder in page.documents])
    return {"next_cursor": None, **answer, "total_count": total}


def _named(path: str) -> dict[str, str]:
    return {"folder_name": path.rpartition("/")[2], "folder_path": path}


def _shown(folder: Document) -> dict[str, Any]:
    return {name: folder[name] for name in ("name", "path", "external_id")}
