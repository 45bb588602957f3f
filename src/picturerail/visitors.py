"""Who waits for the answer that a thread is making: told by the door, looked at by whatever works for long."""

import threading
from contextvars import ContextVar
from dataclasses import dataclass, field

KNOWN = "picturerail.known"  # in the environ of a request whose sender has shown who he is


@dataclass(frozen=True)
class Visitor:
    """One who waits: by which name shares are counted, and whether he has `gone` away."""

    name: str = ""
    gone: threading.Event = field(default_factory=threading.Event)


NOBODY = Visitor()  # for work of our own: never gone
CURRENT: ContextVar[Visitor] = ContextVar("visitor", default=NOBODY)
