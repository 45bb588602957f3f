"""Which format a picture is sent in. Pure."""

from picturerail.transform.probe import Facts


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
