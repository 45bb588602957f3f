"""Whether visitors learn where and with what a picture was taken: its own word, its albums', the site's. Pure."""

import re
from collections.abc import Collection, Mapping
from typing import Any

from picturerail.errors import BadRequest

SHOWN, HIDDEN = "shown", "hidden"
LOCATIONS = ("", SHOWN, HIDDEN)  # empty: as the albums say, else the site

_PLACES = ("image_metadata", "media_metadata", "exif")
_DEGREES = re.compile(r"(\d{1,3}) deg (\d{1,2})' (\d{1,2}(?:\.\d{1,6})?)\" ([NSEW])")
_DIGITS = 5  # behind the point: a metre


def clean_location(text: str) -> str:
    """One of the words, or BadRequest."""
    if text not in LOCATIONS:
        raise BadRequest(f"'location' must be {SHOWN}, {HIDDEN}, or empty: as the albums say, else the site.")
    return text


def tells(own: str, albums: Collection[str], *, site: bool) -> bool:
    """Whether a picture tells it: by its own word, else if all its albums do, which without a word are as the site."""
    if own:
        return own == SHOWN
    return all(word == SHOWN if word else site for word in albums) if albums else site


def place_in(answer: Mapping[str, Any]) -> str:
    """Latitude and longitude in a cloud's answer to an upload, as maps write them; "" where the camera wrote none."""
    told: Mapping[str, Any] = next(
        (answer[name] for name in _PLACES if isinstance(answer.get(name), dict)), {}
    )
    found = [_degrees(told.get(name), most) for name, most in (("GPSLatitude", 90), ("GPSLongitude", 180))]
    return "" if None in found else ", ".join(f"{each:.{_DIGITS}f}" for each in found)


def _degrees(written: object, most: int) -> float | None:
    parts = _DEGREES.fullmatch(written) if isinstance(written, str) else None
    if parts is None:
        return None
    degrees = int(parts[1]) + int(parts[2]) / 60 + float(parts[3]) / 3600
    return None if degrees > most else -degrees if parts[4] in "SW" else degrees
