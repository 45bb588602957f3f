"""Room on the disk: a reserve that the database, and originals on their way to their place, can count on."""

import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from picturerail.errors import Unavailable

USUAL = 1024**3  # bytes that are reserved when nobody says how many
SHARE = 5  # on a small disk no more than this part of it


@dataclass(frozen=True)
class Disk:
    """The disk that a folder lies on, and how many of its bytes are to stay free.

    What can be made again goes when less is free than the reserve. When less than half of it is, nothing is taken in.
    """

    folder: Path
    wanted: int = 0

    @property
    def reserve(self) -> int:
        """The bytes that are to stay free."""
        return self._reserve(self._status())

    @property
    def free(self) -> int:
        """The bytes that are free for us."""
        return _free(self._status())

    def lacking(self, more: int = 0) -> int:
        """The bytes that the reserve lacks, or would lack after so many more; 0 when there is room."""
        status = self._status()
        return max(0, self._reserve(status) - _free(status) + more)

    def expect(self, length: int) -> None:
        """Unavailable when so many more bytes would use up the half of the reserve that is not theirs."""
        status = self._status()
        if _free(status) - length < self._reserve(status) // 2:
            raise Unavailable("The disk is nearly full: nothing was stored. Try again later.", retry_after=60)

    def describe(self) -> str:
        """One line for people."""
        state = "room" if not self.lacking() else "nearly full"
        return f"disk: {state}, {self.free // 10**6} MB free, {self.reserve // 10**6} MB of them reserved"

    def _reserve(self, status: os.statvfs_result) -> int:
        return self.wanted or min(USUAL, status.f_blocks * status.f_frsize // SHARE)

    def _status(self) -> os.statvfs_result:
        """What the kernel tells of the folder, or of the one in which it is going to be."""
        for place in (self.folder, *self.folder.parents):
            with suppress(FileNotFoundError):
                return os.statvfs(place)
        raise FileNotFoundError(self.folder)


def _free(status: os.statvfs_result) -> int:
    return status.f_bavail * status.f_frsize
