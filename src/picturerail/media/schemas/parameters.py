"""What the APIs of assets take, in a form, in JSON, or behind the question mark."""

from typing import Annotated, Any, Literal

import msgspec
from msgspec import UNSET, Meta, UnsetType

from picturerail.media import coverage
from picturerail.schemas.structs import ApiBody

Text = str | UnsetType
Moment = Annotated[float | UnsetType, Meta(description="Unix seconds")]
Flag = bool | UnsetType
Json = Annotated[Any, Meta(description="JSON, or a text of JSON")]
PageSize = Annotated[int, Meta(ge=1, le=500)] | UnsetType
Direction = Literal["asc", "desc"] | UnsetType
Texts = Annotated[list[str] | UnsetType, Meta(description="Several, or one text with commas between")]

# of the parameters that an upload understands, those that are no texts
UPLOAD_FLAGS = (
    *("async", "backup", "cinemagraph_analysis", "accessibility_analysis", "clear_invalid", "colors"),
    *("discard_original_filename", "eager_async", "exif", "faces", "image_metadata", "invalidate"),
    *("media_metadata", "overwrite", "phash", "quality_analysis", "return_delete_token"),
    *("unique_display_name", "unique_filename", "use_asset_folder_as_public_id_prefix", "use_filename"),
    "use_filename_as_display_name",
)
_LISTS = ("allowed_formats", "eager", "tags")
_MANY_SHAPES = (  # texts of Cloudinary's own grammar, or JSON
    *("access_control", "context", "custom_coordinates", "face_coordinates", "headers", "metadata"),
    *("regions", "responsive_breakpoints", "transformation"),
)
_KINDS: dict[str, Any] = {
    **dict.fromkeys(UPLOAD_FLAGS, Flag),
    **dict.fromkeys(_LISTS, Texts),
    **dict.fromkeys(_MANY_SHAPES, Json),
    "timestamp": Moment,
    "access_mode": Literal["public", "authenticated"] | UnsetType,
}
_NAMES = {*coverage.PARAMETERS, *coverage.PARAMETERS_PARTLY, "clear_invalid"} - {"file"}


def _of_an_upload(name: str, about: str, /, required: str = "", **more: Any) -> Any:  # noqa: ANN401 - a struct
    """A struct with one field for each parameter that an upload understands."""
    kinds = {**{each: _KINDS.get(each, Text) for each in _NAMES}, **more}
    fields = [(each, kind, UNSET) for each, kind in sorted(kinds.items()) if each != required]
    needed = [(required, str)] if required else []
    return msgspec.defstruct(
        name, [*needed, *fields], bases=(ApiBody,), namespace={"__doc__": about}, frozen=True, kw_only=True
    )


class Notified(ApiBody, frozen=True, kw_only=True):
    """Who is told when it is done."""

    notification_url: Text = UNSET
    batch_id: Text = UNSET


class Signed(Notified, frozen=True, kw_only=True):
    """Parameters that are signed with the API secret, or come with it by basic authentication."""

    api_key: Text = UNSET
    timestamp: Moment = UNSET
    signature: Text = UNSET


_SIGNATURE: dict[str, Any] = {"api_key": Text, "signature": Text, "signature_algorithm": Text}
UploadParameters = _of_an_upload(
    "UploadParameters",
    "A file and what is said about it (docs/reference/endpoints.md tells each).",
    file=Annotated[Text, Meta(description="The file itself, its address, or a data URI")],
    **_SIGNATURE,
)
BodyUploadParameters = _of_an_upload(
    "BodyUploadParameters", "What is said about the file that is the body.", **_SIGNATURE
)
ExplicitParameters = _of_an_upload(
    "ExplicitParameters", "An asset, and what is said about it anew.", required="public_id", **_SIGNATURE
)
AssetChange = _of_an_upload("AssetChange", "What is said about the asset anew.", moderation_status=Text)
PresetParameters = _of_an_upload(
    "PresetParameters",
    "The name of an upload preset, and what it says about uploads.",
    name=Text,
    unsigned=Flag,
    disallow_public_id=Flag,
    live=Flag,
)


