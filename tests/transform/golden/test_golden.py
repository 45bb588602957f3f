"""Every golden picture still looks as it did when somebody looked at it."""

from pathlib import Path

import numpy as np
import pytest

from tests import pictures
from tests.transform.golden.cases import CASES, FOLDER, made


@pytest.mark.parametrize("name", CASES)
def test_it_looks_as_before(tmp_path: Path, name: str) -> None:
    golden = FOLDER / f"{name}.png"
    assert golden.exists(), f"make it by: python -m tests.transform.golden {name}"
    now, before = (pictures.pixels_of(path, "RGBA") for path in (made(name, tmp_path), golden))
    assert now.shape == before.shape
    # What is fully transparent has no colour to compare.
    now, before = (np.concatenate([p[..., :3] * (p[..., 3:] > 0), p[..., 3:]], axis=2) for p in (now, before))
    assert np.abs(now - before).mean() < 1, f"if the change is meant: python -m tests.transform.golden {name}"


def test_no_picture_is_left_over() -> None:
    assert {path.stem for path in FOLDER.glob("*.png")} == {*CASES, "contact-sheet"}
