"""Counts the jobs that reach the image workers, by standing between them and their socket."""

import json
import socket
import threading
from collections import Counter
from pathlib import Path
from typing import Self


class CountedWorkers:
    """Takes the place of the image workers' socket and passes everything on; use as a context."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._behind = path.with_name("behind.sock")
        self.jobs: Counter[str] = Counter()

    def __enter__(self) -> Self:
        self._path.rename(self._behind)
        self._listener = socket.socket(socket.AF_UNIX)
        self._listener.bind(str(self._path))
        self._listener.listen(128)
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *exc: object) -> None:
        self._behind.rename(self._path)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._pass_on, args=(client,), daemon=True).start()

    def _pass_on(self, client: socket.socket) -> None:
        with client, socket.socket(socket.AF_UNIX) as behind:
            job = client.makefile("rb").readline()
            self.jobs[json.loads(job)["job"]] += 1
            behind.connect(str(self._behind))
            behind.sendall(job)
            for line in behind.makefile("rb"):
                client.sendall(line)
