"""What can be said about how an asset is delivered: own response headers, own quality for q_auto."""

from picturerail.errors import BadRequest
from picturerail.media.http.params import Params
from picturerail.media.http.responses import header_text
from picturerail.transform.grammar import parse

# lower case -> as it is sent; Cloudinary's list
HEADERS = {name.lower(): name for name in ("Link", "Authorization", "X-Robots-Tag")}
MAX_HEADERS = 20
MAX_HEADER_LENGTH = 1000


def read_headers(params: Params) -> dict[str, str]:
    """Response headers: lines of `Name: value`, a list of such lines, or a mapping; equal names are joined."""
    value = params.get("headers")
    if isinstance(value, str) and value[:1] in "[{":
        value = params.data("headers")
    if isinstance(value, dict):
        pairs = [(str(name), str(text)) for name, text in value.items()]
    else:
        lines = (
            [str(line) for line in value] if isinstance(value, list) else params.text("headers").splitlines()
        )
        pairs = [_pair(line) for line in lines if line.strip()]
    if len(pairs) > MAX_HEADERS or any(len(text) > MAX_HEADER_LENGTH for _, text in pairs):
        raise BadRequest(
            f"Invalid headers: at most {MAX_HEADERS}, each of at most {MAX_HEADER_LENGTH} characters."
        )
    headers: dict[str, list[str]] = {}
    for name, text in pairs:
        if name.strip().lower() not in HEADERS:
            raise BadRequest(
                f"Invalid headers: use {', '.join(HEADERS.values())}; {name[:50]} is none of them."
            )
        headers.setdefault(HEADERS[name.strip().lower()], []).append(
            header_text(text.strip(), MAX_HEADER_LENGTH)
        )
    return {name: ", ".join(texts) for name, texts in headers.items()}


def read_quality(params: Params) -> str:
    """What is written behind q_ for this asset wherever q_auto is asked for: 80, 80:444, auto:best; "" for nothing."""
    text = params.text("quality_override")
    try:
        known = not text or parse(f"q_{text}").last("q") is not None
    except BadRequest:
        known = False
    if not known or not set(text) <= set("abcdefghijklmnopqrstuvwxyz0123456789:"):
        raise BadRequest(
            "Invalid quality_override: use a number from 1 to 100, 80:444, auto, auto:best and so on."
        )
    return text


def _pair(line: str) -> tuple[str, str]:
    name, colon, text = line.partition(":")
    if not colon:
        raise BadRequest("Invalid headers: lines of the form 'Name: value' are expected.")
    return name, text
