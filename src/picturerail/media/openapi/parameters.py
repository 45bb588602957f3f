"""What the APIs of the media service take, in a form, in JSON, or behind the question mark."""

from typing import Annotated, Any

import msgspec
from msgspec import UNSET, Meta, UnsetType

from picturerail.media import coverage
from picturerail.schemas.structs import ApiBody

Text = str | UnsetType
Number = int | UnsetType
Flag = bool | UnsetType
PageSize = Annotated[int, Meta(ge=1, le=500)] | UnsetType
Texts = Annotated[list[str] | UnsetType, Meta(description="Several, or one text with commas between")]

NAMES = (*coverage.PARAMETERS, *coverage.PARAMETERS_PARTLY)
SIGNATURE = ("api_key", "timestamp", "signature", "signature_algorithm")

# one field for each name in the table of parameters that an upload understands
UploadParameters = msgspec.defstruct(
    "UploadParameters",
    [
        ("file", Annotated[str, Meta(description="The file itself, its address, or a data URI")]),
        *((name, Text, UNSET) for name in sorted({*NAMES, *SIGNATURE} - {"file"})),
    ],
    bases=(ApiBody,),
    namespace={"__doc__": "A file and what is said about it (docs/reference/endpoints.md tells each)."},
    frozen=True,
    kw_only=True,
)


class Signed(ApiBody, frozen=True, kw_only=True):
    """Parameters that are signed with the API secret, or come with it by basic authentication."""

    api_key: Text = UNSET
    timestamp: Number = UNSET
    signature: Text = UNSET


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


class TagChange(Signed, frozen=True, kw_only=True):
    """Tags of several assets."""

    public_ids: Texts = UNSET
    command: Annotated[Text, Meta(description="add, remove, replace, remove_all or set_exclusive")] = UNSET
    tag: Text = UNSET
    type: Text = UNSET


class ContextChange(Signed, frozen=True, kw_only=True):
    """Context of several assets."""

    public_ids: Texts = UNSET
    command: Annotated[Text, Meta(description="add or remove_all")] = UNSET
    context: Text = UNSET
    type: Text = UNSET


class MetadataChange(Signed, frozen=True, kw_only=True):
    """Structured metadata of several assets."""

    public_ids: Texts
    metadata: str
    type: Text = UNSET


class PageQuery(ApiBody, frozen=True, kw_only=True):
    """Which page of a list."""

    max_results: PageSize = UNSET
    next_cursor: Text = UNSET


class AssetQuery(PageQuery, frozen=True, kw_only=True):
    """Which assets, and what is told about them."""

    prefix: Text = UNSET
    public_ids: Texts = UNSET
    start_at: Text = UNSET
    direction: Annotated[Text, Meta(description="asc or desc")] = UNSET
    tags: Flag = UNSET
    context: Flag = UNSET
    metadata: Flag = UNSET
    moderations: Flag = UNSET
    fields: Texts = UNSET


class AssetExpression(ApiBody, frozen=True, kw_only=True):
    """A search: docs/search.md tells what an expression may say."""

    expression: Text = UNSET
    sort_by: list[dict[str, str]] | UnsetType = UNSET
    aggregate: list[Any] | UnsetType = UNSET
    with_field: Texts = UNSET
    fields: Texts = UNSET
    max_results: PageSize = UNSET
    next_cursor: Text = UNSET


class AssetDeletion(ApiBody, frozen=True, kw_only=True):
    """Which assets, by name, prefix or all of them."""

    public_ids: Texts = UNSET
    asset_ids: Texts = UNSET
    prefix: Text = UNSET
    all: Flag = UNSET
    keep_original: Flag = UNSET
    transformations: Text = UNSET
    invalidate: Flag = UNSET
    next_cursor: Text = UNSET


class TransformationChange(ApiBody, frozen=True, kw_only=True):
    """A transformation, by name or as it stands in a URL."""

    transformation: Text = UNSET
    name: Text = UNSET
    allowed_for_strict: Flag = UNSET
    unsafe_update: Text = UNSET


class FolderMove(ApiBody, frozen=True, kw_only=True):
    """Where a folder goes."""

    to_folder: str


class FolderMapping(ApiBody, frozen=True, kw_only=True):
    """A folder, and the address whose files it stands for."""

    folder: str
    template: Text = UNSET


class TriggerChange(ApiBody, frozen=True, kw_only=True):
    """Who is told of what."""

    uri: Text = UNSET
    event_type: Text = UNSET
