"""What a storage is: a place that keeps bytes under a key. Originals and derived images use it alike."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol


@dataclass(frozen=True)
class Stored:
    """One stored object; `modified` is Unix seconds of its last write or `touch`."""

    key: str
    bytes: int
    modified: float


class Storage(Protocol):
    """Keeps bytes under keys made by `storage/keys.py`. Every method may raise `Unavailable`."""

    def put(self, key: str, source: Path) -> None:
        """Store the file `source` under `key`, whole and durable or not at all; `source` is used up."""

    def open(self, key: str) -> BinaryIO:
        """The bytes of `key`, seekable; raises `NotFound`."""

    def may_hold(self, key: str) -> bool:
        """False when there surely is nothing under `key`; True when there is, or when it is dear to know."""

    def local(self, key: str) -> AbstractContextManager[Path]:
        """A file on this machine with the bytes of `key`, valid inside the `with`; raises `NotFound`."""

    def delete(self, prefix: str) -> int:
        """Remove the object `prefix` and all objects under `prefix/`; how many there were."""

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """All objects under `prefix/` (all of them when empty), in no order."""

    def mark(self) -> bytes | None:
        """What changes whenever something is removed, by whichever process; None where that cannot be known."""
