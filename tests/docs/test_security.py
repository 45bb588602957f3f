"""The table of security requirements has every section of the standard, and names tests that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
SECTIONS = (5, 4, 7, 4, 4, 8, 6, 4, 2, 7, 7, 3, 4, 3, 4, 5, 3)  # of each chapter of ASVS 5.0.0, V1 to V17


def test_every_section_is_answered_once() -> None:
    text = (ROOT / "docs/security.md").read_text()
    first = [row.split("|")[1] for row in text.splitlines() if row.startswith("| V")]
    told = [name for cell in first for name in re.findall(r"V(\d+\.\d+)", cell)]
    wanted = [f"{one + 1}.{two + 1}" for one, count in enumerate(SECTIONS) for two in range(count)]
    assert told == wanted


def test_every_test_that_is_named_is_there() -> None:
    """In the file that is named, or in one beside it: long files are split now and then."""
    text = (ROOT / "docs/security.md").read_text()
    named, file = 0, ""
    for path, test in re.findall(r"`(tests/[\w/]+\.py)?(?:::(test_\w+))?`", text):
        if not (path or test):
            continue
        file = path or file
        named += 1
        beside = [ROOT / file, *(ROOT / file).parent.glob("test_*.py")]
        sources = [each.read_text() for each in beside if each.exists()]
        assert any(f"def {test}(" in source for source in sources) if test else sources, f"{file}::{test}"
    assert named > 60
