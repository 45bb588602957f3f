"""What a process remembers of the store, so that it need not ask again: bounded, the longest unused goes first."""

import threading
from collections import OrderedDict
from typing import Generic, TypeVar

Value = TypeVar("Value")


class Lru(Generic[Value]):
    """Values by key. The store may change behind them: whoever uses one must see for himself that it still holds."""

    def __init__(self, most: int = 2000) -> None:
        """Remember `most` values."""
        self._most = most
        self._kept: OrderedDict[str, Value] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, key: str, value: Value) -> None:
        """Remember a value."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def get(self, key: str) -> Value | None:
        """What is remembered."""
        with self._lock:
            if (value := self._kept.get(key)) is not None:
                self._kept.move_to_end(key)
            return value

    def drop(self, key: str) -> None:
        """Forget a value that holds no longer."""
        with self._lock:
            self._kept.pop(key, None)
