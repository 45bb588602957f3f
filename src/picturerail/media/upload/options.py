"""The parameters of an upload, read into a `Wish`."""

from picturerail.errors import BadRequest
from picturerail.media.delivery.negotiation import canonical_format
from picturerail.media.upload import naming
from picturerail.media.upload.ingest import Wish
from picturerail.media.wire.calls import Call
from picturerail.media.wire.params import Params

TYPES = ("upload", "private", "authenticated")
MOST_TAGS = 1000
LONGEST = 1024


def read(call: Call, resource_type: str, file_name: str) -> Wish:
    """What the call asks for; `resource_type` is image or raw."""
    params = call.params
    name = params.text("filename_override") or file_name
    return Wish(
        resource_type=resource_type,
        type=_type(params),
        public_id=naming.choose(_naming(params, name, raw=resource_type == "raw")),
        original_filename=naming.original_filename(name) or "file",
        overwrite=params.flag("overwrite", default=True),
        tags=tags(params),
        context=context(params),
        allowed_formats=tuple(canonical_format(item.lower()) for item in params.names("allowed_formats")),
    )


def tags(params: Params) -> tuple[str, ...]:
    """The tags of a call, each once."""
    given = params.names("tags")
    if len(given) > MOST_TAGS or any(len(tag) > LONGEST for tag in given):
        raise BadRequest(f"Invalid tags: at most {MOST_TAGS}, each of at most {LONGEST} characters.")
    return tuple(dict.fromkeys(given))


def context(params: Params) -> dict[str, str]:
    """The context of a call: `key=value|key=value`, where a backslash makes | and = plain characters; or a mapping."""
    value = params.get("context")
    if isinstance(value, dict):
        return {str(key): str(item) for key, item in value.items()}
    pairs = (_split(pair, "=", 1) for pair in _split(params.text("context"), "|"))
    found = {pair[0].strip(): pair[1] for pair in pairs if len(pair) == 2}
    if any(len(key) + len(item) > LONGEST * 4 for key, item in found.items()):
        raise BadRequest("Invalid context: a key with its value may have 4096 characters.")
    return found


def _type(params: Params) -> str:
    kind = params.text("type", "upload")
    if kind not in TYPES:
        raise BadRequest(f"Invalid type {kind[:50]}: use one of {', '.join(TYPES)}.")
    return kind


def _naming(params: Params, name: str, *, raw: bool) -> naming.Naming:
    return naming.Naming(
        public_id=params.text("public_id"),
        folder=params.text("folder"),
        prefix=params.text("public_id_prefix"),
        file_name=name,
        use_filename=params.flag("use_filename"),
        unique_filename=params.flag("unique_filename", default=True),
        keep_extension=raw,
    )


def _split(text: str, separator: str, most: int = 0) -> list[str]:
    """Split at separators that no backslash precedes, and take the backslashes away."""
    parts: list[str] = []
    current, escaped = "", False
    for letter in text:
        if escaped:
            current += letter if letter in "|=" else f"\\{letter}"
            escaped = False
        elif letter == "\\":
            escaped = True
        elif letter == separator and not (most and len(parts) == most):
            parts.append(current)
            current = ""
        else:
            current += letter
    return [*parts, current + ("\\" if escaped else "")]
