"""Accounts of people: who comes in, what they may do, and what becomes of their pictures when they leave."""

from contextlib import AbstractContextManager

from bson import ObjectId

from picturerail.errors import BadRequest, NotFound
from picturerail.gallery import policy
from picturerail.gallery.accounts import (
    addresses,
    identities,
    links,
    passkeys,
    passwords,
    sessions,
    totp,
    users,
)
from picturerail.gallery.accounts.email import normal_email
from picturerail.gallery.accounts.links import NO_INVITATION, LinkKind
from picturerail.gallery.accounts.users import User
from picturerail.gallery.actions import bulk, transfers
from picturerail.gallery.actions.accounts import check_open
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.albums import viewers
from picturerail.gallery.follow_up import FollowUp
from picturerail.gallery.pictures import lifecycle, lookup
from picturerail.gallery.policy import Action, Person
from picturerail.gallery.shares import grants

NO_RESET = "This link does not work any more. Ask for a new one."
KEEP, TRASH = "keep", "trash"


def find(at: ActionContext, user_id: str) -> User:
    """The account of that id, for somebody who manages people."""
    policy.check(at.who, Action.MANAGE_PEOPLE)
    user = users.find_user(at.db, ObjectId(user_id)) if ObjectId.is_valid(user_id) else None
    if user is None:
        raise NotFound("There is no such account any more.")
    return user


def add(at: ActionContext, email: str, role: str, password: str) -> User:
    """Make an account."""
    policy.check(at.who, Action.MANAGE_PEOPLE)
    user = users.create_user(at.db, email, role, password)
    at.record(Deed.ADD_ACCOUNT, str(user.id), about=f"{user.email}, {role}")
    return user


def invite(at: ActionContext, email: str, role: str) -> str:
    """The token of a link by which somebody makes an account of that role, within a week."""
    policy.check(at.who, Action.MANAGE_PEOPLE)
    address = normal_email(email)
    if at.db.users.find_one({"email": address}, {"_id": 1}):
        raise BadRequest(f"{address} has an account already.")
    links.forget(at.db, LinkKind.INVITATION, email=address)
    token = links.make(at.db, LinkKind.INVITATION, _maker(at), email=address, role=users.checked_role(role))
    at.record(Deed.INVITE, about=f"{address}, {role}")
    return token


def join(at: ActionContext, token: str, password: str) -> User:
    """Make the account that an invitation is for; the link is used up only when the password is taken."""
    check_open(at)
    invitation = links.find(at.db, LinkKind.INVITATION, token, NO_INVITATION)
    user = users.create_user(at.db, invitation["email"], invitation["role"], password)
    links.forget(at.db, LinkKind.INVITATION, email=user.email)
    at.acting_as(users.person_of(user)).record(Deed.JOIN, str(user.id), about=user.role)
    return user


def set_role(at: ActionContext, user: User, role: str) -> User:
    """Give an account another role, from its next click on."""
    policy.check(at.who, Action.MANAGE_PEOPLE)
    with _following_up(at, user):
        changed = users.set_role(at.db, user, role)
        addresses.close(at.db, [user.id])
    at.record(Deed.SET_ROLE, str(user.id), about=f"{user.email}, {role}")
    return changed


def set_disabled(at: ActionContext, user: User, *, disabled: bool) -> User:
    """Shut an account, from its next click on, or open it again."""
    policy.check(at.who, Action.MANAGE_PEOPLE)
    with _following_up(at, user):
        changed = users.set_disabled(at.db, user, disabled=disabled)
        if disabled:
            addresses.close(at.db, [user.id])
            links.forget(at.db, LinkKind.RESET, user=user.id)
        settle = grants.close_all if disabled else grants.reopen_all
        settle(at.db, {"owner": str(user.id)})  # their links open nothing while they may not sign in
    at.record(Deed.DISABLE if disabled else Deed.ENABLE, str(user.id), about=user.email)
    return changed


def end_sessions(at: ActionContext, user: User) -> int:
    """Sign an account out everywhere; how many browsers that were."""
    policy.check(at.who, Action.MANAGE_PEOPLE)
    transfers.stop_all(at, str(user.id))
    with _following_up(at, user):
        number = sessions.end_sessions_of(at.db, user.id)
        addresses.close(at.db, [user.id])
    at.record(Deed.END_SESSIONS, str(user.id), about=user.email)
    return number


