"""The text of a file that holds one secret; it may be a pipe, as a shell's `<(...)` is one."""

import errno
import os
import select
import time
from pathlib import Path

from picturerail.errors import StartupError

MAX_BYTES = 64 * 1024
MAX_WAIT = 10.0  # seconds for what writes into a pipe


def read_secret(name: str, path: str) -> str:
    """The text without the end of its line; StartupError, which tells `name`, for what is none."""
    try:
        content = _content(Path(path).expanduser())
        text = content.decode("utf-8-sig").rstrip("\r\n")
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is no text in UTF-8"
        raise StartupError(f"{name} names {path}, which cannot be read: {reason}.") from error
    if len(content) > MAX_BYTES or "\0" in text:
        raise StartupError(f"{name} names {path}, which is no secret: it is too long, or no text.")
    if not text:
        raise StartupError(f"{name} names {path}, which is empty.")
    return text


def _content(path: Path) -> bytes:
    """All that is in it, or a byte more than there may be; OSError for a pipe that is not written to its end in time.

    Half a secret would be taken for a whole one.
    """
    # without O_NONBLOCK the pipe that nobody opens for writing would be waited for without end
    with os.fdopen(os.open(path, os.O_RDONLY | os.O_NONBLOCK), "rb", buffering=0) as file:
        until, content = time.monotonic() + MAX_WAIT, b""
        while len(content) <= MAX_BYTES:
            if not select.select([file], [], [], max(0, until - time.monotonic()))[0]:
                raise TimeoutError(errno.ETIMEDOUT, "nobody has written it to its end in time")
            if not (part := file.read(MAX_BYTES + 1 - len(content))):
                break
            content += part
        return content
