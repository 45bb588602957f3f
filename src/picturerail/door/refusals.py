"""What the door itself refuses, said as the application behind it would say it."""

import json

from picturerail import cache_policy, cross_origin, security_headers, spool
from picturerail.door.answers import Answer
from picturerail.errors import FileTooLarge, PicturerailError, TooLarge

TITLES = {
    400: "That could not be understood",
    408: "Too slow",
    413: "Too large",
    429: "Too much at once",
    500: "Our fault",
    503: "Back in a moment",
}
API_PREFIXES = ("/v1_1/", "/v2/")
CROSS_ORIGIN = [*(cross_origin.ANYBODY | cross_origin.EXPOSED).items()]


def refusal(path: str, error: PicturerailError, *, delivery: str) -> Answer:
    """An error as an answer to a request for `path`; pictures are delivered below `delivery`."""
    headers = [
        *cache_policy.header(cache_policy.NO_STORE).items(),
        ("X-Content-Type-Options", "nosniff"),
        ("Content-Security-Policy", security_headers.CLOSED),
    ]
    if error.retry_after is not None:
        headers.append(("Retry-After", str(error.retry_after)))
    if error.status == 408:
        headers.append(("Connection", "close"))
    if path.startswith(API_PREFIXES):
        text = json.dumps({"error": {"message": error.message}})
        headers += [("Content-Type", "application/json"), ("X-Cld-Error", error.message), *CROSS_ORIGIN]
    elif path.startswith(delivery):
        text = f"{error.message}\n"
        headers += [
            ("Content-Type", "text/plain; charset=utf-8"),
            ("X-Cld-Error", error.message),
            *CROSS_ORIGIN,
        ]
    elif path.startswith("/api/"):
        text = json.dumps(
            {"title": TITLES.get(error.status, ""), "status": error.status, "detail": error.message}
        )
        headers.append(("Content-Type", "application/problem+json"))
    else:
        text = _page(error)
        headers.append(("Content-Type", "text/html; charset=utf-8"))
    body = text.encode()
    return Answer(error.status, [("Content-Length", str(len(body))), *headers], body)


def too_large(path: str, most: int) -> PicturerailError:
    """The error for a body far over the limit of `most` bytes, as the application behind would have it."""
    if path.startswith(API_PREFIXES):
        return FileTooLarge(spool.too_large(most))
    return TooLarge(f"The request is too large. Maximum is {most} bytes.")


def _page(error: PicturerailError) -> str:
    """A page that needs nothing else of this site: it is shown when there is no room for more."""
    title = TITLES.get(error.status, "That did not work")
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><h1>{title}</h1><p>{error.message}</p></html>\n"
    )
