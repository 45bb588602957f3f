"""What the program says when it starts, and the sentences with which it refuses to."""

import re
import subprocess
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from pymongo import MongoClient

from picturerail import mongod, processes
from picturerail.database import Client, connect
from picturerail.settings import kept_secrets
from tests.ports import free_port
from tests.service import COMMAND, Service
from tests.test_server import _is_one_sentence, _serve


@pytest.fixture(scope="module")
def guarded_mongo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """HOST:PORT of somebody's MongoDB that asks for a user: its set is called `theirs`, an administrator `root`."""
    folder, port = tmp_path_factory.mktemp("guarded"), free_port()
    (folder / "key").write_text("a" * 100)
    (folder / "key").chmod(0o400)
    command = [str(mongod.binary()), "--dbpath", str(folder), "--port", str(port), "--bind_ip", "127.0.0.1"]
    more = ["--replSet", "theirs", "--keyFile", str(folder / "key"), "--unixSocketPrefix", str(folder)]
    process = processes.start([*command, *more], log=folder / "log")
    host = f"127.0.0.1:{port}"
    client: Client = MongoClient(f"mongodb://{host}/?directConnection=true")
    client.admin.command("replSetInitiate", {"_id": "theirs", "members": [{"_id": 0, "host": host}]})
    while not client.admin.command("hello")["isWritablePrimary"]:
        pass
    client.admin.command("createUser", "root", pwd="root", roles=["root"])
    client.close()
    with connect(f"mongodb://root:root@{host}/?directConnection=true") as admin:
        admin.admin.command("createUser", "reader", pwd="reader", roles=[{"role": "read", "db": "other"}])
    yield host
    processes.stop(process)


@pytest.mark.parametrize(
    ("uri", "sentence"),
    [
        ("mongodb://{}/gallery?replicaSet=theirs", "names no user"),
        ("mongodb://root:wrong@{}/gallery?authSource=admin", "Check user, password and authSource"),
        ("mongodb://root:root@{}/gallery", "Check user, password and authSource"),
        ("mongodb://reader:reader@{}/gallery?authSource=admin", "readWrite on gallery"),
        ("mongodb://root:root@{}/gallery?authSource=admin&replicaSet=mine", "calls its set theirs"),
        ("mongodb://{}/gallery?replicaSet=mine", "calls its set theirs"),
    ],
)
def test_a_mongo_uri_that_is_not_let_in_is_one_sentence(
    tmp_path: Path, guarded_mongo: str, uri: str, sentence: str
) -> None:
    done = _serve(tmp_path / "data", MONGO_URI=uri.format(guarded_mongo))
    assert _is_one_sentence(done), done.stderr
    assert "MONGO_URI" in done.stderr
    assert sentence in done.stderr


@pytest.mark.parametrize(
    ("store", "sentence"),
    [
        ("foo", "s3://KEY:SECRET@BUCKET"),
        ("s3://k:s@b?endpoint=http://127.0.0.1:1", "nothing answers at its endpoint"),
    ],
)
def test_a_wrong_store_is_one_sentence(tmp_path: Path, store: str, sentence: str) -> None:
    done = _serve(tmp_path / "data", PICTURERAIL_STORE=store)
    assert _is_one_sentence(done), done.stderr
    assert "PICTURERAIL_STORE" in done.stderr
    assert sentence in done.stderr


def test_an_unknown_setting_is_one_sentence_and_nothing_is_made(tmp_path: Path) -> None:
    done = _serve(tmp_path / "data", PICTURERAIL_PRT="99")
    assert _is_one_sentence(done)
    assert not (tmp_path / "data").exists()


def test_settings_may_stand_in_the_data_folder(tmp_path: Path, new_mongo_uri: Callable[[], str]) -> None:
    uri, data = new_mongo_uri(), tmp_path / "data"
    data.mkdir()
    own = (
        f"cloudinary://{kept_secrets(data)['api_key']}:secret@picturerail?upload_prefix=http://127.0.0.1:8000"
    )
    secret = "0123456789abcdef"
    (data / "settings.toml").write_text(
        f'mongo_uri = "{uri}"\nedges = ["127.0.0.1:9"]\nedge_secret = "{secret}"\ncloud_name = "ours"\n'
    )
    with Service(data, env={"CLOUDINARY_URL": own}) as service:
        said = service.log.read_text()
        assert "cloud: ours (own media service) · edges: 127.0.0.1:9" in said
        assert re.search(r"Database: \S+mongod\.sock/gallery\d+ ", said)
        assert not any(one in said for one in (secret, uri, "secret@"))
        service.add_user("a@example.com", "owner", "correct horse battery")
        assert not (data / "mongo").exists()


def run(data: Path, *command: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *command, "--data", str(data)],
        env=Service(data, env=env)._env(),
        input="correct horse battery\n",
        capture_output=True,
        text=True,
        check=False,
    )


ADD_USER = ("user", "add", "a@example.com", "--role", "owner", "--password-stdin")


def test_a_forgotten_mongo_uri_makes_no_second_gallery(tmp_path: Path) -> None:
    kept_secrets(tmp_path)  # once served with a database elsewhere
    done = run(tmp_path, *ADD_USER)
    assert done.returncode == 1
    assert "Set MONGO_URI" in done.stderr
    assert not (tmp_path / "mongo").exists()


def test_a_mistyped_mongo_uri_makes_no_second_gallery(
    tmp_path: Path, new_mongo_uri: Callable[[], str]
) -> None:
    kept_secrets(tmp_path)
    uri = new_mongo_uri()
    done = run(tmp_path, *ADD_USER, MONGO_URI=uri)
    assert done.returncode == 1
    assert "holds no gallery" in done.stderr
    with connect(uri) as client:
        assert client.get_default_database().list_collection_names() == []


def test_a_slow_start_says_what_it_waits_for(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    at = [0.0]
    monkeypatch.setattr("picturerail.processes.time.monotonic", lambda: at[0])
    notice = processes.SlowStart("the database")
    for at[0] in (0.1, 2.9, 3.1, 9.0):
        notice.look()
    assert capsys.readouterr().err == "Waiting for the database ...\n"


def test_the_log_of_the_database_stays_small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    process, log = mongod.start(tmp_path), tmp_path / "mongo" / "mongod.log"
    try:
        mongod.rotate_log(tmp_path)
        assert not log.with_name("mongod.log.1").exists()  # small enough
        monkeypatch.setattr(mongod, "MAX_LOG_BYTES", 100)
        before = log.read_bytes()
        mongod.rotate_log(tmp_path)
        assert log.with_name("mongod.log.1").read_bytes().startswith(before)
        assert log.stat().st_size < len(before)
        with connect(mongod.uri(tmp_path)) as client:
            assert client.gallery.gallery.insert_one({}).acknowledged
        mongod.rotate_log(tmp_path)
        assert {file.name for file in log.parent.glob("mongod.log*")} == {"mongod.log", "mongod.log.1"}
    finally:
        processes.stop(process)


def test_addresses_are_those_that_were_asked(tmp_path: Path) -> None:
    """A site that listens everywhere is opened by any name of its machine."""
    with Service(tmp_path / "data", env={"PICTURERAIL_HOST": "0.0.0.0"}) as service:
        asked = f"localhost:{service.port}"
        with urllib.request.urlopen(f"http://{asked}/gallery/feed.atom") as answer:
            feed = answer.read().decode()
        assert f"http://{asked}/gallery/" in feed
        assert "127.0.0.1" not in feed
