"""An edit: one transformation, kept with the picture, that stands in every address before the size. Pure.

The original is never touched. What may stand in it turns, cuts or tones the picture and nothing else, so that neither
other assets nor other formats come in by it.
"""

import math
import re

from picturerail.errors import BadRequest

MAX_EDIT = 300  # characters
MAX_COMPONENTS = 10
EFFECTS = frozenset(
    {
        *(
            "art",
            "auto_brightness",
            "auto_color",
            "auto_contrast",
            "blackwhite",
            "blur",
            "brightness",
            "contrast",
        ),
        *(
            "brightness_hsb",
            "colorize",
            "fill_light",
            "gamma",
            "grayscale",
            "hue",
            "improve",
            "negate",
            "oil_paint",
        ),
        *("saturation", "sepia", "sharpen", "tint", "unsharp_mask", "vibrance", "viesus_correct", "vignette"),
    }
)
KNOWN = (
    "'edit' may turn (a_90, a_hflip), cut (c_crop,w_400,h_300,x_10,y_20) and tone (e_sepia, e_brightness:20) the "
    "picture, with slashes between the steps"
)

_ANGLE = re.compile(r"a_((?:-?\d{1,3}|hflip|vflip)(?:\.(?:-?\d{1,3}|hflip|vflip))*)")
_CROP = re.compile(r"c_crop(?=.*,w_)(?=.*,h_)(?:,(?:[wh]_[1-9]\d{0,5}|[xy]_\d{1,6}|g_[a-z_:]{1,30})){2,5}")
_EFFECT = re.compile(r"e_([a-z_]+)((?::-?[a-z0-9._]{1,20}){0,4})")
_SIDE = re.compile(r",([wh])_(\d+)")


def clean_edit(text: str) -> str:
    """The transformation as it is kept, or BadRequest for what is none that an edit may be."""
    edit = text.strip().strip("/")
    steps = edit.split("/") if edit else []
    if len(edit) > MAX_EDIT or len(steps) > MAX_COMPONENTS:
        raise BadRequest(f"'edit' may have at most {MAX_COMPONENTS} steps and {MAX_EDIT} characters.")
    for step in steps:
        if not _is_known(step):
            raise BadRequest(f"{KNOWN}; '{step[:50]}' is none of these.")
    return edit


def size_after(edit: str, width: int, height: int) -> tuple[int, int]:
    """Width and height of a picture after its edit."""
    for step in edit.split("/") if edit else ():
        if turned := _ANGLE.fullmatch(step):
            angle = math.radians(sum(int(part) for part in turned[1].split(".") if not part.endswith("flip")))
            sine, cosine = abs(math.sin(angle)), abs(math.cos(angle))
            width, height = (
                round(width * cosine + height * sine),
                round(width * sine + height * cosine),
            )
        elif step.startswith("c_crop"):
            cut = {name: int(value) for name, value in _SIDE.findall(step)}
            width, height = min(width, cut["w"]), min(height, cut["h"])
    return width, height


def turned(edit: str, turn: str) -> str:
    """The edit with one more turn (`90`, `-90`, `hflip`, `vflip`); two that undo each other leave nothing."""
    before, _, last = edit.rpartition("/")
    found = _ANGLE.fullmatch(last)
    if found and turn.endswith("flip") and found[1] == turn:
        return before
    if found and not turn.endswith("flip") and re.fullmatch(r"-?\d+", found[1]):
        angle = (int(found[1]) + int(turn)) % 360
        return "/".join(filter(None, (before, f"a_{angle}" if angle else "")))
    return "/".join(
        filter(None, (edit, f"a_{int(turn) % 360}" if not turn.endswith("flip") else f"a_{turn}"))
    )


def moves_pixels(edit: str) -> bool:
    """Whether it turns or cuts, so that a placeholder of the original would show something else."""
    return any(step.startswith(("a_", "c_")) for step in edit.split("/"))


def _is_known(step: str) -> bool:
    effect = _EFFECT.fullmatch(step)
    return bool(_ANGLE.fullmatch(step) or _CROP.fullmatch(step) or (effect and effect[1] in EFFECTS))
