"""What a person has marked for himself: favourites, stars, picked and rejected ones. Nobody else sees them. Pure."""

from collections.abc import Sequence

from picturerail.errors import BadRequest

# Of each kind a picture has one value or none, for each person.
KINDS: dict[str, tuple[str, ...]] = {
    "favourite": ("yes",),
    "stars": ("1", "2", "3", "4", "5"),
    "choice": ("pick", "reject"),
}


def mark_of(person: str, kind: str, value: str) -> str:
    """What stands for a person's mark on a picture, under one index for all."""
    return f"{person}:{kind}={value}"


def clean_mark(kind: str, value: str) -> str:
    """The value, if it is one of that kind, or "" for none; BadRequest otherwise."""
    if kind not in KINDS:
        raise BadRequest(f"A mark is one of {', '.join(KINDS)}.")
    if value and value not in KINDS[kind]:
        raise BadRequest(f"'{kind}' must be one of {', '.join(KINDS[kind])}, or empty for none.")
    return value


def marks_of(person: str, marks: Sequence[str]) -> dict[str, str]:
    """Of all marks on a picture those of one person, by kind."""
    own = (mark.removeprefix(f"{person}:").partition("=") for mark in marks if mark.startswith(f"{person}:"))
    return {kind: value for kind, _, value in own if value in KINDS.get(kind, ())}
