"""Tokens for scripts: made and ended."""

from picturerail.gallery import policy
from picturerail.gallery.accounts import tokens
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.follow_up import FollowUp
from picturerail.gallery.policy import Action, Operator
from picturerail.gallery.shares import grants, store

END, KEEP = "end", "keep"  # what becomes of the links that a removed token has made


def add(at: ActionContext, name: str, scope: str, days: int | None) -> str:
    """Make a token; it is told this once."""
    policy.check(at.who, Action.MANAGE_PEOPLE)
    made = tokens.add_token(at.db, name, scope, days)
    at.record(Deed.ADD_TOKEN, about=f"{name.strip()}, {scope}")
    return made


def remove(at: ActionContext, name: str, *, links: str = END) -> int:
    """End a token at once. Its links end with it, as those of an account do, or are kept as the site's own.

    How many links that concerned.
    """
    policy.check(at.who, Action.MANAGE_PEOPLE)
    token = tokens.named(at.db, name)
    owned = {"owner": token.client.id}
    number = at.db.shares.count_documents(owned)
    if links == KEEP:  # before it is gone: a link never ends for a moment
        store.give(at.db, token.client.id, Operator().id)
    with at.following_up(FollowUp(owner=token.client.id)):
        tokens.remove_token(at.db, token)
        grants.close_all(at.db, owned)
    at.record(Deed.REMOVE_TOKEN, about=f"{name}, links: {links}" if number else name)
    return number
