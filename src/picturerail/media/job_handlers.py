"""What each kind of job does."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from picturerail.media.generated import archive, async_calls, explode, multi
from picturerail.media.generated.sprites import sprite
from picturerail.media.service import Media
from picturerail.media.upload import response

JobHandler: TypeAlias = Callable[[Media, str, Mapping[str, Any]], None]

HANDLERS: dict[str, JobHandler] = {
    "eager": response.make_eager,
    "explode": explode.make_pages,
    "multi": async_calls.job("multi", multi.make),
    "sprite": async_calls.job("sprite", sprite.make),
    "generate_archive": async_calls.job("generate_archive", archive.make),
}
