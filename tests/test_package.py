"""What an installed copy of the program needs is in its package."""

import json
import os
import re
import subprocess
import sys
import tomllib
import urllib.request
import zipfile
from pathlib import Path

import pytest

from picturerail import __version__
from tests.service import Service

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/picturerail"


def test_every_file_that_is_not_python_is_packaged() -> None:
    """A copy made from the sources finds its data files anyway; one made from a wheel has those that are named."""
    named = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["package-data"]
    packaged = {path for pattern in named["picturerail"] for path in SOURCE.glob(pattern)}
    listed = subprocess.run(
        ["git", "ls-files", "src"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    paths = [ROOT / name for name in listed.split() if not name.endswith((".py", ".gitignore"))]
    needed = {path for path in paths if path.is_file()}
    for linked in (path for path in paths if path.is_dir()):  # a link to a folder of the sources
        needed |= {linked / path.relative_to(linked.resolve()) for path in linked.resolve().rglob("*.*")}
    assert len(needed) > 10
    assert needed <= packaged


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `make dist` makes."""
    folder = tmp_path_factory.mktemp("dist")
    make = ["make", "--silent", "--assume-old=setup", "dist", f"DIST={folder}"]
    subprocess.run(make, cwd=ROOT, check=True, capture_output=True)
    [made] = folder.iterdir()
    return made


def test_a_wheel_holds_the_pages_and_what_they_are_built_of(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as package:
        names = {name.removeprefix("picturerail/") for name in package.namelist()}
        manifest = json.loads(package.read("picturerail/gallery/static/manifest.json"))
    assert {f"gallery/static/{built}" for built in manifest.values()} <= names
    assert {"gallery/templates/base.html", "edge/nginx/templates/nginx.conf", "py.typed"} <= names
    assert "systemd/picturerail.service" in names
    assert not [name for name in names if name.startswith(("tests", "bench", "conformance", "build"))]


def test_the_version_stands_in_one_place(wheel: Path) -> None:
    assert wheel.name == f"picturerail-{__version__}-py3-none-any.whl"
    assert re.fullmatch(r"\d+\.\d+\.\d+", __version__)
    assert "version" not in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.mark.slow
def test_a_new_environment_without_git_make_and_node_serves_the_gallery(wheel: Path, tmp_path: Path) -> None:
    """With what the package's own names bring from the registry, newest versions and all."""
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    python = tmp_path / "venv/bin/python"
    install = [str(python), "-m", "pip", "install", "--quiet", str(wheel)]
    subprocess.run(install, check=True, cwd=tmp_path, env={"PATH": "/nowhere", **_pip()})
    command = [str(python.with_name("picturerail"))]
    with Service(tmp_path / "data", command=command, env={"PATH": "/nowhere"}) as service:
        with urllib.request.urlopen(service.url) as answer:
            page = answer.read().decode()
        style = re.search(r'href="(/static/[^"]+\.css)"', page)
        assert style
        with urllib.request.urlopen(service.url + style[1]) as answer:
            assert answer.headers["Content-Type"].startswith("text/css")
        assert __version__ in service.log.read_text()


def _pip() -> dict[str, str]:
    return {name: value for name, value in os.environ.items() if name.startswith(("PIP_", "HOME", "SSL_"))}
