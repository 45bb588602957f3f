"""Who may keep an answer, and for how long: every Cache-Control of ours, by its name. Pure."""

import re
from typing import Final

# ---- pictures and files --------------------------------------------------------------------------------------
IMMUTABLE: Final = "public, max-age=31536000, immutable"  # the address names its bytes
REPLACEABLE: Final = (
    "public, max-age=60"  # an address without a version: the picture behind it may be replaced
)
SIGNED: Final = (
    "private, max-age=3600"  # of type private or authenticated: for the browser that was given the address
)
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
EDGE_SECONDS: Final = (
    86_400  # an edge asks again after a day, mostly for a 304: what is noted of it stays young
)

_MAX_AGE = re.compile(r"max-age=(\d+)")
_KEPT_BY_NOBODY = re.compile(r"private|no-store")


def lasting(seconds: int) -> str:
    """For an answer that says itself how long it holds."""
    return f"public, max-age={seconds}"


def is_longer_than_edges_keep(cache_control: str) -> bool:
    """True when an edge would go by this for more than EDGE_SECONDS."""
    age = _MAX_AGE.search(cache_control)
    return bool(age and int(age[1]) > EDGE_SECONDS and not _KEPT_BY_NOBODY.search(cache_control))
