"""What a process remembers of the store, so that it need not ask again: bounded, the longest unused goes first."""

import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from typing import Generic, TypeVar

Value = TypeVar("Value")

TOUCH_SECONDS = 600  # how often it is told that something is in use


@dataclass
class _Kept(Generic[Value]):
    value: Value
    touched: float


class Memory(Generic[Value]):
    """Values by key. The store may change behind them: whoever uses one must see for himself that it still holds."""

    def __init__(self, most: int = 2000) -> None:
        """Remember `most` values."""
        self._most = most
        self._kept: OrderedDict[str, _Kept[Value]] = OrderedDict()
        self._lock = threading.Lock()

    def keep(self, key: str, value: Value) -> None:
        """Remember a value that is in use now."""
        with self._lock:
            self._kept[key] = _Kept(value, time.monotonic())
            self._kept.move_to_end(key)
            if len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def get(self, key: str) -> Value | None:
        """What is remembered."""
        with self._lock:
            if (kept := self._kept.get(key)) is None:
                return None
            self._kept.move_to_end(key)
            return kept.value

    def drop(self, key: str) -> None:
        """Forget a value that holds no longer."""
        with self._lock:
            self._kept.pop(key, None)

    def is_due(self, key: str) -> bool:
        """Whether it is time to tell that the value is in use; True once in a while."""
        with self._lock:
            kept, now = self._kept.get(key), time.monotonic()
            if kept is None or now < kept.touched + TOUCH_SECONDS:
                return False
            kept.touched = now
            return True
