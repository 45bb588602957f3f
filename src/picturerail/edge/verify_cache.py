"""Look for damaged copies in an edge's cache: nginx checks the head of a file that it kept, not the picture in it.

The origin sends the hash of each picture in the header Repr-Digest, which nginx keeps with it.
"""

import base64
import hashlib
import re
import struct
from dataclasses import dataclass
from pathlib import Path

# version, five times, crc, milliseconds, where the headers and the body begin
HEAD = struct.Struct("=Q40xIHHH")
FOLDERS = ("cache", "opened")  # below an edge's own: what is the same for everybody, and what tokens opened
VERSION = 5  # of nginx's file format, since 1.11.10
DIGEST = re.compile(rb"\r\nRepr-Digest: sha-256=:([A-Za-z0-9+/=]+):", re.IGNORECASE)
LENGTH = re.compile(rb"\r\nContent-Length: (\d+)", re.IGNORECASE)


@dataclass
class Checked:
    """What was found: copies that are as the origin sent them, without a hash, and damaged (now removed)."""

    good: int = 0
    unknown: int = 0
    damaged: int = 0


def check(edge: Path) -> Checked:
    """Read every copy in the folder of an edge and remove the damaged ones.

    nginx may run: it asks the origin for what it misses.
    """
    found = Checked()
    for path in (path for name in FOLDERS for path in (edge / name).rglob("*")):
        if len(path.name) != 32 or not path.is_file():  # also nginx's temporary files, which are longer
            continue
        try:
            with path.open("r+b") as copy:
                verdict = _verdict(copy.read())
                if verdict is False:
                    copy.truncate(0)  # nginx may hold it open, and looks at its head only
                    path.unlink(missing_ok=True)
        except FileNotFoundError:
            continue
        found.good += verdict is True
        found.unknown += verdict is None
        found.damaged += verdict is False
    return found


def _verdict(content: bytes) -> bool | None:
    """True for a good copy, False for a damaged one, None when the origin sent no hash."""
    if len(content) < HEAD.size:
        return False
    version, _, _, header_start, body_start = HEAD.unpack_from(content)
    if version != VERSION or not header_start < body_start <= len(content):
        return False
    headers, body = content[header_start:body_start], content[body_start:]
    length = LENGTH.search(headers)
    if length and int(length[1]) != len(body):
        return False
    digest = DIGEST.search(headers)
    return None if digest is None else base64.b64decode(digest[1]) == hashlib.sha256(body).digest()
