"""What is looked for in a picture when somebody asks for the first time, and then kept with the asset."""

from collections.abc import Callable
from typing import Any

from picturerail.database import Document
from picturerail.media.attributes.coordinates import Box
from picturerail.media.service import Media


def faces_of(media: Media, asset: Document) -> list[Box]:
    """Boxes of the faces in pixels, the largest first: those that were told, else those that are found."""
    if asset.get("faces"):
        told: list[Box] = asset["faces"]
        return sorted(told, key=lambda box: -box[2] * box[3])
    found: list[Box] = _kept(media, asset, "found_faces", lambda: _find_faces(media, asset))
    return found


def focus_of(media: Media, asset: Document) -> float:
    """Sharpness from 0 to 1."""
    return float(_kept(media, asset, "focus", lambda: _measure_focus(media, asset)))


def clarity_of(media: Media, asset: Document) -> dict[str, Any]:
    """What of the picture stays distinct to colour-blind people."""
    found: dict[str, Any] = _kept(media, asset, "clarity", lambda: _measure_clarity(media, asset))
    return found


def camera_of(media: Media, asset: Document) -> dict[str, dict[str, str]]:
    """What the camera wrote. It is read from the original each time and kept nowhere else, so that it cannot leak."""
    with media.originals.local(asset["original"]) as path:
        return media.images.camera(path, media.limits)


def _kept(media: Media, asset: Document, field: str, look: Callable[[], Any]) -> Any:  # noqa: ANN401
    """The field of the asset; when it is not there yet, looked for and kept for this original."""
    if field not in asset:
        asset[field] = look()
        same = {"_id": asset["_id"], "original": asset["original"]}
        media.database["assets"].update_one(same, {"$set": {field: asset[field]}})
    return asset[field]


def _find_faces(media: Media, asset: Document) -> list[Box]:
    with media.originals.local(asset["original"]) as path:
        faces = media.images.faces(path, media.limits)
    width, height = asset["width"], asset["height"]
    return [
        [
            round(face.x * width),
            round(face.y * height),
            round(face.width * width),
            round(face.height * height),
        ]
        for face in faces
    ]


def _measure_focus(media: Media, asset: Document) -> float:
    with media.originals.local(asset["original"]) as path:
        return media.images.focus(path, media.limits)


def _measure_clarity(media: Media, asset: Document) -> dict[str, Any]:
    with media.originals.local(asset["original"]) as path:
        return media.images.clarity(path, media.limits)
