"""The program as a whole: it starts, says why when it cannot, survives kill -9, and leaves nothing behind."""

import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner
from pymongo.errors import AutoReconnect

from picturerail import database, mongod, processes, server
from picturerail.cli import main
from picturerail.data_folder import DataFolder
from picturerail.errors import StartupError
from picturerail.settings import kept_secrets, load
from picturerail.settings.sources import PLAIN
from tests.ports import free_port
from tests.service import COMMAND, Service, wait_until


def _serve(data: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Start the program where it must refuse; a start that succeeds would hang until the timeout."""
    service = Service(data)
    return subprocess.run(
        [*COMMAND, "serve", "--data", str(data), "--port", env.pop("port", str(service.port))],
        env={**os.environ, **env},
        capture_output=True,
        text=True,
        timeout=90,
        check=False,
    )


def _is_one_sentence(done: subprocess.CompletedProcess[str]) -> bool:
    return (
        done.returncode != 0 and "Traceback" not in done.stderr and len(done.stderr.strip().splitlines()) == 1
    )


def test_a_taken_port_is_one_sentence(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        done = _serve(tmp_path / "data", port=str(taken.getsockname()[1]))
    assert _is_one_sentence(done)
    assert "--port" in done.stderr


def test_two_starts_on_one_port_do_not_both_find_it_free(tmp_path: Path) -> None:
    port = free_port()
    settings = load({"PICTURERAIL_DATA": str(tmp_path), "PICTURERAIL_PORT": str(port)})
    first, second = (server.Server(settings, DataFolder(tmp_path / name)) for name in "ab")

    def start() -> None:
        with second.taking_port():
            pytest.fail("both took it")

    with ThreadPoolExecutor() as at_once, socket.socket() as listener:
        with first.taking_port():
            other = at_once.submit(start)
            time.sleep(0.2)
            assert not other.done()
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as web processes do
            listener.bind(("127.0.0.1", port))
            listener.listen()
        with pytest.raises(StartupError, match="Choose another port"):
            other.result(20)


def test_a_data_folder_in_use_is_one_sentence(service: Service) -> None:
    done = _serve(service.data)
    assert _is_one_sentence(done)
    assert "in use by process" in done.stderr


def test_a_data_folder_that_is_a_file_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("not a folder")
    assert _is_one_sentence(_serve(tmp_path / "data" / "inside"))


@pytest.mark.parametrize("uri", ["mongodb://127.0.0.1:1/gallery", "http://nowhere", "mongodb://[broken"])
def test_a_wrong_mongo_uri_is_one_sentence(tmp_path: Path, uri: str) -> None:
    done = _serve(tmp_path / "data", MONGO_URI=uri)
    assert _is_one_sentence(done), done.stderr
    assert "MONGO_URI" in done.stderr


@pytest.fixture(scope="module")
def other_mongo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Somebody else's MongoDB, on a TCP port."""
    folder = tmp_path_factory.mktemp("other")
    port = free_port()
    command = [str(mongod.binary()), "--dbpath", str(folder), "--port", str(port), "--bind_ip", "127.0.0.1"]
    process = processes.start(
        [*command, "--replSet", "other", "--unixSocketPrefix", str(folder)], log=folder / "log"
    )
    uri = f"mongodb://127.0.0.1:{port}/elsewhere?replicaSet=other"
    config = f"{{'_id': 'other', 'members': [{{'_id': 0, 'host': '127.0.0.1:{port}'}}]}}"
    initiate = (
        "import pymongo; c = pymongo.MongoClient("
        f"'mongodb://127.0.0.1:{port}/?directConnection=true'); c.admin.command('replSetInitiate', {config})"
    )
    subprocess.run([sys.executable, "-c", initiate], check=True)
    yield uri
    processes.stop(process)


def test_mongo_uri_uses_another_server(tmp_path: Path, other_mongo: str) -> None:
    with Service(tmp_path / "data", env={"MONGO_URI": other_mongo}) as service:
        service.add_user("a@example.com", "owner", "correct horse battery")
        assert not (service.data / "mongo").exists()
    count = (
        f"import pymongo; print(pymongo.MongoClient('{other_mongo}').elsewhere.users.count_documents({{}}))"
    )
    assert (
        subprocess.run([sys.executable, "-c", count], capture_output=True, text=True, check=True).stdout
        == "1\n"
    )


def _children(pid: int) -> list[int]:
    found = []
    for task in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = task.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[1]) == pid and fields[0] != "Z":
            child = int(task.parent.name)
            found += [child, *_children(child)]
    return found


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def _runs(pid: int, part: str) -> bool:
    """Whether an argument of this process, a path or a module, ends with the part's name."""
    return any(argument.endswith(part) for argument in Path(f"/proc/{pid}/cmdline").read_text().split("\0"))


def test_kill_9_leaves_no_process_and_the_next_start_works_at_once(service: Service) -> None:
    assert service.process is not None
    children = _children(service.process.pid)
    service.kill()
    service.start()
    assert [pid for pid in children if _alive(pid)] == []


