"""What the APIs of the account answer: its settings and use, streaming profiles, upload mappings, notifications."""

from typing import Annotated, Any

from msgspec import UNSET, Meta, UnsetType

from picturerail.media.schemas.answers import Cursor, Text
from picturerail.schemas.structs import ApiAnswer


class AccountSettings(ApiAnswer, frozen=True, kw_only=True):
    """What a client may know of the settings."""

    folder_mode: str


class AccountConfig(ApiAnswer, frozen=True, kw_only=True):
    """The cloud's name and birthday; its settings when they are asked for."""

    cloud_name: str
    created_at: str | None
    settings: AccountSettings | UnsetType = UNSET


class UsageFigure(ApiAnswer, frozen=True, kw_only=True):
    """How much was used."""

    usage: int


class MediaLimits(ApiAnswer, frozen=True, kw_only=True):
    """The largest files that are taken."""

    image_max_size_bytes: int
    raw_max_size_bytes: int
    image_max_px: int
    asset_max_frames: int


class AccountUsage(ApiAnswer, frozen=True, kw_only=True):
    """What the account holds, and what it did: in thirty days, or on the day that was asked for."""

    plan: str
    last_updated: str
    date_requested: Text = UNSET
    transformations: UsageFigure
    objects: UsageFigure
    bandwidth: UsageFigure
    storage: UsageFigure
    requests: int
    resources: int
    derived_resources: int
    media_limits: MediaLimits


class Representation(ApiAnswer, frozen=True, kw_only=True):
    """One of the sizes of a streaming profile."""

    transformation: list[dict[str, Any]]


class ProfileSummary(ApiAnswer, frozen=True, kw_only=True):
    """A streaming profile by name."""

    external_id: str
    name: str
    display_name: str | None
    predefined: bool


class StreamingProfile(ProfileSummary, frozen=True, kw_only=True):
    """A streaming profile with its sizes."""

    representations: list[Representation]


class StreamingProfileList(ApiAnswer, frozen=True, kw_only=True):
    """All streaming profiles."""

    data: list[ProfileSummary]


class StreamingProfileAnswer(ApiAnswer, frozen=True, kw_only=True):
    """The streaming profile, and what was done with it."""

    data: StreamingProfile
    message: Text = UNSET


class UploadMapping(ApiAnswer, frozen=True, kw_only=True):
    """A folder, and the address whose files it stands for; with `message` when it was changed just now."""

    folder: Text = UNSET
    template: Text = UNSET
    external_id: Text = UNSET
    message: Text = UNSET


class UploadMappingList(UploadMapping, frozen=True, kw_only=True):
    """Upload mappings, one page of them; or the one of the folder that was asked for."""

    mappings: list[UploadMapping] | UnsetType = UNSET
    total_entries: Annotated[int | UnsetType, Meta(description="How many mappings there are")] = UNSET
    next_cursor: Cursor = UNSET


class Trigger(ApiAnswer, frozen=True, kw_only=True):
    """Who is told of what."""

    id: str
    uri: str
    uri_type: str
    event_type: str
    additive: bool
    auth_scheme: str
    created_at: str
    updated_at: str
    message: Text = UNSET


class TriggerList(ApiAnswer, frozen=True, kw_only=True):
    """Triggers, in the order of their making."""

    triggers: list[Trigger]
    total: int


class TriggerTest(ApiAnswer, frozen=True, kw_only=True):
    """Whether the trigger would tell of it; the filter is the kind of event."""

    trigger_id: str
    filter_present: bool
    filter_result: bool
    result: bool


class QueuedMessage(ApiAnswer, frozen=True, kw_only=True):
    """A notification that waits to be fetched."""

    receipt_handle: Annotated[str, Meta(description="Goes into `receipt_handles` when it was dealt with")]
    batch_id: str | None
    payload: dict[str, Any]
    signed_payload: str
    timestamp: str
    signature: str


class QueuedMessages(ApiAnswer, frozen=True, kw_only=True):
    """The messages; nothing at all when there are none."""

    messages: list[QueuedMessage] | UnsetType = UNSET


class Acknowledgement(ApiAnswer, frozen=True, kw_only=True):
    """Whether the message was there: `acked` or `not_found`."""

    receipt_handle: str
    status: str


class Acknowledgements(ApiAnswer, frozen=True, kw_only=True):
    """What became of each handle."""

    results: list[Acknowledgement]


class DerivedSummary(ApiAnswer, frozen=True, kw_only=True):
    """A derived image of some asset."""

    id: str
    public_id: str
    resource_type: str
    type: str
    format: str
    bytes: int
    url: str
    secure_url: str


class TransformationSummary(ApiAnswer, frozen=True, kw_only=True):
    """A transformation by name, or as it stands in addresses."""

    name: str
    allowed_for_strict: bool
    used: bool
    named: bool


class TransformationList(ApiAnswer, frozen=True, kw_only=True):
    """Transformations, one page of them; or the one that was asked for, with one page of what was derived by it."""

    transformations: list[TransformationSummary] | UnsetType = UNSET
    name: Text = UNSET
    allowed_for_strict: bool | UnsetType = UNSET
    used: bool | UnsetType = UNSET
    named: bool | UnsetType = UNSET
    info: list[dict[str, Any]] | UnsetType = UNSET
    derived: list[DerivedSummary] | UnsetType = UNSET
    next_cursor: Cursor = UNSET
