"""What the APIs of the media service answer. A field that is not always told may be missing; more may be told."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from picturerail.schemas.structs import ApiAnswer

Text = str | UnsetType
Number = int | UnsetType
Flag = bool | UnsetType
Json = dict[str, Any] | UnsetType
Texts = list[str] | UnsetType
Cursor = Annotated[str | UnsetType, Meta(description="Goes into the parameter of this name for what follows")]


class CloudErrorText(ApiAnswer, frozen=True, kw_only=True):
    """What was wrong."""

    message: Annotated[str, Meta(description="A sentence that says what to change; also in X-Cld-Error")]


class CloudError(ApiAnswer, frozen=True, kw_only=True):
    """A refusal, as Cloudinary's SDKs read it."""

    error: CloudErrorText


class AssetAnswer(ApiAnswer, frozen=True, kw_only=True):
    """An asset: what is asked for, or what is known of it."""

    asset_id: str
    public_id: str
    resource_type: str
    type: str
    created_at: str
    version: Number = UNSET
    version_id: Text = UNSET
    format: Text = UNSET
    width: Number = UNSET
    height: Number = UNSET
    bytes: Number = UNSET
    folder: Text = UNSET
    asset_folder: Text = UNSET
    display_name: Text = UNSET
    access_mode: Text = UNSET
    url: Text = UNSET
    secure_url: Text = UNSET
    etag: Text = UNSET
    signature: Text = UNSET
    original_filename: Text = UNSET
    placeholder: Flag = UNSET
    backup: Flag = UNSET
    pages: Number = UNSET
    tags: Texts = UNSET
    context: Json = UNSET
    metadata: Json = UNSET
    moderation: list[dict[str, Any]] | UnsetType = UNSET
    access_control: list[dict[str, Any]] | UnsetType | None = UNSET
    eager: list[dict[str, Any]] | UnsetType = UNSET
    derived: list[dict[str, Any]] | UnsetType = UNSET
    colors: list[Any] | UnsetType = UNSET
    info: Json = UNSET
    delete_token: Text = UNSET
    api_key: Annotated[Text, Meta(description="The key that signed the upload")] = UNSET
    overwritten: Annotated[Flag, Meta(description="True where it took the place of another")] = UNSET


class HandedAnswer(ApiAnswer, frozen=True, kw_only=True):
    """The assets that the files became, in their order; null for each that is to be uploaded by itself."""

    files: list[AssetAnswer | None]


def _perhaps(name: str, about: str, **more: Any) -> Any:  # noqa: ANN401 - a struct
    """A struct of an asset of which nothing need be told, and of what else may be told."""
    known = [(each.name, each.type | UnsetType, UNSET) for each in msgspec.structs.fields(AssetAnswer)]
    added = [(field, kind, UNSET) for field, kind in more.items()]
    return msgspec.defstruct(
        name,
        [*known, *added],
        bases=(ApiAnswer,),
        namespace={"__doc__": about},
        frozen=True,
        kw_only=True,
    )


UploadAnswer = _perhaps(
    "UploadAnswer",
    "The asset; or how far its upload has come.",
    done=Annotated[Flag, Meta(description="False while parts of it are to come")],
    status=Annotated[Text, Meta(description="pending: it is done later, in the batch `batch_id`")],
    batch_id=Text,
    existing=Flag,
)


ListedAsset = msgspec.defstruct(
    "ListedAsset",
    [
        ("asset_id", str),
        ("public_id", str),
        ("folder", str),
        *(
            (known.name, known.type | UnsetType, UNSET)
            for known in msgspec.structs.fields(AssetAnswer)
            if known.name not in ("asset_id", "public_id", "folder")
        ),
    ],
    bases=(ApiAnswer,),
    namespace={"__doc__": "An asset of a list: all that is known of it, or the `fields` that are asked for."},
    frozen=True,
    kw_only=True,
)


class AssetList(ApiAnswer, frozen=True, kw_only=True):
    """Assets, one page of them."""

    resources: list[ListedAsset]  # type: ignore[valid-type]
    next_cursor: Cursor = UNSET


class AssetSearch(ApiAnswer, frozen=True, kw_only=True):
    """What an expression finds, one page of it."""

    total_count: int
    time: int
    resources: list[dict[str, Any]]
    next_cursor: Cursor = UNSET
    aggregations: Json = UNSET


class DestroyResult(ApiAnswer, frozen=True, kw_only=True):
    """Whether there was something to delete: `ok` or `not found`."""

    result: str


class ChangedAssets(ApiAnswer, frozen=True, kw_only=True):
    """The assets that were there."""

    public_ids: list[str]


