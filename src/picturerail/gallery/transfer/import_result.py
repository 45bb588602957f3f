"""What became of a file of an import, as its report tells it."""

import json
from dataclasses import dataclass
from enum import Enum
from pathlib import PurePosixPath

from picturerail.gallery.transfer.source import Digests


class ImportOutcome(Enum):
    """What became of a file."""

    TAKEN = "taken"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True)
class ImportResult:
    """One file, what became of it, why, the picture that it is now, and the hashes by which that is found.

    Of a picture that was here already `version` says when its bytes came, in Unix seconds.
    """

    path: PurePosixPath
    outcome: ImportOutcome
    why: str = ""
    picture: str = ""
    digests: Digests = ("", "")
    version: int = 0

    @property
    def line(self) -> str:
        """What the report says of it: a line of JSON."""
        told = {
            "path": str(self.path),
            "outcome": self.outcome.value,
            "why": self.why,
            "picture": self.picture,
        }
        return json.dumps({name: value for name, value in told.items() if value}, ensure_ascii=False) + "\n"

    @property
    def sentence(self) -> str:
        """The file and why, for people: names of folders need not be UTF-8, which no terminal and no page shows."""
        return f"{self.path}: {self.why}".encode(errors="backslashreplace").decode()
