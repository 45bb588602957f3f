"""Which addresses lead to the file of a picture, to the whole picture made anew, to a download of a name. Pure."""

import re
from urllib.parse import quote

FITTED = "c_limit,f_"  # how each transformation begins that makes a picture smaller for a page
MAX_SIDE = 20_000  # pixels; no picture is larger
SHOWN = ("jpg", "png", "webp", "gif", "avif")  # what browsers show; anything else is made a JPEG

_TWICE = {",": "%252C", "/": "%252F", "%": "%2525", ".": "%252E"}
_UNCHANGED = re.compile(r"(fl_attachment(:[^,/]*)?)?")


def is_original(transformation: str) -> bool:
    """Whether a transformation leaves the file as it is."""
    return _UNCHANGED.fullmatch(transformation) is not None


def made_anew(extension: str) -> tuple[str, str]:
    """The transformation that gives a whole picture without what its file says beside its pixels, and its format."""
    extension = extension if extension in SHOWN else SHOWN[0]
    return f"{FITTED}{extension},q_auto:best,w_{MAX_SIDE}", extension


def attachment(name: str) -> str:
    """The flag that makes a picture a download called `name`; its extension is added by the cloud.

    A comma or slash would end the component and a dot the name, so these are escaped twice.
    """
    stem = name.rpartition(".")[0] or name
    return "fl_attachment:" + "".join(
        _TWICE.get(character) or quote(character, safe="") for character in stem
    )
