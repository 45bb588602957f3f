"""What an installed copy of the program needs is in its package."""

import subprocess
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/picturerail"


def test_every_file_that_is_not_python_is_packaged() -> None:
    """A copy made from the sources finds its data files anyway; one made from a wheel has those that are named."""
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    packaged = {path for pattern in named["picturerail"] for path in SOURCE.glob(pattern)}
    listed = subprocess.run(
        ["git", "ls-files", "src"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    needed = {ROOT / name for name in listed.split() if not name.endswith((".py", ".gitignore"))}
    assert len(needed) > 10
    assert needed <= packaged
