"""Ways to start it wrongly: each is one sentence that names the cause and the mend, and an exit code that is not 0."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from unittest.mock import Mock

import pytest
from click.testing import CliRunner, Result

from picturerail import data_folder, mongod
from picturerail.backup.schedule import back_up
from picturerail.cli import main
from picturerail.errors import StartupError
from picturerail.settings import kept_secrets, load
from tests.ports import free_port

BACKUP = '{"format": 1, "encrypted": false}'
SERVE = ("serve", "--data", "DATA", "--port", "PORT")


@dataclass(frozen=True)
class Wrong:
    """What somebody does, and words of the sentence that answers."""

    says: str
    env: Mapping[str, str] = field(default_factory=dict)
    command: tuple[str, ...] = SERVE
    before: Callable[[Path], object] = lambda _: None


def file(name: str, text: str) -> Callable[[Path], object]:
    return octets(name, text.encode())


def octets(name: str, content: bytes) -> Callable[[Path], object]:
    return lambda data: _below(data, name).write_bytes(content)


def folder(name: str) -> Callable[[Path], object]:
    return lambda data: _below(data, f"{name}/.keep").touch()


def link(name: str, target: str) -> Callable[[Path], object]:
    return lambda data: _below(data, name).symlink_to(target)


def _below(data: Path, name: str) -> Path:
    path = data.parent / name
    path.parent.mkdir(parents=True, exist_ok=True)
    return path


def served_elsewhere(data: Path) -> object:
    return kept_secrets(data)


WAYS = {
    # typing errors
    "a setting's name": Wrong("Did you mean PICTURERAIL_PORT?", {"PICTURERAIL_PRT": "99"}),
    "a setting that never was": Wrong("PICTURERAIL_COLOUR is no setting", {"PICTURERAIL_COLOUR": "red"}),
    "a word as port": Wrong("whole number", {"PICTURERAIL_PORT": "http"}, ("serve", "--data", "DATA")),
    "port 0": Wrong("at least 1", command=("serve", "--data", "DATA", "--port", "0")),
    "port 70000": Wrong("between 1 and 65535", command=("serve", "--data", "DATA", "--port", "70000")),
    "a switch that is neither": Wrong("true or false", {"PICTURERAIL_STRICT_TRANSFORMATIONS": "maybe"}),
    "a command": Wrong("No such command 'server'", command=("server",)),
    "an option": Wrong("No such option", command=("serve", "--dat", "x", "--prot", "1")),
    "a size below what works": Wrong("must be at least", {"PICTURERAIL_IMAGE_MEMORY": "1000"}),
    "a list of nothing": Wrong("addresses or networks", {"PICTURERAIL_TRUSTED_PROXIES": "nginx"}),
    # addresses
    "MongoDB without its scheme": Wrong(
        "must begin with mongodb://", {"MONGO_URI": "localhost:27017/gallery"}
    ),
    "MongoDB that is away": Wrong(
        "no MongoDB server answers", {"MONGO_URI": "mongodb://127.0.0.1:1/gallery"}
    ),
    "Cloudinary's page": Wrong("cloudinary://KEY:SECRET@CLOUD", {"CLOUDINARY_URL": "https://cloudinary.com"}),
    "a cloud with half a bracket": Wrong(
        "cloudinary://KEY:SECRET@CLOUD", {"CLOUDINARY_URL": "cloudinary://k:s@[c"}
    ),
    "a cloud whose interface is nowhere": Wrong(
        "upload_prefix in CLOUDINARY_URL", {"CLOUDINARY_URL": "cloudinary://k:s@c?upload_prefix=http://["}
    ),
    "a store whose endpoint is no address": Wrong(
        "is no address of an endpoint", {"PICTURERAIL_STORE": "s3://k:s@b?endpoint=http://["}
    ),
    "a store with half a bracket": Wrong("must look like s3://", {"PICTURERAIL_STORE": "s3://["}),
    "a backup to half a bracket": Wrong("must be a folder, or", {"PICTURERAIL_BACKUP_TO": "s3://["}),
    "a purge of half a bracket": Wrong("PURGE or an address", {"PICTURERAIL_CDN_PURGE": "https://["}),
    "a site with half a bracket": Wrong("is no address", {"PICTURERAIL_PUBLIC_URL": "https://["}),
    "a site without its scheme": Wrong("must begin with http", {"PICTURERAIL_PUBLIC_URL": "pics.example"}),
    "a folder of another site": Wrong(
        "cannot have a path", {"PICTURERAIL_PUBLIC_URL": "https://pics.example/photos"}
    ),
    "a site with a query": Wrong("plain address", {"PICTURERAIL_PUBLIC_URL": "https://pics.example?a=1"}),
    "a CDN without its scheme": Wrong(
        "PICTURERAIL_CDN_URL must begin", {"PICTURERAIL_CDN_URL": "cdn.example"}
    ),
    "a store of no kind": Wrong("must look like s3://", {"PICTURERAIL_STORE": "foo"}),
    "a store that is away": Wrong(
        "nothing answers at its endpoint", {"PICTURERAIL_STORE": "s3://k:s@b?endpoint=http://127.0.0.1:1"}
    ),
    "a store before that is away": Wrong(
        "PICTURERAIL_STORE_BEFORE cannot be used: nothing answers",
        {"PICTURERAIL_STORE": "", "PICTURERAIL_STORE_BEFORE": "s3://k:s@b?endpoint=http://127.0.0.1:1"},
    ),
    "a backup to a bucket that is away": Wrong(
        "The bucket of the backup cannot be used: nothing answers",
        command=("restore", "s3://k:s@b?endpoint=http://127.0.0.1:1", "--data", "DATA"),
    ),
    "a domain with its scheme": Wrong("bare name", {"PICTURERAIL_DOMAIN": "https://pics.example"}),
    "edges without ports": Wrong(
        "must be HOST:PORT", {"PICTURERAIL_EDGES": "paris", "PICTURERAIL_EDGE_SECRET": "0123456789abcdef"}
    ),
    "a way to purge": Wrong("PURGE or an address", {"PICTURERAIL_CDN_PURGE": "yes"}),
    "a cloud with a space": Wrong("letters, digits", {"PICTURERAIL_CLOUD_NAME": "my cloud"}),
    "a name without DNS": Wrong(
        "Make a DNS record",
        {"PICTURERAIL_PUBLIC_URL": "https://no-such-name.invalid"},
        ("check", "--data", "DATA", "--port", "PORT"),
    ),
    # what contradicts itself
    "a cloud elsewhere, and a store": Wrong(
        "contradict each other",
        {"CLOUDINARY_URL": "cloudinary://1:a@theirs", "PICTURERAIL_STORE": "s3://k:s@b"},
    ),
    "two stores that are one": Wrong(
        "is the same store", {"PICTURERAIL_STORE": "s3://b", "PICTURERAIL_STORE_BEFORE": "s3://b"}
    ),
    "edges without a secret": Wrong("needs PICTURERAIL_EDGE_SECRET", {"PICTURERAIL_EDGES": "10.0.0.1:81"}),
    "a short secret": Wrong("at least 16", {"PICTURERAIL_EDGE_SECRET": "short"}),
    "a token to purge nothing": Wrong("Set both", {"PICTURERAIL_CDN_PURGE_TOKEN": "x"}),
    "a certificate without its key": Wrong("Give both", {"PICTURERAIL_TLS_CERT": "/etc/hostname"}),
    "a domain, and a certificate": Wrong(
        "Unset one of them",
        {
            "PICTURERAIL_DOMAIN": "pics.example",
            "PICTURERAIL_TLS_CERT": "/etc/hostname",
            "PICTURERAIL_TLS_KEY": "/etc/hostname",
        },
    ),
    "a domain, and another address": Wrong(
        "Unset one of them",
        {"PICTURERAIL_DOMAIN": "pics.example", "PICTURERAIL_PUBLIC_URL": "https://other.example"},
    ),
    "an authority without a domain": Wrong("Set that, or unset", {"PICTURERAIL_ACME_EMAIL": "a@example.com"}),
    "a secret given twice": Wrong("are both set", {"SECRET_KEY": "a", "SECRET_KEY_FILE": "/etc/hostname"}),
    "a file for what is no secret": Wrong(
        "only secrets may stand in a file", {"PICTURERAIL_HOST_FILE": "/etc/hostname"}
    ),
    "a key that is no number": Wrong("hexadecimal", {"PICTURERAIL_AUTH_TOKEN_KEY": "xyz"}),
    "much patience": Wrong("at most 60", {"PICTURERAIL_PATIENCE_SECONDS": "1000"}),
    # files that are missing, damaged or empty
    "certificate files": Wrong(
        "does not exist", {"PICTURERAIL_TLS_CERT": "/no/cert", "PICTURERAIL_TLS_KEY": "/no/key"}
    ),
    "a secret's file": Wrong("cannot be read", {"SECRET_KEY_FILE": "/no/file"}),
    "a secret's empty file": Wrong("which is empty", {"SECRET_KEY_FILE": "/dev/null"}),
    "settings that are no TOML": Wrong("is no TOML", before=file("data/settings.toml", "port = = 1")),
    "settings with an unknown key": Wrong(
        "Did you mean port?", before=file("data/settings.toml", "prot = 1")
    ),
    "settings that name another folder": Wrong(
        "cannot name another folder", before=file("data/settings.toml", 'data = "/x"')
    ),
    "settings of a wrong kind": Wrong("must be", before=file("data/settings.toml", 'workers = "many"')),
    "kept keys that are damaged": Wrong("Put it back from a backup", before=file("data/secrets.json", "{")),
    "a secret's file that is a folder": Wrong("Is a directory", {"SECRET_KEY_FILE": "/"}),
    "a secret's file that never ends": Wrong("which is no secret", {"SECRET_KEY_FILE": "/dev/zero"}),
    "a secret's file of another program": Wrong(
        "no text in UTF-8", {"SECRET_KEY_FILE": "PLACE"}, before=octets("place", "x".encode("utf-16"))
    ),
    "settings in another encoding": Wrong(
        "Save it as such", before=octets("data/settings.toml", "port = 1".encode("utf-16"))
    ),
    "settings with a character that is none": Wrong(
        "Take it out", before=file("data/settings.toml", 'public_url = "https://a\\u0000"')
    ),
    "settings that are a folder": Wrong("Is a directory", before=folder("data/settings.toml")),
    "settings that lead nowhere": Wrong(
        "Mend or remove it", before=link("data/settings.toml", "/no/settings.toml")
    ),
    "a list in place of a text": Wrong(
        "must be a text", before=file("data/settings.toml", 'public_url = ["https://a.example"]')
    ),
    "a number in place of a list": Wrong(
        "a list of texts", before=file("data/settings.toml", "trusted_proxies = [1]")
    ),
    "a table in place of a number": Wrong(
        "must be a whole number", before=file("data/settings.toml", "[workers]\nmany = true")
    ),
    "a date in place of a text": Wrong(
        "must be a text", before=file("data/settings.toml", "public_url = 2026-01-01")
    ),
    "kept keys of no kind": Wrong("Put it back from a backup", before=file("data/secrets.json", "[]")),
    "a kept key that is a number": Wrong(
        "Put it back from a backup", before=file("data/secrets.json", '{"api_key": 5}')
    ),
    # folders
    "a file as data folder": Wrong("is a file", before=file("data", "")),
    "a folder where none can be": Wrong(
        "cannot be used", command=("serve", "--data", "/proc/x", "--port", "PORT")
    ),
    "a folder that is half restored": Wrong(
        "half restored", before=file(f"data/{data_folder.RESTORING}", json.dumps({"snapshot": "1"}))
    ),
    "a folder that leads nowhere": Wrong("Mount or make that", before=link("data", "/no/disk")),
    "a file in place of the originals": Wrong("Move it away", before=file("data/originals", "")),
    "a backup as data folder": Wrong(
        "is a backup, no data folder",
        before=lambda data: (file("data/repository.json", BACKUP)(data), folder("data/snapshots")(data)),
    ),
    "a restore of which nothing is known": Wrong(
        "Empty the folder",
        command=("restore", "PLACE", "--data", "DATA"),
        before=lambda data: (
            file("place/repository.json", BACKUP)(data),
            file("data/restoring.json", "")(data),
        ),
    ),
    "a restore into a folder with something in it": Wrong(
        "choose it with --data",
        command=("restore", "PLACE", "--data", "DATA"),
        before=lambda data: (file("place/repository.json", BACKUP)(data), file("data/x", "")(data)),
    ),
    "a backup of a newer program": Wrong(
        "update the program",
        command=("restore", "PLACE", "--data", "DATA"),
        before=file("place/repository.json", BACKUP.replace("1", "2")),
    ),
    "a damaged backup": Wrong(
        "Take another backup",
        command=("restore", "PLACE", "--data", "DATA"),
        before=file("place/repository.json", "{"),
    ),
    "an encrypted backup": Wrong(
        "Set PICTURERAIL_BACKUP_PASSPHRASE",
        command=("restore", "PLACE", "--data", "DATA"),
        before=file("place/repository.json", BACKUP.replace("false", "true")),
    ),
    "an encrypted backup without its key": Wrong(
        "Put it back",
        {"PICTURERAIL_BACKUP_PASSPHRASE": "words"},
        ("restore", "PLACE", "--data", "DATA"),
        file("place/repository.json", BACKUP.replace("false", "true")),
    ),
    "an address of another machine": Wrong("with --host", {"PICTURERAIL_HOST": "203.0.113.9"}),
    "an address that is an URL": Wrong("with --host", {"PICTURERAIL_HOST": "http://127.0.0.1"}),
    "a command on a folder that is not there": Wrong(
        "is not there", command=("user", "list", "--data", "DATA")
    ),
    "a command on a folder of something else": Wrong(
        "holds no gallery", command=("doctor", "--data", "DATA"), before=file("data/photo.jpg", "")
    ),
    "a command without the server's MONGO_URI": Wrong(
        "Set MONGO_URI", command=("user", "list", "--data", "DATA"), before=served_elsewhere
    ),
    "a backup that is none": Wrong(
        "There is no backup", command=("restore", "PLACE", "--data", "DATA"), before=file("place/x", "")
    ),
    "a restore from where no backup is": Wrong(
        "There is no backup in", command=("restore", "PLACE", "--data", "DATA"), before=served_elsewhere
    ),
    "a backup that is verified where none is": Wrong(
        "There is no backup in",
        command=("backup", "PLACE", "--verify"),
        before=file("place/x", ""),
    ),
    "a file where a folder must be": Wrong(
        "snapshots cannot be used: File exists.",
        command=("restore", "PLACE", "--data", "DATA"),
        before=lambda data: (file("place/repository.json", BACKUP)(data), file("place/snapshots", "")(data)),
    ),
    "a zip that is none": Wrong(
        "cannot be read as a zip",
        command=("import", "takeout", "PLACE", "--data", "DATA"),
        before=lambda data: (served_elsewhere(data), file("place", "no zip")(data)),
    ),
    "a place that cannot be written to": Wrong(
        "/proc/none cannot be used: No such file", command=("restore", "PLACE", "--data", "/proc/none/data")
    ),
    "no backup to verify, on a machine without a gallery": Wrong(
        "There is no backup in", command=("backup", "PLACE", "--verify")
    ),
    "an edge's folder that is not there": Wrong("mkdir -p", command=("edge", "check", "--folder", "DATA")),
}


def done(way: Wrong, tmp_path: Path, port: int) -> Result:
    data = tmp_path / "data"
    way.before(data)
    given = {"DATA": str(data), "PORT": str(port), "PLACE": str(tmp_path / "place")}
    return CliRunner().invoke(
        main,
        [given.get(word, word) for word in way.command],
        env={name: given.get(value, value) for name, value in way.env.items()},
    )


def test_there_are_forty() -> None:
    assert len(WAYS) >= 40


@pytest.fixture(autouse=True)
def no_handlers(monkeypatch: pytest.MonkeyPatch) -> None:
    """A start that gets as far as its signals must not take those of the tests."""
    monkeypatch.setattr("picturerail.server.signal.signal", lambda *_: None)


@pytest.mark.parametrize("name", WAYS)
def test_a_wrong_start_is_one_sentence(tmp_path: Path, name: str) -> None:
    _is_refused(done(WAYS[name], tmp_path, free_port()), WAYS[name].says)


@pytest.mark.parametrize("url", ["https://cloudinary.com", "cloudinary://k:s@[c", "cloudinary://", "x"])
def test_the_sdk_does_not_end_the_program_before_it_can_say_a_word(url: str) -> None:
    """It reads this variable as it is loaded: only a process of its own shows what comes of that."""
    environment = os.environ | {"CLOUDINARY_URL": url}
    command = [sys.executable, "-m", "picturerail", "settings"]
    ended = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr == "Error: CLOUDINARY_URL must look like cloudinary://KEY:SECRET@CLOUD.\n"


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        _is_refused(done(Wrong(""), tmp_path, taken.getsockname()[1]), "Choose another port with --port.")


@pytest.mark.parametrize("made", ["originals", "originals/ab", "run/locks"])
@pytest.mark.parametrize(
    ("flag", "says"), [(0, "`sudo chown -R"), (os.ST_RDONLY, "Mount it so that it can be written to")]
)
def test_a_folder_of_before_that_cannot_be_written_to(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, flag: int, says: str, made: str
) -> None:
    """The folder itself may be ours, and what an earlier start has made in it somebody else's."""
    others = tmp_path / "data" / made
    others.mkdir(parents=True)
    monkeypatch.setattr("picturerail.data_folder.os.access", lambda path, _: path != others)
    monkeypatch.setattr("picturerail.data_folder.os.statvfs", lambda _: SimpleNamespace(f_flag=flag))
    with pytest.raises(StartupError, match=says):
        data_folder.DataFolder(tmp_path / "data")


