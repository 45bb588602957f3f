"""What an owner says about the whole site."""

from picturerail.gallery import policy
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.policy import Action
from picturerail.gallery.site import texts


def save_texts(at: ActionContext, name: str, words: str) -> None:
    """Save name and words; edges renew the pages that strangers see first, and the others within a minute."""
    policy.check(at.who, Action.NAME_SITE)
    texts.save_texts(at.db, name, words)
    at.renew_pages()
    at.record(Deed.NAME_SITE)
