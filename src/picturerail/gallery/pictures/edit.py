"""An edit: one transformation, kept with the picture, that stands in every address before the size. Pure.

The original is never touched. What may stand in it turns, cuts or tones the picture and nothing else, so that neither
other assets nor other formats come in by it.
"""

import math
import re

from picturerail.errors import BadRequest

MAX_EDIT = 300  # characters
MAX_COMPONENTS = 10
_HUNDRED = range(101)
_BOTH_WAYS = range(-100, 101)
_FILTER = range(1, 2001)
_COLOUR = re.compile(
    "aqua|(?:[0-9a-f]{3}){1,2}|black|blue|fuchsia|gold|gray|green|lime|maroon|navy|olive|orange|purple|red|silver|teal|white|yellow"
)
_LOOK = re.compile(
    "al_dente|athena|audrey|aurora|daguerre|eucalyptus|fes|frost|hairspray|hokusai|incognito|linen|peacock|primavera|"
    "quartz|red_rock|refresh|sizzle|sonnet|ukulele|zorro"
)
# each effect with what may follow its name: a number between two others, or a word, which may be left out before others
EFFECTS: dict[str, tuple[range | re.Pattern[str], ...]] = {
    "art": (_LOOK,),
    **dict.fromkeys(
        ("auto_brightness", "auto_color", "auto_contrast", "blackwhite", "colorize"), (_HUNDRED,)
    ),
    **dict.fromkeys(("oil_paint", "vignette"), (_HUNDRED,)),
    **dict.fromkeys(("blur", "sharpen", "unsharp_mask"), (_FILTER,)),
    **dict.fromkeys(("hue", "saturation", "vibrance"), (_BOTH_WAYS,)),
    "brightness": (range(-99, 201),),
    "brightness_hsb": (range(-99, 101),),
    "contrast": (_BOTH_WAYS, re.compile("linear|sigmoidal")),
    "fill_light": (_HUNDRED, _BOTH_WAYS),
    "gamma": (range(-50, 151),),
    "improve": (re.compile("outdoor|indoor"), _HUNDRED),
    "sepia": (range(1, 101),),
    "tint": (re.compile("equalize"), _HUNDRED, _COLOUR, _COLOUR, _COLOUR),
    **dict.fromkeys(("grayscale", "negate"), ()),
}
KNOWN = (
    "'edit' may turn (a_90, a_hflip), cut (c_crop,w_400,h_300,x_10,y_20) and tone (e_sepia, e_brightness:20) the "
    "picture, with slashes between the steps"
)

_ANGLE = re.compile(r"a_((?:-?\d{1,3}|hflip|vflip)(?:\.(?:-?\d{1,3}|hflip|vflip))*)")
_ONE_ANGLE = re.compile(r"a_(?:[hv]flip\.)*(?:-?[0-9]{1,3}|[hv]flip)(?:\.[hv]flip)*")
_GRAVITY = r"(?:north|south)(?:_east|_west)?|east|west|center|faces?|custom|auto(?::(?:subject|faces?))?"
_CROP = re.compile(
    rf"c_crop(?=.*,w_)(?=.*,h_)(?:(?:,(?:[wh]_[1-9][0-9]{{0,5}}|[xy]_[0-9]{{1,6}})){{2,4}}|"
    rf"(?:,(?:[wh]_[1-9][0-9]{{0,5}}|g_(?:{_GRAVITY}))){{3}})"
)
_EFFECT = re.compile(r"e_([a-z_]+)((?::-?[a-z0-9._]{1,20}){0,5})")
_NUMBER = re.compile(r"-?[0-9]{1,4}(?:\.[0-9]{1,2})?")
_SIDE = re.compile(r",([whxy])_(\d+)")


def clean_edit(text: str) -> str:
    """The transformation as it is kept, or BadRequest for what is none that an edit may be.

    A cloud must answer it: with another one no size of the picture would be shown any more.
    """
    edit = text.strip().strip("/")
    steps = edit.split("/") if edit else []
    if len(edit) > MAX_EDIT or len(steps) > MAX_COMPONENTS:
        raise BadRequest(f"'edit' may have at most {MAX_COMPONENTS} steps and {MAX_EDIT} characters.")
    for step in steps:
        if not _is_known(step):
            raise BadRequest(f"{KNOWN}; '{step[:50]}' is none of these.")
    return edit


def check_cuts(edit: str, width: int, height: int) -> None:
    """BadRequest for an edit that cuts a place which lies outside a picture of this size."""
    steps = edit.split("/")
    for number, step in enumerate(steps):
        wide, high = size_after("/".join(steps[:number]), width, height)
        cut = _cut(step)
        if cut and wide and high and not (cut["x"] < wide and cut["y"] < high):
            raise BadRequest(
                f"'{step}' in 'edit' lies outside the picture, which is {wide} x {high} pixels there; change x_ or y_."
            )


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
        elif cut := _cut(step):
            width = max(1, min(width - cut["x"], cut["w"])) if width else 0
            height = max(1, min(height - cut["y"], cut["h"])) if height else 0
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


def _cut(step: str) -> dict[str, int]:
    """Sides and place of what a step cuts out, from the top left corner unless a gravity says where; else empty."""
    if not step.startswith("c_crop"):
        return {}
    told = {name: int(value) for name, value in _SIDE.findall(step)}
    return told | {"x": 0, "y": 0} if "g_" in step else {"x": 0, "y": 0} | told


def _is_known(step: str) -> bool:
    if effect := _EFFECT.fullmatch(step):
        return effect[1] in EFFECTS and _has_levels(effect[2].split(":")[1:], EFFECTS[effect[1]])
    names = [part[:2] for part in step.split(",")]
    return bool(_ONE_ANGLE.fullmatch(step) or (_CROP.fullmatch(step) and len(set(names)) == len(names)))


def _has_levels(given: list[str], expected: tuple[range | re.Pattern[str], ...]) -> bool:
    """Whether these may follow the name of an effect."""
    if not given:
        return True
    if not expected:
        return False
    first, *others = expected
    if isinstance(first, range):
        number = float(given[0]) if _NUMBER.fullmatch(given[0]) else math.inf
        return first[0] <= number <= first[-1] and _has_levels(given[1:], tuple(others))
    return _has_levels(given[1:] if first.fullmatch(given[0]) else given, tuple(others))
