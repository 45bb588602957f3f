"""A format behind the last slash of a transformation, as clients write it: c_scale,w_102/jpg. Pure."""

from picturerail.transform.grammar import is_component


def split(text: str) -> tuple[str, str | None]:
    """A transformation and its format; "" behind a bare slash, which means the stored one, None without any."""
    head, slash, last = text.rpartition("/")
    is_format = bool(slash) and not is_component(last) and (last == "" or last.isalnum())
    return (head, last) if is_format else (text, None)