def test_a_disk_of_its_own_may_keep_a_folder_of_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "originals" / "lost+found").mkdir(parents=True)
    monkeypatch.setattr("picturerail.data_folder.os.access", lambda path, _: path.name != "lost+found")
    assert data_folder.DataFolder(tmp_path).data == tmp_path


def test_a_backup_into_the_data_folder_itself(tmp_path: Path) -> None:
    settings = load({}, data=tmp_path)
    with pytest.raises(StartupError, match="is a data folder itself"):
        back_up(settings, Mock(), f"{tmp_path}/.", 0, print)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_in_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(data_folder, "LEFTOVER_SECONDS", 0)
    holder = data_folder.DataFolder(tmp_path / "data")
    holder.lock()
    try:
        _is_refused(done(Wrong(""), tmp_path, free_port()), "is in use")
    finally:
        holder.release()


def test_a_machine_without_the_embedded_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing() -> Path:
        raise StartupError("The embedded MongoDB server is not available on this system. Set MONGO_URI.")

    monkeypatch.setattr(mongod, "binary", nothing)
    _is_refused(done(Wrong(""), tmp_path, free_port()), "Set MONGO_URI")


def _is_refused(result: Result, says: str) -> None:
    errors = [line for line in result.output.splitlines() if line.startswith(("Error:", "wrong "))]
    assert result.exit_code not in (0, None), result.output
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    assert says in errors[0]
    assert len(errors) == 1 or errors[0].startswith("wrong "), result.output
