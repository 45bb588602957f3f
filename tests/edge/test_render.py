"""The configuration itself: what is refused, and what nginx says of the rest."""

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from picturerail.cli import main
from picturerail.edge.nginx.config import Edge, render
from picturerail.errors import StartupError
from tests.edge.conftest import SECRET, settings_of

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


def test_a_site_that_is_named_by_its_address_is_named_once(tmp_path: Path) -> None:
    settings = settings_of(tmp_path, public_url="http://127.0.0.1:8080")
    assert "server_name 127.0.0.1;" in render(settings, dataclasses.replace(EDGE, listen="127.0.0.1:8080"))
