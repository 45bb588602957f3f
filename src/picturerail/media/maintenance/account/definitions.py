"""What an account defines beside its assets: metadata fields and rules, transformations, presets, and so on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from picturerail.database import Document
from picturerail.media.account import streaming_profiles
from picturerail.media.admin import upload_presets
from picturerail.media.foreign_cloud.client import ForeignCloud
from picturerail.media.http.params import Params
from picturerail.media.maintenance.account import definition_calls
from picturerail.media.maintenance.account.definition_calls import SdkOptions, Told
from picturerail.media.metadata import definitions, fields, rule_definitions
from picturerail.media.service import Media
from picturerail.media.store import folders
from picturerail.media.store.folder_paths import checked
from picturerail.media.transformations import registry
from picturerail.media.transformations.long_names import from_long_names
from picturerail.media.upload import presets
from picturerail.media.upload.preset_settings import in_text


@dataclass(frozen=True)
class DefinitionKind:
    """One kind: what the other cloud lists, by which name each is known, what is here, how one is added here or sent.

    `whole` asks for what the list leaves out; both sides are compared by what `compared` takes of it. `lacking` tells
    what of one that is on both sides the other one lacks, and has to be sent so that assets can be.
    """

    noun: str
    key: str
    listed: Callable[[ForeignCloud], Iterable[Told]]
    here: Callable[[Media], Iterable[Told]]
    add: Callable[[Media, Told], object]
    send: Callable[[SdkOptions, Told], object]
    whole: Callable[[ForeignCloud, Told], Told] = lambda _, told: told
    compared: tuple[str, ...] = ()
    lacking: Callable[[Told, Told], Told | None] = lambda _there, _here: None
    send_lacking: Callable[[SdkOptions, Told], object] = lambda _options, _told: None

    def differences(self, told: Told, here: Told) -> list[str]:
        """The names of what both sides do not say the same of, as far as it means something."""
        return [name for name in self.compared if (told.get(name) or None) != (here.get(name) or None)]


def _add_field(media: Media, told: Told) -> None:
    fields.insert(media.database, definitions.new_definition(told))


def _lacking_values(there: Told, here: Told) -> Told | None:
    """The entries of a list that the field there does not have."""
    known = {each["external_id"] for each in _values(there)}
    entries = [each for each in _values(here) if each["external_id"] not in known]
    return {**here, "entries": entries} if entries and there.get("type") == here["type"] else None


def _values(field: Told) -> list[Told]:
    return (field.get("datasource") or {}).get("values") or []


def _rules(rules: Iterable[Told]) -> Iterable[Told]:
    """By field and name: another cloud gives a rule an id of its own."""
    return ({**each, "known_as": f"{each['metadata_field_id']}: {each['name']}"} for each in rules)


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
    return map(_preset_in_text, cloud.every("upload_presets", "presets"))


def _preset_in_text(told: Told) -> Told:
    settings = told.get("settings") or {}
    return {**told, "settings": {name: in_text(name, value) for name, value in settings.items()}}


def _presets_here(media: Media) -> Iterable[Told]:
    return map(upload_presets.listed, media.database["upload_presets"].find())


def _add_preset(media: Media, told: Told) -> None:
    flags = {name: bool(told.get(name)) for name in ("unsigned", "live")}
    presets.create(media.database, Params({**told["settings"], **flags, "name": told["name"]}))


def _add_mapping(media: Media, told: Told) -> None:
    mapping: Document = {"folder": checked(str(told["folder"])), "template": str(told["template"])}
    media.database["upload_mappings"].insert_one(mapping)


def _profiles(cloud: ForeignCloud) -> Iterable[Told]:
    listed = cloud.call("streaming_profiles").get("data") or []
    return (each for each in listed if not each.get("predefined"))


def _with_representations(cloud: ForeignCloud, told: Told) -> Told:
    found = cloud.call(f"streaming_profiles/{told['name']}")["data"]
    return {**told, "texts": [_transformation(each["transformation"]) for each in found["representations"]]}


def _transformation(told: Any) -> str:  # noqa: ANN401
    """Told as text, as one mapping or as several."""
    components = [told] if isinstance(told, dict) else told
    return registry.normal(from_long_names(components) if isinstance(components, list) else str(components))


def _profiles_here(media: Media) -> Iterable[Told]:
    for each in media.database["streaming_profiles"].find({"predefined": False}):
        texts = [registry.normal(text) for text in each["representations"]]
        yield {"name": each["name"], "display_name": each["display_name"], "texts": texts}


def _add_profile(media: Media, told: Told) -> None:
    streaming_profiles.keep(media, told["name"], told.get("display_name"), told["texts"])


def _add_folder(media: Media, told: Told) -> None:
    folders.ensure(media.database, checked(str(told["path"])))


FOLDERS = DefinitionKind(
    "folder",
    "path",
    lambda cloud: cloud.every("folders/search", "folders"),
    lambda media: media.database["folders"].find({}, {"path": 1}),
    _add_folder,
    definition_calls.send_folder,
)
RULES = "metadata rule"
FIELDS = "metadata field"
KINDS = (
    DefinitionKind(
        FIELDS,
        "external_id",
        lambda cloud: cloud.call("metadata_fields").get("metadata_fields") or [],
        lambda media: map(definitions.shown, fields.every(media.database)),
        _add_field,
        definition_calls.send_field,
        compared=("type", "label", "mandatory", "default_value", "validation", "datasource"),
        lacking=_lacking_values,
        send_lacking=definition_calls.send_values,
    ),
    DefinitionKind(
        RULES,
        "known_as",
        lambda cloud: _rules(cloud.call("metadata_rules").get("metadata_rules") or []),
        lambda media: _rules(map(rule_definitions.shown_rule, fields.rules(media.database))),
        _add_rule,
        definition_calls.send_rule,
        compared=("metadata_field_id", "condition", "result"),
    ),
    DefinitionKind(
        "named transformation",
        "name",
        _named,
        _named_here,
        _add_transformation,
        definition_calls.send_transformation,
        _with_text,
        compared=("text", "allowed_for_strict"),
    ),
    DefinitionKind(
        "upload preset",
        "name",
        _presets,
        _presets_here,
        _add_preset,
        definition_calls.send_preset,
        compared=("unsigned", "settings"),
    ),
    DefinitionKind(
        "upload mapping",
        "folder",
        lambda cloud: cloud.every("upload_mappings", "mappings"),
        lambda media: media.database["upload_mappings"].find(),
        _add_mapping,
        definition_calls.send_mapping,
        compared=("template",),
    ),
    DefinitionKind(
        "streaming profile",
        "name",
        _profiles,
        _profiles_here,
        _add_profile,
        definition_calls.send_profile,
        _with_representations,
        compared=("texts",),
    ),
)
