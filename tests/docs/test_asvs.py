"""The table of security requirements has each of the standard once, names tests that are there, and counts right."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
VERDICTS = ("met", "not applicable", "not met")
# Of each section of ASVS 5.0.0 the levels of its requirements, in their order: `12` is one of level 1, one of level 2.
LEVELS = {
    "1.1": "22", "1.2": "1111122223", "1.3": "112222222223", "1.4": "222", "1.5": "123",
    "2.1": "122", "2.2": "112", "2.3": "12223", "2.4": "23",
    "3.1": "3", "3.2": "113", "3.3": "12223", "3.4": "11222233", "3.5": "11122333", "3.6": "3", "3.7": "22333",
    "4.1": "12233", "4.2": "23333", "4.3": "22", "4.4": "1222",
    "5.1": "2", "5.2": "112333", "5.3": "113", "5.4": "222",
    "6.1": "122", "6.2": "111111112222", "6.3": "11223333", "6.4": "112233", "6.5": "22222333", "6.6": "2223",
    "6.7": "33", "6.8": "2222",
    "7.1": "222", "7.2": "1111", "7.3": "22", "7.4": "11222", "7.5": "223", "7.6": "22",
    "8.1": "1233", "8.2": "1123", "8.3": "133", "8.4": "23",
    "9.1": "111", "9.2": "1222",
    "10.1": "22", "10.2": "223", "10.3": "22223", "10.4": "1111122222233333", "10.5": "22222", "10.6": "22",
    "10.7": "222",
    "11.1": "2233", "11.2": "22233", "11.3": "11233", "11.4": "1222", "11.5": "23", "11.6": "23", "11.7": "33",
    "12.1": "12233", "12.2": "11", "12.3": "22223",
    "13.1": "2333", "13.2": "222223", "13.3": "2233", "13.4": "1222233",
    "14.1": "22", "14.2": "12223333", "14.3": "122",
    "15.1": "12233", "15.2": "12233", "15.3": "1222222", "15.4": "3333",
    "16.1": "2", "16.2": "22222", "16.3": "2222", "16.4": "222", "16.5": "2223",
    "17.1": "23", "17.2": "22223333", "17.3": "22",
}  # fmt: skip


@dataclass(frozen=True)
class Row:
    id: str
    level: int
    verdict: str
    text: str

    @property
    def chapter(self) -> str:
        return self.id.partition(".")[0]

    @property
    def tests(self) -> list[str]:
        return re.findall(r"`(tests/[\w/]+\.py::test_\w+)`", self.text)


def rows() -> list[Row]:
    found = re.findall(
        r"^\| (\d+\.\d+\.\d+) \| (\d) \| [^|]+ \| \*\*([a-z ]+)\*\*: (.+) \|$",
        (ROOT / "docs/asvs.md").read_text(),
        re.MULTILINE,
    )
    return [Row(number, int(level), verdict, text) for number, level, verdict, text in found]


def wanted() -> Iterator[tuple[str, int]]:
    for section, levels in LEVELS.items():
        for number, level in enumerate(levels, start=1):
            if int(level) < 3:
                yield f"{section}.{number}", int(level)


def test_the_list_has_as_many_as_the_standard() -> None:
    assert Counter("".join(LEVELS.values())) == {"1": 70, "2": 183, "3": 92}


def test_every_requirement_is_answered_once() -> None:
    """None is missing, none stands twice, and each has its level."""
    assert [(row.id, row.level) for row in rows()] == list(wanted())
    assert {row.verdict for row in rows()} == set(VERDICTS)
    lines = [line for line in (ROOT / "docs/asvs.md").read_text().splitlines() if re.match(r"\| \d", line)]
    assert len(lines) == len(rows()), "a row is not of the form: id, level, words, **verdict**: why"


def test_what_is_met_is_held_by_a_test() -> None:
    assert [row.id for row in rows() if row.verdict == "met" and not row.tests] == []


def test_what_is_not_met_says_why() -> None:
    assert [row.id for row in rows() if row.verdict == "not met" and len(row.text) < 20] == []


@pytest.mark.parametrize("page", ["asvs.md", "security.md"])
def test_every_test_that_is_named_is_there(page: str) -> None:
    named = set(re.findall(r"tests/[\w/]+\.py(?:::test_\w+)?", (ROOT / "docs" / page).read_text()))
    lost = []
    for each in named:
        file, _, test = each.partition("::")
        path = ROOT / file
        if not path.exists() or (test and f"def {test}(" not in path.read_text()):
            lost.append(each)
    assert lost == []
    assert page != "asvs.md" or len(named) > 120


def test_the_sum_is_right() -> None:
    """The summary counts each chapter, all of them, and each level, as the table has them."""
    text = (ROOT / "docs/security.md").read_text()
    told = re.findall(r"^\| V(\d+) [^|]+ \| (\d+) \| (\d+) \| (\d+) \|$", text, re.MULTILINE)
    by_chapter = Counter((row.chapter, row.verdict) for row in rows())
    chapters = dict.fromkeys(row.chapter for row in rows())
    assert [tuple(map(int, counts)) for _, *counts in told] == [
        tuple(by_chapter[chapter, verdict] for verdict in VERDICTS) for chapter in chapters
    ]
    sums = dict(re.findall(r"^\| \*\*([^*]+)\*\* \| (\d+ \| \d+ \| \d+) \|$", text, re.MULTILINE))
    for name, levels in (("level 1", (1,)), ("level 2", (2,)), ("all", (1, 2))):
        count = Counter(row.verdict for row in rows() if row.level in levels)
        assert sums[name] == " | ".join(str(count[verdict]) for verdict in VERDICTS)


def test_the_summary_names_what_is_not_met_truly() -> None:
    text = (ROOT / "docs/security.md").read_text()
    named = set(re.findall(r"\bV(\d+\.\d+\.\d+)\b", text))
    assert named
    assert named <= {row.id for row in rows() if row.verdict == "not met"}
    assert {row.id for row in rows() if row.verdict == "not met" and row.level == 1} <= named


def test_times_for_mends_are_told() -> None:
    text = (ROOT / "SECURITY.md").read_text()
    assert re.search(r"release within 14 days", text)
    assert re.search(r"the same time limits hold for their faults", text)
