"""Room on the disk: a reserve that the database, and originals on their way to their place, can count on."""

import os
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
        status = self._status()
        return self.wanted or min(USUAL, status.f_blocks * status.f_frsize // SHARE)

    @property
    def free(self) -> int:
        """The bytes that are free for us."""
        status = self._status()
        return status.f_bavail * status.f_frsize

    @property
    def lacking(self) -> int:
        """The bytes that the reserve lacks; 0 when there is room."""
        return max(0, self.reserve - self.free)

    def expect(self, length: int) -> None:
        """Unavailable when so many more bytes would use up the half of the reserve that is not theirs."""
        if self.free - length < self.reserve // 2:
            raise Unavailable("The disk is nearly full: nothing was stored. Try again later.", retry_after=60)

    def describe(self) -> str:
        """One line for people."""
        state = "room" if not self.lacking else "nearly full"
        return f"disk: {state}, {self.free // 10**6} MB free, {self.reserve // 10**6} MB of them reserved"

    def _status(self) -> os.statvfs_result:
        """What the kernel tells of the folder, or of the one in which it is going to be."""
        places = (self.folder, *self.folder.parents)
        return os.statvfs(next(place for place in places if place.exists()))
