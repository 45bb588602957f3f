"""On a phone what is pressed is as large as a finger: 44 pixels each way."""

import pytest

from tests.browser.conftest import Open

PRESSED = (
    "main :is(button, select, textarea, summary, .btn, .choice, a.chip, .density a, "
    "input:not(.choice input, .check input, .tile input, [type=hidden]))"
)
SMALL = """(names) => [...document.querySelectorAll(names)].flatMap((one) => {
  const { width, height } = one.getBoundingClientRect();
  const seen = width > 1 && getComputedStyle(one).visibility !== "hidden";
  return seen && (width < 44 || height < 44) ? [`${one.outerHTML.slice(0, 80)} ${width}x${height}`] : [];
})"""
PAGES = (
    "/gallery/",
    "/gallery/?q=cat",
    "/gallery/?select=1",
    "/albums/new",
    "/favourites/",
    "/review/",
    "/upload/",
)


@pytest.mark.parametrize("page", [*PAGES, "", "/edit", "/editor"], ids=[*PAGES, "picture", "edit", "editor"])
def test_what_is_pressed_is_large_enough(open_page: Open, hung: list[str], page: str) -> None:
    path = page if page in PAGES else f"{hung[0]}{page}"
    opened = open_page(path, width=360, has_touch=True)
    opened.wait_for_load_state("networkidle")
    assert opened.locator(PRESSED).count() > 2
    assert opened.evaluate(SMALL, PRESSED) == []
    assert opened.evaluate("document.documentElement.scrollWidth") == 360
