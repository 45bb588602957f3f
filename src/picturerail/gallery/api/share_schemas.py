"""Bodies and answers of the JSON API about share links."""

from datetime import datetime
from typing import Annotated

from msgspec import Meta

from picturerail.gallery.api.schemas import Id
from picturerail.gallery.pictures.location import HIDDEN
from picturerail.schemas.structs import ApiAnswer, ApiBody

LinkLocation = Annotated[
    str,
    Meta(
        description="`hidden`: the link tells nobody where pictures were taken, even where they or their albums do",
        extra_json_schema={"enum": ["", HIDDEN]},
    ),
]


class NewShare(ApiBody, frozen=True, kw_only=True):
    """A link to one thing: of `picture`, `album` and `q` exactly one is given."""

    picture: Id | None = None
    album: Id | None = None
    q: Annotated[str | None, Meta(description="What a search finds that is not private")] = None
    name: str | None = None
    password: str | None = None
    expires_at: Annotated[datetime | None, Meta(description="A time to come, with its zone")] = None
    download: bool = True
    edited: Annotated[
        bool, Meta(description="With their edits, else as they came from the camera: shown and saved so")
    ] = True
    location: LinkLocation = ""
    max_uses: Annotated[int, Meta(description="How many people may open it; 0: any number")] = 0
    chooses: Annotated[
        bool, Meta(description="Who opens it picks, stars and comments pictures of the album")
    ] = False
    adds: Annotated[
        str,
        Meta(
            description="Guests may add pictures to the album: `held` until approved, or `shown` at once; empty: no",
            extra_json_schema={"enum": ["", "held", "shown"]},
        ),
    ] = ""


class PublicShare(ApiAnswer, frozen=True, kw_only=True):
    """A share link, as its maker knows it."""

    id: Id
    url: Annotated[str, Meta(description="Opens it without an account")]
    picture: Id | None
    album: Id | None
    q: str | None
    name: str
    has_password: bool
    download: bool
    edited: bool
    location: LinkLocation
    created_at: Annotated[str, Meta(extra_json_schema={"format": "date-time"})]
    expires_at: Annotated[str | None, Meta(extra_json_schema={"format": "date-time"})]
    used_at: Annotated[
        str | None, Meta(description="When it was opened last", extra_json_schema={"format": "date-time"})
    ]
    uses: int
    max_uses: int
    chooses: bool
    done_at: Annotated[
        str | None,
        Meta(description="When the client was done choosing", extra_json_schema={"format": "date-time"}),
    ]
    adds: Annotated[str, Meta(extra_json_schema={"enum": ["", "held", "shown"]})]
    added: Annotated[int, Meta(description="Pictures that guests have sent")]


class ShareAnswer(ApiAnswer, frozen=True, kw_only=True):
    """The link."""

    share: PublicShare


class ShareList(ApiAnswer, frozen=True, kw_only=True):
    """Links, newest first."""

    shares: list[PublicShare]


class RevokedShare(ApiAnswer, frozen=True, kw_only=True):
    """The link opens nothing any more."""

    revoked: Id
