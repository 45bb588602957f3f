"""The units that `picturerail systemd` prints, as systemd itself judges them."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner

from picturerail.cli import main

DOC = Path(__file__).parents[1] / "docs/systemd.md"
MAX_EXPOSURE = 30  # of 100, as systemd counts: below it is "OK"


def printed(*options: str) -> str:
    done = CliRunner().invoke(main, ["systemd", *options])
    assert done.exit_code == 0, done.output
    return done.output


@pytest.mark.parametrize(("options", "name"), [((), "picturerail"), (("--edge",), "picturerail-edge")])
def test_systemd_takes_the_unit_and_finds_it_closed(
    tmp_path: Path, options: tuple[str, ...], name: str
) -> None:
    unit = tmp_path / f"{name}.service"
    unit.write_text(printed(*options))
    directives = re.findall(r"^([A-Za-z]+)=", unit.read_text(), re.MULTILINE)
    assert {"User", "NoNewPrivileges", "ProtectSystem", "SystemCallFilter", "StateDirectory"} <= set(
        directives
    )
    assert "${" not in unit.read_text()
    if systemd := shutil.which("systemd-analyze"):
        verified = subprocess.run([systemd, "verify", unit], capture_output=True, text=True, check=False)
        assert (verified.returncode, verified.stderr) == (0, "")
        judge = [systemd, "security", "--offline=true", f"--threshold={MAX_EXPOSURE}", str(unit)]
        judged = subprocess.run(judge, capture_output=True, text=True, check=False)
        assert judged.returncode == 0, judged.stdout


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (("--data", "/srv/pictures"), "directly in /var/lib"),
        (("--data", "/var/lib/a b"), "cannot stand in a unit"),
        (("--user", "root; evil"), "no name of a system user"),
    ],
)
def test_what_cannot_stand_in_a_unit_is_refused(options: tuple[str, ...], sentence: str) -> None:
    done = CliRunner().invoke(main, ["systemd", *options])
    assert done.exit_code == 1
    assert sentence in done.output


def test_the_page_names_the_folders_of_the_units() -> None:
    page = DOC.read_text()
    for path in ("/var/lib/picturerail", "/etc/picturerail/edge.conf", "/var/log/picturerail-edge"):
        assert path in page
        assert path.rpartition("/")[2] in printed() + printed("--edge")
