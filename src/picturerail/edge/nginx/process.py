"""Start nginx as an edge, and tell it to read its configuration anew."""

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import time
from dataclasses import replace
from pathlib import Path

from picturerail import processes
from picturerail.edge.nginx.config import Edge, render
from picturerail.edge.verify_cache import check
from picturerail.errors import StartupError
from picturerail.settings import Settings

READY_SECONDS = 10


def start(settings: Settings, edge: Edge) -> processes.Process:
    """Start nginx in the foreground and wait until it listens; raise StartupError with its own words."""
    write(settings, edge)
    check(edge.folder)  # a power cut may have left anything
    command = [_binary(), *_arguments(edge), "-g", "daemon off;"]
    process = processes.start(command, log=edge.folder / "console.log")
    deadline = time.monotonic() + READY_SECONDS
    while not _listens(edge.listen):
        if process.poll() is not None or time.monotonic() > deadline:
            processes.stop(process)
            said = (edge.folder / "console.log").read_text()[-500:]
            raise StartupError(f"The edge {edge.name} did not start: {said}")
        time.sleep(0.02)
    return process


def write(settings: Settings, edge: Edge) -> None:
    """Write and check the configuration; a wrong one is reported and changes nothing."""
    for needed in (edge.folder / "cache", edge.temp_folder):
        needed.mkdir(parents=True, exist_ok=True)
    new = edge.folder / "nginx.conf.new"
    with os.fdopen(os.open(new, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(render(settings, edge))
    checked = subprocess.run(
        [_binary(), "-p", str(edge.folder), "-c", str(new), "-t", "-q"],
        capture_output=True,
        text=True,
        check=False,
    )
    if checked.returncode:
        raise StartupError(
            f"nginx refuses the configuration of the edge {edge.name}: {checked.stderr.strip()}"
        )
    new.replace(edge.folder / "nginx.conf")


def reload(process: processes.Process) -> None:
    """Read the configuration anew; running requests end with the old one."""
    process.send_signal(signal.SIGHUP)


def as_this_user(edge: Edge) -> Edge:
    """The same edge with workers of the user who starts it, for folders that only this user may enter."""
    return replace(edge, user="root" if os.getuid() == 0 else edge.user)


def _arguments(edge: Edge) -> list[str]:
    return ["-p", str(edge.folder), "-c", str(edge.folder / "nginx.conf")]


def _binary() -> str:
    found = shutil.which("nginx") or (Path("/usr/sbin/nginx").exists() and "/usr/sbin/nginx")
    if not found:
        raise StartupError(
            "nginx is not installed: apt-get install nginx libnginx-mod-http-{cache-purge,brotli-filter}"
        )
    return found


def _listens(address: str) -> bool:
    host, _, port = address.rpartition(":")
    with contextlib.suppress(OSError), socket.create_connection((host.strip("[]"), int(port)), timeout=1):
        return True
    return False
