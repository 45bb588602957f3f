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


UploadAnswer = msgspec.defstruct(
    "UploadAnswer",
    [
        *((known.name, known.type | UnsetType, UNSET) for known in msgspec.structs.fields(AssetAnswer)),
        ("done", Annotated[Flag, Meta(description="False while parts of it are to come")], UNSET),
        (
            "status",
            Annotated[Text, Meta(description="pending: it is done later, in the batch `batch_id`")],
            UNSET,
        ),
        ("batch_id", Text, UNSET),
        ("existing", Flag, UNSET),
    ],
    bases=(ApiAnswer,),
    namespace={"__doc__": "The asset; or how far its upload has come."},
    frozen=True,
    kw_only=True,
)


class AssetList(ApiAnswer, frozen=True, kw_only=True):
    """Assets, one page of them."""

    resources: list[AssetAnswer]
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


class UploadPreset(ApiAnswer, frozen=True, kw_only=True):
    """An upload preset with its settings."""

    name: str
    unsigned: bool
    live: bool
    settings: dict[str, Any]


class UploadPresetList(ApiAnswer, frozen=True, kw_only=True):
    """Upload presets, one page of them."""

    presets: list[UploadPreset]
    next_cursor: Cursor = UNSET


class Anything(ApiAnswer, frozen=True, kw_only=True):
    """A JSON object, as Cloudinary's reference describes it."""
