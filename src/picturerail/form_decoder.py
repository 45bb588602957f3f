"""Multipart forms as they stream in, with file names in any encoding."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol

from werkzeug.datastructures import Headers
from werkzeug.sansio.multipart import Epilogue, Event, MultipartDecoder, NeedData

from picturerail.errors import BadRequest
from picturerail.filenames import decoded

MAX_HEADER = 64 * 1024  # bytes
_BACKSLASH = re.compile(r'\\[\\"]?')
_LINE_BREAKS = b"\r\n"
_REST = re.compile(rb"(--[^\S\n\r]*(?:\r\n|\n|\r)?|[^\S\n\r]*(?:\r\n|\n|\r))")  # of the line of a boundary


class Readable(Protocol):
    """Where the bytes come from."""

    def read(self, size: int, /) -> bytes:
        """Up to `size` bytes; none at the end."""


@dataclass(frozen=True)
class _Found:
    """What Werkzeug asks the match of an expression for."""

    begin: int
    rest: re.Match[bytes]

    def start(self) -> int:
        return self.begin

    def end(self) -> int:
        return self.rest.end()

    def group(self, number: int) -> bytes:
        return self.rest.group(number)


@dataclass(frozen=True)
class Delimiter:
    """Finds a boundary on a line of its own, in the place of an expression of Werkzeug's.

    Those would be compiled anew for each form, as no two have the same boundary: an eighth of what an upload costs.
    `is_first`: nothing need stand before it.
    """

    marker: bytes
    is_first: bool

    def search(self, data: bytes | bytearray, first: int = 0) -> _Found | None:
        """The line of the boundary, from this byte on."""
        at = data.find(self.marker, first)
        while at >= 0:
            rest = _REST.match(data, at + len(self.marker))
            begin = self._begin(data, at, first)
            if rest is not None and (self.is_first or begin < at):
                return _Found(begin, rest)
            at = data.find(self.marker, at + 1)
        return None

    def _begin(self, data: bytes | bytearray, at: int, first: int) -> int:
        """Where the line break before a byte begins; the byte itself when there is none."""
        if at - 2 >= first and data[at - 2 : at] == _LINE_BREAKS:
            return at - 2
        return at - 1 if at - 1 >= first and data[at - 1] in _LINE_BREAKS else at


class FormDecoder(MultipartDecoder):
    """Names also as clients send them that know no better: in the code page of a Windows, or as they lie on a disk.

    The SDK for Node.js sends the low byte of each letter, which for `ü` is that of Latin-1. Browsers send a backslash
    as it is, others put one before it: alone it is part of the name.
    """

    def __init__(
        self, boundary: bytes, max_form_memory_size: int | None = None, *, max_parts: int | None = None
    ) -> None:
        """Decode a form with this boundary, within limits."""
        # expressions of no boundary, which are the same for all forms
        super().__init__(b"", max_form_memory_size, max_parts=max_parts)
        self.boundary, marker = boundary, b"--" + boundary
        self.preamble_re = Delimiter(marker, is_first=True)  # type: ignore[assignment]
        self.boundary_re = Delimiter(marker, is_first=False)  # type: ignore[assignment]

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
