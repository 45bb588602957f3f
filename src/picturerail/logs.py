"""The log of the server processes: one line on standard error for each thing worth a look, with its time in UTC.

What a stranger wrote stays within its line: line breaks and control characters are spelled out, so that nobody writes
lines of their own (ASVS 5.0, 16.4.1). Refusals are told with the rule of the address, never the address itself, in
which a secret may stand; and so many a minute, since strangers cause as many as they like.
"""

import logging
import re
import sys
import threading
import time
from collections.abc import Callable
from typing import TextIO

MAX_REFUSALS_A_MINUTE = 60  # of each process
REFUSED = (401, 403, 429)  # who is not known, who may not, who asks too much

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")
_refusals = logging.getLogger("picturerail.refused")


class LineFormatter(logging.Formatter):
    """`2026-01-31T12:00:00Z ERROR picturerail.media.web: what happened`; lines of a traceback are indented."""

    def __init__(self) -> None:
        """Time, level, name and message."""
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802 - the name of the base class
        """In UTC, to the second."""
        return time.strftime(datefmt or "%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - the name of the base class
        """The line, whatever stands in the message."""
        record.message = _CONTROL.sub(lambda found: ascii(found[0])[1:-1], record.message)
        return super().formatMessage(record)

    def formatException(self, ei: object) -> str:  # noqa: N802 - the name of the base class
        """A traceback that cannot be taken for lines of the log."""
        text = super().formatException(ei)  # type: ignore[arg-type]
        return "\n".join(f"    {_CONTROL.sub(' ', line)}" for line in text.split("\n"))


class RefusalBound(logging.Filter):
    """Lets so many lines a minute through; the next minute's first line says how many were left out."""

    def __init__(self, most: int, clock: Callable[[], float] = time.monotonic) -> None:
        """At most `most` lines in each minute of `clock` (seconds)."""
        super().__init__()
        self._most, self._clock, self._lock = most, clock, threading.Lock()
        self._minute, self._count = 0, 0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the line is written."""
        with self._lock:
            minute, left_out = int(self._clock() // 60), 0
            if minute != self._minute:
                left_out, self._minute, self._count = max(0, self._count - self._most), minute, 0
            self._count += 1
            is_written = self._count <= self._most
        if left_out:
            record.msg, record.args = f"{record.getMessage()}; {left_out} before it were left out", ()
        return is_written


def configure(stream: TextIO | None = None) -> None:
    """Write the log of this process, warnings and worse, to `stream` (standard error)."""
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(LineFormatter())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    _refusals.filters[:] = [RefusalBound(MAX_REFUSALS_A_MINUTE)]
    logging.getLogger("urllib3.connectionpool").filters[:] = [_is_trouble]


def _is_trouble(record: logging.LogRecord) -> bool:
    """Whether it is worth a look that a connection ended: one more than are kept for the next call is none."""
    return not str(record.msg).startswith("Connection pool is full")


def note_refusal(status: int, method: str, rule: str, *, who: str, address: str, request_id: str) -> None:
    """Tell of an answer that is one of `REFUSED`; `rule` is the address without what differs in it."""
    _refusals.warning(
        "%d for %s %s, %s at %s (request %s)", status, method, rule, who, address or "-", request_id
    )
