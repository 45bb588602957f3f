"""What could not be made a short while ago."""

from dataclasses import dataclass

from picturerail.errors import PicturerailError


@dataclass(frozen=True)
class Failure:
    """An error that is told until then to whoever asks for the same."""

    error: PicturerailError
    until: float

    def is_recent(self, now: float) -> bool:
        """Whether it still counts."""
        return self.until > now


class NegativeCache(dict[str, Failure]):
    """What failed a short while ago, so that a picture which kills workers does not kill one for each request."""

    def __init__(self, seconds: float = 10, most: int = 1000) -> None:
        """Remember each failure for `seconds`, and no more than `most` of them."""
        super().__init__()
        self._seconds, self._most = seconds, most

    def remember(self, key: str, error: PicturerailError, now: float) -> None:
        """Keep the failure of `key`."""
        if len(self) >= self._most:
            self.clear()
        self[key] = Failure(error, now + self._seconds)
