"""thumbor from PyPI, one process for each core, reading the photographs from their folder."""

import subprocess
import sys
from pathlib import Path

from bench.parts.photographs import Photograph
from bench.peers.base import CACHE, Ask, Peer, Unavailable

VERSION = "7.8.0"
CONFIG = """
LOADER = 'thumbor.loaders.file_loader'
FILE_LOADER_ROOT_PATH = '{photos}'
STORAGE = 'thumbor.storages.no_storage'
RESULT_STORAGE = {result_storage}
RESULT_STORAGE_FILE_STORAGE_ROOT_PATH = '{results}'
RESULT_STORAGE_STORES_UNSAFE = True
HTTP_LOADER_VALIDATE_CERTS = True
"""


class Thumbor(Peer):
    """Without a result storage unless asked, so that cold work is not slowed by writing."""

    name = "thumbor"

    def __init__(self, photos: Path, *, stored: bool = False) -> None:
        super().__init__()
        self.photos, self.stored = photos.resolve(), stored

    def command(self) -> list[str]:
        config = CACHE / "thumbor.conf"
        storage = "'thumbor.result_storages.file_storage'" if self.stored else None
        results = CACHE.resolve() / "thumbor-results"
        config.write_text(CONFIG.format(photos=self.photos, result_storage=storage, results=results))
        arguments = ["--port", str(self.port), "--ip", "127.0.0.1", "--conf", str(config), "--processes", "2"]
        return [str(installed() / "bin/thumbor"), *arguments]

    def url(self, photo: Photograph, ask: Ask) -> str:
        filters = f"format({'jpeg' if ask.format == 'jpg' else ask.format})"
        if ask.quality:
            filters += f":quality({ask.quality})"
        return f"{self.site}/unsafe/{ask.width}x{ask.height}/filters:{filters}/{photo.path.name}"


def installed() -> Path:
    """A virtual environment that holds thumbor, made once in the cache folder."""
    folder = (CACHE / f"thumbor-{VERSION}").resolve()
    if not (folder / "bin/thumbor").exists():
        print(f"installing thumbor {VERSION} into {CACHE}")
        try:
            subprocess.run([sys.executable, "-m", "venv", folder], check=True)
            pip = [str(folder / "bin/pip"), "install", "--quiet", "--disable-pip-version-check"]
            subprocess.run([*pip, f"thumbor=={VERSION}"], check=True)
        except subprocess.CalledProcessError as error:
            raise Unavailable(f"thumbor {VERSION} could not be installed from PyPI") from error
    return folder
