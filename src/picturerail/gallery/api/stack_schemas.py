"""Bodies and answers of the JSON API about stacks, and about pictures that look alike."""

from typing import Annotated

from msgspec import UNSET, Meta, UnsetType

from picturerail.gallery.api.schemas import Id, Ids, PublicPicture
from picturerail.schemas.structs import ApiAnswer, ApiBody


class NewStack(ApiBody, frozen=True, kw_only=True):
    """Pictures to be put under one cover, in this order; what lies under one of them comes along."""

    pictures: Ids
    cover: Annotated[Id | None, Meta(description="The first of them when it is not given")] = None


class StackChange(ApiBody, frozen=True, kw_only=True):
    """Another cover, or pictures to be by themselves again."""

    cover: Id | UnsetType = UNSET
    remove: Ids | UnsetType = UNSET


class PublicStack(ApiAnswer, frozen=True, kw_only=True):
    """A stack, as far as one sees its pictures; the first lies on top."""

    id: Id
    pictures: list[PublicPicture]


class StackAnswer(ApiAnswer, frozen=True, kw_only=True):
    """The stack, as it is now."""

    stack: PublicStack


class ChangedStack(ApiAnswer, frozen=True, kw_only=True):
    """The stack, as it is now, and what was changed; a POST to `undo` (null when nothing was) takes that back."""

    stack: PublicStack
    changed: list[Id]
    undo: str | None


class UndoneStack(ApiAnswer, frozen=True, kw_only=True):
    """The pictures that lie where they lay."""

    changed: list[Id]


class LookalikeGroup(ApiAnswer, frozen=True, kw_only=True):
    """Pictures that look alike."""

    id: Id
    best: Annotated[Id, Meta(description="The one with the most pixels, then bytes")]
    cover: Annotated[Id, Meta(description="The one that is proposed to lie on top of a stack")]
    kind: Annotated[
        str,
        Meta(
            description="What the camera tells: one burst, the pair of a raw file and its JPEG; else empty",
            extra_json_schema={"enum": ["burst", "pair", ""]},
        ),
    ]
    pictures: list[PublicPicture]


class LookalikePage(ApiAnswer, frozen=True, kw_only=True):
    """Some groups, newest first; `next` goes into `after`, and is null at the end."""

    groups: list[LookalikeGroup]
    next: Id | None


class LookalikeQuery(ApiAnswer, frozen=True, kw_only=True):
    """Which groups a list tells of."""

    after: Annotated[Id, Meta(description="The `next` of the page before")] = ""


class LookalikeChoice(ApiBody, frozen=True, kw_only=True):
    """What becomes of a group."""

    keep: Annotated[Id | None, Meta(description="The one that stays; null keeps all")]
    stack: Annotated[bool, Meta(description="Keep all, under the one that `keep` names")] = False


class SettledGroup(ApiAnswer, frozen=True, kw_only=True):
    """The pictures that went to the trash, or, where all are kept, are no group any more."""

    changed: list[Id]
