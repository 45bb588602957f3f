"""docs/upgrade.md of a clone: a gallery that an older commit has made, its upgrade, a backup, and the restore."""

import shutil
from dataclasses import replace
from pathlib import Path

from tests.bare.machine import ROOT, Step, steps_of
from tests.bare.start import RUNNING
from tests.faults.uploads import unique_jpeg

OLD = "f3270d3"
SITE = "http://127.0.0.1:8000"
PROGRAM = "env $(cat ~/visitor/key) .venv/bin/python ~/visitor/visitor.py"  # with the key of then
CLEAN = "Documents, assets and files agree.\n"
EDITOR, PASSWORD = "ben@example.com", "a long password of an editor"  # as the visitor knows them
STOP = "{ kill -INT -- -${served:-} && wait ${served:-}; } 2>/dev/null || true"  # as Ctrl-C does


def bring_visitor(machine: Path) -> None:
    """The script that uploads and asks, and what it uploads."""
    folder = machine / "home/ann/visitor"
    (folder / "sent").mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("visitor.py"), folder)
    for number in (1, 2, 3):
        (folder / f"sent/{number}.jpg").write_bytes(unique_jpeg(7_950_000 + number, (1600, 1200)))
    shutil.chown(machine / "home/ann", 1000, 1000)
    for each in [folder, *folder.rglob("*")]:
        shutil.chown(each, 1000, 1000)


def upgrade_steps() -> list[Step]:
    """What the commit's own pages told, then what today's page tells of a clone, then the worst case."""
    page = (ROOT / "docs/upgrade.md").read_text()
    todays = (replace(each, run=_pasted(each.command)) for each in steps_of(page))
    return [*_before(), *todays, _asked("after the upgrade"), *_lost(), *_copied()]


def _before() -> list[Step]:
    """A gallery of then: README.md and docs/operations.md of that commit."""
    add_user = f".venv/bin/picturerail user add {EDITOR} --role editor --password-stdin <<< '{PASSWORD}'"
    return [
        Step(
            f"git clone … && git checkout {OLD}",
            run=f"git clone --quiet /source gallery; cd gallery; git reset --quiet --hard {OLD}",
        ),
        Step("make run", run=_served("make run")),
        Step(".venv/bin/picturerail credentials", "CLOUDINARY_URL=cloudinary://…\n"),
        Step(
            "fill the gallery",
            is_ours=True,
            run=f".venv/bin/picturerail credentials > ~/visitor/key; {PROGRAM} fill {SITE} ~/visitor ~/log",
        ),
        Step(add_user, f"{EDITOR} may sign in as editor.\n"),
    ]


def _lost() -> list[Step]:
    """The folder is lost: docs/backup.md."""
    return [
        Step("rm -rf data", run=f"{STOP}; rm -rf data"),
        Step(
            ".venv/bin/picturerail restore ../backup --data data",
            "…Restored snapshot …. Start it: picturerail serve --data …",
        ),
        Step("make run", run=_served("make run")),
        _asked("after the restore"),
        Step(".venv/bin/picturerail doctor --deep", CLEAN),
    ]


def _copied() -> list[Step]:
    """The copy that was made by hand before the upgrade: docs/upgrade.md."""
    return [
        Step(
            "picturerail serve --data COPY", run=_served(".venv/bin/picturerail serve --data ../data-before")
        ),
        _asked("in the copy of before"),
        Step(".venv/bin/picturerail doctor --deep --data ../data-before", CLEAN),
        Step("stop", run=f"{STOP}; {RUNNING} || true", shown=""),
    ]


def _pasted(command: str) -> str:
    if command.startswith("cp -a"):
        return f"{STOP}; {command}"
    return _served(command) if command == "make run" else command


def _served(command: str) -> str:
    """In the place of what served before; as in a terminal, where Ctrl-C reaches all of it."""
    return (
        f"{STOP}; set -m; rm -f ~/log; {{ {command} > ~/log 2>&1 & }}; served=$!; set +m; "
        "until grep -q serves ~/log; do kill -0 $served || { cat ~/log; exit 1; }; sleep 1; done"
    )


def _asked(when: str) -> Step:
    return Step(
        f"the same pictures, addresses, accounts and keys {when}",
        is_ours=True,
        run=f"{PROGRAM} ask {SITE} ~/visitor || echo 'failed '",
    )
