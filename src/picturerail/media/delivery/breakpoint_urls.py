"""Delivery URLs that ask for widths instead of a picture: `w_auto:breakpoints[_MIN_MAX_KILOBYTES_COUNT]:json`. Pure."""

import re

from picturerail.errors import BadRequest
from picturerail.media.derivatives.breakpoint_settings import BreakpointSettings

_ASKED = re.compile(r"w_auto:breakpoints(?:_(\d{1,6})_(\d{1,6})_(\d{1,6})_(\d{1,3}))?:json")


def read(transformation: str) -> tuple[str, BreakpointSettings | None]:
    """The rest of a transformation, and the breakpoints that it asks for: None when it asks for a picture."""
    if ":json" not in transformation:
        return transformation, None
    components = [component.split(",") for component in transformation.split("/")]
    found = [match for component in components for part in component if (match := _ASKED.fullmatch(part))]
    if len(found) != 1:
        return transformation, None
    rest = [[part for part in component if not _ASKED.fullmatch(part)] for component in components]
    text = "/".join(",".join(component) for component in rest if component)
    return text, _wanted(text, found[0])


def _wanted(text: str, match: re.Match[str]) -> BreakpointSettings:
    if match[1] is None:
        return BreakpointSettings(transformation=text)
    low, high, kilobytes, count = map(int, match.groups())
    if not (1 <= low <= high <= 16_000 and kilobytes >= 1 and 2 <= count <= 200):
        raise BadRequest(
            "Invalid breakpoints: give smallest and largest width, kilobytes of a step, and 2 to 200 images."
        )
    return BreakpointSettings(
        transformation=text, min_width=low, max_width=high, bytes_step=kilobytes * 1000, max_images=count
    )
