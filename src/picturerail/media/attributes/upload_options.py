"""The parameters of an upload, read into a `Wish`."""

from picturerail import image_formats
from picturerail.database import Document
from picturerail.errors import BadRequest
from picturerail.media.attributes.parameters import distinct, new_attributes
from picturerail.media.http.params import Params
from picturerail.media.service import Media
from picturerail.media.store import naming
from picturerail.media.store.ingest import UploadOptions

TYPES = ("upload", "private", "authenticated")


def parse(
    media: Media, params: Params, resource_type: str, file_name: str, shared: Document | None = None
) -> UploadOptions:
    """What the call asks for; `resource_type` is image or raw.

    `shared` are the attributes, where several files have the same and they were read once for all.
    """
    name = params.text("filename_override") or file_name
    public_id = naming.choose(_naming(params, name, raw=resource_type == "raw"))
    attributes = new_attributes(media, params) if shared is None else dict(shared)
    if params.flag("use_filename_as_display_name"):
        attributes.setdefault("display_name", naming.original_filename(name))
    attributes = distinct(media, params, public_id, attributes.get("asset_folder"), attributes)
    known_as = "" if params.flag("discard_original_filename") else naming.original_filename(name) or "file"
    return UploadOptions(
        resource_type=resource_type,
        type=delivery_type(params),
        public_id=public_id,
        original_filename=known_as,
        overwrite=params.flag("overwrite", default=True),
        backup=params.flag("backup"),
        attributes=attributes,
        allowed_formats=tuple(
            image_formats.canonical(item.lower()) for item in params.names("allowed_formats")
        ),
    )


def delivery_type(params: Params, name: str = "type") -> str:
    """The delivery type of a call: upload unless another is given."""
    kind = params.delivery_type(name)
    if kind not in TYPES:
        raise BadRequest(f"Invalid {name} {kind[:50]}: use one of {', '.join(TYPES)}.")
    return kind


def _naming(params: Params, name: str, *, raw: bool) -> naming.Naming:
    prefix = params.text("public_id_prefix")
    if params.flag("use_asset_folder_as_public_id_prefix"):
        prefix = params.text("asset_folder")
    return naming.Naming(
        public_id=params.text("public_id"),
        folder=params.text("folder"),
        prefix=prefix,
        file_name=name,
        use_filename=params.flag("use_filename"),
        unique_filename=params.flag("unique_filename", default=True),
        keep_extension=raw,
        extension=params.text("format").lstrip(".") if raw else "",
    )
