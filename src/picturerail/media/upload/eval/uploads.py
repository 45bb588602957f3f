"""The upload parameter `eval`: a script that sees what was uploaded and may change what is done with it."""

from typing import Any

from picturerail.errors import BadRequest
from picturerail.media.http.params import Params
from picturerail.media.upload.eval.interpreter import run
from picturerail.spool import Spooled
from picturerail.transform.probe import Facts

# What a script may set. Who uploads, what, and whether that is signed is none of its business.
CHANGEABLE = frozenset(
    {
        *(
            "asset_folder",
            "categorization",
            "colors",
            "context",
            "detection",
            "display_name",
            "eager",
            "faces",
        ),
        *(
            "eager_async",
            "face_coordinates",
            "custom_coordinates",
            "folder",
            "format",
            "image_metadata",
            "metadata",
        ),
        *(
            "moderation",
            "phash",
            "public_id",
            "quality_analysis",
            "responsive_breakpoints",
            "tags",
            "transformation",
        ),
    }
)


def evaluated(params: Params, resource_type: str, facts: Facts | None, file: Spooled) -> Params:
    """The parameters after their script has run; BadRequest when it cannot be read or sets what it may not."""
    script = params.text("eval")
    if not script:
        return params
    given = {name: value for name, value in params.items() if name in CHANGEABLE}
    scope = run(script, {"resource_info": _info(resource_type, facts, file), "upload_options": dict(given)})
    options = scope["upload_options"]
    if not isinstance(options, dict):
        raise BadRequest("Invalid eval: upload_options must stay an object.")
    if unknown := options.keys() - CHANGEABLE:
        raise BadRequest(f"Invalid eval: upload_options.{min(unknown)[:50]} cannot be set.")
    return Params({**params, **options})


def _info(resource_type: str, facts: Facts | None, file: Spooled) -> dict[str, Any]:
    info: dict[str, Any] = {"resource_type": resource_type, "bytes": file.bytes, "etag": file.md5}
    if facts is None:
        return info
    shown = {"width": facts.info.width, "height": facts.info.height, "format": facts.info.format}
    colours = [list(pair) for pair in facts.colors]
    return info | shown | {"pages": facts.info.frames, "colors": colours, "phash": facts.phash}
