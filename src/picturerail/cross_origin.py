"""What scripts of other sites may send and read (CORS): upload anything signed, load every picture; pure.

No cookie is looked at here, so every site may. Headers are allowed by name, for browsers that take * for a name, and by
* for all others; Authorization has to be named in any case (Fetch standard, CORS protocol).
"""

from picturerail import cache_policy
from picturerail.conditions import CONDITIONS

ANYBODY = {"Access-Control-Allow-Origin": "*"}
# of answers with a picture, or without: what tells why, when to come back, what was sent
EXPOSED = {
    "Access-Control-Expose-Headers": (
        "Content-Disposition, Content-Length, Content-Range, ETag, Retry-After, Vary, X-Cld-Error, X-Request-Id"
    )
}
_LASTING = {"Access-Control-Max-Age": "86400"}

# what upload libraries add by themselves: Dropzone that of caching, blueimp's Content-Disposition, Rails X-CSRF-Token
_UPLOAD_HEADERS = (
    *(
        "Authorization",
        cache_policy.HEADER,
        "Content-Disposition",
        "Content-MD5",
        "Content-Range",
        "Content-Type",
    ),
    *(
        "X-CSRF-Token",
        "X-Requested-With",
        "X-Unique-Upload-Id",
        "X-Upload-Part-Number",
        "X-Upload-Total-Parts",
        "*",
    ),
)
UPLOAD = {
    **ANYBODY,
    **EXPOSED,
    **_LASTING,
    "Access-Control-Allow-Methods": "POST, PUT, GET, OPTIONS",
    "Access-Control-Allow-Headers": ", ".join(_UPLOAD_HEADERS),
}

_DELIVERY_HEADERS = (
    *("Accept", cache_policy.HEADER, "Content-Type", *sorted(CONDITIONS), "X-Requested-With", "*"),
)
DELIVERY_PREFLIGHT = {
    **ANYBODY,
    **EXPOSED,
    **_LASTING,
    "Access-Control-Allow-Methods": "GET, HEAD, OPTIONS",
    "Access-Control-Allow-Headers": ", ".join(_DELIVERY_HEADERS),
}
