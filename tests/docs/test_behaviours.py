"""The table of what people may rely on names tests that exist."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TABLE = (ROOT / "docs/behaviours.md").read_text()
ROWS = re.findall(r"^\| (\d+) \| (.+?) \| (.+) \|$", TABLE, re.MULTILINE)


def test_every_behaviour_is_there_with_a_test_or_a_reason() -> None:
    assert [int(number) for number, _, _ in ROWS] == list(range(1, 65))
    for number, _, held in ROWS:
        assert "::" in held or held.startswith("no test"), number


def test_every_test_that_is_named_exists() -> None:
    named = set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TABLE))
    assert len(named) > 60
    missing = [f"{file}::{name}" for file, name in named if f"\ndef {name}(" not in (ROOT / file).read_text()]
    assert missing == []
