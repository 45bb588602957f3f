"""What each kind of job does."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from picturerail.media.jobs import later
from picturerail.media.making import archive, explode, multi
from picturerail.media.making.sprites import sprite
from picturerail.media.service import Media
from picturerail.media.upload import answer

Work: TypeAlias = Callable[[Media, str, Mapping[str, Any]], None]

KINDS: dict[str, Work] = {
    "eager": answer.make_eager,
    "explode": explode.make_pages,
    "multi": later.job("multi", multi.make),
    "sprite": later.job("sprite", sprite.make),
    "generate_archive": later.job("generate_archive", archive.make),
}
