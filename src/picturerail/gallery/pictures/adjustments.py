"""An edit as the settings of an editor: turned, straightened, cut and toned, each by one number or word. Pure.

`composed` writes the one transformation, always in the same order of steps; `parsed` reads it back. A cut is kept as
shares of the picture as it stands when it is turned and straightened, without the empty corners that come of it.
"""

import math
import re
from dataclasses import dataclass, replace
from typing import Any

from picturerail.gallery.pictures.edit import turned

LOOKS = {
    "grey": "e_grayscale",
    "sepia": "e_sepia:60",
    "vivid": "e_vibrance:60",
    "warm": "e_art:sizzle",
    "cool": "e_art:frost",
    "old": "e_art:daguerre",
}
TONES = {"brightness": (-90, 90), "contrast": (-90, 90), "saturation": (-100, 100)}
MAX_ANGLE = 45  # degrees either way by which a picture is straightened
SHAPES = ("1:1", "5:4", "4:3", "3:2", "16:9", "4:5", "3:4", "2:3", "9:16")

SHAPE_TOLERANCE = 0.01  # of sides, by which two pictures are of one shape

_TURN = re.compile(r"a_((?:-?\d{1,3}|hflip|vflip)(?:\.(?:-?\d{1,3}|hflip|vflip))*)")
_CROP = re.compile(r"c_crop,w_(\d+),h_(\d+),x_(\d+),y_(\d+)")
_TONE = re.compile(rf"e_({'|'.join(TONES)}):(-?\d+)")
_PIXEL = 1.5  # by which a cut may stand over, since sides are rounded


@dataclass(frozen=True)
class Cut:
    """A rectangle within another, in shares of its sides."""

    left: float = 0
    top: float = 0
    width: float = 1
    height: float = 1


WHOLE = Cut()


@dataclass(frozen=True)
class Adjustments:
    """What an edit does: mirrored first, then turned, straightened, cut, toned."""

    mirrored: bool = False
    angle: int = 0
    straighten: int = 0
    crop: Cut = WHOLE
    brightness: int = 0
    contrast: int = 0
    saturation: int = 0
    look: str = ""

    @property
    def tones(self) -> dict[str, int]:
        """Each tone by its name."""
        return {"brightness": self.brightness, "contrast": self.contrast, "saturation": self.saturation}

    def turned(self, way: str) -> "Adjustments":
        """The same picture turned (`90`, `-90`) or mirrored (`hflip`, `vflip`) on top of it."""
        cut = self.crop
        match way:
            case "hflip":
                crop = replace(cut, left=1 - cut.left - cut.width)
                angle, mirrored = -self.angle % 360, not self.mirrored
                return replace(self, mirrored=mirrored, angle=angle, straighten=-self.straighten, crop=crop)
            case "vflip":
                return self.turned("hflip").turned("90").turned("90")
            case "90":
                crop = Cut(1 - cut.top - cut.height, cut.left, cut.height, cut.width)
                return replace(self, angle=(self.angle + 90) % 360, crop=crop)
            case _:
                return self.turned("90").turned("90").turned("90")


def composed(settings: Adjustments, width: int, height: int) -> str:
    """The transformation for a picture of this size; of an unknown one (0) nothing is cut or straightened."""
    steps = ["a_hflip"] if settings.mirrored else []
    steps += [f"a_{settings.angle}"] if settings.angle else []
    frame = uncut_frame(settings, width, height) if width and height else None
    if frame and settings.straighten:
        steps.append(f"a_{settings.straighten}")
    if frame and (settings.straighten or settings.crop != WHOLE):
        steps.append(frame.cut(settings.crop))
    steps += [f"e_{name}:{value}" for name, value in settings.tones.items() if value]
    steps += [LOOKS[settings.look]] if settings.look else []
    return "/".join(steps)


def parsed(edit: str, width: int, height: int) -> Adjustments | None:
    """The settings that an edit stands for; None for one that they cannot say."""
    settings, crop = Adjustments(), ""
    for step in edit.split("/") if edit else ():
        tone = _TONE.fullmatch(step)
        look = next((name for name, effect in LOOKS.items() if effect == step), "")
        if (turn := _TURN.fullmatch(step)) and not crop:
            changed = _turned(settings, turn[1].split("."))
            if changed is None:
                return None
            settings = changed
        elif _CROP.fullmatch(step) and not crop:
            crop = step
        elif tone and not settings.tones[tone[1]]:
            level: dict[str, Any] = {tone[1]: int(tone[2])}
            settings = replace(settings, **level)
        elif look and not settings.look:
            settings = replace(settings, look=look)
        else:
            return None
    return _with_crop(settings, crop, width, height)


def shaped(settings: Adjustments, shape: str, width: int, height: int) -> Adjustments:
    """The same with the largest cut of this shape that lies in the middle of the one there was."""
    across, down = (int(part) for part in shape.split(":"))
    frame, cut = uncut_frame(settings, width, height), settings.crop
    ratio = across / down * frame.height / frame.width  # of a cut's shares
    new_width, new_height = min(cut.width, cut.height * ratio), min(cut.height, cut.width / ratio)
    left, top = cut.left + (cut.width - new_width) / 2, cut.top + (cut.height - new_height) / 2
    return replace(settings, crop=Cut(left, top, new_width, new_height))


