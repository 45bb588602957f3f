"""A store of the SDK's breakpoint cache that forgets everything with the process."""

from cloudinary.cache.storage.key_value_storage import KeyValueStorage


class DummyCacheStorage(KeyValueStorage):  # type: ignore[misc]  # the SDK has no types
    """Keeps values in a dictionary."""

    def __init__(self) -> None:
        """Begin empty."""
        self._values: dict[str, str] = {}

    def get(self, key: str) -> str | None:
        """The value of `key`, None when there is none."""
        return self._values.get(key)

    def set(self, key: str, value: str) -> bool:
        """Keep a value."""
        self._values[key] = value
        return True

    def delete(self, key: str) -> bool:
        """Forget a value."""
        self._values.pop(key, None)
        return True

    def clear(self) -> bool:
        """Forget all values."""
        self._values.clear()
        return True
