"""Keep a made file as an asset of its own delivery type: text, sprite or multi."""

from typing import Any

from werkzeug.wrappers import Response

from picturerail import image_formats
from picturerail.errors import BadRequest
from picturerail.media import resource
from picturerail.media.asset import Asset
from picturerail.media.formats.disposition import attachment
from picturerail.media.http import file_response
from picturerail.media.http.params import Params
from picturerail.media.service import Media
from picturerail.media.store import naming, originals
from picturerail.media.store.derived import intermediates
from picturerail.media.store.ingest import UploadOptions, ingest, inspect
from picturerail.media.transformations import registry
from picturerail.spool import Spooled


def keep(media: Media, file: Spooled, kind: str, public_id: str, **attributes: Any) -> Asset:  # noqa: ANN401
    """Store `file`, in the place of what was made under this name before; the spooled file is used up."""
    try:
        pdf = file.name.endswith(".pdf")
        _, facts = ("image", None) if pdf else inspect(media, file, "image")
        wish = UploadOptions(
            "image", kind, public_id, file.name or kind, attributes=attributes, format="pdf" if pdf else ""
        )
        return ingest(media, file, facts, wish).asset
    finally:
        intermediates.discard(file.path)


def download(media: Media, asset: Asset, name: str) -> Response:
    """The file that was kept, to be saved under `name`."""
    ending = asset.format
    headers = {
        "Content-Type": image_formats.media_type(ending),
        "Content-Disposition": attachment(name, ending),
    }
    return file_response.stream(originals.open_whole(media, asset), {**headers, **file_response.SECURITY})


def name_of(params: Params) -> str:
    """The name of what is made: the one asked for, the tag, or a random one."""
    return naming.checked(
        params.text("public_id") or params.text("tag") or naming.random_text(naming.RANDOM_LENGTH)
    )


def stored_name(name: str, transformation: str) -> str:
    """The public_id under which something made with a transformation is kept: both together are its identity."""
    return "/".join(part for part in (registry.normal(transformation), name) if part)


def addresses(media: Media, kind: str, asset: Asset, name: str, transformation: str) -> dict[str, str]:
    """The plain and the secure address, without an extension."""
    middle = f"{transformation}/" if transformation else ""
    path = f"/{media.settings.cloud_name}/image/{kind}/{middle}v{asset.version}/{name}"
    return resource.both(media.settings, path)


def refuse_video(image_format: str) -> None:
    """Say what can be made, when something else is asked for."""
    if image_format in ("mp4", "webm", "mov"):
        raise BadRequest("Video is not supported: use gif or pdf.")
