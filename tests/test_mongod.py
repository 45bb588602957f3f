"""The embedded MongoDB: reachable by its socket only, least privilege, recovers, and fails with a sentence."""

import os
import re
import signal
import socket
import stat
import struct
import subprocess
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from urllib.parse import quote_plus

import bson
import pytest
from pymongo import MongoClient
from pymongo.database import Database as MongoDatabase
from pymongo.errors import OperationFailure

from picturerail import mongod, processes
from picturerail.database import Client, connect, database, ensure_schema
from picturerail.errors import StartupError


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("embedded")
    process = mongod.start(folder)
    yield folder
    processes.stop(process)


@pytest.fixture(scope="module")
def client(data: Path) -> Client:
    return connect(mongod.uri(data))


def _listening_on_tcp() -> set[int]:
    """Inodes of all listening TCP sockets of this machine."""
    rows = [
        line.split()
        for name in ("tcp", "tcp6")
        for line in Path("/proc/net", name).read_text().splitlines()[1:]
    ]
    return {int(row[9]) for row in rows if row[3] == "0A"}


def _socket_inodes(pid: int) -> set[int]:
    links = [os.readlink(link) for link in Path(f"/proc/{pid}/fd").iterdir() if link.is_symlink()]
    return {int(link[8:-1]) for link in links if link.startswith("socket:[")}


def test_listens_on_no_tcp_port(data: Path) -> None:
    pid = int((data / "mongo" / "db" / "mongod.lock").read_text())
    assert _socket_inodes(pid), "the server has its Unix socket open"
    assert not _socket_inodes(pid) & _listening_on_tcp()


def test_socket_and_folder_are_private(data: Path) -> None:
    mode = (data / "run" / "mongod.sock").stat().st_mode
    assert stat.S_ISSOCK(mode)
    assert stat.S_IMODE(mode) == 0o600


@pytest.mark.parametrize("compressor", [0, 1, 2, 3])
def test_compressed_messages_are_not_answered(data: Path, compressor: int) -> None:
    """The way in of CVE-2025-14847: OP_COMPRESSED before signing in."""
    body = b"\0\0\0\0" + b"\0" + bson.encode({"ping": 1, "$db": "admin"})
    packed = zlib.compress(body)
    message = struct.pack("<iiB", 2013, len(body) + 4096, compressor) + packed
    header = struct.pack("<iiii", 16 + len(message), 1, 0, 2012)
    with socket.socket(socket.AF_UNIX) as raw:
        raw.settimeout(5)
        raw.connect(str(data / "run" / "mongod.sock"))
        raw.sendall(header + message)
        assert raw.recv(64) == b""


def test_nothing_without_signing_in(data: Path) -> None:
    with MongoClient[dict[str, Any]](
        f"mongodb://{quote_plus(str(data / 'run' / 'mongod.sock'))}/?directConnection=true"
    ) as stranger:
        for attempt in (stranger.gallery.gallery.find_one, lambda: stranger.gallery.gallery.insert_one({})):
            with pytest.raises(OperationFailure, match="requires authentication"):
                attempt()


@pytest.mark.parametrize(
    "attempt",
    [
        lambda c: c.other.things.insert_one({}),
        lambda c: c.admin.command("createUser", "me", pwd="x", roles=["root"]),
        lambda c: c.admin.command("shutdown"),
        lambda c: c.gallery.gallery.find_one({"$where": "true"}),
        lambda c: list(
            c.gallery.gallery.aggregate(
                [{"$set": {"x": {"$function": {"body": "function(){}", "args": [], "lang": "js"}}}}]
            )
        ),
    ],
)
def test_our_user_may_do_no_more_than_it_needs(client: Client, attempt: Callable[[Client], Any]) -> None:
    client.gallery.gallery.insert_one({"a": 1})
    with pytest.raises(OperationFailure):
        attempt(client)


def test_acknowledged_writes_survive_kill_9_and_a_moved_folder(tmp_path: Path) -> None:
    process = mongod.start(tmp_path / "here")
    with connect(mongod.uri(tmp_path / "here")) as client:
        ensure_schema(database(client))
        for number in range(100):
            client.gallery.gallery.insert_one({"number": number})
    process.kill()
    process.wait()
    (tmp_path / "here").rename(tmp_path / "there")
    process = mongod.start(tmp_path / "there")
    with connect(mongod.uri(tmp_path / "there")) as client:
        assert client.gallery.gallery.count_documents({}) == 100
    assert processes.stop(process) == 0


