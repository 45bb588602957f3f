"""Tokens for scripts: made and ended."""

from picturerail.gallery import policy
from picturerail.gallery.accounts import tokens
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.policy import Action


def add(at: ActionContext, name: str, scope: str, days: int | None) -> str:
    """Make a token; it is told this once."""
    policy.check(at.who, Action.MANAGE_PEOPLE)
    made = tokens.add_token(at.db, name, scope, days)
    at.record(Deed.ADD_TOKEN, about=f"{name.strip()}, {scope}")
    return made


def remove(at: ActionContext, name: str) -> None:
    """End a token at once."""
    policy.check(at.who, Action.MANAGE_PEOPLE)
    tokens.remove_token(at.db, name)
    at.record(Deed.REMOVE_TOKEN, about=name)
