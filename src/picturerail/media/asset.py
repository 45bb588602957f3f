"""An asset: all that is known of one stored file, parsed once from its document. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, dataclass, field, fields
from datetime import datetime
from typing import Any, Self

from picturerail.errors import BadRequest
from picturerail.transform.probe import Facts, facts_from_json

# on these attributes depends what is drawn
DRAWN = ("custom_coordinates", "faces", "quality_override")
# and on these what is delivered, and to whom
SEEN = (*DRAWN, "access_mode", "access_control", "headers")


@dataclass(frozen=True)
class Identity:
    """What names an asset: its resource type (image, raw), delivery type (upload, private...) and public_id."""

    resource_type: str
    type: str
    public_id: str

    def query(self) -> dict[str, Any]:
        """The query that finds it."""
        return {"resource_type": self.resource_type, "type": self.type, "public_id": self.public_id}


@dataclass(frozen=True)
class RemoteState:
    """What a remote host said about a picture that was fetched from it, and when (Unix seconds)."""

    etag: str = ""
    last_modified: str = ""
    checked: float = 0.0


@dataclass(frozen=True, kw_only=True)
class Asset:
    """One asset, or a version of it that is backed up. What is not there is empty: "" or 0 for what is no picture."""

    # as it is stored: for the store, which writes it back whole
    document: Mapping[str, Any] = field(repr=False, compare=False)

    resource_type: str
    type: str
    public_id: str
    asset_id: str
    version: int
    version_id: str
    created_at: datetime
    updated_at: datetime

    original: str  # the key of its bytes
    original_filename: str = ""
    format: str = ""
    width: int = 0
    height: int = 0
    bytes: int
    etag: str
    sha256: str
    facts: Facts | None = None
    backup: bool = False
    backed_up_at: datetime | None = None

    asset_folder: str | None = None
    display_name: str = ""
    status: str = "active"
    tags: Sequence[str] = ()
    context: Mapping[str, str] = field(default_factory=dict)
    metadata: Mapping[str, Any] = field(default_factory=dict)
    moderation: Sequence[Mapping[str, Any]] = ()
    related: Sequence[str] = ()
    access_mode: str = "public"
    access_control: Sequence[Mapping[str, str]] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    quality_override: str = ""

    faces: Sequence[list[int]] = ()  # that were told
    custom_coordinates: Sequence[list[int]] = ()
    regions: Mapping[str, list[list[int]]] = field(default_factory=dict)
    found_faces: Sequence[list[int]] | None = None  # None until somebody asks
    focus: float | None = None
    clarity: Mapping[str, Any] | None = None

    remote: RemoteState = RemoteState()
    text_style: str = ""  # of a stored text, as a layer
    made: Mapping[str, Any] = field(default_factory=dict)  # of a sprite: where each picture lies in it
    search: Mapping[str, Any] = field(default_factory=dict)  # what it is found by

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> Self:
        """The asset that a document describes; a field that is missing or null has its default.

        A list makes hundreds of them: the fields are put in at once, for a frozen class checks each by itself.
        """
        told = _DEFAULTS.copy()
        for name, make in _FACTORIES.items():
            told[name] = make()
        for name, value in document.items():
            if value is not None and name in _PLAIN:
                told[name] = value
        if len(told) < _COUNT:
            missing = _PLAIN - told.keys()
            raise TypeError(f"The document of an asset lacks {', '.join(sorted(missing))}.")
        told["document"] = document
        if facts := document.get("facts"):
            told["facts"] = facts_from_json(facts)
        if remote := document.get("remote"):
            told["remote"] = RemoteState(**remote)
        asset = cls.__new__(cls)
        object.__setattr__(asset, "__dict__", told)
        return asset

    @property
    def identity(self) -> Identity:
        """Its name."""
        return Identity(self.resource_type, self.type, self.public_id)

    @property
    def is_restricted(self) -> bool:
        """True when it has access control: who may see it can change with time and with the visitor."""
        return restricts(self.access_control, self.access_mode)

    @property
    def folder(self) -> str:
        """The folder that it lies in."""
        return folder_of(self.public_id, self.asset_folder)

    @property
    def shown_name(self) -> str:
        """What people read as its name."""
        return self.display_name or self.public_id.rpartition("/")[2]

    @property
    def picture(self) -> Facts:
        """What is known of a picture; BadRequest for any other file."""
        if self.facts is None:
            raise BadRequest("Only pictures can be transformed.")
        return self.facts


def folder_of(public_id: str, asset_folder: str | None) -> str:
    """Where an asset lies: "" is the root, whatever its public_id is; older assets say nothing and lie by that."""
    return public_id.rpartition("/")[0] if asset_folder is None else asset_folder


def restricts(access_control: object, access_mode: str) -> bool:
    """True when these attributes make an asset a restricted one."""
    return bool(access_control) or access_mode != "public"


_OTHERS = ("document", "facts", "remote")
_PLAIN = frozenset(each.name for each in fields(Asset) if each.name not in _OTHERS)
_DEFAULTS = {each.name: each.default for each in fields(Asset) if each.default is not MISSING}
_FACTORIES = {
    each.name: each.default_factory for each in fields(Asset) if each.default_factory is not MISSING
}
_COUNT = len(_PLAIN | _DEFAULTS.keys())  # of what every asset has, beside its document
