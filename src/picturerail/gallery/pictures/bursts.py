"""Which pictures belong under one cover by what the camera wrote: bursts, and a raw file with its JPEG. Pure."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from pathlib import PurePosixPath

from picturerail.gallery.pictures.model import Picture

MAX_GAP = 2.0  # seconds from one picture of a burst to the next
# all else is raw, or made from raw to be edited
DEVELOPED = frozenset({"jpg", "heic", "avif", "webp", "png", "gif"})


def bursts(pictures: Iterable[Picture]) -> list[tuple[Picture, ...]]:
    """Those of the pictures that one camera took in one go, in the order of time; two or more in each."""
    timed = [
        (one.camera.camera, time, one.id, one)
        for one in pictures
        if one.camera.camera and (time := _time(one))
    ]
    found: list[list[Picture]] = []
    before: tuple[str, datetime] | None = None
    for camera, time, _, one in sorted(timed, key=lambda each: each[:3]):
        if before and before[0] == camera and (time - before[1]).total_seconds() <= MAX_GAP:
            found[-1].append(one)
        else:
            found.append([one])
        before = (camera, time)
    return [tuple(each) for each in found if len(each) > 1]


def is_pair(pictures: Sequence[Picture]) -> bool:
    """Whether they are the files of one shot: of one name, one of them raw and another developed."""
    stems = {PurePosixPath(one.filename).stem.casefold() for one in pictures}
    return len(stems) == 1 and "" not in stems and len({one.format in DEVELOPED for one in pictures}) == 2


def best(pictures: Iterable[Picture]) -> Picture:
    """The one that is proposed to be kept: with the most pixels, then bytes."""
    return max(pictures, key=lambda one: (one.width * one.height, one.bytes))


def proposed_cover(pictures: Iterable[Picture]) -> Picture:
    """The one that is proposed to lie on top: the best of those that everybody's browser shows as the camera did."""
    every = list(pictures)
    return best([one for one in every if one.format in DEVELOPED] or every)


def _time(picture: Picture) -> datetime | None:
    """When it was taken by the camera's own clock, whatever zone it was told; None when nobody knows."""
    try:
        return datetime.fromisoformat(picture.taken_at).replace(tzinfo=None)
    except ValueError:
        return None
