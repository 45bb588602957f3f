"""The whole program behind its own HTTPS, certified by an authority of Caddy's: python -m tests.acme FOLDER.

Run in a network of its own (`unshare -rn`), where ports 80 and 443 are free; prints what it saw as JSON.
"""

import json
import os
import shutil
import socket
import ssl
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

from picturerail import caddy, processes
from tests.ports import free_port
from tests.service import Service, wait_until


def authority(folder: Path) -> tuple[processes.Process, str, Path]:
    """A certificate authority: its process, the address of its directory, and the root to trust."""
    port = free_port()
    server = {
        "listen": [f"127.0.0.1:{port}"],
        "routes": [
            {"match": [{"host": ["localhost"]}], "handle": [{"handler": "acme_server", "ca": "local"}]}
        ],
        "automatic_https": {"disable_redirects": True},
        "tls_connection_policies": [{}],
    }
    written = {
        "admin": {"disabled": True},
        "storage": {"module": "file_system", "root": str(folder)},
        "apps": {
            "pki": {"certificate_authorities": {"local": {"install_trust": False}}},
            "http": {"servers": {"authority": server}},
            "tls": {
                "automation": {"policies": [{"subjects": ["localhost"], "issuers": [{"module": "internal"}]}]}
            },
        },
    }
    (folder / "authority.json").write_text(json.dumps(written))
    command = [str(caddy.binary()), "run", "--config", str(folder / "authority.json")]
    process, root = processes.start(command, log=folder / "log"), folder / "pki/authorities/local/root.crt"
    wait_until(lambda: root.is_file() and _shakes_hands(root, port))
    return process, f"https://localhost:{port}/acme/local/directory", root


def seen(root: Path) -> dict[str, Any]:
    """What a visitor of https://localhost notices."""
    context = ssl.create_default_context(cafile=root)
    with urllib.request.urlopen("https://localhost/sign-in", context=context) as answer:
        headers = {name.lower(): value for name, value in answer.headers.items()}
    return {
        "headers": headers,
        "http/2": _shakes_hands(root, caddy.HTTPS_PORT, "h2"),
        "http/3": _quic_versions(),
        "redirect": _plain("/gallery/?q=a"),
        "calls": [
            _plain("/api/v1/pictures"),
            _plain("/v1_1/picturerail/resources/image"),
            _plain("/gallery/", Authorization="Basic a2V5OnNlY3JldA=="),
            _plain("/sign-in", b"password=1"),
        ],
    }


def _plain(path: str, body: bytes | None = None, **headers: str) -> tuple[int, str | None]:
    """What is answered by http: the status, and where that leads."""

    class Stay(urllib.request.HTTPRedirectHandler):
        def redirect_request(self, *_: Any) -> None:
            return None

    try:
        asked = urllib.request.Request(f"http://localhost{path}", body, headers)
        urllib.request.build_opener(Stay).open(asked)
    except HTTPError as error:
        return error.code, error.headers["Location"]
    return 200, None


def _shakes_hands(root: Path, port: int, protocol: str = "http/1.1") -> bool:
    context = ssl.create_default_context(cafile=root)
    context.set_alpn_protocols([protocol])
    try:
        with (
            socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as secure,
        ):
            return secure.selected_alpn_protocol() == protocol
    except OSError:
        return False


def _quic_versions() -> str:
    """The versions of QUIC that are offered to who asks for one that does not exist (RFC 9000, 6.1)."""
    asked = b"\xc0\x1a\x2a\x3a\x4a\x08" + os.urandom(8) + b"\x08" + os.urandom(8)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        udp.settimeout(10)
        udp.sendto(asked.ljust(1200, b"\0"), ("127.0.0.1", caddy.HTTPS_PORT))
        return udp.recv(2000)[23:].hex()


def main(folder: Path) -> None:
    if shutil.which("ip"):
        subprocess.run(["ip", "link", "set", "lo", "up"], check=False)
    (folder / "authority").mkdir()
    process, url, root = authority(folder / "authority")
    env = {"PICTURERAIL_DOMAIN": "localhost", "PICTURERAIL_ACME_URL": url, "PICTURERAIL_ACME_ROOT": str(root)}
    try:
        with Service(folder / "data", env=env) as service:
            wait_until(lambda: _shakes_hands(root, caddy.HTTPS_PORT))
            told = {**seen(root), "log": service.log.read_text(), "credentials": service.run("credentials")}
        left = [port for port in (caddy.HTTP_PORT, caddy.HTTPS_PORT) if _shakes_hands(root, port)]
        print(json.dumps({**told, "left": left}))
    finally:
        processes.stop(process)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
