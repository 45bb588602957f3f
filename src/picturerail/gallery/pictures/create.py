"""From a file, or from the cloud's answer to a browser's upload, to a picture in the gallery."""

import re
import secrets
import string
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, Any

from bson import ObjectId

from picturerail import camera_raw, image_formats
from picturerail.database import Database
from picturerail.errors import BadRequest, Conflict, Forbidden, UnsupportedMedia
from picturerail.gallery import cloud as media
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures import lifecycle
from picturerail.gallery.pictures.bits import bands_of
from picturerail.gallery.pictures.camera import camera_in
from picturerail.gallery.pictures.capture import taken_in
from picturerail.gallery.pictures.file import check_size, clean_filename
from picturerail.gallery.pictures.location import place_in
from picturerail.gallery.pictures.model import DELETED, TRASH, Picture
from picturerail.gallery.pictures.text import PictureText
from picturerail.gallery.pictures.visibility import PUBLIC, strictest

FORMATS = ("jpg", "png", "webp", "gif", "avif", "heic", "tiff", *camera_raw.FORMATS)
ACCEPT = ",".join(
    (
        "image/jpeg,image/png,image/webp,image/gif,image/avif,image/heic,image/heif,image/tiff,.heic,.heif",
        *(f".{name}" for name in camera_raw.FORMATS),
    )
)
NOT_A_PICTURE = (
    "this is no picture of a kind that can be shown here (JPEG, PNG, WebP, GIF, AVIF, HEIC, TIFF or RAW)."
)

_PUBLIC_ID = re.compile(r"gallery/[a-z0-9]{20}")
_ETAG = re.compile(r"[0-9a-f]{32,64}")
_COLOR = re.compile(r"#[0-9A-Fa-f]{6}")
_THUMBHASH = re.compile(r"[A-Za-z0-9+/]{4,64}={0,2}")
_PHASH = re.compile(r"[0-9a-f]{16}")
_ALPHABET = string.ascii_lowercase + string.digits


def new_public_id() -> str:
    """A name for a new asset that nobody can guess and no file name can influence."""
    return "gallery/" + "".join(secrets.choice(_ALPHABET) for _ in range(20))


def public_id_of(seal: str) -> str:
    """A name for an asset that follows from a seal, in hexadecimal digits: the same one each time."""
    return f"gallery/{seal[:20]}"


@dataclass(frozen=True)
class Within:
    """What the album says in which a picture is about to hang: it holds before it hangs there, too."""

    shown: str = PUBLIC
    location: str = ""


NOWHERE = Within()


@dataclass(frozen=True)
class PictureDraft:
    """What a person says of a picture beside its file; `id` if it is to have one that is given."""

    filename: str
    text: PictureText
    owner: str
    visibility: str
    id: ObjectId | None = None
    within: Within = NOWHERE


def take_answers(
    db: Database, cloud: CloudAccess, told: Sequence[tuple[Mapping[str, Any] | None, PictureDraft]]
) -> list[Picture | None]:
    """Add the pictures that answers of the cloud tell of, as `take_answer` does, but by one write where it can be.

    None for each without an answer. A duplicate means that the bytes came from elsewhere meanwhile.
    """
    places = {at: _fields(cloud, answer, new) for at, (answer, new) in enumerate(told) if answer}
    added = lifecycle.add_all(db, list(places.values()))
    found = {
        at: _taken(picture or lifecycle.add(db, fields), told[at][1].owner)
        for (at, fields), picture in zip(places.items(), added, strict=True)
    }
    return [found.get(at) for at in range(len(told))]


def take_file(
    db: Database,
    cloud: CloudAccess,
    file: IO[bytes],
    *,
    filename: str,
    text: PictureText,
    owner: str,
    visibility: str,
    limit: int,
    public_id: str,
    picture_id: ObjectId | None,
    delivery: str,
    within: Within = NOWHERE,
) -> Picture:
    """Send a file to the cloud and add it; a duplicate means that the bytes are there already."""
    answer = send_file(cloud, file, filename=filename, limit=limit, public_id=public_id, delivery=delivery)
    return take_answer(
        db,
        cloud,
        answer,
        filename=filename,
        text=text,
        owner=owner,
        visibility=visibility,
        picture_id=picture_id,
        within=within,
    )


def send_file(
    cloud: CloudAccess, file: IO[bytes], *, filename: str, limit: int, public_id: str, delivery: str
) -> Mapping[str, Any]:
    """Send a file to the cloud, unless it is too large or no picture; what the cloud answers."""
    size = file.seek(0, 2)
    file.seek(0)
    check_size(size, limit)
    if image_formats.sniff(file) not in FORMATS:
        raise UnsupportedMedia(NOT_A_PICTURE)
    file.seek(0)
    return media.send(cloud, file, size, clean_filename(filename), public_id, delivery=delivery)


