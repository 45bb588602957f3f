"""One share link: the frozen record, and the token in its address.

The token follows from the link's id and the site's secret key. So nothing in the database opens a link, and its maker
can be shown the address again.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from picturerail.clock import now
from picturerail.errors import BadRequest, NotFound
from picturerail.gallery.pictures.location import HIDDEN
from picturerail.gallery.pictures.text import plain_line

MAX_NAME = 120  # characters
MAX_USES = 10_000
MAX_ADDED = 2_000  # pictures that come by one link
NOBODY_ADDS, HELD, SHOWN = "", "held", "shown"  # whether guests may add, and who sees that at first
MIN_PASSWORD, MAX_PASSWORD = 4, 1024
ENDED = "This link does not work any more. Ask whoever sent it for a new one."

_TOKEN = re.compile(r"([0-9a-f]{24})([0-9a-f]{32})")


@dataclass(frozen=True, kw_only=True)
class Share:
    """A link to one picture, one album or one search: of the three, the one that is not empty."""

    id: str
    owner: str
    picture: str = ""
    album: str = ""
    q: str = ""
    name: str = ""
    password: str = ""  # its hash
    download: bool = True
    edited: bool = True  # whether it shows pictures with their edits, or as they came from the camera
    # `hidden` where it tells nobody where they were taken; empty: as they and their albums say.
    location: str = ""
    created_at: datetime
    expires_at: datetime | None = None
    used_at: datetime | None = None
    uses: int = 0
    max_uses: int = 0  # 0 for any number
    chooses: bool = False  # whether who opens it says which pictures they want
    chosen_at: datetime | None = None  # when they chose last
    done_at: datetime | None = None  # when they said that they have chosen
    adds: str = NOBODY_ADDS
    added: int = 0  # pictures that guests have sent
    sending: Sequence[str] = ()  # those that are on their way just now
    forms: Sequence[str] = ()  # with which people stepped in last: one that is sent twice is counted once

    @property
    def is_over(self) -> bool:
        """Whether its time has come."""
        return self.expires_at is not None and self.expires_at <= now()

    @property
    def is_used_up(self) -> bool:
        """Whether it was opened as often as it may be; who has opened it already goes on."""
        return bool(self.max_uses) and self.uses >= self.max_uses

    @property
    def has_door(self) -> bool:
        """Whether somebody has to step in first: to tell the password, or because it counts how many do."""
        return bool(self.password or self.max_uses)


def parse_share(document: Mapping[str, Any]) -> Share:
    """Read a document of the collection `shares`."""
    fields = {name: value for name, value in document.items() if name != "_id"}
    return Share(id=str(document["_id"]), **fields)


def token_of(share_id: str, secret_key: str) -> str:
    """What stands in the address of a link."""
    return share_id + _seal(share_id, secret_key)


def id_in(token: str, secret_key: str) -> str:
    """The id of the link that has this token; NotFound for one that we never made."""
    parts = _TOKEN.fullmatch(token)
    if parts is None or not hmac.compare_digest(parts[2], _seal(parts[1], secret_key)):
        raise NotFound(ENDED)
    return parts[1]


def proof_of(share: Share, secret_key: str) -> str:
    """What a browser keeps that has stepped in; it ends with the password."""
    return _seal(f"{share.id} {share.password}", secret_key)


def clean_name(text: str) -> str:
    """What a link is called, in one line; BadRequest when it is too long."""
    name = plain_line(text)
    if len(name) > MAX_NAME:
        raise BadRequest(f"A link's name may have at most {MAX_NAME} characters; this has {len(name)}.")
    return name


def clean_password(text: str) -> str:
    """The password of a link, or BadRequest; "" for none."""
    if text and not MIN_PASSWORD <= len(text) <= MAX_PASSWORD:
        raise BadRequest(f"A link's password needs {MIN_PASSWORD} to {MAX_PASSWORD} characters.")
    return text


def clean_end(moment: datetime | None) -> datetime | None:
    """When a link ends, in UTC; BadRequest for what is past, has no zone, or lies there behind the last year."""
    if moment is None:
        return None
    try:
        end = moment.astimezone(UTC) if moment.tzinfo else None
    except OverflowError:
        end = None
    if end is None or end <= now():
        raise BadRequest("'expires_at' must be a time to come, with its zone, such as 2030-01-31T12:00:00Z.")
    return end


def clean_hiding(word: str) -> str:
    """What a link says of where pictures were taken, or BadRequest: it shows nothing that they do not show."""
    if word not in ("", HIDDEN):
        raise BadRequest(f"A link's 'location' must be {HIDDEN}, or empty: as its pictures and albums say.")
    return word


def clean_uses(number: int) -> int:
    """How often a link may be opened, or BadRequest; 0 for any number."""
    if not 0 <= number <= MAX_USES:
        raise BadRequest(f"A link may be opened up to {MAX_USES:,} times, or any number of times with 0.")
    return number


def clean_adds(word: str, album: str) -> str:
    """Whether guests may add pictures, or BadRequest."""
    if word not in (NOBODY_ADDS, HELD, SHOWN):
        raise BadRequest(f"What guests add is '{HELD}' until you approve it, or '{SHOWN}' at once.")
    if word and not album:
        raise BadRequest("Guests can add pictures to an album; share one.")
    return word


def clean_chooses(chooses: bool, album: str) -> bool:
    """Whether a client chooses pictures, or BadRequest."""
    if chooses and not album:
        raise BadRequest("Clients choose pictures of an album; share one.")
    return chooses


def _seal(text: str, secret_key: str) -> str:
    return hmac.new(secret_key.encode(), f"share {text}".encode(), hashlib.sha256).hexdigest()[:32]
