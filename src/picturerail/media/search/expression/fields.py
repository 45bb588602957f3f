"""The fields that an expression may name: one record each, with its kind and where its value is stored. Pure."""

from dataclasses import dataclass

from picturerail.media.search.expression.syntax import ANY_FIELD


@dataclass(frozen=True)
class Field:
    """One field.

    Kinds: text (words and whole), keyword (whole), colour (a name), folder (and what is below), number, size, ratio,
    date, flag, pairs (free keys), nothing (no asset here has a value).
    """

    name: str
    kind: str
    path: str
    sortable: bool = False
    optional: bool = False  # some documents have no value
    instead: str = ""  # where the value of a text field is then
    order: str = ""  # where the value to sort by is stored, unless at `path`
    also: tuple[str, ...] = ()  # text fields whose words count as its own


ASSET_FIELDS = (
    Field(ANY_FIELD, "any", "", also=("public_id", "filename", "display_name", "tags")),
    Field("public_id", "text", "public_id", sortable=True, also=("filename",)),
    Field("filename", "text", "search.filename", sortable=True),
    Field(
        "display_name",
        "text",
        "display_name",
        sortable=True,
        optional=True,
        instead="search.filename",
        order="search.display_name",
    ),
    Field("tags", "text", "tags"),
    Field("asset_id", "keyword", "asset_id"),
    Field("folder", "folder", "search.folder", sortable=True),
    Field("asset_folder", "folder", "asset_folder", sortable=True, optional=True),
    Field("resource_type", "keyword", "resource_type", sortable=True),
    Field("type", "keyword", "type", sortable=True),
    Field("format", "keyword", "format", sortable=True, optional=True),
    Field("etag", "keyword", "etag"),
    Field("access_mode", "keyword", "access_mode"),
    Field("access_control", "keyword", "access_control.access_type"),
    Field("status", "keyword", "status"),
    Field("moderation_status", "keyword", "moderation.status"),
    Field("moderation_kind", "keyword", "moderation.kind"),
    Field("bytes", "size", "bytes", sortable=True),
    Field("width", "number", "width", sortable=True, optional=True),
    Field("height", "number", "height", sortable=True, optional=True),
    Field("pixels", "number", "search.pixels", sortable=True, optional=True),
    Field("aspect_ratio", "ratio", "search.aspect_ratio", sortable=True, optional=True),
    Field("pages", "number", "facts.info.frames"),
    Field("version", "number", "version", sortable=True),
    Field("transparent", "flag", "search.transparent"),
    Field("colors", "colour", "facts.predominant"),
    Field("duration", "nothing", ""),
    Field("created_at", "date", "created_at", sortable=True),
    Field("uploaded_at", "date", "search.uploaded_at", sortable=True),
    Field("updated_at", "date", "updated_at", sortable=True),
    Field("last_updated", "date", "updated_at", sortable=True),
    Field("context", "pairs", "context"),
    Field("metadata", "pairs", "metadata"),
)

FOLDER_FIELDS = (
    Field(ANY_FIELD, "any", ""),
    Field("path", "text", "path", sortable=True),
    Field("name", "text", "search.name", sortable=True),
    Field("external_id", "keyword", "external_id"),
    Field("created_at", "date", "created_at", sortable=True),
)


# What Cloudinary documents beside these, and why it cannot be asked for here.
ASSET_FIELDS_NOT_HERE = {
    "face_count": "faces are looked for when somebody asks for them, so those of most assets are not known",
    "grayscale": "it is not kept of an asset",
    "taken_at": "what a camera wrote is read from the file when its details are asked for: use uploaded_at",
    "image_metadata.<name>": "what a camera wrote is read from the file when its details are asked for",
    "last_updated.<kind>": "one time is kept of all changes: use last_updated",
    "created_by": "who uploaded is not kept: use tags or context",
    "uploaded_by": "who uploaded is not kept: use tags or context",
    "quality_score": "it needs a model that is not here",
    "illustration_score": "it needs a model that is not here",
    "accessibility_analysis.<name>": "it needs a model that is not here",
}


def why_not(fields: tuple[Field, ...], name: str) -> str:
    """Why a field cannot be asked for that Cloudinary documents; empty for one that it does not."""
    room = name.partition(".")[0]
    reasons = {each.partition(".")[0]: why for each, why in ASSET_FIELDS_NOT_HERE.items()}
    return reasons.get(room, "") if fields is ASSET_FIELDS else ""


def find(fields: tuple[Field, ...], name: str) -> Field | None:
    """The field of this name; `context.alt` is the field `context`."""
    by_name = {field.name: field for field in fields}
    room = by_name.get(name.partition(".")[0])
    return by_name.get(name) or (room if room is not None and room.kind == "pairs" else None)
