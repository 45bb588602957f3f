"""What pages hand out to somebody signed in: addresses of closed pictures, which end when something is taken from them.

Their token carries a name of the account with the number of its withdrawals: each withdrawal closes the name of before,
and the next page is written with another one. At a Cloudinary account, which knows nothing of closed names, an address
lives to its end.
"""

from collections.abc import Iterable, Sequence

from bson import ObjectId

from picturerail import token_revocation
from picturerail.database import Database
from picturerail.gallery import policy
from picturerail.gallery.accounts.groups import AS_VIEWER
from picturerail.gallery.accounts.users import User
from picturerail.gallery.policy import Action, Person
from picturerail.gallery.token_terms import CLOSED_SECONDS, TokenTerms


def terms_of(person: Person) -> TokenTerms:
    """How long what somebody is shown stays open: until something is taken from them."""
    sees_all = policy.may_all(person, Action.SEE_HIDDEN)
    return TokenTerms(name=_name(person.id, person.withdrawals), opens_private=sees_all)


def close(db: Database, user_ids: Iterable[ObjectId]) -> None:
    """End what was handed out to these accounts until now; to be called when they see less.

    The name of now is closed first: whoever was killed after counting would not know it any more.
    """
    these = {"_id": {"$in": list(user_ids)}}
    names = [
        _name(str(each["_id"]), each.get("withdrawals", 0))
        for each in db.users.find(these, {"withdrawals": 1})
    ]
    token_revocation.revoke(db, names, CLOSED_SECONDS)
    db.users.update_many(these, {"$inc": {"withdrawals": 1}})


def close_removed(db: Database, user: User) -> None:
    """End what was handed out to an account that is gone; `user` as it was last."""
    token_revocation.revoke(db, [_name(str(user.id), user.withdrawals)], CLOSED_SECONDS)


def accounts_of(db: Database, viewers: Sequence[str]) -> list[ObjectId]:
    """The accounts that stand among an album's viewers, by themselves or by a group that they are in."""
    groups = [each.removeprefix(AS_VIEWER) for each in viewers if each.startswith(AS_VIEWER)]
    members = db.users.find({"groups": {"$in": list(map(ObjectId, groups))}}, {"_id": 1}) if groups else ()
    alone = [ObjectId(each) for each in viewers if ObjectId.is_valid(each)]
    return list(dict.fromkeys([*alone, *(each["_id"] for each in members)]))


def _name(user_id: str, withdrawals: int) -> str:
    return f"{token_revocation.PERSON}{user_id}.{withdrawals}"
