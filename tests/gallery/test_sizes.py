"""The pages and the styles agree on how large a picture is shown."""

import re
from pathlib import Path

from picturerail.gallery.pictures import view

STYLES = Path(__file__).parents[2] / "frontend/styles"


def test_rows_are_as_high_as_the_sizes_say() -> None:
    """`sizes` is worked out from --row; where they differ, browsers load the wrong file without anybody noticing."""
    tokens = (STYLES / "_tokens.scss").read_text()
    row = re.search(r"--row: (.+?);", tokens)
    assert row
    assert row[1].replace(", ", ",") == view.ROW


def test_tiles_are_as_narrow_and_as_wide_as_the_sizes_say() -> None:
    rows = (STYLES / "_rows.scss").read_text()
    bounds = re.search(r"--ratio: clamp\(([\d.]+), .+, ([\d.]+)\);", rows)
    assert bounds
    assert (float(bounds[1]), float(bounds[2])) == (view.NARROWEST, view.WIDEST)
