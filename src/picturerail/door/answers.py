"""An answer, and how it leaves: from memory, from a file, or through a pipe. No thread waits for its reader."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol

MAX_MEMORY = 256 * 1024  # bytes that are sent from memory: for a file the web server holds as many
FILE_BYTES = 288 * 1024  # that are held for the reader of a file: two blocks of the web server's
STREAM_BYTES = 1024 * 1024  # for that of a stream: two blocks as well, its beginning, a block, and the pipe
SILENT = ("Server", "")  # instead of the web server's name

HeaderList = list[tuple[str, str]]


class Transport(Protocol):
    """What granian gives to answer with, and to read from (RSGI 1.5)."""

    async def __call__(self) -> bytes:
        """The whole body."""

    def __aiter__(self) -> Any:  # noqa: ANN401
        """The body in blocks."""

    async def client_disconnect(self) -> None:
        """Return when the visitor has gone."""

    def response_bytes(self, status: int, headers: HeaderList, body: bytes) -> None:
        """Answer from memory."""

    def response_empty(self, status: int, headers: HeaderList) -> None:
        """Answer with a head only."""

    def response_file(self, status: int, headers: HeaderList, file: str) -> None:
        """Answer with what a file holds."""


@dataclass(frozen=True)
class Answer:
    """Status, headers, and the body: bytes; or the path of a `file`; or a `stream`, which must be closed."""

    status: int
    headers: HeaderList = field(default_factory=list)
    body: bytes = b""
    file: str = ""
    stream: Iterator[bytes] | None = None
    beginning: tuple[bytes, ...] = ()  # blocks of the stream that were read already

    @property
    def held(self) -> int:
        """How many bytes it keeps in memory until its reader has taken it."""
        if self.stream is not None:
            return STREAM_BYTES
        return FILE_BYTES if self.file else len(self.body)

    @property
    def length(self) -> int:
        """How many bytes its body has; of a stream that does not say, as many as it holds."""
        told = next((value for name, value in self.headers if name.lower() == "content-length"), "")
        if self.file or self.stream is not None:
            return int(told) if told.isdecimal() else self.held
        return len(self.body)

    @property
    def is_small(self) -> bool:
        """Whether it can be given to several visitors."""
        return not self.file and self.stream is None


def send(transport: Transport, answer: Answer) -> None:
    """Send an answer that is no stream."""
    headers = answer.headers if SILENT in answer.headers else [*answer.headers, SILENT]
    if answer.file:
        transport.response_file(answer.status, headers, answer.file)
    elif answer.body:
        transport.response_bytes(answer.status, headers, answer.body)
    else:
        transport.response_empty(answer.status, headers)
