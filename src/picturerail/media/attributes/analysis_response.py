"""What is told about a picture only to those who ask: colours, faces, quality, hash, coordinates."""

from collections.abc import Callable
from typing import Any

from picturerail.media import resource
from picturerail.media.asset import Asset
from picturerail.media.attributes.analysis_cache import camera_of, clarity_of, faces_of, focus_of, looked_at
from picturerail.media.attributes.coordinates import clamped
from picturerail.media.http.params import Params
from picturerail.media.service import Media

Analysis = Callable[[Media, Asset], dict[str, Any]]


def asked_on_upload(media: Media, params: Params, asset: Asset) -> dict[str, Any]:
    """The parts of an answer that an upload or explicit call asks for; faces lie within the picture."""
    reports = {**_REPORTS, "faces": _clamped_faces}
    return _asked(media, params, asset, reports) if asset.facts else {}


def asked_in_detail(media: Media, params: Params, asset: Asset) -> dict[str, Any]:
    """The parts of an answer that a request for details asks for; coordinates as they were given."""
    reports = {**_REPORTS, "faces": _faces, "coordinates": _coordinates}
    return _asked(media, params, asset, reports) if asset.facts else {}


def _asked(media: Media, params: Params, asset: Asset, reports: dict[str, Analysis]) -> dict[str, Any]:
    answer: dict[str, Any] = {}
    for name, report in reports.items():
        if params.flag(name):
            answer |= report(media, asset)
    return answer


def _colours(media: Media, asset: Asset) -> dict[str, Any]:
    return resource.colours(looked_at(media, asset))


def _quality(media: Media, asset: Asset) -> dict[str, Any]:
    return {"quality_analysis": {"focus": focus_of(media, asset)}}


def _accessibility(media: Media, asset: Asset) -> dict[str, Any]:
    found = clarity_of(media, asset)
    analysis = {
        "distinct_edges": found["edges"],
        "distinct_colors": found["colours"],
        "most_indistinct_pair": found["pair"],
    }
    score = min(found["edges"], found["colours"])
    told = {"colorblind_accessibility_analysis": analysis, "colorblind_accessibility_score": score}
    return {"accessibility_analysis": told}


def _phash(media: Media, asset: Asset) -> dict[str, Any]:
    asset = looked_at(media, asset)
    return {"phash": asset.picture.phash, **resource.info(asset)}


def _cinemagraph(_: Media, asset: Asset) -> dict[str, Any]:
    return {"cinemagraph_analysis": {"cinemagraph_score": int(asset.picture.info.frames > 1)}}


def _faces(media: Media, asset: Asset) -> dict[str, Any]:
    return {"faces": asset.faces or faces_of(media, asset)}


def _clamped_faces(media: Media, asset: Asset) -> dict[str, Any]:
    boxes = asset.faces or faces_of(media, asset)
    return {"faces": clamped(boxes, asset.width, asset.height)}


def _coordinates(_: Media, asset: Asset) -> dict[str, Any]:
    given = {"faces": asset.faces, "custom": asset.custom_coordinates}
    return {"coordinates": {name: boxes for name, boxes in given.items() if boxes}}


def _exif(media: Media, asset: Asset) -> dict[str, Any]:
    return {"exif": camera_of(media, asset)["exif"]}


def _image_metadata(media: Media, asset: Asset) -> dict[str, Any]:
    return {"image_metadata": camera_of(media, asset)["image_metadata"]}


def _media_metadata(media: Media, asset: Asset) -> dict[str, Any]:
    told = camera_of(media, asset)["image_metadata"]
    return {"image_metadata": told, "media_metadata": told}


_REPORTS: dict[str, Analysis] = {
    "accessibility_analysis": _accessibility,
    "colors": _colours,
    "exif": _exif,
    "image_metadata": _image_metadata,
    "media_metadata": _media_metadata,
    "phash": _phash,
    "quality_analysis": _quality,
    "cinemagraph_analysis": _cinemagraph,
}