class OneAsset(Signed, frozen=True, kw_only=True):
    """An asset by its name."""

    public_id: str
    type: Text = UNSET
    invalidate: Flag = UNSET


class Renaming(Signed, frozen=True, kw_only=True):
    """The name of an asset, and the one that it gets."""

    from_public_id: str
    to_public_id: str
    type: Text = UNSET
    to_type: Text = UNSET
    overwrite: Flag = UNSET
    invalidate: Flag = UNSET
    context: Flag = UNSET
    metadata: Flag = UNSET


class SeveralAssets(Signed, frozen=True, kw_only=True):
    """Assets by their names."""

    public_ids: Texts = UNSET
    type: Text = UNSET


class TagChange(SeveralAssets, frozen=True, kw_only=True):
    """Tags of several assets."""

    command: Annotated[Text, Meta(description="add, remove, replace, remove_all or set_exclusive")] = UNSET
    tag: Texts = UNSET


class ContextChange(SeveralAssets, frozen=True, kw_only=True):
    """Context of several assets."""

    command: Annotated[Text, Meta(description="add or remove_all")] = UNSET
    context: Json = UNSET


class MetadataChange(SeveralAssets, frozen=True, kw_only=True):
    """Structured metadata of several assets."""

    metadata: Any
    clear_invalid: Flag = UNSET


class OneAssetId(Signed, frozen=True, kw_only=True):
    """An asset by its asset_id."""

    asset_id: str
    invalidate: Flag = UNSET


class DeleteToken(ApiBody, frozen=True, kw_only=True):
    """The token that an upload answered."""

    token: str


class DrawnText(Signed, frozen=True, kw_only=True):
    """A text, and how it is written."""

    text: str
    public_id: Text = UNSET
    font_family: Text = UNSET
    font_size: Annotated[int, Meta(ge=1, le=1000)] | UnsetType = UNSET
    font_color: Text = UNSET
    font_weight: Text = UNSET
    font_style: Text = UNSET
    text_decoration: Text = UNSET
    text_align: Text = UNSET
    background: Text = UNSET
    opacity: Text = UNSET


class GeneratedParameters(Signed, frozen=True, kw_only=True, rename={"is_async": "async"}):
    """The pictures of a sprite, an animation or a PDF: by their tag, or by their addresses."""

    tag: Text = UNSET
    urls: Texts = UNSET
    public_id: Text = UNSET
    transformation: Text = UNSET
    format: Text = UNSET
    mode: Text = UNSET
    is_async: Flag = UNSET
    expires_at: Moment = UNSET


class Explosion(Signed, frozen=True, kw_only=True):
    """A picture of several pages, and how each is shown."""

    public_id: str
    type: Text = UNSET
    transformation: Text = UNSET
    format: Text = UNSET


class ArchiveParameters(SeveralAssets, frozen=True, kw_only=True, rename={"is_async": "async"}):
    """Which files go into an archive, and how they lie in it."""

    mode: Text = UNSET
    is_async: Flag = UNSET
    target_format: Text = UNSET
    target_public_id: Text = UNSET
    target_tags: Texts = UNSET
    target_asset_folder: Text = UNSET
    tags: Texts = UNSET
    prefixes: Texts = UNSET
    fully_qualified_public_ids: Texts = UNSET
    transformations: Texts = UNSET
    allow_missing: Flag = UNSET
    use_original_filename: Flag = UNSET
    flatten_folders: Flag = UNSET
    flatten_transformations: Flag = UNSET
    expires_at: Moment = UNSET


class PageQuery(ApiBody, frozen=True, kw_only=True):
    """Which page of a list."""

    max_results: PageSize = UNSET
    next_cursor: Text = UNSET


class TagQuery(PageQuery, frozen=True, kw_only=True):
    """Which tags."""

    prefix: Text = UNSET


class ListQuery(PageQuery, frozen=True, kw_only=True):
    """What is told about assets, and in which order."""

    start_at: Text = UNSET
    direction: Literal["asc", "desc", "1", "-1"] | UnsetType = UNSET  # numbers as in the Python SDK
    tags: Flag = UNSET
    context: Flag = UNSET
    metadata: Flag = UNSET
    moderations: Flag = UNSET
    fields: Texts = UNSET


