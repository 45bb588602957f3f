"""People: accounts, sign-in sessions, the first owner's setup link, and a limit on guessing."""

from picturerail.gallery.accounts.setup import setup_token
from picturerail.gallery.accounts.users import create_user

__all__ = ["create_user", "setup_token"]
