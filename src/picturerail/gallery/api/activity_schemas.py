"""Questions and answers of the JSON API about the activity log."""

from typing import Annotated

from msgspec import Meta

from picturerail.gallery.activity.model import KINDS
from picturerail.gallery.api.schemas import MAX_LIST, Id
from picturerail.schemas.structs import ApiAnswer


class ActivityQuery(ApiAnswer, frozen=True, kw_only=True):
    """Which lines of the activity log are told."""

    who: Annotated[str, Meta(description="Those of this person, as `who` tells it")] = ""
    kind: Annotated[str, Meta(extra_json_schema={"enum": ["", *KINDS]})] = ""
    since: Annotated[str, Meta(description="The first day, such as 2026-05-17 (UTC)")] = ""
    until: Annotated[str, Meta(description="The last day")] = ""
    limit: Annotated[int, Meta(ge=1, le=MAX_LIST)] = MAX_LIST
    after: Annotated[Id, Meta(description="The `next` of the page before")] = ""


class PublicActivity(ApiAnswer, frozen=True, kw_only=True):
    """What somebody has done."""

    id: Id
    at: Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
    who: Annotated[
        str, Meta(description="The id of an account, `token:ID`, `operator` for the shell, or empty")
    ]
    name: Annotated[str, Meta(description="What that was called at the time")]
    address: Annotated[str, Meta(description="From where: an address of the network, or `shell`")]
    deed: Annotated[str, Meta(description="Such as `picture.trash`; its first word is its kind")]
    number: Annotated[int, Meta(description="How many things it were")]
    things: Annotated[list[str], Meta(description="Their ids, at most 500")]
    about: Annotated[str, Meta(description="A title, an e-mail address or a word that says more")]


class ActivityPage(ApiAnswer, frozen=True, kw_only=True):
    """Some of the log, newest first; `next` goes into `after`, and is null at the end."""

    activity: list[PublicActivity]
    next: Id | None
