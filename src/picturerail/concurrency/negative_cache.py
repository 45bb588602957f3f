"""What could not be made a short while ago."""

from picturerail.errors import PicturerailError


class NegativeCache:
    """What failed a short while ago, so that a picture which kills workers does not kill one for each request."""

    def __init__(self, seconds: float = 10, most: int = 1000) -> None:
        """Remember each failure for `seconds`, and no more than `most` of them."""
        self._seconds, self._most = seconds, most
        self._seen: dict[str, tuple[float, PicturerailError]] = {}

    def remember(self, key: str, error: PicturerailError, now: float) -> None:
        """Keep the failure of `key`."""
        if len(self._seen) >= self._most:
            self._seen.clear()
        self._seen[key] = (now + self._seconds, error)

    def recent(self, key: str, now: float) -> PicturerailError | None:
        """The failure of `key`, while it is recent."""
        until, error = self._seen.get(key, (0.0, None))
        return error if until > now else None
