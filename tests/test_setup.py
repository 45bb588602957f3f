"""`make setup` and `make test` on machines that lack something: they say what, and work as soon as that is there."""

import os
import re
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


def is_made_again(folder: Path) -> bool:
    """Whether `make` would make the environment anew."""
    command = ["make", "--dry-run", ".venv/bin/python", f"PYTHON={sys.executable}"]
    told = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True)
    return "-m venv --clear .venv" in told.stdout


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


def test_one_that_works_is_left_alone_and_one_that_does_not_is_made_again(clone: Path) -> None:
    half_made(clone)
    assert make(clone).returncode == 0
    assert works(clone)
    mine = clone / ".venv/mine"
    mine.touch()
    assert make(clone).returncode == 0
    assert mine.exists()
    assert not is_made_again(clone)
    elsewhere = clone.rename(clone.with_name("elsewhere"))
    assert is_made_again(elsewhere)
    elsewhere.rename(clone)
    pip = clone / ".venv/bin/pip"
    aside = pip.rename(pip.with_name("aside"))
    assert is_made_again(clone)
    aside.rename(pip)
    assert not is_made_again(clone)
    without_python(clone)
    assert make(clone).returncode == 0
    assert works(clone)


def half_made(clone: Path) -> None:
    """As the version before left it, or Ctrl+C."""
    (clone / ".venv/bin").mkdir(parents=True)
    (clone / ".venv/bin/python").symlink_to(sys.executable)


def without_python(clone: Path) -> None:
    for name in ("python", "python3", f"python3.{sys.version_info.minor}"):
        (clone / ".venv/bin" / name).unlink(missing_ok=True)
        (clone / ".venv/bin" / name).symlink_to("/usr/bin/python3.0")


def packages(folder: Path, user: int, *there: str, most: int = 99) -> tuple[int, str, list[str]]:
    """What `make test` says of Debian's packages where only these commands are, and how apt-get was called.

    That one fails when it has more than `most` arguments.
    """
    stubs, calls = folder / "stubs", folder / "calls"
    stubs.mkdir()
    calls.touch()
    for name, script in {
        "id": f"echo {user}",
        "apt-get": f'echo "${{RUNLEVEL:-}} $*" >>{calls}; [ $# -le {most} ]',
        **dict.fromkeys(there, ""),
    }.items():
        (stubs / name).write_text(f"#!/bin/sh\n{script}\n")
        (stubs / name).chmod(0o755)
    command = [shutil.which("bash") or "", str(ROOT / "tests/packages.sh")]
    done = subprocess.run(command, env={"PATH": str(stubs)}, capture_output=True, text=True, check=False)
    return done.returncode, done.stderr, calls.read_text().splitlines()


def test_who_may_not_install_is_told_which_packages_the_tests_need(tmp_path: Path) -> None:
    for there, words in (((), "Chromium"), (("chromium",), "nginx")):
        (folder := tmp_path / words).mkdir()
        code, said, calls = packages(folder, 1000, *there)
        assert (code, calls) == (1, [])
        assert re.fullmatch(
            rf"The .* tests need Debian's {words}: run 'apt-get install .*' as root.*\n", said
        )


def test_root_gets_all_of_them_by_one_call_which_starts_no_web_server(tmp_path: Path) -> None:
    (tmp_path / "all").mkdir()
    _, _, calls = packages(tmp_path / "all", 0)
    assert [call.split()[:2] for call in calls] == [["update", "-qq"], ["1", "install"]]
    names = calls[1].partition("recommends ")[2].split()
    assert {"chromium-headless-shell", "nginx", "libnginx-mod-http-brotli-filter"} < set(names)
    (tmp_path / "some").mkdir()
    code, _, calls = packages(tmp_path / "some", 0, most=5)
    assert code == 1
    assert [call.split()[-1] for call in calls[2:]] == names, "a Debian that lacks one gives the others"