def take_answer(
    db: Database,
    cloud: CloudAccess,
    answer: Mapping[str, Any],
    *,
    filename: str,
    text: PictureText,
    owner: str,
    visibility: str,
    picture_id: ObjectId | None = None,
    within: Within = NOWHERE,
) -> Picture:
    """Add the picture that a signed answer of the cloud tells of; taking an answer twice adds one picture."""
    new = PictureDraft(filename, text, owner, visibility, picture_id, within)
    return _taken(lifecycle.add(db, _fields(cloud, answer, new)), owner)


def _taken(picture: Picture, owner: str) -> Picture:
    """The picture, if it is one that its uploader has now."""
    if picture.owner != owner:
        raise Forbidden("This upload belongs to somebody else.")
    if picture.state in (TRASH, DELETED):
        raise Conflict("This picture was deleted meanwhile. Upload it again if it should come back.")
    return picture


def _fields(cloud: CloudAccess, answer: Mapping[str, Any], new: PictureDraft) -> dict[str, Any]:
    fields = parse_answer(cloud, answer)
    said = {"filename": clean_filename(new.filename), "owner": new.owner, "visibility": new.visibility}
    said |= {"shown": strictest((new.visibility, new.within.shown)), "location": new.within.location}
    return fields | new.text.plain | said | ({"_id": new.id} if new.id else {})


def parse_answer(cloud: CloudAccess, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a picture in the cloud's answer; refused is what the cloud did not say, or is no picture.

    Only `public_id` and `version` are under the cloud's signature, so addresses are made from these and the
    rest is checked for type and range.
    """
    public_id, signature = _text(answer, "public_id"), _text(answer, "signature")
    version = _number(answer, "version")
    if not _PUBLIC_ID.fullmatch(public_id) or not media.is_answer_of(cloud, public_id, version, signature):
        raise Forbidden("The media service has not signed this answer.")
    fields = parse_asset(cloud, answer)
    if fields["format"] not in FORMATS:
        media.destroy(cloud, fields["public_id"], fields["delivery"])
        raise UnsupportedMedia(NOT_A_PICTURE)
    return fields


def parse_asset(cloud: CloudAccess, answer: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a picture in what the cloud itself tells about an asset."""
    public_id, version = _text(answer, "public_id"), _number(answer, "version")
    extension = image_formats.canonical(_text(answer, "format"))
    etag, asset_id = _text(answer, "etag", ""), _text(answer, "asset_id", "")
    delivery = _text(answer, "type", media.UPLOAD)
    return {
        "delivery": delivery if delivery in media.DELIVERIES else media.UPLOAD,
        "url": media.plain_address(cloud, public_id, version, extension, delivery),
        "public_id": public_id,
        "asset_id": asset_id[:64],
        "version": version,
        "width": _number(answer, "width"),
        "height": _number(answer, "height"),
        "format": extension,
        "bytes": _number(answer, "bytes"),
        "etag": etag if _ETAG.fullmatch(etag) else "",
        "taken_at": taken_in(answer),
        "place": place_in(answer),
        "camera": camera_in(answer).plain,
        **parse_look(answer),
    }


def parse_look(answer: Mapping[str, Any]) -> dict[str, Any]:
    """What the cloud told of the pixels of a picture when it was asked: placeholder, colour and perceptual hash."""
    return _placeholder(answer) | _hash(answer)


def _placeholder(answer: Mapping[str, Any]) -> dict[str, str]:
    """Main colour and thumbhash, where the cloud tells them."""
    colors, info = answer.get("colors"), answer.get("info")
    color = (
        colors[0][0]
        if isinstance(colors, list) and colors and isinstance(colors[0], list) and colors[0]
        else ""
    )
    own = info.get("picturerail") if isinstance(info, dict) else None
    thumbhash = own.get("thumbhash") if isinstance(own, dict) else ""
    found = {}
    if isinstance(color, str) and _COLOR.fullmatch(color[:7]):
        found["color"] = color[:7]
    if isinstance(thumbhash, str) and _THUMBHASH.fullmatch(thumbhash):
        found["thumbhash"] = thumbhash
    return found


def _hash(answer: Mapping[str, Any]) -> dict[str, Any]:
    """The perceptual hash and its parts; a picture whose hash the cloud does not tell is asked about later."""
    phash = answer.get("phash")
    if not isinstance(phash, str) or not _PHASH.fullmatch(phash):
        return {"unhashed": True}
    return {"phash": phash, "phash_bands": bands_of(phash)}


def _text(answer: Mapping[str, Any], name: str, default: str | None = None) -> str:
    value = answer.get(name, default)
    if not isinstance(value, str) or len(value) > 1000:
        raise BadRequest(f"The answer of the media service has no text in '{name}'.")
    return value


def _number(answer: Mapping[str, Any], name: str) -> int:
    value = answer.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 < value < 2**53:
        raise BadRequest(f"The answer of the media service has no positive number in '{name}'.")
    return value
