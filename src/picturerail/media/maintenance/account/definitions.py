"""What an account defines beside its assets: metadata fields and rules, transformations, presets, mappings, folders."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from picturerail.database import Document
from picturerail.media.admin import upload_presets
from picturerail.media.foreign_cloud.client import ForeignCloud
from picturerail.media.http.params import Params
from picturerail.media.metadata import definitions, fields, rule_definitions
from picturerail.media.service import Media
from picturerail.media.store import folders
from picturerail.media.store.folder_paths import checked
from picturerail.media.transformations import registry
from picturerail.media.transformations.long_names import from_long_names
from picturerail.media.upload import presets

Told = dict[str, Any]


@dataclass(frozen=True)
class DefinitionKind:
    """One kind: what the other cloud lists, by which name each is known, what is here, and how one is added.

    `whole` asks for what the list leaves out; both sides are compared by what `compared` takes of it.
    """

    noun: str
    key: str
    listed: Callable[[ForeignCloud], Iterable[Told]]
    here: Callable[[Media], Iterable[Told]]
    add: Callable[[Media, Told], object]
    whole: Callable[[ForeignCloud, Told], Told] = lambda _, told: told
    compared: tuple[str, ...] = ()

    def is_equal(self, told: Told, here: Told) -> bool:
        """Whether both sides say the same, as far as it means something."""
        return all((told.get(name) or None) == (here.get(name) or None) for name in self.compared)


def _add_field(media: Media, told: Told) -> None:
    fields.insert(media.database, definitions.new_definition(told))


def _add_rule(media: Media, told: Told) -> None:
    fields.insert_rule(
        media.database, rule_definitions.new_rule(told) | {"external_id": str(told["external_id"])}
    )


def _named(cloud: ForeignCloud) -> Iterable[Told]:
    found = cloud.every("transformations", "transformations", {"named": "true"})
    return ({**each, "name": str(each["name"]).removeprefix("t_")} for each in found)


def _with_text(cloud: ForeignCloud, told: Told) -> Told:
    detail = cloud.call("transformations", {"transformation": f"t_{told['name']}", "max_results": "1"})
    return {**told, "text": registry.normal(from_long_names(detail.get("info") or []))}


def _named_here(media: Media) -> Iterable[Told]:
    for each in media.database["transformations"].find({"named": True}):
        yield {"name": each["_id"], "text": each["text"], "allowed_for_strict": each["allowed_for_strict"]}


def _add_transformation(media: Media, told: Told) -> None:
    allowed = bool(told.get("allowed_for_strict"))
    registry.create(media.database, told["name"], told["text"], allowed_for_strict=allowed)


def _presets(cloud: ForeignCloud) -> Iterable[Told]:
    for each in cloud.every("upload_presets", "presets"):
        settings = {name: _in_text(name, value) for name, value in (each.get("settings") or {}).items()}
        yield {**each, "settings": settings}


def _in_text(name: str, value: Any) -> Any:  # noqa: ANN401
    """A parameter of a preset, with transformations as text."""
    mappings = isinstance(value, list) and value and all(isinstance(each, dict) for each in value)
    if name == "transformation" and mappings:
        return from_long_names(value)
    if name == "eager" and mappings:
        return "|".join(from_long_names([each]) for each in value)
    return value


def _presets_here(media: Media) -> Iterable[Told]:
    return map(upload_presets.shown, media.database["upload_presets"].find())


def _add_preset(media: Media, told: Told) -> None:
    flags = {name: bool(told.get(name)) for name in ("unsigned", "live")}
    presets.create(media.database, Params({**told["settings"], **flags, "name": told["name"]}))


def _add_mapping(media: Media, told: Told) -> None:
    mapping: Document = {"folder": checked(str(told["folder"])), "template": str(told["template"])}
    media.database["upload_mappings"].insert_one(mapping)


def _add_folder(media: Media, told: Told) -> None:
    folders.ensure(media.database, checked(str(told["path"])))


FOLDERS = DefinitionKind(
    "folder",
    "path",
    lambda cloud: cloud.every("folders/search", "folders"),
    lambda media: media.database["folders"].find({}, {"path": 1}),
    _add_folder,
)
KINDS = (
    DefinitionKind(
        "metadata field",
        "external_id",
        lambda cloud: cloud.call("metadata_fields").get("metadata_fields") or [],
        lambda media: map(definitions.shown, fields.every(media.database)),
        _add_field,
        compared=("type", "label", "mandatory", "default_value", "validation", "datasource"),
    ),
    DefinitionKind(
        "metadata rule",
        "external_id",
        lambda cloud: cloud.call("metadata_rules").get("metadata_rules") or [],
        lambda media: map(rule_definitions.shown_rule, fields.rules(media.database)),
        _add_rule,
        compared=("metadata_field_id", "condition", "result"),
    ),
    DefinitionKind(
        "named transformation",
        "name",
        _named,
        _named_here,
        _add_transformation,
        _with_text,
        compared=("text", "allowed_for_strict"),
    ),
    DefinitionKind(
        "upload preset", "name", _presets, _presets_here, _add_preset, compared=("unsigned", "settings")
    ),
    DefinitionKind(
        "upload mapping",
        "folder",
        lambda cloud: cloud.every("upload_mappings", "mappings"),
        lambda media: media.database["upload_mappings"].find(),
        _add_mapping,
        compared=("template",),
    ),
)
