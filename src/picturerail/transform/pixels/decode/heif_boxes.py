"""The boxes of AVIF, HEIC and CR3 files, and the colour box (nclx) that belongs to the main picture of the former.

ISO/IEC 14496-12 (boxes) and 23008-12 (properties of items): meta > pitm names the main item, meta > iprp > ipco lists
properties, and meta > iprp > ipma says which of them belong to an item.
"""

from collections.abc import Iterator
from pathlib import Path

MAX_META = 4 * 1024 * 1024
MAX_BOXES = 10_000


def nclx(path: Path) -> tuple[int, int] | None:
    """Colour primaries and transfer characteristics; None where the file does not say."""
    try:
        meta = dict(boxes(top_box(path, b"meta")[4:]))
        properties = dict(boxes(meta[b"iprp"]))
        listed = list(boxes(properties[b"ipco"]))
        used = _of_item(properties[b"ipma"], _number(meta[b"pitm"][4:], long=meta[b"pitm"][0] > 0))
    except (KeyError, IndexError):
        return None
    colours = [listed[at - 1][1] for at in used if 0 < at <= len(listed) and listed[at - 1][0] == b"colr"]
    return next((_read(body) for body in colours if body.startswith(b"nclx") and len(body) >= 8), None)


def top_box(path: Path, wanted: bytes) -> bytes:
    """The contents of the first box of a kind that lies in no other."""
    with path.open("rb") as file:
        for _ in range(MAX_BOXES):
            head = file.read(8)
            size, kind = int.from_bytes(head[:4]), head[4:]
            if size == 1:
                size = int.from_bytes(file.read(8)) - 8
            if len(head) < 8 or size < 8:
                break
            if kind == wanted:
                return file.read(min(size - 8, MAX_META))
            file.seek(size - 8, 1)
    return b""


def _read(body: bytes) -> tuple[int, int]:
    return int.from_bytes(body[4:6]), int.from_bytes(body[6:8])


def boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """The boxes that lie side by side, each by its kind and its contents."""
    at = 0
    for _ in range(MAX_BOXES):
        if at + 8 > len(data):
            return
        size, kind, head = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8], 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16]), 16
        size = len(data) - at if size == 0 else size
        if size < head:
            return
        yield kind, data[at + head : at + size]
        at += size


def _number(data: bytes, *, long: bool) -> int:
    return int.from_bytes(data[: 4 if long else 2])


def _of_item(ipma: bytes, wanted: int) -> list[int]:
    """The numbers, from 1, of the properties of one item."""
    long_items, long_numbers = ipma[0] > 0, ipma[3] & 1
    at, width, item_width = 8, 2 if long_numbers else 1, 4 if long_items else 2
    for _ in range(min(int.from_bytes(ipma[4:8]), MAX_BOXES)):
        item, count = int.from_bytes(ipma[at : at + item_width]), ipma[at + item_width]
        start = at + item_width + 1
        at = start + count * width
        if item == wanted:
            mask = 0x7FFF if long_numbers else 0x7F
            return [int.from_bytes(ipma[place : place + width]) & mask for place in range(start, at, width)]
    return []
