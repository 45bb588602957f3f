"""An older commit of this project, installed in a folder of its own as its Makefile says, and kept for later."""

import os
import shutil
import subprocess
from pathlib import Path

from bench.peers.base import CACHE

COMMIT = os.environ.get("BEFORE", "f3270d3")


def installed(commit: str = COMMIT) -> Path:
    """The folder of the commit with an environment of its own, from the last time or made now."""
    folder = CACHE.resolve() / f"before-{commit}"
    ready = folder / ".ready"
    if not ready.exists():
        shutil.rmtree(folder, ignore_errors=True)
        subprocess.run(["git", "clone", "--quiet", ".", str(folder)], check=True)
        subprocess.run(["git", "-C", str(folder), "checkout", "--quiet", commit], check=True)
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
        subprocess.run(
            ["make", "--silent", "-C", str(folder), "setup"], check=True, stdout=subprocess.DEVNULL, env=clean
        )
        ready.touch()
    return folder


def program_of(folder: Path) -> list[str]:
    """The command that runs the program of an installed tree."""
    return [str(folder / ".venv" / "bin" / "picturerail")]
