"""The documentation as a site: every page has its place, and no page asks another host for anything."""

import re
import subprocess
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).parents[2]
CONFIG = yaml.safe_load((ROOT / "mkdocs.yml").read_text())
ELSEWHERE = re.compile(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["'](?:https?:)?//""")


def test_every_page_has_its_place_and_is_there() -> None:
    listed = [
        page
        for part in CONFIG["nav"]
        for page in ([part] if isinstance(part, str) else next(iter(part.values())))
    ]
    pages = {str(page.relative_to(ROOT / "docs")) for page in (ROOT / "docs").glob("*.md")}
    assert pages - set(listed) == set()
    assert [page for page in listed if not (ROOT / "docs" / page).is_file()] == []
    assert len(listed) == len(set(listed))


def test_fonts_come_from_the_reader_and_from_no_host() -> None:
    assert CONFIG["theme"]["font"] is False


@pytest.mark.slow
def test_the_built_site_asks_nobody_else() -> None:
    subprocess.run(["make", "--silent", "site"], cwd=ROOT, check=True)
    built = list((ROOT / "build" / "site").rglob("*.html"))
    assert len(built) > 30
    assert [page.name for page in built if ELSEWHERE.search(page.read_text())] == []
