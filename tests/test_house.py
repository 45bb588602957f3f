"""The rules of the house for state, held over the whole of the media service, and for remarks, over all."""

import ast
import importlib
import pkgutil
import re
import threading
from collections import OrderedDict, defaultdict, deque
from collections.abc import Iterator
from dataclasses import is_dataclass
from enum import EnumMeta
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

import picturerail.media

ROOT = Path(picturerail.media.__file__).parent
HOLDERS = (OrderedDict, defaultdict, deque, threading.Semaphore, threading.Event, type(threading.Lock()))
CHANGES = {"add", "append", "clear", "extend", "insert", "pop", "popitem", "remove", "setdefault", "update"}


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(picturerail.media.__path__, "picturerail.media."):
        yield importlib.import_module(found.name)


def trees(folder: Path = ROOT) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted(folder.rglob("*.py")):
        yield path, ast.parse(path.read_text())


def assigned(tree: ast.Module) -> set[str]:
    """The names that a module itself gives values to."""
    statements = [each for each in tree.body if isinstance(each, ast.Assign | ast.AnnAssign)]
    return {
        target.id
        for each in statements
        for target in (each.targets if isinstance(each, ast.Assign) else [each.target])
        if isinstance(target, ast.Name)
    }


def holds_state(value: Any) -> bool:
    """Whether a module's global remembers something: a lock, a queue, or an object of ours that can change."""
    kind = type(value)
    if isinstance(value, HOLDERS):
        return True
    ours = kind.__module__.startswith("picturerail.") and not isinstance(
        value, type | FunctionType | EnumMeta
    )
    frozen = is_dataclass(kind) and kind.__dataclass_params__.frozen  # type: ignore[attr-defined]
    return ours and not frozen and not isinstance(kind, EnumMeta)


def test_no_module_of_the_media_service_holds_state() -> None:
    found = [
        f"{module.__name__}.{name}"
        for module in modules()
        for name in assigned(ast.parse(Path(str(module.__file__)).read_text()))
        if holds_state(getattr(module, name))
    ]
    assert found == []


def changed_globals(tree: ast.Module) -> Iterator[str]:
    """Names of a module that one of its functions changes."""
    names = assigned(tree)
    for function in (each for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)):
        own = {
            node.id
            for node in ast.walk(function)
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
        }
        own |= {argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)}
        for node in ast.walk(function):
            if isinstance(node, ast.Global):
                yield from node.names
            held = None
            if isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
                held = node.value
            elif (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr in CHANGES
            ):
                held = node.func.value
            if isinstance(held, ast.Name) and held.id in names - own:
                yield held.id


def test_no_function_of_the_media_service_changes_a_global() -> None:
    found = [f"{path.name}: {name}" for path, tree in trees() for name in changed_globals(tree)]
    assert found == []


def test_a_function_that_changes_a_global_is_found() -> None:
    text = "KNOWN = {}\n\ndef learn(key):\n    KNOWN[key] = 1\n\ndef shadowed():\n    KNOWN = {}\n    KNOWN['a'] = 1\n"
    assert list(changed_globals(ast.parse(text))) == ["KNOWN"]
    assert holds_state(threading.BoundedSemaphore(1))
    assert holds_state(OrderedDict())
    assert not holds_state({"a": 1})


CACHE_WORDS = re.compile(r"cache-control|no-(cache|store)|(public|private), .*", re.IGNORECASE)


def test_one_place_says_who_may_keep_an_answer() -> None:
    """`cache_policy.header` writes the header, and its table has the values; the edges' nginx has rules of its own."""
    program = ROOT.parent
    writers = {
        str(path.relative_to(program))
        for path, tree in trees(program)
        for node in ast.walk(tree)
        if (isinstance(node, ast.Constant) and CACHE_WORDS.fullmatch(str(node.value)))
        or (
            isinstance(node, ast.Attribute)
            and isinstance(node.ctx, ast.Store)
            and _is_cache_control(node.value)
        )
    }
    assert writers == {"cache_policy.py"}


def _is_cache_control(node: ast.expr) -> bool:
    """Whether it is Flask's own way to the header."""
    return isinstance(node, ast.Attribute) and node.attr == "cache_control"


LEFT_BEHIND = re.compile(r"^ *[])}]+.*  # (?!fmt: skip|noqa|type: ignore)", re.MULTILINE)


def test_no_remark_is_left_behind_a_closing_bracket() -> None:
    """Where a line becomes too long, the formatter puts what is said of it at the end: it belongs above."""
    project = Path(__file__).parents[1]
    paths = [path for folder in ("src", "tests", "bench") for path in (project / folder).rglob("*.py")]
    assert len(paths) > 1000
    assert [str(path) for path in paths if LEFT_BEHIND.search(path.read_text())] == []
