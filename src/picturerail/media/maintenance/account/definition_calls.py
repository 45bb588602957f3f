"""The calls of the official SDK by which an account's definitions are made on the other side."""

from collections.abc import Mapping
from typing import Any

from cloudinary import api, utils
from cloudinary.api_client.call_api import call_json_api

Told = dict[str, Any]
SdkOptions = Mapping[str, str]  # the account, as each call of the SDK is told of it


def send_field(options: SdkOptions, told: Told) -> None:
    """Define a metadata field."""
    api.add_metadata_field({name: value for name, value in told.items() if value is not None}, **options)


def send_values(options: SdkOptions, told: Told) -> None:
    """Add the entries that its list lacks."""
    api.update_metadata_field_datasource(told["external_id"], told["entries"], **options)


def send_rule(options: SdkOptions, told: Told) -> None:
    """Define a metadata rule."""
    parts = ("metadata_field_id", "name", "condition", "result")
    api.add_metadata_rule({name: told[name] for name in parts}, **options)


def send_transformation(options: SdkOptions, told: Told) -> None:
    """Make a named transformation."""
    params = {name: told[name] for name in ("name", "allowed_for_strict")} | {"transformation": told["text"]}
    call_json_api("post", ["transformations"], params, **options)


def send_preset(options: SdkOptions, told: Told) -> None:
    """Make an upload preset."""
    settings = {name: _flat(value) for name, value in told["settings"].items()}
    params = {**settings, **{name: told[name] for name in ("name", "unsigned", "live")}}
    call_json_api("post", ["upload_presets"], params, **options)


def _flat(value: Any) -> Any:  # noqa: ANN401
    """A parameter as an upload has it: tags by commas, pairs as Cloudinary writes them."""
    if isinstance(value, dict):
        return utils.encode_context(value)
    return ",".join(map(str, value)) if isinstance(value, list) else value


def send_mapping(options: SdkOptions, told: Told) -> None:
    """Make an upload mapping."""
    api.create_upload_mapping(told["folder"], template=told["template"], **options)


def send_profile(options: SdkOptions, told: Told) -> None:
    """Make a streaming profile."""
    representations = [{"transformation": text} for text in told["texts"]]
    params = {"name": told["name"], "display_name": told["display_name"], "representations": representations}
    given = {name: value for name, value in params.items() if value}
    call_json_api("post", ["streaming_profiles"], given, **options)


def send_folder(options: SdkOptions, told: Told) -> None:
    """Make a folder."""
    api.create_folder(told["path"], **options)
