"""E-mail addresses: one folding, by which they are kept, found and counted."""

import re
import unicodedata

from picturerail.errors import BadRequest

MAX_EMAIL = 254  # characters

_EMAIL = re.compile(r"[^\s@<>\"'\x00-\x1f\x7f]+@[^\s@<>\"'\x00-\x1f\x7f]+")


def folded(text: str) -> str:
    """The address without what people and keyboards vary: width, capitals, composition, spaces around it."""
    widened = unicodedata.normalize("NFKC", text).casefold()
    return unicodedata.normalize("NFKC", widened).strip()


def normal_email(text: str) -> str:
    """The address as it is kept, or BadRequest."""
    email = folded(text)
    if len(email) > MAX_EMAIL or not _EMAIL.fullmatch(email):
        raise BadRequest("Give an e-mail address such as ada@example.com.")
    return email
