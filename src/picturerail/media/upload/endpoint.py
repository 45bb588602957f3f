"""POST and PUT /<resource_type>/upload: a file, whole or in parts, becomes an asset."""

import hashlib
import json
from base64 import b64encode
from dataclasses import replace
from datetime import timedelta
from typing import Any

from werkzeug.wrappers import Response

from picturerail import clock
from picturerail.database import Document
from picturerail.errors import BadRequest, Conflict
from picturerail.media.attributes import addons, upload_options
from picturerail.media.http import callback
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.params import Params
from picturerail.media.notifications.publish import check_receiver
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.media.store.derived import intermediates
from picturerail.media.store.ingest import Ingested, ingest, inspect
from picturerail.media.upload import chunks, idempotency, strangers
from picturerail.media.upload.delete_tokens import delete_token
from picturerail.media.upload.eval.uploads import evaluated
from picturerail.media.upload.incoming import transformed
from picturerail.media.upload.part_numbers import HEADERS, NumberedParts, PartNumber, parse_number
from picturerail.media.upload.response import check, describe_and_tell, pending
from picturerail.media.upload.source import uploaded_file
from picturerail.spool import Spooled

UPLOAD_DAYS = 1
ASSEMBLING_SECONDS = 120
BULK_HEADER = "x-picturerail-bulk"  # by which a sender says that very many come
# parameters in which the parts of one upload may differ
OF_ONE_PART = (
    "timestamp",
    "signature",
    "signature_algorithm",
    "signature_version",
    "api_key",
    "public_id",
    "file",
)


def upload(media: Media, call: ApiRequest, resource_type: str = "auto") -> dict[str, Any] | Response:
    """Store the file of the call; the answer describes the asset, or an upload that is not done yet."""
    if to := callback.address(call):
        return callback.redirected(to, lambda: _uploaded(media, call, resource_type))
    return _uploaded(media, call, resource_type)


def upload_body(media: Media, call: ApiRequest, resource_type: str) -> dict[str, Any] | Response:
    """Store the body of the call, as it is, by the signed parameters behind the question mark."""
    _check_md5(call)
    return upload(media, call, resource_type)


def _check_md5(call: ApiRequest) -> None:
    """Refuse a body that is not the one whose Content-MD5 the client has told."""
    told = call.headers.get("content-md5")
    if told and call.file and told.strip() != b64encode(bytes.fromhex(call.file.md5)).decode():
        raise BadRequest("The body does not fit its Content-MD5: it was damaged on the way. Send it again.")


def _uploaded(media: Media, call: ApiRequest, resource_type: str) -> dict[str, Any]:
    if resource_type == "video":
        raise BadRequest("Video is not supported: upload pictures, or other files with resource_type raw.")
    check_receiver(media, call.params)
    check(media, call.params)
    media.scheduler.note_arrival()
    file = uploaded_file(media, call)
    try:
        if (where := _place(call, file)) is not None and not where.is_whole:
            return _part(media, call, resource_type, file, where)
        return _whole(media, call, resource_type, file)
    finally:
        intermediates.discard(file.path)


def _whole(media: Media, call: ApiRequest, resource_type: str, file: Spooled) -> dict[str, Any]:
    repeated = idempotency.earlier(media, call, file)
    if repeated is not None:
        strangers.check_repeated(call, repeated)
        return _answer(media, call, call.params, Ingested(repeated))
    done, params = _stored(media, call, resource_type, file)
    idempotency.remember(media, call, file, done.asset)
    return _answer(media, call, params, done)


def _answer(media: Media, call: ApiRequest, params: Params, done: Ingested) -> dict[str, Any]:
    asset = done.asset
    answer = describe_and_tell(media, params, asset, existing=done.existing, signed=call.is_trusted)
    if params.flag("async"):
        return pending(asset)
    if params.flag("return_delete_token") and not done.existing:
        answer["delete_token"] = delete_token(media.settings, asset)
    if done.overwritten:
        answer["overwritten"] = True
    return answer | ({"api_key": call.key.key} if call.key else {})


def _stored(
    media: Media, call: ApiRequest, resource_type: str, file: Spooled, public_id: str = ""
) -> tuple[Ingested, Params]:
    """Look at the file, change it if that is asked for, and store it; `public_id` wins over the one asked for.

    With the asset come the parameters as the call's own script has left them.
    """
    # a header, since Cloudinary has no parameter for it
    bulk = call.headers.get(BULK_HEADER) == "1"
    found, facts = inspect(media, file, resource_type, bulk=bulk)
    params = evaluated(call.params, found, facts, file)
    addons.refuse_on_upload(params)
    wish = upload_options.parse(media, params, found, file.name)
    if public_id:
        wish = replace(wish, public_id=public_id)
    strangers.check_name(media, call, wish.identity)
    made, facts = transformed(media, file, facts, params, signed=call.is_trusted)
    try:
        done = ingest(media, made, facts, replace(wish, overwrite=wish.overwrite and call.is_trusted))
        strangers.check_done(call, done, wish.identity)
        return done, params
    finally:
        intermediates.discard(made.path)


