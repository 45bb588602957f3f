"""Gzip for what visitors load: built files, and pages that hold no secret.

Pages for people who are signed in carry a form token, whose bytes could be told from the length of a compressed
answer; these go out as they are.
"""

import gzip
from functools import lru_cache
from pathlib import Path

from flask import Response, current_app, request

from picturerail.gallery.web import access

WORTH_BYTES = 1000
PAGE_LEVEL = 5
FILE_LEVEL = 9
TYPES = (
    "text/html",
    "text/css",
    "text/javascript",
    "application/json",
    "image/svg+xml",
    "application/atom+xml",
)


def compress(response: Response) -> Response:
    """Gzip the answer for browsers that take it, where that is worth it and safe."""
    if response.mimetype not in TYPES or response.status_code != 200:
        return response
    response.vary.add("Accept-Encoding")
    if not request.accept_encodings["gzip"] or access.is_personal():
        return response
    if request.endpoint == "static":
        name = (request.view_args or {})["filename"]
        body = _compressed_file(Path(current_app.static_folder or "") / name, response.last_modified)
        response.direct_passthrough = False
    else:
        plain = response.get_data()
        if len(plain) < WORTH_BYTES:
            return response
        body = gzip.compress(plain, PAGE_LEVEL, mtime=0)
    etag, is_weak = response.get_etag()
    if etag and not is_weak:  # a weak one tells of what is said, in whichever bytes
        response.set_etag(f"{etag}-gzip")
    response.set_data(body)
    response.headers["Content-Encoding"] = "gzip"
    return response


@lru_cache(maxsize=64)
def _compressed_file(path: Path, modified: object) -> bytes:  # noqa: ARG001 - part of the key
    """A built file, compressed once for as long as it is unchanged."""
    return gzip.compress(path.read_bytes(), FILE_LEVEL, mtime=0)
