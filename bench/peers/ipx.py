"""ipx from npm, on sharp, which is on libvips; one process with sharp's own threads."""

import shutil
import subprocess
from pathlib import Path

from bench.parts.photographs import Photograph
from bench.peers.base import CACHE, Ask, Peer, Unavailable

VERSION = "3.1.1"


class Ipx(Peer):
    """ipx keeps no results: each request makes its picture, so it has no row among the hits."""

    name = "ipx"

    def __init__(self, photos: Path) -> None:
        super().__init__()
        self.photos = photos.resolve()

    def command(self) -> list[str]:
        program = installed() / "node_modules/ipx/bin/ipx.mjs"
        serve = ["serve", "--dir", str(self.photos), "--port", str(self.port), "--host", "127.0.0.1"]
        return ["node", str(program), *serve]

    def url(self, photo: Photograph, ask: Ask) -> str:
        size = f"s_{ask.width}x{ask.height},fit_cover" if ask.height else f"w_{ask.width}"
        form = "jpeg" if ask.format == "jpg" else ask.format
        quality = f",q_{ask.quality}" if ask.quality else ""
        return f"{self.site}/{size},f_{form}{quality}/{photo.path.name}"


def installed() -> Path:
    """A folder with ipx in its node_modules, made once in the cache folder."""
    folder = CACHE / f"ipx-{VERSION}"
    if not shutil.which("node"):
        raise Unavailable("ipx needs Node.js: run 'apt-get install nodejs npm' as root")
    if not (folder / "node_modules/ipx/bin/ipx.mjs").exists():
        print(f"installing ipx {VERSION} into {CACHE}")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "package.json").write_text('{"private": true}\n')
        npm = ["npm", "install", "--no-audit", "--no-fund", "--silent", f"ipx@{VERSION}"]
        if subprocess.run(npm, cwd=folder, check=False).returncode:
            raise Unavailable(f"ipx {VERSION} could not be installed from npm")
    return folder