def _place(call: ApiRequest, file: Spooled) -> chunks.ContentRange | PartNumber | None:
    """Which part of a larger file it is; None for a whole one."""
    if "content-range" in call.headers:
        return chunks.parse_range(call.headers["content-range"], file.bytes)
    return parse_number(call.headers) if HEADERS[0] in call.headers else None


def _part(
    media: Media,
    call: ApiRequest,
    resource_type: str,
    file: Spooled,
    where: chunks.ContentRange | PartNumber,
) -> dict[str, Any]:
    upload_id = call.headers.get("x-unique-upload-id", "")
    if not upload_id:
        raise BadRequest("Missing header X-Unique-Upload-Id: parts of one file carry the same one.")
    parts: chunks.UploadParts = chunks.UploadParts(media.spool, upload_id)
    with media.locks.hold(f"upload {upload_id}", ASSEMBLING_SECONDS):
        record = _record(media, call, resource_type, upload_id, file)
        if record.get("asset_id"):  # all of it came before; the client missed the answer
            asset = assets.find_by_asset_id(media.database, record["asset_id"])
            if asset is not None:
                strangers.check_repeated(call, asset)
                return {**_answer(media, call, call.params, Ingested(asset)), "done": True}
        chunks.check_room(media.spool, file.bytes, _room(media, call))
        if isinstance(where, PartNumber):
            parts = NumberedParts(media.spool, upload_id)
            parts.add_number(file, where, media.settings.max_upload_bytes)
        else:
            parts.add(file, where, media.settings.max_upload_bytes)
        if not parts.complete():
            return {"public_id": record["public_id"], "done": False, "bytes": file.bytes, "kind": "upload"}
        return _assembled(media, call, resource_type, parts, record)


def _room(media: Media, call: ApiRequest) -> int:
    """The bytes that parts may take: fewer for those of strangers, whom a preset lets upload."""
    known = call.user or call.params.text("signature")
    return media.settings.spool_bytes if known else media.settings.stranger_bytes


def _assembled(
    media: Media, call: ApiRequest, resource_type: str, parts: chunks.UploadParts, record: Document
) -> dict[str, Any]:
    file = parts.assemble(media.spool, media.settings.max_upload_bytes, record["name"])
    try:
        done, params = _stored(media, call, resource_type, file, record["public_id"])
    except (BadRequest, Conflict):
        parts.remove()
        raise
    finally:
        intermediates.discard(file.path)
    asset_id = {"$set": {"asset_id": done.asset.asset_id}}
    media.database["uploads"].update_one({"_id": record["_id"]}, asset_id)
    parts.remove()
    return {**_answer(media, call, params, done), "done": True}


def _record(media: Media, call: ApiRequest, resource_type: str, upload_id: str, file: Spooled) -> Document:
    """What is kept about a chunked upload beside its parts: the public_id that its first part was given."""
    name = f"chunks {chunks.UploadParts(media.spool, upload_id).folder.name}"
    collection = media.database["uploads"]
    sender = _sender(call)
    if (record := collection.find_one({"_id": name})) is not None:
        named = call.params.text("public_id") in (record.get("asked"), record["public_id"])
        if "sender" in record and not (named and record["sender"] == sender):
            raise Conflict(
                "This upload was begun with other parameters: send all parts with those of the first, "
                "or use another X-Unique-Upload-Id."
            )
        return record
    wish = upload_options.parse(media, call.params, "raw" if resource_type == "raw" else "image", file.name)
    strangers.check_name(media, call, wish.identity)
    begun_by = {"sender": sender, "asked": call.params.text("public_id")}
    record = {"_id": name, "public_id": wish.public_id, "name": file.name, **begun_by}
    collection.insert_one({**record, "expires_at": clock.now() + timedelta(days=UPLOAD_DAYS)})
    return record


def _sender(call: ApiRequest) -> str:
    """What the parts of one upload have in common: all that is said about the file.

    Clients sign each part anew, and name the public_id that the first one was given from the second one on.
    """
    told = {name: value for name, value in call.params.items() if name not in OF_ONE_PART}
    if call.key is not None and not call.is_trusted:
        told["api_key"] = call.key.key
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
