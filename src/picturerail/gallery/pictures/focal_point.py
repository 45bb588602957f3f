"""The focal point of a picture: the place that every crop keeps in sight, as somebody set it by hand. Pure.

It is kept in shares of the picture as it was uploaded. So turning, straightening and cutting it move the point along,
and taking these back brings it back; nothing has to be written anew.
"""

import math
import re
from dataclasses import dataclass
from typing import Self

from picturerail.errors import BadRequest
from picturerail.gallery.pictures.adjustments import Adjustments, parsed, uncut_frame
from picturerail.gallery.pictures.edit import moves_pixels

UNPLACED = (
    "A script has edited this picture in a way in which no focal point can be followed. Take the edit away, set the "
    "point, and edit it again."
)
_TEXT = re.compile(r"([01](?:\.\d{1,9})?),([01](?:\.\d{1,9})?)")


@dataclass(frozen=True)
class FocalPoint:
    """A place in a picture: shares of its width from the left and of its height from above, 0 to 1."""

    x: float
    y: float

    @classmethod
    def of(cls, text: str) -> Self | None:
        """Read what is kept; None for automatic, and for what is no point."""
        found = _TEXT.fullmatch(text)
        x, y = map(float, found.groups()) if found else (2.0, 2.0)
        return cls(x, y) if x <= 1 and y <= 1 else None

    @property
    def text(self) -> str:
        """As it is kept: `0.25,0.6`."""
        return f"{round(self.x, 5)},{round(self.y, 5)}"

    @property
    def percent(self) -> tuple[str, str]:
        """As forms and stylesheets write it: `25`, `60`."""
        return f"{round(self.x * 100, 2):g}", f"{round(self.y * 100, 2):g}"

    @property
    def within(self) -> Self:
        """The nearest place in the picture: what was beside a cut comes to its edge."""
        return type(self)(min(max(self.x, 0.0), 1.0), min(max(self.y, 0.0), 1.0))


def clean_focus(text: str) -> str:
    """A focal point as it is kept, "" for automatic, or BadRequest."""
    point = FocalPoint.of(text.strip())
    if text.strip() and point is None:
        raise BadRequest(
            "'focus' must be two shares of the picture, such as 0.25,0.6, or empty for automatic."
        )
    return point.text if point else ""


def shown_point(point: FocalPoint, edit: str, width: int, height: int) -> FocalPoint | None:
    """Where a point of the upload, of this size, lies when it is edited; None where nobody can tell."""
    settings = parsed(edit, width, height)
    if settings is None:
        return None if moves_pixels(edit) else point
    x, y = (1 - point.x if settings.mirrored else point.x), point.y
    for _ in range(settings.angle // 90):
        x, y = 1 - y, x
    x, y = _straightened(x, y, settings, width, height)
    cut = settings.crop
    return FocalPoint((x - cut.left) / cut.width, (y - cut.top) / cut.height).within


def kept_point(point: FocalPoint, edit: str, width: int, height: int) -> FocalPoint:
    """The point of the upload that lies there when it is edited; BadRequest where nobody can tell."""
    if not can_be_placed(edit, width, height):
        raise BadRequest(UNPLACED)
    settings = parsed(edit, width, height) or Adjustments()
    cut = settings.crop
    x, y = cut.left + point.x * cut.width, cut.top + point.y * cut.height
    x, y = _straightened(x, y, settings, width, height, back=True)
    for _ in range(settings.angle // 90):
        x, y = y, 1 - x
    return FocalPoint(1 - x if settings.mirrored else x, y).within


def can_be_placed(edit: str, width: int, height: int) -> bool:
    """Whether a point can be followed through the edit of a picture of this size."""
    return not moves_pixels(edit) or parsed(edit, width, height) is not None


def cut_around(point: FocalPoint, width: int, height: int, shape: float) -> str:
    """The step that cuts the largest part of that shape (width over height) with the point in, or near, its middle.

    Empty for a picture that has the shape, to a pixel, already.
    """
    wide, high = min(width, max(1, round(height * shape))), min(height, max(1, round(width / shape)))
    if width - wide <= 1 and height - high <= 1:
        return ""
    left = min(max(0, round(point.x * width - wide / 2)), width - wide)
    top = min(max(0, round(point.y * height - high / 2)), height - high)
    return f"c_crop,w_{wide},h_{high},x_{left},y_{top}"


def _straightened(
    x: float, y: float, settings: Adjustments, width: int, height: int, *, back: bool = False
) -> tuple[float, float]:
    """A place in the turned picture as one in what is left of it when it is straightened, or back."""
    if not settings.straighten:
        return x, y
    wide, high = (height, width) if settings.angle % 180 else (width, height)
    frame = uncut_frame(settings, width, height)
    before, after = (wide, high), (frame.width, frame.height)
    (from_wide, from_high), (to_wide, to_high) = (after, before) if back else (before, after)
    across, down = (x - 0.5) * from_wide, (y - 0.5) * from_high
    turn = math.radians(-settings.straighten if back else settings.straighten)
    sine, cosine = math.sin(turn), math.cos(turn)
    return 0.5 + (across * cosine - down * sine) / to_wide, 0.5 + (across * sine + down * cosine) / to_high
