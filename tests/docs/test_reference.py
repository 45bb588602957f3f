"""The docs say what the code does: a setting, command or room that is not documented fails here."""

import ast
import re
from pathlib import Path

import pytest

from picturerail import reference

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"


@pytest.mark.parametrize("name", reference.pages())
def test_generated_pages_are_current(name: str) -> None:
    page = DOCS / "reference" / name
    assert page.exists(), "run `make docs`"
    assert page.read_text() == reference.pages()[name](), "run `make docs`"


def test_every_page_is_listed_in_an_index() -> None:
    """In docs/README.md, or in the README.md of its own folder, which is itself listed there."""
    unlisted = []
    for page in DOCS.rglob("*.md"):
        index = page.parent / "README.md" if page.name != "README.md" else DOCS / "README.md"
        index = index if index.exists() else DOCS / "README.md"
        if page != index and str(page.relative_to(index.parent)) not in index.read_text():
            unlisted.append(str(page.relative_to(DOCS)))
    assert unlisted == []


def test_links_between_pages_lead_somewhere() -> None:
    broken = []
    for page in [*DOCS.rglob("*.md"), *ROOT.glob("*.md")]:
        for target in re.findall(r"\]\(([^)#]+?)(?:#[^)]*)?\)", page.read_text()):
            if "://" not in target and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert broken == []


def test_every_make_target_explains_itself() -> None:
    makefile = (ROOT / "Makefile").read_text()
    phony = set(re.findall(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[0].split())
    explained = set(re.findall(r"^([a-z-]+):.*## ", makefile, re.MULTILINE))
    assert phony == explained


def test_every_room_has_a_page_and_every_module_says_what_it_is_for() -> None:
    source = ROOT / "src" / "picturerail"
    for module in source.rglob("*.py"):
        assert ast.get_docstring(ast.parse(module.read_text())), module
    map_page = (DOCS / "map.md").read_text()
    rooms = {
        folder.name for folder in source.iterdir() if folder.is_dir() and (folder / "__init__.py").exists()
    }
    assert {room for room in rooms if f"`{room}/`" not in map_page} == set()
    files = {module.name for module in source.glob("*.py") if module.name != "__init__.py"}
    assert {name for name in files if f"`{name}`" not in map_page} == set()
