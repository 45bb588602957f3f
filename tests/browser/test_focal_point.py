"""The focal point in a real browser: by a click, by keys and by plain numbers; tiles and covers keep it in sight."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open

WIDE = 2  # of `hung`: three times as wide as high


def position(page: Page, selector: str) -> str:
    """Where a crop is held."""
    return str(page.locator(selector).first.evaluate("each => getComputedStyle(each).objectPosition"))


def tile_of(path: str) -> str:
    return f"#p{path.rpartition('/')[2]} img"


@pytest.fixture
def automatic(open_page: Open, hung: list[str]) -> str:
    """A picture whose focal point is automatic."""
    page = open_page(f"{hung[WIDE]}/edit", javascript=False)
    for name in ("From the left", "From above"):
        page.get_by_label(name).fill("")
    page.get_by_role("button", name="Save").click()
    return hung[WIDE]


def test_it_is_set_by_a_click_and_by_keys_and_made_automatic(open_page: Open, automatic: str) -> None:
    page = open_page(f"{automatic}/edit")
    left, above = page.get_by_label("From the left"), page.get_by_label("From above")
    expect(page.locator(".stage")).to_have_class(re.compile("is-automatic"))
    box = page.locator(".stage").bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] * 0.2, box["y"] + box["height"] * 0.6)
    expect(page.locator(".stage")).not_to_have_class(re.compile("is-automatic"))
    assert abs(float(left.input_value()) - 20) < 1
    assert abs(float(above.input_value()) - 60) < 2
    ring = page.get_by_role("button", name="The focal point.")
    ring.focus()
    before = float(left.input_value())
    for key in ("ArrowRight", "Shift+ArrowLeft", "Shift+ArrowLeft", "Shift+ArrowLeft", "ArrowUp"):
        page.keyboard.press(key)
    assert (before, float(left.input_value())) == (before, 0), "it stays in the picture"
    assert position(page, ".focus-crop img").startswith("0% ")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".flash")).to_contain_text("What you wrote is saved.")
    page.goto(f"{automatic}/edit")
    ring.focus()
    page.keyboard.press("Delete")
    assert (left.input_value(), above.input_value()) == ("", "")
    assert "/edit" in page.url, "the key deleted a point and no picture"
    left.fill("30")
    page.get_by_role("button", name="Automatic", exact=True).click()
    expect(page.get_by_role("button", name="Automatic", exact=True)).to_be_disabled()
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".flash")).to_be_visible()
    page.goto(f"/gallery/?at={automatic.rpartition('/')[2]}")
    assert position(page, tile_of(automatic)) == "50% 50%"


def test_the_ring_is_dragged(open_page: Open, automatic: str) -> None:
    page = open_page(f"{automatic}/edit", width=360)
    ring, stage = page.locator("button.focus-point"), page.locator(".stage")
    ring.scroll_into_view_if_needed()
    at, whole = ring.bounding_box(), stage.bounding_box()
    assert at
    assert whole
    page.mouse.move(at["x"] + at["width"] / 2, at["y"] + at["height"] / 2)
    page.mouse.down()
    page.mouse.move(whole["x"] + whole["width"] * 0.9, whole["y"] + whole["height"] * 0.2, steps=5)
    page.mouse.up()
    assert abs(float(page.get_by_label("From the left").input_value()) - 90) < 1.5
    assert abs(float(page.get_by_label("From above").input_value()) - 20) < 2.5


def test_every_crop_keeps_it_in_sight_without_javascript(open_page: Open, automatic: str) -> None:
    page = open_page(f"{automatic}/edit", javascript=False)
    page.get_by_label("From the left").fill("10")
    page.get_by_label("From above").fill("80.5")
    page.get_by_role("button", name="Save").click()
    page.goto(f"{automatic}/edit")
    assert page.get_by_label("From above").input_value() == "80.5"
    assert page.locator("i.focus-point").is_visible()
    assert position(page, ".focus-crop img") == "10% 80.5%"
    place = f"/gallery/?at={automatic.rpartition('/')[2]}"
    for scripts in (True, False):
        grid = open_page(place, javascript=scripts)
        assert position(grid, tile_of(automatic)) == "10% 80.5%"
    page.goto(f"{automatic}")
    page.get_by_role("button", name="Turn right").click()
    page.goto(place)
    assert position(page, tile_of(automatic)) == "19.5% 10%"
    page.goto(automatic)
    page.get_by_role("button", name="Turn left").click()
    page.goto(place)
    assert position(page, tile_of(automatic)) == "10% 80.5%"
