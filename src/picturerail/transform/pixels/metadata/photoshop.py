"""The blocks of Photoshop's that picture files carry: kind, name and length, each padded to even places."""

from collections.abc import Iterator

SIGNATURE = b"Photoshop 3.0\0"
BLOCK = b"8BIM"


def blocks(blob: bytes) -> Iterator[tuple[int, bytes]]:
    """Kind and contents of each block."""
    at = len(SIGNATURE) if blob.startswith(SIGNATURE) else 0
    while blob[at : at + 4] == BLOCK:
        kind, name = int.from_bytes(blob[at + 4 : at + 6]), blob[at + 6 : at + 7]
        start = at + 6 + (len(name) + sum(name) + 1) // 2 * 2
        length = int.from_bytes(blob[start : start + 4])
        yield kind, blob[start + 4 : start + 4 + length]
        at = start + 4 + (length + 1) // 2 * 2
