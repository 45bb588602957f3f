"""nginx handing out one static file: the limit for a picture that is already made.

As Debian configures it (sendfile, tcp_nopush), with its access log and, since we write none, without; and keeping the
file open, which Debian's configuration does not.
"""

import shutil
from pathlib import Path

from bench.parts.photographs import Photograph
from bench.peers.base import CACHE, Ask, Peer, Unavailable

CONFIG = """
worker_processes 2;
daemon off;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1024; }}
http {{
    access_log {log};
    sendfile on;
    tcp_nopush on;
    {open_files}
    types {{ image/jpeg jpg; }}
    {temporary}
    server {{ listen 127.0.0.1:{port}; root {folder}/files; }}
}}
"""
NGINX, NGINX_LOGGING = "nginx static file", "nginx static file with Debian's access log"
NGINX_OPEN = "nginx static file, kept open"
OPEN_FILES = "open_file_cache max=4096 inactive=10s; open_file_cache_valid 1s;"  # as our edge
TEMPORARY = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


class Nginx(Peer):
    """Serves the bytes that it is given as /picture.jpg."""

    def __init__(self, content: bytes, *, logging: bool = False, kept_open: bool = False) -> None:
        super().__init__()
        self.content = content
        self.name = NGINX_LOGGING if logging else NGINX_OPEN if kept_open else NGINX

    def command(self) -> list[str]:
        program = shutil.which("nginx", path="/usr/sbin:/usr/bin:/usr/local/sbin")
        if not program:
            raise Unavailable("nginx is not here: run 'apt-get install nginx' as root")
        folder = (CACHE / f"nginx-{self.port}").resolve()
        files = folder / "files"
        files.mkdir(parents=True, exist_ok=True)
        (files / "picture.jpg").write_bytes(self.content)
        temporary = " ".join(f"{name}_temp_path {folder}/{name};" for name in TEMPORARY)
        config = folder / "nginx.conf"
        log = f"{folder}/access.log" if self.name == NGINX_LOGGING else "off"
        kept = OPEN_FILES if self.name == NGINX_OPEN else ""
        config.write_text(
            CONFIG.format(folder=folder, log=log, port=self.port, temporary=temporary, open_files=kept)
        )
        _readable(files / "picture.jpg")
        return [program, "-c", str(config), "-e", str(folder / "error.log")]

    def url(self, photo: Photograph, ask: Ask) -> str:  # noqa: ARG002  one file, whatever is asked
        return f"{self.site}/picture.jpg"


def _readable(path: Path) -> None:
    """nginx started by root reads as another user."""
    path.chmod(0o644)
    for folder in path.parents[:3]:
        folder.chmod(0o755)