def test_a_server_that_has_not_read_its_configuration_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After a kill on a busy machine it answers before it knows to which set it belongs."""
    processes.stop(mongod.start(tmp_path))
    command, early = MongoDatabase.command, [94, 94, 94]

    def not_yet(self: Any, name: Any, *args: Any, **options: Any) -> Any:
        if name == "replSetGetConfig" and early:
            raise OperationFailure("no replset config has been received", early.pop())
        return command(self, name, *args, **options)

    monkeypatch.setattr(MongoDatabase, "command", not_yet)
    processes.stop(mongod.start(tmp_path))
    assert early == []


def test_a_server_that_dies_while_it_is_set_up_is_one_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """And no other error, which would end the watch over all parts."""

    def killed(data: Path, admin: Client) -> bool:
        pid = int((data / "mongo" / "db" / "mongod.lock").read_text())
        os.kill(pid, signal.SIGKILL)
        return bool(admin.admin.command("replSetGetConfig"))

    monkeypatch.setattr(mongod, "_follow_moved_folder", killed)
    with pytest.raises(StartupError, match="could not be set up"):
        mongod.start(tmp_path)


def test_keys_that_were_lost_are_asked_for(tmp_path: Path) -> None:
    data = tmp_path / "data"
    processes.stop(mongod.start(data))
    (data / "secrets.json").unlink()
    with pytest.raises(StartupError, match=r"is not the one with which this database was made. Put it back"):
        mongod.start(data)


def test_damaged_files_are_told(tmp_path: Path) -> None:
    data = tmp_path / "data"
    processes.stop(mongod.start(data))
    for file in (data / "mongo" / "db").glob("collection*.wt"):
        file.write_bytes(os.urandom(8192))
    with pytest.raises(StartupError, match="Its files are damaged: restore a backup"):
        mongod.start(data)


@pytest.mark.parametrize(
    ("patched", "answer", "says"),
    [
        ("shutil.disk_usage", SimpleNamespace(free=1000), "The disk is full: free some space"),
        ("os.access", False, "Some of its files are not ours: `sudo chown -R "),
    ],
)
def test_what_keeps_the_server_from_its_files_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, patched: str, answer: object, says: str
) -> None:
    refusing = tmp_path / "mongod"
    refusing.write_text("#!/bin/sh\nexit 100\n")
    refusing.chmod(0o755)
    (tmp_path / "data" / "mongo" / "db").mkdir(parents=True)
    monkeypatch.setattr(mongod, "binary", lambda: refusing)
    monkeypatch.setattr(f"picturerail.mongod.{patched}", lambda *_: answer)
    with pytest.raises(StartupError, match=re.escape(says)):
        mongod.start(tmp_path / "data")


def test_a_deep_data_folder_works(tmp_path: Path) -> None:
    deep = tmp_path / ("deep" * 20) / ("deeper" * 20)
    process = mongod.start(deep)
    try:
        with connect(mongod.uri(deep)) as client:
            assert client.gallery.gallery.insert_one({}).acknowledged
        assert stat.S_ISSOCK((deep / "run" / "mongod.sock").stat().st_mode)
    finally:
        processes.stop(process)


def test_a_missing_binary_asks_for_mongo_uri(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("picturerail.mongod.sysconfig.get_path", lambda _: str(tmp_path))
    with pytest.raises(StartupError, match="MONGO_URI"):
        mongod.start(tmp_path / "data")


@pytest.mark.parametrize(
    ("end", "said"), [("exit 127", "libcurl4"), ("kill -ILL $$", "AVX"), ("exit 3", "exit code 3")]
)
def test_an_unfit_binary_says_why_and_asks_for_mongo_uri(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: str, said: str
) -> None:
    broken = tmp_path / "fiftyone" / "db" / "bin" / "mongod"
    broken.parent.mkdir(parents=True)
    broken.write_text(f"#!/bin/sh\n{end}\n")
    broken.chmod(0o755)
    monkeypatch.setattr("picturerail.mongod.sysconfig.get_path", lambda _: str(tmp_path))
    with pytest.raises(StartupError, match=f"{said}.*MONGO_URI"):
        mongod.start(tmp_path / "data")


def test_stopping_leaves_no_process(tmp_path: Path) -> None:
    process = mongod.start(tmp_path)
    assert processes.stop(process) == 0
    assert subprocess.run(["kill", "-0", str(process.pid)], capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize(("memory", "cache"), [(0.5, 0.25), (4, 0.25), (8, 0.5), (24, 1), (512, 1)])
def test_its_cache_is_a_part_of_the_memory_within_bounds(memory: float, cache: float) -> None:
    assert mongod.cache_gigabytes(int(memory * 1024**3)) == cache


def test_the_server_has_that_cache(data: Path) -> None:
    with mongod._client(data, admin=True) as admin:
        told = admin.admin.command("serverStatus")["wiredTiger"]["cache"]["maximum bytes configured"]
    assert told == pytest.approx(mongod.cache_gigabytes(mongod._memory()) * 1024**3, rel=0.05)