def turned_edit(edit: str, way: str, width: int, height: int) -> str:
    """The edit with one more turn, in as few steps as can be."""
    settings = parsed(edit, width, height)
    return composed(settings.turned(way), width, height) if settings else turned(edit, way)


def fitted_edit(edit: str, size: tuple[int, int], to: tuple[int, int]) -> str:
    """The edit of a picture of one size for a picture of another: what it cuts off are the same shares."""
    settings = parsed(edit, *size)
    return composed(settings, *to) if settings else edit


def refitted_edit(edit: str, size: tuple[int, int], to: tuple[int, int]) -> tuple[str, bool]:
    """The edit of a picture whose file becomes another one, and whether its cut is let go.

    Of a file of the same shape the same shares are cut off; else the same pixels, as long as they are all there.
    """
    if size == to or not edit:
        return edit, False
    settings = parsed(edit, *size)
    if settings is None or not all(to):
        steps = [step for step in edit.split("/") if not step.startswith("c_")]
        return "/".join(steps), len(steps) < len(edit.split("/"))
    cut = settings.crop if same_shape(size, to) else _same_pixels(settings, size, to)
    return composed(replace(settings, crop=cut or WHOLE), *to), cut is None


def same_shape(size: tuple[int, int], to: tuple[int, int]) -> bool:
    """Whether a picture of one size shows, smaller or larger, what one of the other may show."""
    return math.isclose(size[0] * to[1], size[1] * to[0], rel_tol=SHAPE_TOLERANCE)


def _same_pixels(settings: Adjustments, size: tuple[int, int], to: tuple[int, int]) -> Cut | None:
    """The cut in shares of another frame; None where it does not lie within that."""
    if settings.crop == WHOLE:
        return WHOLE
    old, new, cut = uncut_frame(settings, *size), uncut_frame(settings, *to), settings.crop
    across, down = old.width / new.width, old.height / new.height
    moved = Cut(cut.left * across, cut.top * down, cut.width * across, cut.height * down)
    inside = moved.left + moved.width <= 1 and moved.top + moved.height <= 1
    return moved if inside else None


@dataclass(frozen=True)
class UncutFrame:
    """What of the turned and straightened picture can be shown, without empty corners, in its pixels."""

    left: float
    top: float
    width: float
    height: float

    def cut(self, crop: Cut) -> str:
        """The step that cuts this out."""
        left, top = round(self.left + crop.left * self.width), round(self.top + crop.top * self.height)
        width = max(1, math.floor(crop.width * self.width + 1e-6))
        height = max(1, math.floor(crop.height * self.height + 1e-6))
        return f"c_crop,w_{width},h_{height},x_{max(0, left)},y_{max(0, top)}"


def uncut_frame(settings: Adjustments, width: int, height: int) -> UncutFrame:
    """What can be shown of a picture of this size, in pixels, before it is cut."""
    wide, high = (height, width) if settings.angle % 180 else (width, height)
    turn = math.radians(abs(settings.straighten))
    sine, cosine = math.sin(turn), math.cos(turn)
    whole_wide, whole_high = round(wide * cosine + high * sine), round(wide * sine + high * cosine)
    scale = min(wide / (wide * cosine + high * sine), high / (wide * sine + high * cosine))
    inner_wide, inner_high = wide * scale, high * scale
    return UncutFrame((whole_wide - inner_wide) / 2, (whole_high - inner_high) / 2, inner_wide, inner_high)


def _turned(settings: Adjustments, turns: list[str]) -> Adjustments | None:
    for turn in turns:
        if settings.straighten:
            return None
        if turn.endswith("flip"):
            settings = settings.turned(turn)
        elif int(turn) % 90 == 0:
            settings = replace(settings, angle=(settings.angle + int(turn)) % 360)
        elif abs(int(turn)) <= MAX_ANGLE:
            settings = replace(settings, straighten=int(turn))
        else:
            return None
    return settings


def _with_crop(settings: Adjustments, step: str, width: int, height: int) -> Adjustments | None:
    """The settings with the cut of this step, if they can say it; a straightened picture has one always."""
    if not step:
        return None if settings.straighten else settings
    if not (width and height):
        return None
    wide, high, left, top = (int(part) for part in _CROP.fullmatch(step).groups())  # type: ignore[union-attr]
    frame = uncut_frame(settings, width, height)
    beyond = (
        left < frame.left - _PIXEL
        or top < frame.top - _PIXEL
        or left + wide > frame.left + frame.width + _PIXEL
        or top + high > frame.top + frame.height + _PIXEL
    )
    if beyond or not (wide and high):
        return None
    if settings.straighten and frame.cut(WHOLE) == step:
        return settings
    share = Cut(
        max(0.0, (left - frame.left) / frame.width),
        max(0.0, (top - frame.top) / frame.height),
        min(1.0, wide / frame.width),
        min(1.0, high / frame.height),
    )
    return replace(settings, crop=share)
