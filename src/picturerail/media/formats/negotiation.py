"""Which format a picture is sent in. Pure."""

from functools import lru_cache

from picturerail.transform.probe import Facts

# What a browser may say that it takes, best first: the classes of answers that f_auto tells apart.
CLASSES = ("avif", "webp", "")
ALIASES = {"jpeg": "jpg", "jpe": "jpg", "heif": "heic", "tif": "tiff"}
WRITABLE = ("jpg", "png", "webp", "avif", "gif")


@lru_cache(maxsize=512)
def accept_class(accept: str) -> str:
    """The best format that an Accept header names: "avif", "webp" or "" for neither. `*/*` names nothing."""
    named = {_media_type(part) for part in accept.lower()[:2000].split(",")}
    return next((kind for kind in CLASSES if f"image/{kind}" in named), "")


def automatic(accept: str, facts: Facts) -> str:
    """The format of f_auto: the best that the client takes, else gif for moving, png for transparent, jpg."""
    moving = facts.info.frames > 1
    if accept == "avif" and not moving:
        return "avif"
    if accept in ("avif", "webp"):
        return "webp"
    if moving:
        return "gif"
    return "png" if facts.transparent else "jpg"


def canonical_format(extension: str) -> str:
    """One name for each format: jpeg is jpg."""
    return ALIASES.get(extension, extension)


def _media_type(part: str) -> str:
    """The media type of one item of an Accept header, "" when its quality is zero."""
    kind, _, options = part.partition(";")
    refused = any(option.strip() in ("q=0", "q=0.0", "q=0.00", "q=0.000") for option in options.split(";"))
    return "" if refused else kind.strip()
