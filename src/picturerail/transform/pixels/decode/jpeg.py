"""JPEGs that lack their last two bytes, the mark of their end: browsers show them, and so do we."""

import mmap
from pathlib import Path
from typing import BinaryIO

_END, _SCAN = b"\xff\xd9", b"\xff\xda"
_TAIL = 64
_NEAR = 64 * 1024


def is_whole(path: Path) -> bool:
    """Whether the mark of the end stands behind the head of the first scan: no decoder will miss data at the end.

    Within a scan no mark can stand by chance (ITU-T T.81, B.1.1.5).
    """
    with path.open("rb") as file:
        if not (scan := _first_scan(file)):
            return False
        size = file.seek(0, 2)
        file.seek(max(scan, size - _NEAR))
        if _END in file.read():
            return True
        file.seek(scan)
        return _END in file.read()


def _first_scan(file: BinaryIO) -> int:
    """Where the data of the first scan begin; 0 where the marks before it lead to none."""
    place = 2  # behind the mark of the beginning
    while True:
        file.seek(place)
        head = file.read(4)
        if len(head) < 4 or head[0] != 0xFF:
            return 0
        if head[1] == 0xFF:  # marks may have filling before them
            place += 1
            continue
        place += 2 + int.from_bytes(head[2:])
        if head[:2] == _SCAN:
            return place


def completed(path: Path) -> bytes | None:
    """The file with the mark of its end when only that is missing; None when it is there.

    Behind the head of the last scan, neither mark can stand in the pixels themselves.
    """
    with path.open("rb") as file:
        size = file.seek(0, 2)
        file.seek(max(0, size - _TAIL))
        if _END in file.read():
            return None
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            scan = content.rfind(_SCAN)
            return None if scan < 0 or content.rfind(_END, scan) >= 0 else content[:] + _END
