"""docs/start.md: each block with a prompt is run against a real program, and prints what stands there."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.faults.uploads import unique_jpeg
from tests.service import Service

PAGE = (Path(__file__).parents[2] / "docs" / "start.md").read_text()
SITE = "http://127.0.0.1:8000"


def steps() -> Iterator[tuple[str, str]]:
    """Each command of the page's consoles, and what it prints."""
    for block in re.findall(r"^```console\n(.*?)^```", PAGE, re.DOTALL | re.MULTILINE):
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = step.partition("\n")
            yield command, output


def fits(shown: str, said: str) -> bool:
    """Whether a command has said what the page shows, in which … stands for anything."""
    return (
        re.fullmatch(".*?".join(map(re.escape, shown.strip().split("…"))), said.strip(), re.DOTALL)
        is not None
    )


def test_every_block_that_shows_a_prompt_prints_what_stands_there(service: Service, tmp_path: Path) -> None:
    (tmp_path / "photos").mkdir()
    for number in (1, 2):
        (tmp_path / "photos" / f"{number}.jpg").write_bytes(unique_jpeg(7_700_000 + number, (64, 48)))
    script = "".join(f"{command}\necho '--8<--'\n" for command, _ in steps()).replace(SITE, service.url)
    env = service._env() | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PICTURERAIL_DATA": str(service.data),
        "PICTURERAIL_PORT": str(service.port),
    }
    done = subprocess.run(
        ["bash", "-eu"], input=script, cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    said = done.stdout.replace(f"127.0.0.1:{service.port}", "127.0.0.1:8000").split("--8<--\n")
    assert done.returncode == 0, (said[-1], done.stderr)
    wrong = {
        command: out for (command, shown), out in zip(steps(), said, strict=False) if not fits(shown, out)
    }
    assert wrong == {}


def test_the_start_line_is_the_one_that_is_shown(service: Service) -> None:
    shown = re.search(r"```text\n(Picturerail … serves http:.*?)```", PAGE, re.DOTALL)
    assert shown
    said = service.log.read_text().replace(f"127.0.0.1:{service.port}", "127.0.0.1:8000")
    assert fits(f"…{shown[1].rpartition('First visit')[0]}…", said)


@pytest.mark.parametrize(("shown", "said", "right"), [("a … b\n", "a x b\n", True), ("a\n", "a\nb\n", False)])
def test_what_fits(shown: str, said: str, right: bool) -> None:
    assert fits(shown, said) is right
