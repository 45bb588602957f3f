"""A file for what is packed while it is sent: it holds what was written until that is taken."""

from io import RawIOBase


class Drain(RawIOBase):
    """Collects what is written until it is taken; cannot be sought in, so that nothing is written twice."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        super().__init__()
        self._held = bytearray()

    def writable(self) -> bool:
        """Whether it takes anything: always."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Hold these bytes, too; their number."""
        self._held += data
        return len(data)

    def take(self) -> bytes:
        """What was written since the last time."""
        held = bytes(self._held)
        self._held.clear()
        return held
