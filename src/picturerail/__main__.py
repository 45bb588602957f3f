"""The command `picturerail`, also `python -m picturerail`: what must be right before the rest of it is read."""

import sys
from importlib import import_module

from picturerail.errors import StartupError
from picturerail.settings import check_environment


def main() -> None:
    """Run the command line, unless not even that can be read in this environment."""
    try:
        check_environment()
    except StartupError as error:
        sys.exit(f"Error: {error.message}")
    import_module("picturerail.cli").main()


if __name__ == "__main__":
    main()
