"""One name, one meaning: what CONTRIBUTING.md says about names, held over the whole program."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[1] / "src" / "picturerail"
MODULES = {str(path.relative_to(SOURCE)): path for path in sorted(SOURCE.rglob("*.py"))}

# Words of the field that end like a gerund or a participle, and are nouns there.
FIELD_WORDS = {
    "clipping",  # paths, as Photoshop keeps them
    "coalescing",  # of requests, at nginx and Varnish
    "derived",  # Cloudinary's derived images
    "encoding",
    "folding",  # of letters, in searches
    "generated",  # Cloudinary's generated images: sprites, multi, text
    "housekeeping",
    "incoming",  # Cloudinary's incoming transformations
    "listing",
    "naming",
    "padding",
    "ping",
    "planning",
    "signing",  # of URLs and calls
    "streaming",  # Cloudinary's streaming profiles
}
LIMIT = re.compile(
    r"^_?(MOST|LONGEST|LARGEST|BIGGEST|DEEPEST|HIGHEST|WIDEST|GREATEST|LIMIT|UPPER)(_|$)|_(LIMIT|MOST|LONGEST)$"
)


@cache
def trees() -> dict[str, ast.Module]:
    """Every module, read when a test first asks: collecting the tests needs none of them."""
    return {module: ast.parse(path.read_text()) for module, path in MODULES.items()}


def public_classes() -> Iterator[tuple[str, str]]:
    for module, tree in trees().items():
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                yield node.name, module


def constants(tree: ast.Module) -> Iterator[str]:
    """Names that a module or a class gives to a value, in capitals."""
    for node in ast.walk(tree):
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and target.id.isupper():
                yield target.id


def test_no_two_public_classes_have_one_name() -> None:
    places = defaultdict(list)
    for name, module in public_classes():
        places[name].append(module)
    twice = {name: found for name, found in places.items() if len(found) > 1}
    assert twice == {}


def test_limits_are_called_max() -> None:
    found = {(module, name) for module, tree in trees().items() for name in constants(tree)}
    assert {one for one in found if LIMIT.search(one[1])} == set()


def test_no_room_is_called_by_a_gerund_or_a_participle() -> None:
    names = {part for module in MODULES for part in Path(module).with_suffix("").parts}
    words = {word for name in names for word in name.strip("_").split("_")}
    assert {word for word in words if word.endswith(("ing", "ed"))} - FIELD_WORDS == set()


@pytest.mark.parametrize("word", sorted(FIELD_WORDS))
def test_a_word_is_allowed_only_while_it_is_used(word: str) -> None:
    assert any(word in re.split(r"[/_.]", module) for module in MODULES)
