"""Exports, backups and restored galleries where another one lies, and questions that nobody is there to answer."""

import subprocess
import sys
from pathlib import Path
from unittest.mock import Mock

import pytest
from click.testing import CliRunner

from picturerail.backup.schedule import back_up
from picturerail.cli import main
from picturerail.data_folder import BACKUP
from picturerail.errors import StartupError
from picturerail.settings import load


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder, beside a backup."""
    (tmp_path / "data" / "originals").mkdir(parents=True)
    (tmp_path / "data" / "secrets.json").write_text("{}")
    (tmp_path / "backup" / "snapshots").mkdir(parents=True)
    (tmp_path / "backup" / BACKUP).write_text('{"format": 1, "encrypted": false}')
    (tmp_path / "link").symlink_to(tmp_path / "data")
    return tmp_path / "data"


@pytest.mark.parametrize(
    ("place", "says"),
    [
        ("data", "the data folder"),
        ("data/originals", "the data folder"),
        ("data/new/deep", "the data folder"),
        ("link/new", "the data folder"),
        ("out/../data/new", "the data folder"),
        ("backup", "the backup"),
        ("backup/originals/new", "the backup"),
    ],
)
def test_nothing_is_written_among_the_files_of_a_gallery_or_a_backup(
    data: Path, place: str, says: str
) -> None:
    before, root = sorted(data.parent.rglob("*")), data.parent
    (root / "out").mkdir()
    ways = [["export", "folder", f"{root}/{place}"], ["export", "zip", f"{root}/{place}/all.zip"]]
    for way in ways:
        ended = CliRunner().invoke(main, [*way, "--data", str(data)])
        assert ended.exit_code == 1
        assert f"lies in {says} {root}/" in ended.output
    if place not in ("data", "backup"):  # which are refused, and taken, for what they are
        ended = CliRunner().invoke(main, ["restore", f"{root}/backup", "--data", f"{root}/{place}"])
        assert f"lies in {says} {root}/" in ended.output
        with pytest.raises(StartupError, match=f"lies in {says} "):
            back_up(load({}, data=data), Mock(), f"{root}/{place}", 0, print)
    (root / "out").rmdir()
    assert sorted(data.parent.rglob("*")) == before


def test_another_gallery_is_no_place_for_a_backup(data: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    with pytest.raises(StartupError, match="is a data folder itself"):
        back_up(load({}, data=tmp_path / "other"), Mock(), str(data), 0, print)


def test_a_restore_empties_no_folder_that_is_not_its_own(data: Path, tmp_path: Path) -> None:
    """`.backup` beside the new data folder may be anybody's."""
    (tmp_path / ".backup").mkdir()
    (tmp_path / ".backup" / "precious").touch()
    ended = CliRunner().invoke(main, ["restore", str(tmp_path / "backup"), "--data", str(tmp_path / "new")])
    assert "There is no whole snapshot in this backup." in ended.output
    assert (tmp_path / ".backup" / "precious").exists()
    assert not (tmp_path / "new").exists(), "what is refused leaves nothing"


def test_an_empty_disk_of_its_own_counts_as_empty(data: Path, tmp_path: Path) -> None:
    (tmp_path / "disk" / "lost+found").mkdir(parents=True)
    ended = CliRunner().invoke(main, ["restore", str(tmp_path / "backup"), "--data", str(tmp_path / "disk")])
    assert "There is no whole snapshot in this backup." in ended.output
    (tmp_path / "disk" / "mine").touch()
    ended = CliRunner().invoke(main, ["restore", str(tmp_path / "backup"), "--data", str(tmp_path / "disk")])
    assert "is not empty" in ended.output


@pytest.mark.parametrize(
    ("command", "give"),
    [
        ("user add a@example.com --role owner", "Give --password-stdin, and the password on standard input."),
        ("user remove a@example.com", "Give --pictures keep, --pictures trash, or "),
        ("import immich http://127.0.0.1:1", "Give --key or GALLERY_KEY."),
    ],
)
def test_without_a_terminal_a_question_says_which_option_to_give(data: Path, command: str, give: str) -> None:
    line = [sys.executable, "-m", "picturerail", *command.split(), "--data", str(data)]
    ended = subprocess.run(
        line, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, start_new_session=True
    )
    assert ended.returncode == 1
    assert f"Error: There is no terminal to ask on. {give}" in ended.stderr
    assert "Warning" not in ended.stderr