def reset(at: ActionContext, user: User) -> str:
    """The token of a link by which the account sets a new password, within a day; earlier links end."""
    policy.check(at.who, Action.MANAGE_PEOPLE)
    links.forget(at.db, LinkKind.RESET, user=user.id)
    token = links.make(at.db, LinkKind.RESET, _maker(at), user=user.id)
    at.record(Deed.RESET, str(user.id), about=user.email)
    return token


def set_password(at: ActionContext, token: str, password: str) -> User:
    """Set the password of the account that a link is for, once, and sign it out everywhere."""
    check_open(at)
    link = links.find(at.db, LinkKind.RESET, token, NO_RESET)
    user = users.find_user(at.db, link["user"])
    if user is None or user.disabled:
        raise NotFound(NO_RESET)
    passwords.checked_password(password, user.email)  # before the link is used up
    links.use(at.db, LinkKind.RESET, token, NO_RESET)
    return give_password(at.acting_as(users.person_of(user)), user, password)


def give_password(at: ActionContext, user: User, password: str) -> User:
    """Set the password of an account without knowing the present one, and sign it out everywhere.

    Who has lost the password may have lost the second step as well, and a stranger may have added a passkey, or
    connected the account with the OpenID provider: all of that goes.
    """
    if passkeys.forget(at.db, user.id):  # first: whoever is killed below has let no stranger keep a way in
        at.record(Deed.REMOVE_PASSKEY, str(user.id), about=user.email)
    if identities.unbind(at.db, user.id):
        at.record(Deed.DISCONNECT, str(user.id), about=user.email)
    transfers.stop_all(at, str(user.id))
    with _following_up(at, user):
        changed = users.set_password(at.db, user, password)
        sessions.end_sessions_of(at.db, user.id)  # the links for a new password with them
        addresses.close(at.db, [user.id])
    if user.totp:
        totp.take_off(at.db, user.id)
        at.record(Deed.TAKE_OFF_TOTP, str(user.id), about=user.email)
    at.record(Deed.CHANGE_PASSWORD, str(user.id), about=user.email)
    return changed


def remove(at: ActionContext, user: User, pictures: str) -> int:
    """Delete an account. Its pictures are kept, go to the trash, or to the account of the address `pictures`.

    How many pictures that concerned. The account itself goes last: whoever is killed on the way leaves one that is
    shut, and can be removed once more.
    """
    policy.check(at.who, Action.MANAGE_PEOPLE)
    heir = None if pictures in (KEEP, TRASH) else users.user_of(at.db, pictures)
    if heir is not None and heir.id == user.id:
        raise BadRequest("An account cannot leave its pictures to itself.")
    with _following_up(at, user):
        users.set_disabled(at.db, user, disabled=True)
        addresses.close(at.db, [user.id])
        grants.close_all(at.db, {"owner": str(user.id)})
    sessions.end_sessions_of(at.db, user.id)
    viewers.forget(at.db, str(user.id))
    passkeys.forget(at.db, user.id)
    links.forget(at.db, LinkKind.INVITATION, email=user.email)
    if at.settings.oidc_issuer:
        identities.bar(at.db, user)
    else:
        identities.unbind(at.db, user.id)
    number = _leave(at, user, heir, pictures)
    addresses.close_removed(at.db, users.remove_user(at.db, user))
    at.record(Deed.REMOVE_ACCOUNT, str(user.id), about=f"{user.email}, pictures: {pictures}")
    return number


def _following_up(at: ActionContext, user: User) -> AbstractContextManager[None]:
    """Where something is taken from an account: what it was shown, and its links, end also when we are killed."""
    return at.following_up(FollowUp(accounts=[str(user.id)], owner=str(user.id)))


def _maker(at: ActionContext) -> ObjectId | None:
    """The account that makes a link; None for a command."""
    return at.who.user_id if isinstance(at.who, Person) else None


def _leave(at: ActionContext, user: User, heir: User | None, pictures: str) -> int:
    """Do with the pictures of an account what was chosen; how many there were."""
    if heir is not None:
        return lifecycle.give(at.db, str(user.id), str(heir.id))
    if pictures != TRASH:
        return 0
    theirs = policy.changeable(at.who).but({"owner": str(user.id)})
    return len(bulk.trash(at, lookup.ids(at.db, theirs)).changed)
