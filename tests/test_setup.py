"""`make setup` on machines that lack something: it says what, and works as soon as that is there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BARE_PYTHON = f"""#!/bin/sh
# a Python as minimal Debian has it: without ensurepip, so that `venv` stops halfway
case "$*" in
    *ensurepip*) exit 1 ;;
    *"-m venv"*) mkdir -p .venv/bin && ln -sf {sys.executable} .venv/bin/python && exit 1 ;;
esac
exec {sys.executable} "$@"
"""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The Makefile alone, with requirements that ask for nothing."""
    folder = tmp_path / "clone"
    (folder / "requirements").mkdir(parents=True)
    for name in ("requirements/run.txt", "pyproject.toml"):
        (folder / name).touch()
    shutil.copy(ROOT / "Makefile", folder)
    return folder


def make(folder: Path, python: str | Path = sys.executable) -> subprocess.CompletedProcess[str]:
    """The step of `make setup` that makes the environment."""
    env = {"PATH": os.environ["PATH"], "HOME": str(folder)}
    command = ["make", ".venv/bin/python", f"PYTHON={python}"]
    return subprocess.run(command, cwd=folder, env=env, capture_output=True, text=True, check=False)


def works(folder: Path) -> bool:
    pip = [str(folder / ".venv/bin/pip"), "--version"]
    return subprocess.run(pip, capture_output=True, check=False).returncode == 0


def bare_python(folder: Path) -> Path:
    script = folder / "python3"
    script.write_text(BARE_PYTHON)
    script.chmod(0o755)
    return script


def test_a_bare_debian_is_told_what_it_lacks_and_goes_on_when_it_is_there(clone: Path) -> None:
    done = make(clone, bare_python(clone))
    assert done.returncode != 0
    assert "apt-get install python3-venv" in done.stderr
    assert make(clone).returncode == 0
    assert works(clone)


def test_one_that_is_half_made_is_made_again(clone: Path) -> None:
    (clone / ".venv/bin").mkdir(parents=True)  # by the version before, or by Ctrl+C
    (clone / ".venv/bin/python").symlink_to(sys.executable)
    assert make(clone).returncode == 0
    assert works(clone)


def test_one_that_works_is_left_alone_and_one_that_does_not_is_made_again(clone: Path) -> None:
    assert make(clone).returncode == 0
    mine = clone / ".venv/mine"
    mine.touch()
    assert make(clone).returncode == 0
    assert mine.exists()
    for harm in (moved, without_python, without_pip):
        clone = harm(clone)
        assert make(clone).returncode == 0, harm
        assert works(clone), harm


def moved(clone: Path) -> Path:
    return clone.rename(clone.with_name("elsewhere"))


def without_python(clone: Path) -> Path:
    for name in ("python", "python3", f"python3.{sys.version_info.minor}"):
        (clone / ".venv/bin" / name).unlink(missing_ok=True)
        (clone / ".venv/bin" / name).symlink_to("/usr/bin/python3.0")
    return clone


def without_pip(clone: Path) -> Path:
    (clone / ".venv/bin/pip").unlink()
    return clone
