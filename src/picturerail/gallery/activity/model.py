"""One line of the activity log: the frozen record, and everything that it can tell of.

It holds names, ids and titles; never a password, a token, or what somebody typed where a secret belongs.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from typing import Any

from bson import ObjectId

from picturerail.gallery.policy import Anybody, ApiClient, Operator, Person, Principal, ShareLink

MAX_THINGS = 500  # ids that one line names
MAX_ABOUT = 200  # characters


class Deed(Enum):
    """What can have been done: its name, whose first word is its kind, and how a page says it."""

    ADD_PICTURE = ("picture.add", "added")
    DESCRIBE_PICTURE = ("picture.describe", "described")
    ADJUST_PICTURE = ("picture.adjust", "edited")
    REPLACE_FILE = ("picture.file", "replaced the file of")
    TAG_PICTURE = ("picture.tag", "changed the tags of")
    SHOW_PICTURE = ("picture.visibility", "changed who sees")
    STACK_PICTURE = ("picture.stack", "stacked")
    COVER_STACK = ("picture.cover", "laid on top of its stack")
    UNSTACK_PICTURE = ("picture.unstack", "took out of a stack")
    UNDO_PICTURE = ("picture.undo", "took a change back of")
    TRASH_PICTURE = ("picture.trash", "moved to the trash")
    RESTORE_PICTURE = ("picture.restore", "took out of the trash")
    KEEP_PICTURE = ("picture.keep", "kept a duplicate")
    SKIP_PICTURE = ("picture.skip", "threw a duplicate away")
    APPROVE_PICTURE = ("picture.approve", "approved what a guest sent")
    EMPTY_TRASH = ("picture.delete", "emptied the trash")
    ADD_ALBUM = ("album.add", "made the album")
    CHANGE_ALBUM = ("album.change", "changed the album")
    FILL_ALBUM = ("album.fill", "hung or took down in the album")
    ORDER_ALBUM = ("album.order", "put in order the album")
    GRANT_ALBUM = ("album.grant", "gave to see the album")
    REVOKE_ALBUM = ("album.revoke", "gave to see no more the album")
    DELETE_ALBUM = ("album.delete", "deleted the album")
    RESTORE_ALBUM = ("album.restore", "brought back the album")
    ADD_SHARE = ("share.add", "made the link to")
    REVOKE_SHARE = ("share.revoke", "ended the link to")
    FINISH_CHOICE = ("share.done", "has chosen by the link")
    REOPEN_CHOICE = ("share.reopen", "let go on choosing by the link")
    EXPORT = ("transfer.export", "asked for an export of")
    IMPORT = ("transfer.import", "began to import")
    STOP_TRANSFER = ("transfer.stop", "stopped the transfer of")
    FORGET_EXPORT = ("transfer.forget", "deleted the files of an export of")
    SIGN_IN = ("account.sign-in", "signed in")
    REFUSE_SIGN_IN = ("account.refuse", "was not let in as")
    CHANGE_PASSWORD = ("account.password", "set a new password of")
    SET_UP_TOTP = ("account.second-step", "set up a second step at sign-in of")
    TAKE_OFF_TOTP = ("account.one-step", "took off the second step at sign-in of")
    ADD_PASSKEY = ("account.passkey", "added a passkey to")
    REMOVE_PASSKEY = ("account.no-passkey", "removed a passkey of")
    CONNECT = ("account.connect", "connected with the OpenID provider")
    DISCONNECT = ("account.disconnect", "disconnected from the OpenID provider")
    END_SESSIONS = ("account.sign-out", "signed out browsers of")
    INVITE = ("account.invite", "invited")
    ADD_ACCOUNT = ("account.add", "made the account")
    JOIN = ("account.join", "joined as")
    SET_ROLE = ("account.role", "gave another role to")
    DISABLE = ("account.disable", "disabled")
    ENABLE = ("account.enable", "enabled")
    RESET = ("account.reset", "made a link for a new password of")
    REMOVE_ACCOUNT = ("account.remove", "removed the account")
    ADD_GROUP = ("group.add", "made the group")
    RENAME_GROUP = ("group.name", "gave another name to the group")
    JOIN_GROUP = ("group.put", "put somebody into the group")
    LEAVE_GROUP = ("group.take", "took somebody out of the group")
    REMOVE_GROUP = ("group.remove", "removed the group")
    ADD_TOKEN = ("token.add", "made the token")
    REMOVE_TOKEN = ("token.remove", "ended the token")
    NAME_SITE = ("site.name", "wrote the name and the words of the site")

    @property
    def code(self) -> str:
        """Its name in the database, in exports and in the API."""
        return self.value[0]

    @property
    def words(self) -> str:
        """How a page says it, behind who did it."""
        return self.value[1]


KINDS = tuple(dict.fromkeys(deed.code.partition(".")[0] for deed in Deed))
_WORDS = {deed.code: deed.words for deed in Deed}


@dataclass(frozen=True, kw_only=True)
class ActivityEntry:
    """Who did what to which things; `name` is what `who` was called at the time, `number` how many things it were."""

    id: str
    at: datetime
    who: str
    name: str
    address: str
    deed: str
    things: tuple[str, ...]
    number: int
    about: str

    @property
    def words(self) -> str:
        """What was done, in words."""
        return _WORDS.get(self.deed, self.deed)

    @property
    def amount(self) -> str:
        """How many pictures it were, when it were several."""
        of_pictures = self.deed.startswith("picture.") or self.deed == Deed.FILL_ALBUM.code
        return f"{self.number:,} pictures" if of_pictures and self.number > 1 else ""

    @property
    def picture(self) -> str:
        """The id of the one picture that it is about; "" when it is about anything else."""
        return self.things[0] if self.deed.startswith("picture.") and len(self.things) == 1 else ""


def name_of(who: Principal) -> str:
    """What somebody is called in the log."""
    match who:
        case Person():
            return who.email
        case ApiClient():
            return f"token {who.name}"
        case Operator():
            return "shell"
        case ShareLink():
            return "share link"
        case Anybody():
            return "visitor"


def parse_entry(document: Mapping[str, Any]) -> ActivityEntry:
    """Read a document of the collection `activity`."""
    identity: ObjectId = document["_id"]
    return ActivityEntry(
        id=str(identity),
        at=document["at"],
        who=document["who"],
        name=document["name"],
        address=document["address"],
        deed=document["deed"],
        things=tuple(document["things"]),
        number=document["number"],
        about=document["about"],
    )
