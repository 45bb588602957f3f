"""The configuration itself: what is refused, and what nginx says of the rest."""

import dataclasses
import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from picturerail import certificates
from picturerail.cli import main
from picturerail.edge.nginx.config import LOGGED, Edge, render
from picturerail.errors import StartupError
from tests.edge.conftest import SECRET, settings_of
from tests.ports import free_port

EDGE = Edge(
    name="paris",
    folder=Path("/srv/edge"),
    listen="0.0.0.0:443",
    inner="10.0.0.1:81",
    origins=("10.0.0.2:80",),
)


@pytest.mark.parametrize(
    ("choices", "reason"),
    [
        ({"name": "a b"}, "name"),
        ({"listen": "443"}, "HOST:PORT"),
        ({"listen": "0.0.0.0:443; evil"}, "HOST:PORT"),
        ({"origins": ()}, "at least one origin"),
        ({"origins": ("host",)}, "HOST:PORT"),
        ({"row": ("10.0.0.3:81",)}, "own inner address"),
        ({"certificate": Path("/x.pem")}, "go together"),
        ({"folder": Path("/srv/a;b")}, "cannot stand"),
        ({"user": "x;y"}, "cannot stand"),
    ],
)
def test_what_cannot_be_right_is_refused_in_a_sentence(
    tmp_path: Path, choices: dict[str, Any], reason: str
) -> None:
    with pytest.raises(StartupError, match=reason):
        render(settings_of(tmp_path), dataclasses.replace(EDGE, **choices))


def test_a_secret_is_needed_and_must_be_a_good_one(tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="PICTURERAIL_EDGE_SECRET"):
        render(settings_of(tmp_path, edge_secret=""), EDGE)
    for weak in ("short", 'with "quotes" inside it', "with space in the middle"):
        with pytest.raises(StartupError, match="PICTURERAIL_EDGE_SECRET"):
            settings_of(tmp_path, edge_secret=weak)


def test_nothing_is_left_to_fill_in(tmp_path: Path) -> None:
    text = render(settings_of(tmp_path), dataclasses.replace(EDGE, row=(EDGE.inner, "10.0.0.3:81")))
    assert not re.search(r"%\{", text)
    assert text.count(SECRET) >= 3


def test_waiting_is_longer_than_the_longest_transformation(tmp_path: Path) -> None:
    text = render(settings_of(tmp_path, image_seconds=50), EDGE)
    assert {int(n) for n in re.findall(r"proxy_cache_lock_(?:timeout|age) (\d+)s", text)} == {150}


def test_the_command_prints_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PICTURERAIL_EDGE_SECRET", SECRET)
    done = CliRunner().invoke(main, ["edge", "nginx", "--name", "rome", "--origin", "10.0.0.2:80"])
    assert done.exit_code == 0, done.output
    assert "add_header X-Edge rome always;" in done.output
    assert CliRunner().invoke(main, ["edge", "nginx", "--origin", "nowhere"]).exit_code == 1


def test_the_commands_of_the_page_start_an_edge_on_debian(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As they stand there, but in folders and at ports of this test."""
    page = (Path(__file__).parents[2] / "docs/edge.md").read_text()
    block = re.findall(r"```\n(.*?)```", page, re.DOTALL)[0].replace("\\\n", "")
    files = certificates.make(tmp_path, ())
    for named, here in (
        ("/var/lib/picturerail-edge", tmp_path / "edge"),
        ("/etc/nginx", tmp_path),
        ("/etc/ssl/site.pem", files.certificate),
        ("/etc/ssl/site.key", files.key),
        ("0.0.0.0:443", f"127.0.0.1:{free_port()}"),
        ("10.0.0.5:8081", f"127.0.0.1:{free_port()}"),
    ):
        assert named in block
        block = block.replace(named, str(here))
    monkeypatch.setenv("PICTURERAIL_EDGE_SECRET", SECRET)
    logs = ["--folder", str(tmp_path / "edge"), "--log", str(tmp_path), "--pid", str(tmp_path / "nginx.pid")]
    _, mkdir, write, verify, check, _ = block.splitlines()
    subprocess.run(shlex.split(mkdir), check=True)
    command, _, file = write.partition(" > ")
    (written := Path(file)).write_text(CliRunner().invoke(main, [*shlex.split(command)[1:], *logs]).output)
    tried = subprocess.run([*shlex.split(verify), "-c", written], capture_output=True, text=True, check=False)
    assert tried.returncode == 0, tried.stderr
    said = CliRunner().invoke(main, shlex.split(check)[1:]).output
    assert said == "0 good, 0 without a hash, 0 damaged and removed.\n"


def test_requests_are_logged_where_debian_looks_for_them(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PICTURERAIL_EDGE_SECRET", SECRET)
    text = CliRunner().invoke(main, ["edge", "nginx", "--origin", "10.0.0.2:80"]).output
    assert "\npid /run/nginx.pid;" in text
    assert "access_log /var/log/nginx/access.log" in text
    assert "error_log /var/log/nginx/error.log" in text
    assert "access_log off;" in render(settings_of(tmp_path), EDGE)  # of a cluster
    assert "$request_method $logged $server_protocol" in text
    assert "$request " not in text.partition("log_format")[2].partition(";")[0].replace('"', " ")


@pytest.mark.parametrize(
    ("asked", "logged"),
    [
        ("/gallery/?q=sea", "/gallery/?..."),
        ("/c/image/authenticated/a.jpg?__cld_token__=exp=1~hmac=ab", "/c/image/authenticated/a.jpg?..."),
        ("/s/65f0aa-secret/5f?x=1", "/s/..."),
        ("/reset/secret", "/reset/..."),
        ("/gallery/5f", "/gallery/5f"),
    ],
)
def test_no_secret_of_an_address_is_logged(asked: str, logged: str) -> None:
    """As nginx reads the table: the first expression that fits, else the address itself."""
    for expression, shown in re.findall(r"~(\S+)\s+(\S+);", LOGGED):
        if found := re.search(expression.replace("?<", "?P<"), asked):
            told = found.expand(re.sub(r"\$(\w+)", r"\\g<\1>", shown))
            break
    else:
        told = asked
    assert told == logged


def test_a_missing_folder_is_named() -> None:
    done = CliRunner().invoke(main, ["edge", "check", "--folder", "/no/such/folder"])
    assert done.exit_code == 1
    assert "mkdir -p /no/such/folder/temp" in done.output


def test_a_site_that_is_named_by_its_address_is_named_once(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, public_url="http://127.0.0.1:8080")
    assert "server_name 127.0.0.1;" in render(settings, dataclasses.replace(EDGE, listen="127.0.0.1:8080"))
