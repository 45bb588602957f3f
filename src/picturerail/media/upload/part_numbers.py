"""Chunked uploads whose parts are numbered and of any size: the SDKs of .NET and of asset-management can send them so.

Where a part lies is known when all before it are there, so each is kept under its number until the last one has come.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from picturerail.errors import BadRequest, Conflict, FileTooLarge
from picturerail.media.upload.chunks import MAX_PARTS, MIN_PART_BYTES, UNKNOWN, UploadParts
from picturerail.spool import BLOCK, Spooled, too_large

HEADERS = ("x-upload-part-number", "x-upload-total-parts")
_PREFIX = "number "
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)


@dataclass(frozen=True)
class PartNumber:
    """Which part it is, from 1, and of how many; UNKNOWN where that has been said before, or will be."""

    number: int
    total: int

    @property
    def is_whole(self) -> bool:
        """True when this part is the whole file."""
        return self.total == 1


def parse_number(headers: Mapping[str, str]) -> PartNumber:
    """What X-Upload-Part-Number and X-Upload-Total-Parts say; BadRequest when it makes no sense."""
    number, total = (headers.get(name, "").strip() for name in HEADERS)
    if not _NUMBER.fullmatch(number) or (total and not _NUMBER.fullmatch(total)):
        raise BadRequest("Invalid X-Upload-Part-Number or X-Upload-Total-Parts: whole numbers are expected.")
    told = PartNumber(int(number), int(total) if total else UNKNOWN)
    if not 1 <= told.number <= (told.total if total else MAX_PARTS) <= MAX_PARTS:
        raise BadRequest(
            f"Invalid X-Upload-Part-Number: it counts from 1 to X-Upload-Total-Parts, {MAX_PARTS} at most."
        )
    return told


class NumberedParts(UploadParts):
    """The parts of one upload, by their numbers; `total` is how many there are."""

    def add_number(self, part: Spooled, where: PartNumber, limit: int) -> None:
        """Keep a part, durably; `part` is used up."""
        known, sizes = self.total(), self._sizes()
        total = where.total if known == UNKNOWN else known
        last = max(where.number, *sizes, 0)
        if total != UNKNOWN and (where.total not in (UNKNOWN, total) or last > total):
            raise Conflict(f"X-Upload-Total-Parts does not fit this upload, which has {total} parts.")
        if part.bytes < MIN_PART_BYTES and where.number != total:
            raise BadRequest("All parts except EOF-chunk must be larger than 5mb")
        if sum({**sizes, where.number: part.bytes}.values()) > limit:
            raise FileTooLarge(too_large(limit))
        self.keep(part.path, f"{_PREFIX}{where.number}", total)

    def complete(self) -> bool:
        """True when every part is there."""
        return len(self._sizes()) == self.total()

    def _sizes(self) -> dict[int, int]:
        files = self.folder.iterdir() if self.folder.exists() else ()
        return {
            int(path.name.removeprefix(_PREFIX)): path.stat().st_size
            for path in files
            if path.name.startswith(_PREFIX)
        }

    def _blocks(self) -> Iterator[bytes]:
        """The bytes in order."""
        for number in range(1, self.total() + 1):
            with (self.folder / f"{_PREFIX}{number}").open("rb") as file:
                while block := file.read(BLOCK):
                    yield block