class Deletion(ApiAnswer, frozen=True, kw_only=True):
    """What was deleted, by its name: `deleted` or `not_found`."""

    deleted: dict[str, str]
    deleted_counts: Json = UNSET
    partial: Annotated[Flag, Meta(description="True while there is more to delete")] = UNSET
    next_cursor: Cursor = UNSET


class Message(ApiAnswer, frozen=True, kw_only=True):
    """It is done: `created`, `updated` or `deleted`, and what is there now."""

    message: str


class Status(ApiAnswer, frozen=True, kw_only=True):
    """The service answers."""

    status: str


class TagList(ApiAnswer, frozen=True, kw_only=True):
    """Tags in use, one page of them."""

    tags: list[str]
    next_cursor: Cursor = UNSET


class ResourceTypes(ApiAnswer, frozen=True, kw_only=True):
    """The resource types in use."""

    resource_types: list[str]


class AssetFolder(ApiAnswer, frozen=True, kw_only=True):
    """A folder."""

    name: str
    path: str
    external_id: Text = UNSET


class FolderList(ApiAnswer, frozen=True, kw_only=True):
    """Folders, one page of them."""

    folders: list[AssetFolder]
    total_count: int
    next_cursor: str | None


class PresetMessage(Message, frozen=True, kw_only=True):
    """What was done with an upload preset."""

    name: Text = UNSET
    external_id: str


class UploadPreset(ApiAnswer, frozen=True, kw_only=True):
    """An upload preset with its settings."""

    name: str
    external_id: str
    unsigned: bool
    live: bool
    settings: dict[str, Any]


class UploadPresetList(ApiAnswer, frozen=True, kw_only=True):
    """Upload presets, one page of them."""

    presets: list[UploadPreset]
    next_cursor: Cursor = UNSET


class CreatedFolder(AssetFolder, frozen=True, kw_only=True):
    """The folder, which is there now."""

    success: bool


class FolderEnd(ApiAnswer, frozen=True, kw_only=True):
    """Where a folder was, or is."""

    name: str
    path: str


class MovedFolder(ApiAnswer, frozen=True, kw_only=True, rename={"before": "from", "after": "to"}):
    """Where the folder was, and where it is."""

    before: FolderEnd
    after: FolderEnd


class DeletedFolders(ApiAnswer, frozen=True, kw_only=True):
    """The paths that are gone."""

    deleted: list[str]


class FolderSearch(ApiAnswer, frozen=True, kw_only=True):
    """The folders that an expression finds, one page of them."""

    total_count: int
    time: int
    folders: list[AssetFolder]
    next_cursor: Cursor = UNSET


class RelatedAsset(ApiAnswer, frozen=True, kw_only=True):
    """What became of one relation."""

    asset: str
    code: str
    message: str
    status: int


class Relations(ApiAnswer, frozen=True, kw_only=True):
    """The assets that were there, and those that were not."""

    success: list[RelatedAsset]
    failed: list[RelatedAsset]


class UnpublishedAsset(ApiAnswer, frozen=True, kw_only=True):
    """An asset that stays as it is, and why."""

    public_id: str
    error: str


class PublishedAssets(ApiAnswer, frozen=True, kw_only=True):
    """The assets that are public now, and those that could not become so."""

    published: list[AssetAnswer]
    failed: list[UnpublishedAsset]


class UpdatedAssets(ApiAnswer, frozen=True, kw_only=True):
    """The assets that were changed."""

    updated: list[AssetAnswer]
    failed: list[Any]


RestoredAsset = _perhaps("RestoredAsset", "An asset that is back; or why it is not, in `error`.", error=Text)
ArchiveAnswer = _perhaps(
    "ArchiveAnswer",
    "The archive; or, with async, that it will be made.",
    resource_count=Number,
    file_count=Number,
    status=Text,
    batch_id=Text,
)


class GeneratedAnswer(ApiAnswer, frozen=True, kw_only=True):
    """Where what was made is; or, with async, that it will be made."""

    public_id: Text = UNSET
    asset_id: Text = UNSET
    version: Number = UNSET
    url: Text = UNSET
    secure_url: Text = UNSET
    css_url: Text = UNSET
    secure_css_url: Text = UNSET
    image_url: Text = UNSET
    secure_image_url: Text = UNSET
    json_url: Text = UNSET
    secure_json_url: Text = UNSET
    image_infos: Annotated[
        Json, Meta(description="Where each picture lies in a sprite, by its public_id")
    ] = UNSET
    status: Text = UNSET
    batch_id: Text = UNSET
