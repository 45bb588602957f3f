"""Who may keep an answer, and for how long: every Cache-Control of ours, by its name. Pure."""

import re
from typing import Final

HEADER: Final = "Cache-Control"

# ---- pictures and files --------------------------------------------------------------------------------------
IMMUTABLE: Final = "public, max-age=31536000, immutable"  # the address names its bytes
# an address without a version: the picture behind it may be replaced
REPLACEABLE: Final = "public, max-age=60"
SIGNED: Final = "private, max-age=3600"  # opened by a signature or a token: for the browser that was given it
RESTRICTED: Final = "private, max-age=60"  # access ends at a moment
ORIGINAL: Final = "public, max-age=3600"  # an original of the tutorial's time, kept in a folder
PERSONAL_ORIGINAL: Final = "private, max-age=3600"

# ---- pages ---------------------------------------------------------------------------------------------------
PAGE: Final = "no-cache"  # a visitor's: asked after each time
PERSONAL_PAGE: Final = "private, no-cache"  # of a person who has signed in
# A stranger's, as an edge keeps it. After a minute the edge asks again, behind the visitor's back, in case a change was
# made outside of the gallery.
SHARED_PAGE: Final = "public, s-maxage=60, stale-while-revalidate=3600"

# ---- everything else -----------------------------------------------------------------------------------------
NO_STORE: Final = "no-store"  # errors, answers of APIs, forms for secrets, what is made for one call
# an edge asks again after a day, mostly for a 304: what is noted of it stays young
EDGE_SECONDS: Final = 86_400

# an edge keeps a refusal for so long: a crowd that waits for it is answered at once
MOMENT_SECONDS: Final = 1
ASKED_EACH_TIME: Final = "@1"  # a moment of 1970: what an edge keeps and shows only when the origin is away
# What an edge has of a picture is shown while it asks again; a refusal never is. Browsers do not get this.
EDGE_STALE: Final = "stale-while-revalidate=2592000"

_MAX_AGE = re.compile(r"\bmax-age=(\d+)")


def header(policy: str) -> dict[str, str]:
    """A policy as the header that says it, to be put among others: nothing else in the program writes it."""
    return {HEADER: policy}


def lasting(seconds: int) -> str:
    """For an answer that says itself how long it holds."""
    return f"public, max-age={seconds}"


def opened_for_edges(status: int, cache_control: str) -> str:
    """X-Accel-Expires for an edge that asks with a token: "0" is not kept.

    Only what nothing but a signature or a token opens: access control may open something to everybody, for a time. A
    refusal comes in the place of a copy; that the origin is busy or failing says nothing of the token.
    """
    opened = status in (200, 304) and cache_control == SIGNED
    refused = 400 <= status < 500 and status != 429
    return ASKED_EACH_TIME if opened or refused else "0"


def for_edges(status: int, cache_control: str) -> tuple[int | None, str]:
    """Seconds (None: as written) and Cache-Control by which an edge keeps an answer that is the same for everybody."""
    if "private" in cache_control:
        return None, cache_control
    if status >= 400 or "public" not in cache_control:
        return MOMENT_SECONDS, cache_control
    age = _MAX_AGE.search(cache_control)
    if age is None:
        return None, cache_control
    return EDGE_SECONDS if int(age[1]) > EDGE_SECONDS else None, f"{cache_control}, {EDGE_STALE}"
