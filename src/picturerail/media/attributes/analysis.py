"""What is told about a picture only to those who ask: colours, faces, quality, hash, coordinates."""

from collections.abc import Callable
from typing import Any

from picturerail.database import Document
from picturerail.media import resource
from picturerail.media.attributes.coordinates import clamped
from picturerail.media.wire.params import Params

Report = Callable[[Document], dict[str, Any]]


def asked_on_upload(params: Params, asset: Document) -> dict[str, Any]:
    """The parts of an answer that an upload or explicit call asks for; faces lie within the picture."""
    answer = _asked(params, asset, {**_REPORTS, "faces": _clamped_faces})
    return answer if asset.get("facts") else {}


def asked_in_detail(params: Params, asset: Document) -> dict[str, Any]:
    """The parts of an answer that a request for details asks for; coordinates as they were given."""
    reports = {**_REPORTS, "faces": _faces, "coordinates": _coordinates, "exif": _exif}
    return _asked(params, asset, reports) if asset.get("facts") else {}


def _asked(params: Params, asset: Document, reports: dict[str, Report]) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for name, report in reports.items():
        if params.flag(name):
            answer |= report(asset)
    return answer


def _quality(asset: Document) -> dict[str, Any]:
    """Sharpness from 0 to 1; pictures that were uploaded before it was measured have 0."""
    return {"quality_analysis": {"focus": float(asset["facts"].get("focus", 0.0))}}


def _phash(asset: Document) -> dict[str, Any]:
    return {"phash": asset["facts"]["phash"]}


def _cinemagraph(asset: Document) -> dict[str, Any]:
    return {"cinemagraph_analysis": {"cinemagraph_score": 1 if asset["facts"]["info"]["frames"] > 1 else 0}}


def _accessibility(asset: Document) -> dict[str, Any]:
    del asset
    return {}


def _faces(asset: Document) -> dict[str, Any]:
    return {"faces": asset.get("faces", [])}


def _clamped_faces(asset: Document) -> dict[str, Any]:
    return {"faces": clamped(asset.get("faces", []), asset["width"], asset["height"])}


def _coordinates(asset: Document) -> dict[str, Any]:
    given = {"faces": asset.get("faces"), "custom": asset.get("custom_coordinates")}
    return {"coordinates": {name: boxes for name, boxes in given.items() if boxes}}


def _exif(asset: Document) -> dict[str, Any]:
    """Camera data is not kept apart from the original, so that no place or serial number can leak."""
    del asset
    return {"exif": {}}


_REPORTS: dict[str, Report] = {
    "colors": resource.colours,
    "phash": _phash,
    "quality_analysis": _quality,
    "cinemagraph_analysis": _cinemagraph,
    "accessibility_analysis": _accessibility,
}
