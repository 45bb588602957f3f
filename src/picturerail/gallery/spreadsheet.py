"""Lists for spreadsheets: CSV of which every letter is read, and nothing is reckoned that people wrote. Pure."""

import csv
import io
import re
from collections.abc import Iterable

CONTENT_TYPE = "text/csv; charset=utf-8"
BEGIN = "\ufeff"  # by which Excel knows UTF-8: without it, all but ASCII is read as other letters

# With what a formula begins, also in full width; where commas stand in numbers, a semicolon parts the cells.
_FORMULA = re.compile(r'((?:^|[;\t\r\n])[\s"]*)(?=[=+\-@＝＋－＠])')


def row(values: Iterable[object]) -> str:
    """One line; what would be a formula is a text."""
    line = io.StringIO()
    csv.writer(line).writerow([_FORMULA.sub(r"\1'", str(each)) for each in values])
    return line.getvalue()
