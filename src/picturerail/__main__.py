"""The command `picturerail`, also `python -m picturerail`: what must be right before the rest of it is read."""

import os
import sys
from contextlib import suppress
from importlib import import_module

from picturerail.errors import StartupError
from picturerail.settings import check_environment


def main() -> None:
    """Run the command line, unless not even that can be read in this environment."""
    try:
        check_environment()
    except StartupError as error:
        sys.exit(f"Error: {error.message}")
    try:
        import_module("picturerail.cli").main()
    except SystemExit as end:
        if isinstance(end.code, int):
            _leave(end.code)
        raise


def _leave(status: int) -> None:
    """End at once: MongoDB's driver would wait half a second for threads of its own that sleep."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError, ValueError):  # whoever read them has gone
            stream.flush()
    os._exit(status)


if __name__ == "__main__":
    main()
