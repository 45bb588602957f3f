"""Get the suite: the SDK's source distribution from the package index, our support modules, and generated files."""

import hashlib
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from conformance.resources import make_resources

ROOT = Path(__file__).parent
CACHE = ROOT.parent / "build" / "conformance"
VERSION = "1.46.3"
SHA256 = "abc5fdf7f2e3d55b81d520d3ea63242f9e1f35e0106957f1bb479d997a224e08"


def prepare_suite() -> Path:
    """The folder in which the suite runs, complete; downloaded on the first call only."""
    suite = CACHE / f"cloudinary-{VERSION}"
    archive = CACHE / f"cloudinary-{VERSION}.tar.gz"
    if not archive.exists():
        _download(archive)
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        archive.unlink()
        raise SystemExit(f"{archive.name} is not the file that we know: its SHA-256 differs. Run it again.")
    if not suite.exists():
        with tarfile.open(archive) as packed:
            packed.extractall(CACHE, filter="data")
        make_resources(suite / "test" / "resources")
    shutil.copytree(ROOT / "support", suite, dirs_exist_ok=True, ignore=shutil.ignore_patterns("__pycache__"))
    return suite


def _download(archive: Path) -> None:
    """Ask pip, with whatever index it is set up for; the build tools are those of this environment."""
    archive.parent.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
    command += ["--no-build-isolation", "--dest", str(archive.parent), f"cloudinary=={VERSION}"]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode or not archive.exists():
        raise SystemExit(f"The SDK's source distribution cannot be downloaded:\n{done.stderr}")
