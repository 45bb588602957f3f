"""Who waits for the answer that a thread is making: told by the door, looked at by whatever works for long."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

KNOWN = "picturerail.known"  # in the environ of a request whose sender has shown who he is


class Visitor:
    """One who waits for an answer: his shares are counted by his name; work that nobody waits for may stop."""

    def __init__(self, name: str = "") -> None:
        """Come; "" is the name of this program itself, which never goes."""
        self.name, self.is_gone = name, False
        self._lock = threading.Lock()
        self._actions: list[Callable[[], None]] = []

    def leave(self) -> None:
        """Go away without the answer."""
        with self._lock:
            self.is_gone, actions = True, self._actions
            self._actions = []
        for action in actions:
            action()

    @contextmanager
    def when_gone(self, action: Callable[[], None]) -> Iterator[None]:
        """Do `action` when he goes before the end of the block, or at once when he has gone already."""
        with self._lock:
            if not (gone := self.is_gone):
                self._actions.append(action)
        if gone:
            action()
        try:
            yield
        finally:
            with self._lock:
                if action in self._actions:
                    self._actions.remove(action)


OURSELVES = Visitor()
CURRENT: ContextVar[Visitor] = ContextVar("visitor", default=OURSELVES)
