"""Upload presets: named sets of upload parameters, and the uploads that they allow without a signature."""

import re
import secrets
from dataclasses import replace
from typing import Any

from pymongo.errors import DuplicateKeyError

from picturerail import clock
from picturerail.database import Database, Document
from picturerail.errors import BadRequest, Conflict, NotFound
from picturerail.media.access.authentication import check_upload
from picturerail.media.access.policy import is_named_host
from picturerail.media.attributes import parameters
from picturerail.media.attributes.parameters import read_context
from picturerail.media.attributes.upload_options import delivery_type
from picturerail.media.derivatives import eager
from picturerail.media.http import callback
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.params import Params
from picturerail.media.metadata.values import given_values
from picturerail.media.service import Media
from picturerail.media.upload.preset_settings import in_text
from picturerail.url_parts import split_url

# What may be given beside the preset when an upload is not signed (Cloudinary's list).
UNSIGNED_PARAMETERS = (
    *("upload_preset", "callback", "public_id", "folder", "asset_folder", "tags", "context", "metadata"),
    *("face_coordinates", "custom_coordinates", "source", "filename_override", "manifest_transformation"),
    *("manifest_json", "template", "template_vars", "regions", "public_id_prefix", "display_name"),
)
OWNERS_ONLY = ("exif", "image_metadata", "media_metadata")
# what clients send with every call and what is no wish for the file; those in Go and .NET say that it is unsigned
ALWAYS_PRESENT = (
    *("file", "timestamp", "api_key", "resource_type", "cloud_name", "unsigned", "async", "batch_id"),
)
OWN = ("name", "disallow_public_id", "live", *ALWAYS_PRESENT, "signature", "upload_preset")

_NAME = re.compile(r"[\w.\- ]{1,255}")


def check_upload_or_preset(media: Media, call: ApiRequest) -> ApiRequest:
    """Let a signed call pass, or one that an unsigned preset allows; the call with the preset's parameters."""
    name = call.params.text("upload_preset")
    signed = call.user or call.token or call.params.text("signature")
    if not signed and not name:  # 400, as Cloudinary answers it (cloudinary_js, issue 49)
        raise BadRequest("Upload preset must be specified when using unsigned upload")
    if signed or not name:
        call = replace(call, key=check_upload(media.keys, call))
        return _with_preset(call, _named(media.database, name), unsigned=False) if name else call
    preset = _named(media.database, name)
    if not preset["unsigned"]:
        raise BadRequest("Upload preset must be whitelisted for unsigned uploads")
    _refuse_more(call.params, preset)
    if "callback" not in preset["settings"]:
        _check_callback(media, call)
    return _with_preset(call, preset, unsigned=True)


def find(db: Database, name: str) -> Document:
    """A preset by its name."""
    preset = db["upload_presets"].find_one({"_id": name})
    if preset is None:
        raise NotFound(f"Can't find upload preset named {name[:255]}")
    return preset


def _named(db: Database, name: str) -> Document:
    """The preset of an upload. That there is none is a fault of the call: 404 would say that no endpoint is there."""
    try:
        return find(db, name)
    except NotFound:
        raise BadRequest("Upload preset not found") from None


def create(db: Database, params: Params) -> str:
    """Keep a new preset; its name, which is made when none is given."""
    name = params.text("name") or secrets.token_hex(8)
    if not _NAME.fullmatch(name):
        raise BadRequest("Invalid name of an upload preset: letters, digits, spaces, and . _ - only.")
    try:
        db["upload_presets"].insert_one({"_id": name, **_fields(params, {}), "created_at": clock.now()})
    except DuplicateKeyError:
        raise Conflict(f"Upload preset {name} already exists") from None
    return name


def update(db: Database, name: str, params: Params) -> None:
    """Change the given parameters of a preset."""
    preset = find(db, name)
    db["upload_presets"].update_one({"_id": name}, {"$set": _fields(params, preset)})


def _fields(params: Params, held: Document) -> dict[str, Any]:
    flags = {
        name: params.flag(name, default=bool(held.get(name)))
        for name in ("unsigned", "disallow_public_id", "live")
    }
    given = {name: value for name, value in params.items() if name not in OWN and not _is_operator(name)}
    if "transformation" in given:  # kept as a text, in whatever parts it is told
        given["transformation"] = in_text("transformation", given["transformation"])
    settings = Params(given)
    eager.check(settings)
    parameters.check(settings)
    delivery_type(settings)
    return {**flags, "settings": {**held.get("settings", {}), **given}}


def _is_operator(name: str) -> bool:
    return name.startswith("$") or "." in name or "\0" in name


def _refuse_more(params: Params, preset: Document) -> None:
    for name in params:
        if name not in UNSIGNED_PARAMETERS and name not in ALWAYS_PRESENT:
            allowed = ",".join(UNSIGNED_PARAMETERS)
            raise BadRequest(
                f"{_in_words(name)} parameter is not allowed when using unsigned upload. "
                f"Only {allowed} upload parameters are allowed."
            )
    if preset["disallow_public_id"] and params.text("public_id"):
        raise BadRequest("public_id parameter is not allowed by this upload preset.")


def _in_words(name: str) -> str:
    """The name of a parameter as Cloudinary writes it in a sentence: `Return delete token`."""
    words = name[:100].replace("_", " ")
    return words[:1].upper() + words[1:]


def _check_callback(media: Media, call: ApiRequest) -> None:
    """Lead nobody's browser to a page that only a stranger has named (ASVS 5.0, 3.7.2)."""
    if not (to := callback.address(call)):
        return
    own = {split_url(media.settings.site_url).netloc, call.headers.get("host", "")}
    if split_url(to).netloc not in own and not is_named_host(media.settings.callback_hosts, to):
        raise BadRequest(
            "The callback of an unsigned upload must be a page of this site, of its preset, or of a host that "
            "PICTURERAIL_CALLBACK_HOSTS names."
        )


def _with_preset(call: ApiRequest, preset: Document, *, unsigned: bool) -> ApiRequest:
    """The call with the preset's parameters: the call's win when it is signed, else the preset's.

    An unsigned upload adds its tags, context and metadata to those of the preset, and never replaces anything.
    """
    held = Params(preset["settings"])
    values = {**held, **call.params}
    if unsigned:
        values = {**call.params, **held, **_merged(call.params, held), "overwrite": "0"}
        for name in OWNERS_ONLY:  # the answer may be about an asset that was there before
            values.pop(name, None)
    return replace(call, params=Params(values))


def _merged(given: Params, held: Params) -> dict[str, Any]:
    """What both name, each once; where they differ, the preset's."""
    merged: dict[str, Any] = {}
    if "tags" in given or "tags" in held:
        merged["tags"] = list(dict.fromkeys([*held.names("tags"), *given.names("tags")]))
    if "context" in given or "context" in held:
        merged["context"] = {**read_context(given), **read_context(held)}
    if "metadata" in given or "metadata" in held:
        merged["metadata"] = {**given_values(given), **given_values(held)}
    return merged