class AssetQuery(ListQuery, frozen=True, kw_only=True):
    """Which assets, and what is told about them."""

    prefix: Text = UNSET
    public_ids: Texts = UNSET


class AssetIdQuery(ListQuery, frozen=True, kw_only=True):
    """Which assets, by their asset_ids."""

    asset_ids: Texts = UNSET


class ContextQuery(ListQuery, frozen=True, kw_only=True):
    """The key of a context, and the value if one is meant."""

    key: str
    value: Text = UNSET


class FolderQuery(ListQuery, frozen=True, kw_only=True):
    """The folder in which the assets lie."""

    asset_folder: Annotated[str, Meta(min_length=0, description="Its path; empty for the outermost one")]


class DetailQuery(ApiBody, frozen=True, kw_only=True):
    """What else is told about an asset."""

    versions: Flag = UNSET
    related: Flag = UNSET
    max_results: PageSize = UNSET
    derived_next_cursor: Text = UNSET
    accessibility_analysis: Flag = UNSET
    cinemagraph_analysis: Flag = UNSET
    colors: Flag = UNSET
    coordinates: Flag = UNSET
    exif: Flag = UNSET
    faces: Flag = UNSET
    image_metadata: Flag = UNSET
    media_metadata: Flag = UNSET
    phash: Flag = UNSET
    quality_analysis: Flag = UNSET


class AssetExpression(ApiBody, frozen=True, kw_only=True):
    """A search: docs/search.md tells what an expression may say."""

    expression: Text = UNSET
    sort_by: Json = UNSET
    aggregate: Json = UNSET
    with_field: Texts = UNSET
    fields: Texts = UNSET
    max_results: Annotated[int, Meta(ge=0, le=500)] | UnsetType = UNSET  # 0 where only counts are asked for
    next_cursor: Text = UNSET


class AssetDeletion(Notified, frozen=True, kw_only=True):
    """Which assets, by name, prefix or all of them."""

    public_ids: Texts = UNSET
    prefix: Text = UNSET
    all: Flag = UNSET
    keep_original: Flag = UNSET
    transformations: Texts = UNSET
    invalidate: Flag = UNSET
    next_cursor: Text = UNSET


class AssetIdDeletion(Notified, frozen=True, kw_only=True):
    """Which assets, by their asset_ids."""

    asset_ids: list[str]
    keep_original: Flag = UNSET
    transformations: Texts = UNSET
    invalidate: Flag = UNSET


class DerivedDeletion(ApiBody, frozen=True, kw_only=True):
    """Which derived images, by the ids in the details of their asset."""

    derived_resource_ids: list[str]


class BackupDeletion(ApiBody, frozen=True, kw_only=True):
    """Which backed up versions of an asset."""

    version_ids: list[str]


class Restoration(Notified, frozen=True, kw_only=True):
    """Which assets come back, by name, and in which version each."""

    public_ids: list[str]
    versions: Texts = UNSET


class AssetIdRestoration(Notified, frozen=True, kw_only=True):
    """Which assets come back, by their asset_ids, and in which version each."""

    asset_ids: list[str]
    versions: Texts = UNSET


class NamedAssets(Notified, frozen=True, kw_only=True):
    """Which assets, by name, prefix or tag."""

    public_ids: Texts = UNSET
    prefix: Text = UNSET
    tag: Text = UNSET
    invalidate: Flag = UNSET


class Publication(NamedAssets, frozen=True, kw_only=True):
    """Which assets become public."""

    type: Text = UNSET
    overwrite: Flag = UNSET


class AccessModeChange(NamedAssets, frozen=True, kw_only=True):
    """Which assets are closed or opened."""

    access_mode: Literal["public", "authenticated"]


class NewRelations(ApiBody, frozen=True, kw_only=True):
    """The assets that are related from now on."""

    assets_to_relate: list[str]


class EndedRelations(ApiBody, frozen=True, kw_only=True):
    """The assets that are related no more."""

    assets_to_unrelate: list[str]


class FolderMove(Notified, frozen=True, kw_only=True):
    """Where a folder goes."""

    to_folder: str
