"""The media types of raw files, by their extension: what no browser runs is shown as what it is. Pure."""

from typing import Final

from picturerail.image_formats import BINARY

# Not here, and so only ever saved: html, xhtml, svg, xml and their kin, and scripts, which other pages could include.
TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "ics": "text/calendar; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "srt": "text/plain; charset=utf-8",
    "txt": "text/plain; charset=utf-8",
    "vtt": "text/vtt; charset=utf-8",
    "geojson": "application/geo+json",
    "json": "application/json",
    "map": "application/json",
    "pdf": "application/pdf",
    "webmanifest": "application/manifest+json",
    "eot": "application/vnd.ms-fontobject",
    "otf": "font/otf",
    "ttf": "font/ttf",
    "woff": "font/woff",
    "woff2": "font/woff2",
    "aac": "audio/aac",
    "flac": "audio/flac",
    "m4a": "audio/mp4",
    "mp3": "audio/mpeg",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
    "mov": "video/quicktime",
    "mp4": "video/mp4",
    "webm": "video/webm",
}


def media_type(public_id: str) -> str:
    """The media type of a raw file; of what a browser would run, or does not know, the one that it only saves."""
    _, dot, extension = public_id.rpartition("/")[2].rpartition(".")
    return TYPES.get(extension.lower(), BINARY) if dot else BINARY
