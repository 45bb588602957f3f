"""E-mail addresses: one folding, by which they are kept, found and counted."""

import re
import unicodedata

from picturerail.errors import BadRequest

MAX_EMAIL = 254  # characters

_EMAIL = re.compile(r"[^\s@<>\"'\x00-\x1f\x7f]+@[^\s@<>\"'\x00-\x1f\x7f]+")


def folded(text: str) -> str:
    """The address without what people and keyboards vary: width, capitals, composition, spaces around it.

    A domain is kept in letters, also where it was sent as IDNA writes it for networks (xn--mller-kva.de).
    """
    widened = unicodedata.normalize("NFKC", text).casefold()
    name, at, domain = unicodedata.normalize("NFKC", widened).strip().rpartition("@")
    return f"{name}{at}{_in_letters(domain)}"


def spellings(text: str) -> list[str]:
    """The address as it is kept, and as it was while forms took domains in the spelling of networks."""
    email = folded(text)
    name, at, domain = email.rpartition("@")
    try:
        return list(dict.fromkeys((email, f"{name}{at}{domain.encode('idna').decode()}")))
    except UnicodeError:
        return [email]


def normal_email(text: str) -> str:
    """The address as it is kept, or BadRequest."""
    email = folded(text)
    if len(email) > MAX_EMAIL or not _EMAIL.fullmatch(email):
        raise BadRequest("Give an e-mail address such as ada@example.com.")
    return email


def _in_letters(domain: str) -> str:
    try:
        told = domain.encode("ascii").decode("idna")
        only = told.encode("idna").decode()
    except UnicodeError:
        return domain
    return told if only == domain else domain  # what is not its one spelling stays
