"""GIFs whose ground shows although no frame speaks of transparency: browsers leave it clear, libvips paints it.

A frame may be smaller than the canvas, or end with the ground in its place (disposal 2). Then each frame is given an
index for clear that none of its pixels has, by which libvips knows that there is transparency, and what is clear.
"""

import io
import mmap
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from PIL import Image

MAX_FRAMES = 500  # that are given an index; of a file with more nothing is changed
MAX_PIXELS = 1 << 26  # of all frames, whose indices are counted where they may be all in use
_KEEPS = (0, 1)  # disposals that leave a frame where it is
_COLOURS = 256
_EXTENSION, _IMAGE = 0x21, 0x2C
_CONTROL = 0xF9


@dataclass(frozen=True)
class _Frame:
    """Where one frame stands in the file, and what its blocks say."""

    control: int | None  # place of its control block
    start: int  # place of its descriptor
    end: int
    disposal: int
    is_clear: bool  # it has an index for clear
    size: tuple[int, int]
    covers: bool
    table: bytes  # its own colours, or none

    @property
    def hides(self) -> bool:
        """Whether nothing of what lies below is seen through it."""
        return self.covers and not self.is_clear


def with_clear_ground(path: Path) -> bytes | None:
    """The file as libvips shows it as browsers do; None where it does so already, or where that cannot be said."""
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
        try:
            return _changed(content)
        except (IndexError, struct.error):
            return None  # damaged, which the decoder will say


def _changed(content: mmap.mmap) -> bytes | None:
    head, frames = _read(content)
    if not _shows_ground(frames) or all(each.is_clear for each in frames) or len(frames) > MAX_FRAMES:
        return None
    if sum(each.size[0] * each.size[1] for each in frames) > MAX_PIXELS:
        return None
    pieces, at = [b"GIF89a", content[6:head]], head
    for frame in frames:
        if not frame.is_clear and (unused := _unused(content, head, frame)) is not None:
            where = frame.start if frame.control is None else frame.control
            pieces += [content[at:where], _control(content, frame, unused)]
            at = where if frame.control is None else where + 8
    return b"".join([*pieces, content[at:]])


def _shows_ground(frames: list[_Frame]) -> bool:
    """Whether the ground is seen: around the first frame, or where one that ended has left it."""
    if not frames:
        return False
    ended = (not after.hides for before, after in pairwise(frames) if before.disposal not in _KEEPS)
    return not frames[0].covers or any(ended)


def _read(content: mmap.mmap) -> tuple[int, list[_Frame]]:
    """Where the blocks begin, and the frames up to the end of the file or of what is whole in it."""
    canvas = struct.unpack_from("<HH", content, 6)
    head = 13 + _table_bytes(content[10])
    return head, list(_frames(content, head, canvas))


def _frames(content: mmap.mmap, at: int, canvas: tuple[int, ...]) -> Iterator[_Frame]:
    control: int | None = None
    while at < len(content) and content[at] in (_EXTENSION, _IMAGE):
        if content[at] == _EXTENSION:
            if content[at + 1] == _CONTROL and content[at + 2] == 4:
                control = at
            at = _after_blocks(content, at + 2)
            continue
        left, top, width, height, flags = struct.unpack_from("<HHHHB", content, at + 1)
        table = content[at + 10 : at + 10 + _table_bytes(flags)]
        end = _after_blocks(content, at + 10 + len(table) + 1)
        said = content[control + 3] if control is not None else 0
        covers = (left, top) == (0, 0) and width >= canvas[0] and height >= canvas[1]
        yield _Frame(
            control, at, end, said >> 2 & 7, bool(said & 1), (width, height), covers=covers, table=table
        )
        at, control = end, None


def _table_bytes(flags: int) -> int:
    return 3 * (2 << (flags & 7)) if flags & 0x80 else 0


def _after_blocks(content: mmap.mmap, at: int) -> int:
    """The place behind a row of blocks, each of which says its length, and which an empty one ends."""
    while length := content[at]:
        at += 1 + length
    return at + 1


def _unused(content: mmap.mmap, head: int, frame: _Frame) -> int | None:
    """An index that no pixel of a frame has; None when all are in use."""
    colours = len(frame.table or content[13:head]) // 3
    if colours < _COLOURS:
        return colours
    width, height = frame.size
    alone = b"GIF89a" + struct.pack("<HH", width, height) + content[10:head]
    placed = b"," + struct.pack("<HHHH", 0, 0, width, height) + content[frame.start + 9 : frame.end]
    try:
        with Image.open(io.BytesIO(alone + placed + b";"), formats=["GIF"]) as picture:
            counts = picture.histogram()[:_COLOURS]
    except (OSError, ValueError, SyntaxError):
        return None
    return counts.index(0) if 0 in counts else None


def _control(content: mmap.mmap, frame: _Frame, unused: int) -> bytes:
    """The control block of a frame, with that index for clear."""
    if frame.control is None:
        return bytes((_EXTENSION, _CONTROL, 4, 1, 0, 0, unused, 0))
    kept = content[frame.control : frame.control + 8]
    return bytes((*kept[:3], kept[3] | 1, *kept[4:6], unused, 0))
