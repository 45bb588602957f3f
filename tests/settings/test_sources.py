"""Settings come from the command line, the environment, files of secrets and settings.toml, in this order."""

import os
import subprocess
from pathlib import Path

import pytest

from picturerail.errors import StartupError
from picturerail.settings import load, secret_file
from picturerail.settings.sources import TABLE, child_environment, resolve

LOWEST_TO_HIGHEST = ("default", "settings.toml", "SECRET_KEY_FILE", "environment")


@pytest.fixture
def data(tmp_path: Path) -> Path:
    (tmp_path / "secret").write_text("of the file\n")
    return tmp_path


def toml(data: Path, text: str) -> None:
    (data / "settings.toml").write_text(text)


@pytest.mark.parametrize("highest", range(len(LOWEST_TO_HIGHEST)))
def test_each_source_wins_over_those_below_it(data: Path, highest: int) -> None:
    environ = {}
    if highest >= 1:
        toml(data, 'secret_key = "of the toml"')
    if highest == 2:
        environ = {"SECRET_KEY_FILE": str(data / "secret")}
    if highest == 3:
        environ = {"SECRET_KEY": "of the environment"}
    found = resolve(environ, data=data)["secret_key"]
    assert found.source == LOWEST_TO_HIGHEST[highest]
    assert found.value == ("", "of the toml", "of the file", "of the environment")[highest]


def test_the_command_line_wins_over_all(data: Path) -> None:
    toml(data, "port = 7000")
    found = resolve({"PICTURERAIL_PORT": "7001"}, data=data, port=7002)["port"]
    assert (found.value, found.source) == (7002, "command line")


def test_the_environment_names_the_folder_of_the_file(data: Path) -> None:
    toml(data, "port = 7000")
    assert load({"PICTURERAIL_DATA": str(data)}).port == 7000


def test_toml_speaks_its_own_types(data: Path) -> None:
    toml(
        data,
        'strict_transformations = true\nfetch_domains = ["a.example"]\npage_size = 7\nupload_folder = "old"',
    )
    settings = load({}, data=data)
    assert settings.strict_transformations is True
    assert settings.fetch_domains == ("a.example",)
    assert settings.page_size == 7
    assert settings.upload_folder == data / "old"  # a path in the file begins where the file lies


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("prot = 8000", "Did you mean port?"),
        ("PICTURERAIL_PORT = 8000", "Did you mean port?"),
        ("[server]\nport = 1", "unknown setting, server"),
        ('data = "/elsewhere"', "cannot name another folder"),
        ("port = true", "whole number"),
        ("port = 80.5", "whole number"),
        ("page_size = [1]", "whole number"),
        ("host = 7.5", "must be a text"),
        ("edges = [1]", "list of texts"),
        ("port = 8000\nport = 8001", "is no TOML"),
    ],
)
def test_a_wrong_file_is_refused_and_named(data: Path, text: str, sentence: str) -> None:
    toml(data, text)
    with pytest.raises(StartupError, match=sentence) as refused:
        load({}, data=data)
    assert "settings.toml" in refused.value.message


@pytest.mark.parametrize(
    ("name", "sentence"),
    [
        ("PICTURERAIL_PRT", "Did you mean PICTURERAIL_PORT?"),
        ("PICTURERAIL_PUBLICURL", "Did you mean PICTURERAIL_PUBLIC_URL?"),
        ("PICTURERAIL_API_SECRT_FILE", "Did you mean PICTURERAIL_API_SECRET_FILE?"),
        ("PICTURERAIL_XYZZY", "`picturerail settings --all` lists them all"),
        ("PICTURERAIL_PORT_FILE", "only secrets"),
    ],
)
def test_an_unknown_variable_is_refused_with_the_likely_name(name: str, sentence: str) -> None:
    with pytest.raises(StartupError, match=name) as refused:
        load({name: "99"})
    assert sentence in refused.value.message


def test_every_secret_and_nothing_else_may_stand_in_a_file(data: Path) -> None:
    wanted = {name for name, setting in TABLE.items() if setting.metadata["secret"]}
    assert {"mongo_uri", "secret_key", "api_secret", "edge_secret", "store"} <= wanted
    settings = load(
        {"PICTURERAIL_EDGE_SECRET_FILE": str(data / "key"), **_file(data / "key", "0123456789abcdef\r\n")}
    )
    assert settings.edge_secret == "0123456789abcdef"


def _file(path: Path, text: str) -> dict[str, str]:
    path.write_bytes(text.encode())
    return {}


def test_a_secret_given_twice_is_refused(data: Path) -> None:
    with pytest.raises(StartupError, match="SECRET_KEY and SECRET_KEY_FILE are both set"):
        load({"SECRET_KEY": "a", "SECRET_KEY_FILE": str(data / "secret")})


@pytest.mark.parametrize(
    ("name", "sentence"), [("missing", "No such file"), ("empty", "is empty"), (".", "directory")]
)
def test_a_file_without_a_secret_is_refused(data: Path, name: str, sentence: str) -> None:
    (data / "empty").write_text("\n")
    with pytest.raises(StartupError, match=sentence):
        load({"SECRET_KEY_FILE": str(data / name)})


def test_a_secret_may_come_through_a_pipe(data: Path) -> None:
    pipe = data / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["sh", "-c", f"exec >{pipe}; sleep 0.2; echo 0123456789; sleep 0.2; echo 123456"]):
        assert load({"SECRET_KEY_FILE": str(pipe)}).secret_key == "0123456789\n123456"


@pytest.mark.parametrize("script", ["sleep 5", "exec >{}; sleep 5", "exec >{}; printf half; sleep 5"])
def test_a_pipe_that_is_not_written_to_its_end_holds_nothing_up_and_is_no_secret(
    data: Path, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    monkeypatch.setattr(secret_file, "MAX_WAIT", 0.5)
    pipe = data / "pipe"
    os.mkfifo(pipe)
    with subprocess.Popen(["sh", "-c", script.format(pipe)]) as writer:
        with pytest.raises(
            StartupError, match="pipe, which cannot be read: nobody has written it to its end"
        ):
            load({"SECRET_KEY_FILE": str(pipe)})
        writer.kill()


@pytest.mark.parametrize("name", ["PICTURERAIL_STORE", "PICTURERAIL_STORE_BEFORE", "PICTURERAIL_CDN_URL"])
def test_a_cloud_elsewhere_and_a_setting_of_the_own_one_contradict_each_other(name: str) -> None:
    value = "https://cdn.example" if "URL" in name else "s3://bucket"
    with pytest.raises(StartupError, match=f"CLOUDINARY_URL and {name} contradict"):
        load({"CLOUDINARY_URL": "cloudinary://1:a@cloud", name: value})


def test_a_child_gets_values_and_no_sources(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY_FILE", str(data / "secret"))
    monkeypatch.setenv("HOME", "/home/somebody")
    settings = load(data=data)
    child = child_environment(settings)
    (data / "secret").unlink()
    assert load(child).secret_key == "of the file"
    assert child["HOME"] == "/home/somebody"
    assert "SECRET_KEY_FILE" not in child
