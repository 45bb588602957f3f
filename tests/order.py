"""The order in which the files of tests are dealt to the processes of `make test`, each of which takes the next one."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
# for clocks, and for programs that start and stop; so do the files beside this one
WAITING = ("backup", "cluster", "door", "edge", "transfer")
COMPUTING = ("siege", "transform")


def dealt(items: list[pytest.Item]) -> list[pytest.Item]:
    """Files that mostly wait come first, among others that keep a core busy, so that few cores have nothing to do.

    Folders whose tests share a program come after them, each as a whole: none of their files takes long, and so no
    process is waited for at the end.
    """
    files: dict[Path, list[pytest.Item]] = {}
    for item in items:
        files.setdefault(item.path, []).append(item)
    waiting = [path for path in files if path.parent == HERE or _room(path) in WAITING]
    computing = [path for path in files if _room(path) in COMPUTING]
    places = {path: at / len(group) for group in (waiting, computing) for at, path in enumerate(group)}
    return [item for path in sorted(files, key=lambda path: places.get(path, 1.0)) for item in files[path]]


def _room(path: Path) -> str:
    return path.relative_to(HERE).parts[0] if path.is_relative_to(HERE) else ""
