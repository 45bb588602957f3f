"""By what pictures are filtered: camera, lens, format, shape, main colour, the day of capture. Pure."""

import colorsys

from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.search.facets import facet_token
from picturerail.gallery.search.periods import century_of

SHAPES = ("landscape", "portrait", "square", "panorama")
COLOURS = (
    "red",
    "orange",
    "yellow",
    "green",
    "cyan",
    "blue",
    "purple",
    "pink",
    "brown",
    "black",
    "grey",
    "white",
)
_HUES = (
    (15, "red"),
    (45, "orange"),
    (70, "yellow"),
    (165, "green"),
    (195, "cyan"),
    (255, "blue"),
    (290, "purple"),
)
_PANORAMA = 2.0  # width over height
_SQUARE = 1.05


def facet_tokens(picture: Picture) -> list[str]:
    """All tokens that stand for what a picture is."""
    taken = (picture.taken_at or (picture.created_at.isoformat() if picture.created_at else ""))[:10]
    values = [
        ("camera", picture.camera.camera),
        ("lens", picture.camera.lens),
        ("format", picture.format),
        ("shape", shape_of(*picture.size)),
        ("colour", colour_of(picture.color)),
        *(("taken", each) for each in (century_of(taken), taken[:4], taken[:7], taken[:10])),
        ("day", taken[5:]),
    ]
    return [facet_token(name, value) for name, value in values if value]


def own_tokens(picture: Picture) -> set[str]:
    """All tokens by which searches find a picture for what is said of itself."""
    return {*picture.text.tokens(picture.filename), *facet_tokens(picture)}


def shape_of(width: int, height: int) -> str:
    """In a word, how wide it is; "" for an unknown size."""
    if not (width and height):
        return ""
    ratio = width / height
    if ratio >= _PANORAMA:
        return "panorama"
    if ratio > _SQUARE:
        return "landscape"
    return "portrait" if ratio < 1 / _SQUARE else "square"


def colour_of(color: str) -> str:
    """The name of a colour that is written #rrggbb; "" for none."""
    if not color:
        return ""
    red, green, blue = (int(color[at : at + 2], 16) / 255 for at in (1, 3, 5))
    hue, light, saturation = colorsys.rgb_to_hls(red, green, blue)
    if light < 0.12:
        return "black"
    if light > 0.92:
        return "white"
    if saturation < 0.13:
        return "grey"
    name = next((name for most, name in _HUES if hue * 360 < most), "pink" if hue * 360 < 345 else "red")
    return "brown" if name in ("red", "orange") and light < 0.38 and saturation < 0.75 else name
