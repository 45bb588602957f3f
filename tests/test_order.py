"""How the files of tests are dealt: nothing is lost, what waits lies among what computes, and folders stay whole."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from tests.order import HERE, dealt

FILES = (
    *("backup/test_a.py", "backup/test_b.py", "browser/test_c.py", "browser/test_d.py", "gallery/test_e.py"),
    *("siege/test_f.py", "test_g.py", "test_h.py", "transform/pixels/test_i.py"),
)
DEALT = (
    *("backup/test_a.py", "siege/test_f.py", "backup/test_b.py", "test_g.py", "transform/pixels/test_i.py"),
    *("test_h.py", "browser/test_c.py", "browser/test_d.py", "gallery/test_e.py"),
)


def items(*files: str) -> list[Any]:
    return [SimpleNamespace(path=HERE / file, name=name) for file in files for name in ("one", "two")]


def test_waiting_and_computing_files_come_first_by_turns_and_folders_stay_whole() -> None:
    assert dealt(items(*FILES)) == items(*DEALT)


def test_files_of_one_folder_keep_their_order() -> None:
    for some in (FILES[2:5], FILES[:1], ()):
        assert dealt(items(*some)) == items(*some)
    elsewhere: list[Any] = [SimpleNamespace(path=Path("/elsewhere/test_a.py"))]
    assert dealt(elsewhere) == elsewhere
