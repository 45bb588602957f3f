"""Lists as CSV, as spreadsheets of several countries read them."""

import csv

import pytest

from picturerail.gallery.spreadsheet import row


def _cells(line: str, separator: str) -> list[str]:
    """What a spreadsheet has in its cells: it reads on in the next line where one ends within a quote."""
    return [
        cell for cells in csv.reader(line.splitlines(keepends=True), delimiter=separator) for cell in cells
    ]


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@SUM(A1)", "＝1+1", "＠A1"], ids=ascii)
@pytest.mark.parametrize("before", ["", " ", "a;", 'a;"', 'a; "', "a\t", "a\n", 'a"";'], ids=ascii)
def test_nothing_that_people_wrote_is_reckoned(separator: str, formula: str, before: str) -> None:
    cells = _cells(row(("id", before + formula, "z")), separator)
    assert not [each for each in cells if each.lstrip(' "').startswith(tuple("=+-@＝＋－＠"))]


def test_what_is_no_formula_stays_as_it_was() -> None:
    said = ("6b0de3361cdceb8a238ba76b", "Hafen, früh-2.jpg", "", 3, 'the "blue" one; 1 + 1 = 2\nภูเก็ต')
    assert next(csv.reader(row(said).splitlines(keepends=True))) == [str(each) for each in said]
