"""The only maker of file names and cache keys.

Names that people chose (public_ids, file names, upload ids) never become part of a path: a key is made of
random or hashed hexadecimal digits and of a known extension. So no spelling of `../` can leave the store.
"""

import hashlib
import re
import secrets
import time

_ORIGINAL = re.compile(r"[0-9a-f]{2}/[0-9a-f]{32}")
_EXTENSION = re.compile(r"[a-z0-9]{1,8}")


def new_original() -> str:
    """Key of a new original. Each upload gets its own, so that the bytes of two uploads never mix."""
    token = time_ordered()
    return f"{token[7:9]}/{token}"  # another of 256 folders every four seconds, so that keys come in order there too


def time_ordered() -> str:
    """32 hexadecimal digits: the milliseconds of now, then random ones, as UUIDv7 has them (RFC 9562, 5.7).

    An index of random keys is written anew in all its pages, and the more the larger it is; one of these at its end.
    """
    return f"{time.time_ns() // 1_000_000:012x}{secrets.token_hex(10)}"


def derived(original: str, identity: str, extension: str) -> str:
    """Key of a derived image: `identity` is everything but the original on which its bytes depend."""
    if not _ORIGINAL.fullmatch(original):
        raise ValueError(f"not the key of an original: {original!r}")
    if not _EXTENSION.fullmatch(extension):
        raise ValueError(f"not an extension: {extension!r}")
    return f"{original}/{hash_of(identity)[:40]}.{extension}"


def original_of(key: str) -> str:
    """The key of the original from which the derived image `key` was made."""
    return "/".join(key.split("/")[:2])


def chunked_upload(upload_id: str) -> str:
    """Folder name of a chunked upload, from the id that the client chose."""
    return hash_of(upload_id)[:40]


def lock(key: str) -> int:
    """Which byte of the file of locks is that of `key`: one of 2^60, more than there are keys by far."""
    return int(hash_of(key)[:15], 16)


def hash_of(text: str) -> str:
    """SHA-256 of a text, in hexadecimal; any text, also one with lone surrogates."""
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()