@pytest.mark.parametrize(
    "part", ["mongod", "picturerail.transform", "picturerail.rsgi.media:door", "picturerail.rsgi.public:door"]
)
def test_a_part_that_is_killed_is_started_again(service: Service, part: str) -> None:
    assert service.process is not None
    supervisor, said = service.process.pid, service.log.stat().st_size
    first = min(pid for pid in _children(supervisor) if _runs(pid, part))
    gone = [first, *_children(first)]
    os.kill(first, 9)
    wait_until(lambda: "starting it again" in service.log.read_text()[said:])
    wait_until(service.answers)
    wait_until(lambda: not any(_alive(pid) for pid in gone))
    wait_until(lambda: any(_runs(pid, part) for pid in _children(supervisor)))


def test_the_console_names_the_setup_link_only_until_there_is_an_owner(service: Service) -> None:
    link = re.search(r"http://\S+/setup/\S+", service.log.read_text())  # from before the owner was added
    assert link is not None
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(link[0])
    page = refused.value.read().decode()
    assert "there is an account already" in page
    assert "Restart" not in page
    service.stop()
    said = len(service.log.read_text())
    service.start()
    again = service.log.read_text()[said:]
    assert "serves" in again
    assert "/setup/" not in again


def test_the_start_line_names_all_that_the_program_stands_on(service: Service) -> None:
    said = service.log.read_text()
    assert f"serves {service.url}  (data in {service.data}" in said
    assert "Database: embedded, in that folder · cloud: picturerail (own media service) · edges: none" in said


def test_who_watches_the_parts_looks_after_no_database(service: Service) -> None:
    """The driver has threads that ask a server all the time; 8 of them were kept for nothing."""
    assert service.process is not None
    assert len(list(Path(f"/proc/{service.process.pid}/task").iterdir())) == 1


def test_image_workers_are_told_no_secret(service: Service) -> None:
    assert service.process is not None
    workers = [pid for pid in _children(service.process.pid) if _runs(pid, "picturerail.transform")]
    assert workers
    for pid in workers:
        told = [
            pair.partition("=")[0] for pair in Path(f"/proc/{pid}/environ").read_text().split("\0") if pair
        ]
        assert told
        assert not [name for name in told if not name.startswith((*PLAIN, "TMPDIR"))]


def test_a_running_server_is_looked_at_by_check_too(service: Service) -> None:
    said = service.run("check")
    assert f"a server runs on {service.data} already" in said
    assert "holds a gallery" in said


def test_credentials_name_the_running_address(service: Service) -> None:
    line = service.run("credentials")
    assert line.startswith("CLOUDINARY_URL=cloudinary://")
    assert f"upload_prefix=http://127.0.0.1:{service.port}" in line
    assert "secure=true&secure_distribution=pics.example" in service.run(
        "credentials", "--url", "https://pics.example"
    )


@pytest.mark.parametrize(("url", "told"), [("http://nas.lan:8000", True), ("https://pics.example", False)])
def test_plain_http_is_told_to_be_no_place_for_the_node_sdk(tmp_path: Path, url: str, told: bool) -> None:
    kept_secrets(tmp_path)
    said = CliRunner().invoke(main, ["credentials", "--url", url, "--data", str(tmp_path)])
    assert said.stdout.count("\n") == 1
    assert ("`picturerail certificate nas.lan`" in said.stderr) is told


def test_no_two_accounts_for_one_address(service: Service) -> None:
    service.add_user("twice@example.com", "viewer", "correct horse battery")
    with pytest.raises(AssertionError, match="twice@example.com"):
        service.add_user("Twice@Example.com", "viewer", "correct horse battery")


def test_a_start_outlives_lost_connections_and_says_when_there_are_too_many(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """As the driver loses them on a machine that has no time for it."""
    lost: list[int] = []

    def ensure_schema(_: object) -> None:
        if lost and lost.pop():
            raise AutoReconnect("operation cancelled")

    monkeypatch.setattr(server, "RESTART_SECONDS", 0)
    monkeypatch.setattr(database, "check", lambda _: None)
    monkeypatch.setattr(database, "ensure_schema", ensure_schema)
    settings = replace(load({"PICTURERAIL_DATA": str(tmp_path)}), mongo_uri="mongodb://127.0.0.1:1/gallery")
    lost += [0, 1, 1]
    assert server.prepare_database(settings, new=True).name == "gallery"
    assert lost == []
    lost += [1, 1, 1]
    with pytest.raises(StartupError, match=r"the connection to 127\.0\.0\.1:1/gallery was lost"):
        server.prepare_database(settings, new=True)


def test_sigterm_stops_all_that_it_started(service: Service) -> None:
    """Parts that were started again among what it started. Only the test below comes after this one."""
    assert service.process is not None
    children = _children(service.process.pid)
    assert len(children) >= 5
    assert service.stop() == 0
    assert [pid for pid in children if _alive(pid)] == []
    assert "did not stop" not in service.log.read_text()


def test_a_command_may_be_the_first_on_a_folder_of_before(service: Service) -> None:
    """What an older version has left, or a restore, has no folder for what the parts count. The last of this file."""
    service.stop()
    shutil.rmtree(service.data / "run")
    assert service.run("doctor") == "Documents, assets and files agree.\n"
