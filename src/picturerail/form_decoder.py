"""Multipart forms as they stream in, with file names in any encoding."""

import re
from collections.abc import Iterator
from typing import Protocol

from werkzeug.datastructures import Headers
from werkzeug.sansio.multipart import Epilogue, Event, MultipartDecoder, NeedData

from picturerail.errors import BadRequest
from picturerail.filenames import decoded

MAX_HEADER = 64 * 1024  # bytes
_BACKSLASH = re.compile(r'\\[\\"]?')


class Readable(Protocol):
    """Where the bytes come from."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""


class FormDecoder(MultipartDecoder):
    """Names also as clients send them that know no better: in the code page of a Windows, or as they lie on a disk.

    The SDK for Node.js sends the low byte of each letter, which for `ü` is that of Latin-1. Browsers send a backslash
    as it is, others put one before it: alone it is part of the name.
    """

    def events(self, stream: Readable, block: int) -> Iterator[Event]:
        """Parts and what they hold, `block` bytes at a time; ValueError for what is no form."""
        while True:
            self.receive_data(stream.read(block) or None)
            while not isinstance(event := self.next_event(), NeedData):
                yield event
                if isinstance(event, Epilogue):
                    return
            if len(self.buffer) > block + MAX_HEADER:
                raise BadRequest("The multipart body is malformed: the header of a part is too long.")

    def _parse_headers(self, data: bytes | bytearray) -> Headers:
        text = _BACKSLASH.sub(lambda found: found[0] if len(found[0]) > 1 else r"\\", decoded(bytes(data)))
        return super()._parse_headers(text.encode())
