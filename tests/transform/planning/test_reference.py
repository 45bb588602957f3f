"""The reference page is complete and current, and every example on it works."""

from pathlib import Path

import pytest

from picturerail.transform import reference
from picturerail.transform.grammar import parse
from picturerail.transform.language.effect_table import BLENDS, EFFECTS
from picturerail.transform.parameters import FLAGS, PARAMETERS
from picturerail.transform.plan import Context, Face
from tests import pictures
from tests.transform.conftest import Make

CONTEXT = Context(named=lambda _: parse("c_fill,w_120,h_80"), faces=lambda: (Face(0.3, 0.2, 0.25, 0.4),))


def test_the_page_is_current() -> None:
    page = Path(__file__).parents[3] / reference.PAGE
    assert page.read_text(encoding="utf-8") == reference.page(), (
        "run python -m picturerail.transform.reference"
    )


def test_every_flag_is_explained() -> None:
    assert set(reference._FLAG_TEXTS) == set(FLAGS)


@pytest.mark.parametrize("key", PARAMETERS)
def test_every_example_makes_a_picture(tmp_path: Path, make: Make, key: str) -> None:
    source = pictures.saved(pictures.photo("cat"), tmp_path / "source.png")
    assert pictures.pixels_of(make(source, PARAMETERS[key].example, context=CONTEXT)).size


@pytest.mark.parametrize("name", sorted(set(EFFECTS) - set(BLENDS)))
@pytest.mark.parametrize("mode", ["RGB", "RGBA", "L"])
def test_every_effect_works_on_every_kind_of_picture(
    tmp_path: Path, make: Make, name: str, mode: str
) -> None:
    source = pictures.saved(pictures.photo("cat", (90, 60)).convert(mode), tmp_path / "source.png")
    made = make(source, f"r_5/e_{EFFECTS[name].sample}", context=CONTEXT)
    assert min(pictures.pixels_of(made).shape[:2]) >= 60
