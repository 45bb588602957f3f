"""What the APIs of the account take: transformations, mappings, profiles, notifications, structured metadata."""

from typing import Annotated, Any, Literal

from msgspec import UNSET, Meta, UnsetType

from picturerail.media.schemas.parameters import Direction, Flag, Json, PageQuery, PageSize, Text, Texts
from picturerail.schemas.structs import ApiBody

Additive = Annotated[
    Flag, Meta(description="Told also of calls that name a receiver of their own, which else is told instead")
]


class ConfigQuery(ApiBody, frozen=True, kw_only=True):
    """What is told."""

    settings: Flag = UNSET


class TransformationQuery(PageQuery, frozen=True, kw_only=True):
    """One transformation, or which of them."""

    transformation: Text = UNSET
    named: Flag = UNSET


class NewTransformation(ApiBody, frozen=True, kw_only=True):
    """A transformation as it stands in a URL, and its name."""

    transformation: str
    name: Text = UNSET
    allowed_for_strict: Flag = UNSET


class TransformationChange(ApiBody, frozen=True, kw_only=True):
    """A transformation, by name or as it stands in a URL, unless the path names it; and what becomes of it."""

    transformation: Text = UNSET
    allowed_for_strict: Flag = UNSET
    unsafe_update: Text = UNSET


class TransformationName(ApiBody, frozen=True, kw_only=True):
    """A transformation, by name or as it stands in a URL, unless the path names it."""

    transformation: Text = UNSET


class MappingQuery(PageQuery, frozen=True, kw_only=True):
    """Which mappings: the one of a folder, or a page of all."""

    folder: Text = UNSET


class FolderMapping(ApiBody, frozen=True, kw_only=True):
    """A folder, and the address whose files it stands for."""

    folder: str
    template: str


class FolderMappings(ApiBody, frozen=True, kw_only=True):
    """All mappings that there are to be: a list of folders and templates."""

    mappings: Json


class MappedFolder(ApiBody, frozen=True, kw_only=True):
    """A folder that is mapped."""

    folder: str


class ProfileChange(ApiBody, frozen=True, kw_only=True):
    """The sizes of a streaming profile."""

    representations: Json = UNSET
    display_name: Text = UNSET


class NewProfile(ProfileChange, frozen=True, kw_only=True):
    """A streaming profile and its sizes."""

    name: str


class TriggerQuery(ApiBody, frozen=True, kw_only=True):
    """Which triggers."""

    event_type: Text = UNSET


class NewTrigger(ApiBody, frozen=True, kw_only=True):
    """Who is told of what."""

    uri: str
    event_type: str
    uri_type: Literal["webhook", "poll"] | UnsetType = UNSET
    additive: Additive = UNSET
    auth_scheme: Text = UNSET


class TriggerChange(ApiBody, frozen=True, kw_only=True):
    """Who is told of what from now on; what is not given stays."""

    new_uri: Text = UNSET
    uri: Annotated[Text, Meta(description="Another word for new_uri")] = UNSET
    event_type: Text = UNSET
    additive: Additive = UNSET
    auth_scheme: Text = UNSET


class TriggerSample(ApiBody, frozen=True, kw_only=True):
    """An event, as it might come."""

    sample_data: Json = UNSET


class MessageQuery(ApiBody, frozen=True, kw_only=True):
    """Whose messages, how many, and how long they are waited for and held."""

    channel: Text = UNSET
    batch_id: Text = UNSET
    max_messages: Annotated[int, Meta(ge=1, le=100)] | UnsetType = UNSET
    wait_seconds: Annotated[int, Meta(ge=0, le=60)] | UnsetType = UNSET
    visibility_timeout: Annotated[int, Meta(ge=1, le=600)] | UnsetType = UNSET


class MessageReceipts(ApiBody, frozen=True, kw_only=True):
    """The messages that were dealt with."""

    receipt_handles: Texts = UNSET


class MetadataFieldChange(ApiBody, frozen=True, kw_only=True):
    """What is said about a field of structured metadata."""

    label: Text = UNSET
    mandatory: Flag = UNSET
    default_value: Any = UNSET
    default_disabled: Flag = UNSET
    validation: Json = UNSET
    restrictions: Json = UNSET
    datasource: Json = UNSET
    allow_dynamic_list_values: Flag = UNSET
    alphabetically_sorted: Flag = UNSET


class NewMetadataField(MetadataFieldChange, frozen=True, kw_only=True):
    """A field of structured metadata."""

    type: Text = UNSET
    external_id: Text = UNSET


class FieldOrder(ApiBody, frozen=True, kw_only=True):
    """The order of the fields."""

    order_by: Literal["label", "external_id", "created_at"]
    direction: Direction = UNSET


class EntryOrder(ApiBody, frozen=True, kw_only=True):
    """The order of the values that a field may have."""

    order_by: Literal["external_id", "value", "created_at"]
    direction: Direction = UNSET


class FieldPosition(ApiBody, frozen=True, kw_only=True):
    """The place of a field among all, from 0."""

    position: Annotated[int, Meta(ge=0, le=1_000)]


class EntrySearch(ApiBody, frozen=True, kw_only=True):
    """What stands in the values; all of them without a term."""

    term: Text = UNSET
    exact_match: Flag = UNSET
    max_results: PageSize = UNSET


class DatasourceChange(ApiBody, frozen=True, kw_only=True):
    """Values that a field may have, new ones and known ones that change."""

    values: Json = UNSET


class EntryIds(ApiBody, frozen=True, kw_only=True):
    """Values of a field by their ids."""

    external_ids: Texts = UNSET


class RuleChange(ApiBody, frozen=True, kw_only=True):
    """What becomes of a field where a condition holds."""

    metadata_field_id: Text = UNSET
    name: Text = UNSET
    condition: Json = UNSET
    result: Json = UNSET
    state: Text = UNSET
    position: Annotated[int, Meta(ge=0, le=10_000)] | UnsetType = UNSET


class NewRule(RuleChange, frozen=True, kw_only=True):
    """A rule: what becomes of a field where a condition holds."""

    metadata_field_id: str
    name: str
    condition: Json
    result: Json
