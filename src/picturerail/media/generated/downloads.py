"""GET /<resource_type>/download and /download_backup: originals for whoever has a signed link."""

from werkzeug.wrappers import Response

from picturerail import cache_policy, image_formats
from picturerail.errors import NotFound
from picturerail.media.asset import Asset
from picturerail.media.assets import targets
from picturerail.media.formats.disposition import attachment
from picturerail.media.http import file_response
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.service import Media
from picturerail.media.store import backups, originals


def download(media: Media, call: ApiRequest, resource_type: str) -> Response:
    """The original of an asset, whatever its delivery type."""
    params = call.params
    asset = targets.one(media, resource_type, params.delivery_type(), params.text("public_id"))
    return _sent(media, asset, save=params.flag("attachment"), name=params.text("target_filename"))


def download_backup(media: Media, call: ApiRequest) -> Response:
    """The original of a version that was listed: a backed up one, or the present one."""
    params = call.params
    version_id = params.text("version_id")
    kept = backups.current_or_latest(media.database, params.text("asset_id"))
    if kept is not None and kept.version_id != version_id:
        kept = backups.version(media.database, kept, version_id)
    if kept is None:
        raise NotFound("Resource not found - no such backed up version")
    return _sent(media, kept, save=True)


def _sent(media: Media, asset: Asset, *, save: bool, name: str = "") -> Response:
    image_format = asset.format if asset.resource_type == "image" else ""
    headers = {
        "Content-Type": image_formats.media_type(image_format),
        **cache_policy.header(cache_policy.NO_STORE),
        **file_response.SECURITY,
    }
    if save or not image_format:
        shown = name or asset.public_id.rpartition("/")[2]
        headers["Content-Disposition"] = attachment(shown, image_format)
    return file_response.stream(originals.open_whole(media, asset), headers)
