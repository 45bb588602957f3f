"""What is looked for in a picture when somebody asks for the first time, and then kept with the asset."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from picturerail.errors import BadRequest, TooLarge, UnsupportedMedia
from picturerail.media.asset import Asset
from picturerail.media.attributes.coordinates import Box
from picturerail.media.service import Media
from picturerail.media.store import assets
from picturerail.transform.probe import Facts, facts_from_json


def faces_of(media: Media, asset: Asset) -> Sequence[Box]:
    """Boxes of the faces in pixels, the largest first: those that were told, else those that are found."""
    if asset.faces:
        return sorted(asset.faces, key=lambda box: -box[2] * box[3])
    found: Sequence[Box] = _kept(media, asset, "found_faces", lambda: _find_faces(media, asset))
    return found


def focus_of(media: Media, asset: Asset) -> float:
    """Sharpness from 0 to 1."""
    return float(_kept(media, asset, "focus", lambda: _measure_focus(media, asset)))


def clarity_of(media: Media, asset: Asset) -> Mapping[str, Any]:
    """What of the picture stays distinct to colour-blind people."""
    found: Mapping[str, Any] = _kept(media, asset, "clarity", lambda: _measure_clarity(media, asset))
    return found


def looked_at(media: Media, asset: Asset) -> Asset:
    """The asset with all facts of its picture: of a file of an import its pixels are looked at when somebody asks."""
    if asset.facts is None or asset.facts.is_looked_at:
        return asset
    told = assets.noted(media.database, asset, "facts")
    facts = facts_from_json(told) if told else asset.facts
    if not facts.is_looked_at:
        media.scheduler.note_arrival()  # placeholders of all pictures go before sizes of some
        facts = _look(media, asset)
        assets.note(media.database, asset, "facts", facts.to_json())
    return replace(asset, facts=facts)


def _look(media: Media, asset: Asset) -> Facts:
    try:
        with media.originals.local(asset.original) as path:
            return media.images.probe(path, media.limits, quick=True)
    except (UnsupportedMedia, TooLarge) as error:
        raise BadRequest(f"Invalid image file: {error.message}") from error


def camera_of(media: Media, asset: Asset) -> dict[str, dict[str, str]]:
    """What the camera wrote. It is read from the original each time and kept nowhere else, so that it cannot leak."""
    with media.originals.local(asset.original) as path:
        return media.images.camera(path, media.limits)


def _kept(media: Media, asset: Asset, field: str, look: Callable[[], Any]) -> Any:  # noqa: ANN401
    """The field of the asset; when nobody has looked for it yet, looked for and kept for this original."""
    known = getattr(asset, field)
    if known is None:
        known = assets.noted(media.database, asset, field)
    if known is None:
        known = look()
        assets.note(media.database, asset, field, known)
    return known


def _find_faces(media: Media, asset: Asset) -> list[Box]:
    with media.originals.local(asset.original) as path:
        faces = media.images.faces(path, media.limits)
    width, height = asset.width, asset.height
    return [
        [
            round(face.x * width),
            round(face.y * height),
            round(face.width * width),
            round(face.height * height),
        ]
        for face in faces
    ]


def _measure_focus(media: Media, asset: Asset) -> float:
    with media.originals.local(asset.original) as path:
        return media.images.focus(path, media.limits)


def _measure_clarity(media: Media, asset: Asset) -> dict[str, Any]:
    with media.originals.local(asset.original) as path:
        return media.images.clarity(path, media.limits)
