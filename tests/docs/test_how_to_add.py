"""docs/how-to-add.md tells the truth: its files are there, are few, and hold what it says of its examples."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "how-to-add.md").read_text()
SECTIONS = dict(re.findall(r"^## (.+?)\n(.*?)(?=^## |\Z)", PAGE, re.MULTILINE | re.DOTALL))
MAX_FILES = 4


def listed(section: str) -> set[str]:
    return set(re.findall(r"^\| `(src/[^`]+)` \|", SECTIONS[section], re.MULTILINE))


def holding(word: str) -> set[str]:
    """Modules of the program that say a word."""
    pattern = re.compile(rf"\b{word}\b")
    modules = (ROOT / "src").rglob("*.py")
    return {str(path.relative_to(ROOT)) for path in modules if pattern.search(path.read_text())}


@pytest.mark.parametrize("section", SECTIONS)
def test_the_files_are_there_and_few(section: str) -> None:
    assert 2 <= len(listed(section)) <= MAX_FILES
    named = set(re.findall(r"`((?:src|tests|frontend)/[^`]+)`", SECTIONS[section]))
    assert {name for name in named if not (ROOT / name).exists()} == set()


@pytest.mark.parametrize("section", [name for name, text in SECTIONS.items() if "Example: " in text])
def test_the_example_stands_in_these_files_and_no_other(section: str) -> None:
    [word] = re.findall(r"^Example: `(\w+)`$", SECTIONS[section], re.MULTILINE)
    assert holding(word) - listed(section) == set()
    assert holding(word) & listed(section)


def test_a_text_stands_where_the_page_says() -> None:
    """Every field of PictureText is read by the template's macros and known to the API."""
    from picturerail.gallery.pictures.text import TEXT_NAMES

    for file in listed("A text field of a picture"):
        text = (ROOT / file).read_text()
        assert all(re.search(rf"\b{name}\b", text) for name in TEXT_NAMES), file
