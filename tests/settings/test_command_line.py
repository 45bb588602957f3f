"""Commands name the folder they worked on, refuse one that is not there, and `settings` shows what is set."""

from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from picturerail import reference
from picturerail.cli import main
from picturerail.settings import kept_secrets

# two make the folder, the others need none or have one of their own
OTHERS = (
    "picturerail serve",
    "picturerail restore",
    "picturerail check",
    "picturerail settings",
    "picturerail edge",
    "picturerail cluster",
    "picturerail systemd",
)
COMMANDS = {
    path: command for path, command in reference._commands("picturerail", main) if not path.startswith(OTHERS)
}


def run(*args: str, **env: str) -> Result:
    return CliRunner().invoke(main, args, env=env)


def given(command: click.Command, tmp_path: Path) -> list[str]:
    """A value for all that the command asks for."""
    values = []
    for parameter in command.params:
        if parameter.required or getattr(parameter, "prompt", None):
            kind = parameter.type
            value = (
                str(tmp_path / "file")
                if isinstance(kind, click.Path) and not kind.dir_okay
                else str(tmp_path)
            )
            value = str(kind.choices[0]) if isinstance(kind, click.Choice) else value
            values += [value] if isinstance(parameter, click.Argument) else [parameter.opts[0], value]
    return values


@pytest.mark.parametrize("path", COMMANDS)
@pytest.mark.parametrize("folder", ["missing", "other"])
def test_a_folder_without_a_gallery_is_refused_and_stays_as_it_is(
    tmp_path: Path, path: str, folder: str
) -> None:
    (tmp_path / "other").mkdir()
    data = tmp_path / folder
    said = run(*path.split()[1:], *given(COMMANDS[path], tmp_path), "--data", str(data))
    assert said.exit_code == 1
    assert str(data) in said.stderr
    assert "picturerail serve --data" in said.stderr
    assert not (tmp_path / "missing").exists()
    assert list((tmp_path / "other").iterdir()) == []


def test_a_command_names_its_folder_beside_its_answer(tmp_path: Path) -> None:
    kept_secrets(tmp_path)
    said = run("credentials", "--url", "https://pics.example", "--data", str(tmp_path))
    assert said.stderr == f"Data folder: {tmp_path}\n"
    assert said.stdout.startswith("CLOUDINARY_URL=cloudinary://")
    assert said.stdout.count("\n") == 1


def test_settings_shows_what_is_set_and_where(tmp_path: Path) -> None:
    kept_secrets(tmp_path)
    (tmp_path / "settings.toml").write_text('page_size = 7\nedge_secret = "0123456789abcdef"')
    (tmp_path / "key").write_text("the secret key")
    shown = run(
        *("settings", "--data", str(tmp_path)), PICTURERAIL_PORT="8123", SECRET_KEY_FILE=str(tmp_path / "key")
    ).stdout
    assert shown.splitlines()[:-1] == [
        f"Data folder: {tmp_path}",
        "SECRET_KEY = (hidden)  (SECRET_KEY_FILE)",
        f"PICTURERAIL_DATA = {tmp_path}  (command line)",
        "PICTURERAIL_PORT = 8123  (environment)",
        "PICTURERAIL_PAGE_SIZE = 7  (settings.toml)",
        "PICTURERAIL_EDGE_SECRET = (hidden)  (settings.toml)",
    ]


def test_settings_shows_all_on_demand_and_no_secret_ever(tmp_path: Path) -> None:
    own = f"cloudinary://{kept_secrets(tmp_path)['api_key']}:hush@picturerail?upload_prefix=http://127.0.0.1:8000"
    shown = run("settings", "--all", "--data", str(tmp_path), CLOUDINARY_URL=own).stdout
    assert "PICTURERAIL_HOST = 127.0.0.1  (default)" in shown
    assert "MONGO_URI = (empty)  (default)" in shown
    assert "CLOUDINARY_URL = (hidden)  (environment; this program's own: not needed)" in shown
    assert "hush" not in shown
    assert not set(kept_secrets(tmp_path).values()) & set(shown.split())


def test_settings_makes_no_folder(tmp_path: Path) -> None:
    shown = run("settings", "--data", str(tmp_path / "new"))
    assert shown.exit_code == 0
    assert "not there yet" in shown.stdout
    assert not (tmp_path / "new").exists()


def test_a_wrong_setting_is_one_sentence(tmp_path: Path) -> None:
    said = run("settings", "--data", str(tmp_path), PICTURERAIL_PRT="99")
    assert said.exit_code == 1
    assert said.stderr == "Error: PICTURERAIL_PRT is no setting. Did you mean PICTURERAIL_PORT?\n"
