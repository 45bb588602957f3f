"""Edges for measurements: real nginx, as `picturerail edge nginx` configures it, in folders of the cache."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from bench.peers.base import CACHE
from picturerail import processes
from picturerail.certificates import TlsFiles
from picturerail.edge.nginx import process
from picturerail.edge.nginx.config import Edge
from picturerail.settings import load
from tests.ports import free_port

SECRET = "a-secret-of-the-measurement"
CLOUD = "/picturerail/image/upload"


@contextmanager
def edges(
    count: int, origin: str, *, row: bool = False, tls: TlsFiles | None = None, inner: tuple[str, ...] = ()
) -> Iterator[list[Edge]]:
    """So many edges before `origin`, HOST:PORT; in one row when asked, each on its own otherwise."""
    inner = inner or tuple(f"127.0.0.1:{free_port()}" for _ in range(count))
    settings = load({"PICTURERAIL_EDGE_SECRET": SECRET, "PICTURERAIL_PUBLIC_URL": "http://127.0.0.1"})
    with ExitStack() as stack:
        made = []
        for number in range(count):
            folder = (CACHE / f"edge{number}-{os.getpid()}").resolve()
            shutil.rmtree(folder, ignore_errors=True)
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            edge = Edge(
                name=f"edge{number}",
                folder=folder,
                listen=f"127.0.0.1:{free_port()}",
                inner=inner[number],
                origins=(origin,),
                row=inner if row else (),
                rate=1_000_000,
                connections=10_000,
                workers="2",
                certificate=tls.certificate if tls else None,
                key=tls.key if tls else None,
            )
            running = process.start(settings, process.as_this_user(edge))
            stack.callback(processes.stop, running)
            made.append(edge)
        yield made
