"""`picturerail storage move` while a server serves: to the object store and back, killed midway and taken up again."""

import hashlib
import io
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Self

import cloudinary.uploader
import pytest
import urllib3

from picturerail.media.stores import store_at
from picturerail.settings import Settings, load
from tests.faults.uploads import account_of, unique_jpeg
from tests.service import COMMAND, Service, wait_until
from tests.services import Services

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

PICTURES = 150
KILLED_AFTER = 15  # copies


@dataclass
class Library:
    """What was acknowledged, and visitors and an uploader who go on while it moves."""

    service: Service
    hashes: dict[str, str] = field(default_factory=dict)  # by address of the original
    derived: dict[str, str] = field(default_factory=dict)
    visits: int = 0
    failed: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._pool, self._account = urllib3.PoolManager(maxsize=8, retries=False), account_of(self.service)

    def upload(self, number: int) -> None:
        content = unique_jpeg(number)
        answer: dict[str, Any] = cloudinary.uploader.upload(io.BytesIO(content), **self._account)
        original = answer["secure_url"]
        small = original.replace("/upload/", "/upload/c_scale,w_50/")
        self.derived[small] = hashlib.sha256(self._get(small)).hexdigest()
        self.hashes[original] = hashlib.sha256(content).hexdigest()

    def check_all(self) -> Self:
        for address, wanted in {**self.hashes, **self.derived}.items():
            assert hashlib.sha256(self._get(address)).hexdigest() == wanted, address
        return self

    @contextmanager
    def in_use(self, first: int) -> Iterator[None]:
        """Two readers and an uploader; nothing of theirs may fail."""
        stop = threading.Event()
        jobs = [lambda: self._read(stop), lambda: self._read(stop), lambda: self._add(stop, first)]
        threads = [threading.Thread(target=job) for job in jobs]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            stop.set()
            for thread in threads:
                thread.join()

    def _read(self, stop: threading.Event) -> None:
        while not stop.is_set():
            for address, wanted in [*self.hashes.items(), *self.derived.items()]:
                self.visits += 1
                if hashlib.sha256(self._get(address)).hexdigest() != wanted:
                    self.failed.append(address)
                if stop.wait(0.02):
                    return

    def _add(self, stop: threading.Event, number: int) -> None:
        while not stop.wait(0.3):
            number += 1
            try:
                self.upload(number)
            except Exception as error:
                self.failed.append(repr(error))

    def _get(self, address: str) -> bytes:
        path = "/" + address.split("/", 3)[3]
        answer = self._pool.request("GET", self.service.url + path)
        return answer.data if answer.status == 200 else b""


def settings_of(service: Service) -> Settings:
    return load(service.env, data=service.data)


def count(service: Service, place: str) -> int:
    return sum(1 for _ in store_at(settings_of(service), place, "originals").list())


def restart(service: Service, store: str, before: str) -> None:
    service.stop()
    service.env = {"PICTURERAIL_STORE": store, "PICTURERAIL_STORE_BEFORE": before}
    service.start()


def killed_midway(service: Service, arrived: Callable[[], int]) -> None:
    """kill -9 the move when it has copied some, and not all."""
    before = arrived()
    command = [*COMMAND, "storage", "move", "--data", str(service.data)]
    moving = subprocess.Popen(command, env=service._env(), stdout=subprocess.DEVNULL)
    wait_until(lambda: arrived() >= before + KILLED_AFTER)
    assert moving.poll() is None, "it was killed too late: take more pictures"
    moving.send_signal(signal.SIGKILL)
    moving.wait()


def moved(said: str) -> tuple[int, int]:
    """How many originals were copied, and how many were there."""
    words = next(line for line in said.splitlines() if line.startswith("originals")).split()
    return int(words[1]), int(words[-3])


def test_a_library_moves_to_the_object_store_and_back(services: Services, s3_url: str) -> None:
    with services.program() as service:
        library = Library(service)
        for number in range(PICTURES):
            library.upload(number)
        for way, (store, before, first) in enumerate([(s3_url, "folder", 1_000), ("", s3_url, 100_000)]):
            old, new = before, store or "folder"
            there = count(service, old)
            restart(service, store, before)
            started = time.monotonic()
            with library.in_use(first):
                killed_midway(service, lambda new=new: count(service, new))  # type: ignore[misc]
                copied, known = moved(service.run("storage", "move"))
                seconds = time.monotonic() - started
            assert copied + known == there, "the old store is complete, and got nothing new"
            assert known >= KILLED_AFTER - 5, "what was copied before is not copied again"
            assert copied > 0
            again = moved(service.run("storage", "move", "--check", "--delete"))
            assert again == (0, there), "every copy was read and is equal"
            assert count(service, old) == 0
            restart(service, store, "")
            library.check_all()
            said = (
                f"{there} originals in {seconds:.0f} s, {library.visits} visits, {len(library.hashes)} in all"
            )
            print(f"\nway {way}: {said}")
        assert library.failed == []
        assert library.visits > 100
        assert "agree" in service.run("doctor", "--deep")
