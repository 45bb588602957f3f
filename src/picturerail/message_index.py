"""Every sentence with which the program refuses something, read from its own source."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from picturerail import errors

SOURCE = Path(__file__).parent
HOLE = "…"  # stands for what differs from case to case
KINDS: dict[str, type[errors.PicturerailError]] = {
    name: kind
    for name, kind in vars(errors).items()
    if isinstance(kind, type) and issubclass(kind, errors.PicturerailError)
}


@dataclass(frozen=True, order=True)
class Refusal:
    """One sentence, the room that says it, and the status of the answer; 0 ends a command."""

    room: str
    status: int
    sentence: str


@cache
def refusals() -> tuple[Refusal, ...]:
    """All of them, each once, by room, status and words."""
    found = {each for path in sorted(SOURCE.rglob("*.py")) for each in _refusals_in(path)}
    return tuple(sorted(found))


def _refusals_in(path: Path) -> Iterator[Refusal]:
    tree = ast.parse(path.read_text())
    constants = _constants(tree)
    room = path.relative_to(SOURCE).parts[0].removesuffix(".py")
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.args:
            kind = KINDS.get(node.func.id)
            sentence = _sentence(node.args[0], constants)
            if kind and len(sentence.replace(HOLE, "").split()) > 1:
                yield Refusal(room, 0 if kind is errors.StartupError else kind.status, sentence)


def _constants(tree: ast.Module) -> dict[str, str]:
    """The texts to which a module gives names."""
    return {
        target.id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign)
        and isinstance(node.value, ast.Constant)
        and isinstance(node.value.value, str)
        for target in node.targets
        if isinstance(target, ast.Name)
    }


def _sentence(node: ast.expr, constants: dict[str, str]) -> str:
    """The words of an expression; what only a run can tell is a hole."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(_sentence(value, constants) for value in values)
        case ast.Name(id=name):
            return constants.get(name, HOLE)
        case ast.Call(func=ast.Attribute(value=inner, attr="format")):
            return _with_holes(_sentence(inner, constants))
        case ast.FormattedValue(value=ast.Name(id=name)) if name in constants:
            return constants[name]
        case _:
            return HOLE


def _with_holes(text: str) -> str:
    head, brace, rest = text.partition("{")
    return head + HOLE + _with_holes(rest.partition("}")[2]) if brace else head
