"""What the APIs of structured metadata answer: fields, the values that they may have, and rules."""

from typing import Any

from msgspec import UNSET, UnsetType

from picturerail.media.schemas.answers import Flag, Json
from picturerail.schemas.structs import ApiAnswer


class DatasourceEntry(ApiAnswer, frozen=True, kw_only=True):
    """A value that a field may have."""

    external_id: str
    value: str


class Datasource(ApiAnswer, frozen=True, kw_only=True):
    """The values that a field may have, in their order."""

    values: list[DatasourceEntry]


class FoundEntry(ApiAnswer, frozen=True, kw_only=True):
    """A value that a field may have."""

    field_id: str
    id: str
    value: str


class MetadataField(ApiAnswer, frozen=True, kw_only=True):
    """A field of structured metadata."""

    external_id: str
    type: str
    label: str
    mandatory: bool
    default_value: Any
    validation: dict[str, Any] | None
    default_disabled: bool
    restrictions: Json = UNSET
    datasource: Datasource | UnsetType = UNSET
    allow_dynamic_list_values: Flag = UNSET
    alphabetically_sorted: Flag = UNSET


class MetadataFieldList(ApiAnswer, frozen=True, kw_only=True):
    """All fields, in their order."""

    metadata_fields: list[MetadataField]


class MetadataRule(ApiAnswer, frozen=True, kw_only=True):
    """What becomes of a field where a condition holds."""

    external_id: str
    metadata_field_id: str
    name: str
    condition: dict[str, Any]
    result: dict[str, Any]
    state: str
    position: int


class MetadataRuleList(ApiAnswer, frozen=True, kw_only=True):
    """All rules, in the order in which they are tried."""

    metadata_rules: list[MetadataRule]


class Success(ApiAnswer, frozen=True, kw_only=True):
    """It is done."""

    success: bool
