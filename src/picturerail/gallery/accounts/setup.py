"""The first owner: a link that works once, printed where only the machine's owner can read it."""

from picturerail.database import Database
from picturerail.errors import NotFound
from picturerail.gallery.accounts import links
from picturerail.gallery.accounts.email import normal_email
from picturerail.gallery.accounts.links import LinkKind
from picturerail.gallery.accounts.passwords import checked_password
from picturerail.gallery.accounts.users import User, create_user

USED = "This link has ended: there is an account already. Sign in, or make another one with picturerail user add."
NO_LINK = "This link does not work any more. Restart the program for a new one, or use picturerail user add."


def setup_token(db: Database) -> str | None:
    """A new token for `/setup/<token>`, which replaces any older one; None when there is an account already."""
    if has_users(db):
        return None
    links.forget(db, LinkKind.SETUP)
    return links.make(db, LinkKind.SETUP)


def check_setup(db: Database, token: str) -> None:
    """NotFound unless the token would work now."""
    if has_users(db):
        raise NotFound(USED)
    links.find(db, LinkKind.SETUP, token, NO_LINK)


def use_setup(db: Database, token: str, email: str, password: str) -> User:
    """Make the owner. Of two people who come at one moment the second gets NotFound."""
    check_setup(db, token)
    checked_password(password, normal_email(email))
    links.use(db, LinkKind.SETUP, token, USED)
    return create_user(db, email, "owner", password)


def has_users(db: Database) -> bool:
    """True when somebody has an account."""
    return db.users.find_one({}, {"_id": 1}) is not None
