"""One's own account: signed in to, its password, its second step, its browsers; and the first owner's."""

from dataclasses import dataclass

from picturerail.errors import BadRequest, Conflict, Forbidden, NotFound
from picturerail.gallery import policy
from picturerail.gallery.accounts import addresses, passkeys, passwords, sessions, setup, totp, users
from picturerail.gallery.accounts.passkeys import RelyingParty
from picturerail.gallery.accounts.users import User
from picturerail.gallery.actions import transfers
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.follow_up import FollowUp
from picturerail.gallery.policy import Action


@dataclass(frozen=True)
class Proof:
    """What shows that it is still oneself: the password, and where a second step is asked for a code, too."""

    password: str
    code: str = ""


def sign_in(at: ActionContext, email: str, password: str) -> User | None:
    """The account, when address and password belong together. What was typed stands in no log.

    Forbidden where the site leaves sign-in to the OpenID provider alone, by passkey too.
    """
    check_open(at)
    user = users.check_sign_in(at.db, email, password)
    if user is None:
        _record_refusal(at, email)
        return None
    if not user.totp:
        _record_sign_in(at, user)
    return user


def take_second_step(at: ActionContext, user: User, code: str) -> bool:
    """Whether who knows the password brings a right code too; it is used up by that."""
    if not (user.totp and totp.use(at.db, user.id, user.totp, code, at.settings.secret_key)):
        at.record(Deed.REFUSE_SIGN_IN, str(user.id), about=user.email)
        return False
    _record_sign_in(at, user)
    return True


def prove(at: ActionContext, user: User, proof: Proof) -> None:
    """BadRequest unless it is still oneself, as at the sign-in (ASVS 5.0, 7.5.1); the code is used up."""
    policy.check(at.who, Action.HAVE_ACCOUNT)
    if not user.has_password or not passwords.matches(user.password, proof.password):
        raise BadRequest("The present password is not right.")
    if user.totp and not totp.use(at.db, user.id, user.totp, proof.code, at.settings.secret_key):
        raise BadRequest(
            "The code of the second step is not right, or was used already. Wait for the next one."
        )


def set_up_totp(at: ActionContext, user: User, salt: str, proof: Proof, code: str) -> list[str]:
    """Ask for a second step from now on, when the app makes right codes; the recovery codes, told this once."""
    policy.check(at.who, Action.HAVE_ACCOUNT)
    if user.totp:
        raise Conflict("A second step is asked for already. Take it off first.")
    prove(at, user, proof)
    step = totp.step_of(totp.secret_of(user.id, salt, at.settings.secret_key), code)
    if step is None:
        raise BadRequest("That is not the code that the app shows now. Is the clock of both devices right?")
    codes = totp.new_recovery_codes()
    totp.set_up(at.db, user.id, salt, step, codes)
    at.record(Deed.SET_UP_TOTP, str(user.id), about=user.email)
    return codes


def take_off_totp(at: ActionContext, user: User, proof: Proof) -> None:
    """Ask for the password alone."""
    prove(at, user, proof)
    totp.take_off(at.db, user.id)
    at.record(Deed.TAKE_OFF_TOTP, str(user.id), about=user.email)


def make_owner(at: ActionContext, token: str, email: str, password: str) -> User:
    """Make the first owner, by the link that works once."""
    user = setup.use_setup(at.db, token, email, password)
    at.acting_as(users.person_of(user)).record(Deed.JOIN, str(user.id), about=user.role)
    return user


def change_password(at: ActionContext, user: User, proof: Proof, new: str) -> User:
    """Set another password, and sign the account out everywhere."""
    policy.check(at.who, Action.HAVE_ACCOUNT)
    passwords.checked_password(new, user.email)  # before a code is used up
    prove(at, user, proof)
    transfers.stop_all(at, str(user.id))
    with at.following_up(FollowUp(accounts=[str(user.id)])):
        changed = users.change_password(at.db, user.id, proof.password, new)
        sessions.end_sessions_of(at.db, user.id)
        addresses.close(at.db, [user.id])
    at.record(Deed.CHANGE_PASSWORD, str(user.id), about=user.email)
    return changed


def end_session(at: ActionContext, user: User, key: str) -> None:
    """Sign one browser of the account out."""
    policy.check(at.who, Action.HAVE_ACCOUNT)
    with at.following_up(FollowUp(accounts=[str(user.id)])):
        sessions.end_session_of(at.db, user.id, key)
        addresses.close(at.db, [user.id])
    at.record(Deed.END_SESSIONS, str(user.id), about=user.email)


def end_other_sessions(at: ActionContext, user: User, token: str) -> None:
    """Sign the account out everywhere but in the browser that has this token."""
    policy.check(at.who, Action.HAVE_ACCOUNT)
    with at.following_up(FollowUp(accounts=[str(user.id)])):
        sessions.end_other_sessions_of(at.db, user.id, token)
        addresses.close(at.db, [user.id])
    at.record(Deed.END_SESSIONS, str(user.id), about=user.email)


def add_passkey(  # noqa: PLR0917
    at: ActionContext, site: RelyingParty, user: User, proof: Proof, name: str, credential: str
) -> None:
    """Keep a key that a browser has made for who is signed in."""
    prove(at, user, proof)
    passkeys.add(at.db, site, user, name, credential)
    at.record(Deed.ADD_PASSKEY, str(user.id), about=user.email)


def remove_passkey(at: ActionContext, user: User, proof: Proof, passkey_id: str) -> None:
    """Let a key of one's own prove nothing any more."""
    prove(at, user, proof)
    passkeys.remove(at.db, user.id, passkey_id)
    at.record(Deed.REMOVE_PASSKEY, str(user.id), about=user.email)


def sign_in_by_passkey(at: ActionContext, site: RelyingParty, credential: str) -> User:
    """The account whose key has signed; BadRequest for no key, and for an account that is shut."""
    check_open(at)
    user = users.find_user(at.db, passkeys.prove(at.db, site, credential))
    if user is None or user.disabled:
        raise BadRequest(passkeys.NOT_KNOWN)
    _record_sign_in(at, user)
    return user


def check_open(at: ActionContext) -> None:
    """Forbidden where people sign in by the OpenID provider alone."""
    if not at.settings.password_sign_in:
        raise Forbidden(f"People sign in to this site by {at.settings.oidc_label}.")


def _record_sign_in(at: ActionContext, user: User) -> None:
    at.acting_as(users.person_of(user)).record(Deed.SIGN_IN, str(user.id))


def _record_refusal(at: ActionContext, email: str) -> None:
    """Only tries for an account that is there: an address that nobody has may be a password in the wrong field."""
    try:
        user = users.user_of(at.db, email)
    except NotFound:
        return
    at.record(Deed.REFUSE_SIGN_IN, str(user.id), about=user.email)
