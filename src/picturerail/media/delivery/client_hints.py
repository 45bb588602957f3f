"""w_auto and dpr_auto: sizes that the browser chooses by its client hints. Pure.

Sizes are rounded up to steps, so that no list of windows and screens becomes a list of stored pictures.
"""

import math
import re
from collections.abc import Mapping

ACCEPTED = ("Sec-CH-DPR", "Sec-CH-Width", "Sec-CH-Viewport-Width")
READ = (*ACCEPTED, "DPR", "Width", "Viewport-Width")  # the names that older browsers give them, too
WIDTH_STEP = 100
MAX_WIDTH = 4000
DPR_STEP = 0.5
MAX_DPR = 4.0

_WIDTH = re.compile(
    r"w_auto(?::breakpoints(?P<ladder>(?:_\d{1,6}){4})?|:(?P<step>\d{1,4}))?(?::(?P<fallback>\d{1,4}))?"
)


def resolved(transformation: str, headers: Mapping[str, str]) -> tuple[str, tuple[str, ...]]:
    """The transformation with sizes in place of `auto`, and the request headers that were asked for them.

    `headers` have small names. Without hints dpr_auto is 1, and w_auto its own fallback or the width there is.
    """
    if "_auto" not in transformation:
        return transformation, ()
    parts = re.split("([,/])", transformation)
    automatic = [bool(part == "dpr_auto" or _WIDTH.fullmatch(part)) for part in parts]
    chosen = [
        _chosen(part, headers) if is_auto else part for part, is_auto in zip(parts, automatic, strict=True)
    ]
    return "".join(chosen), READ if any(automatic) else ()


def _chosen(part: str, headers: Mapping[str, str]) -> str:
    if part == "dpr_auto":
        dpr = min(_number(headers, "sec-ch-dpr", "dpr") or 1.0, MAX_DPR)
        return f"dpr_{max(1.0, math.ceil(dpr / DPR_STEP) * DPR_STEP):.1f}"
    match = _WIDTH.fullmatch(part)
    given = match.groupdict() if match else {}
    step = min(max(int(given.get("step") or WIDTH_STEP), 20), MAX_WIDTH)
    hinted, fallback = _layout_width(headers), int(given.get("fallback") or 0)
    width = hinted or fallback
    if width and (ladder := given.get("ladder")):
        return f"w_{_rung(width, *(int(part) for part in ladder[1:].split('_')))}"
    if fallback and not hinted:
        return f"w_{min(fallback, MAX_WIDTH)}"  # one picture for all without hints: nothing to round
    return f"w_{min(math.ceil(width / step) * step, MAX_WIDTH)}" if width else "w_1.0"


def _rung(width: float, least: int, most: int, _kilobytes: int, count: int) -> int:
    """The next of so many widths of equal distance between two; how many bytes lie between them is not looked at."""
    least, most = sorted((max(1, least), min(max(1, most), MAX_WIDTH)))
    step = (most - least) / max(1, count - 1)
    return round(min(most, least + max(0, math.ceil((width - least) / step)) * step)) if step else most


def _layout_width(headers: Mapping[str, str]) -> float:
    """Width of the place of the picture in CSS pixels, else of the window; 0 when neither is told."""
    width = _number(headers, "sec-ch-width", "width")
    if width:  # is in pixels of the screen, of which dpr_auto counts the rest
        return width / max(_number(headers, "sec-ch-dpr", "dpr") or 1.0, 1.0)
    return _number(headers, "sec-ch-viewport-width", "viewport-width")


def _number(headers: Mapping[str, str], *names: str) -> float:
    """The first positive number among these headers; 0 when there is none."""
    for name in names:
        text = headers.get(name, "")
        if re.fullmatch(r"[0-9]{1,9}(\.[0-9]{0,20})?", text) and float(text) > 0:
            return float(text)
    return 0.0
