"""Favourites and the review by keys, in a real browser."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open


def test_keys_mark_on_the_page_in_the_viewer_and_in_the_review(open_page: Open, hung: list[str]) -> None:
    page = open_page(hung[4])
    heart = page.get_by_role("button", name="Favourite")
    page.keyboard.press("f")
    expect(heart).to_have_attribute("aria-pressed", "true")
    page.keyboard.press("4")
    expect(page.get_by_role("button", name="4 stars")).to_have_attribute("aria-pressed", "true")
    page.goto("/favourites/")
    tile = page.locator(".tile")
    expect(tile).to_have_count(1)
    tile.click()
    page.locator(".pswp--open[aria-modal=true]").wait_for()
    page.keyboard.press("f")
    expect(page.locator(".flash")).to_contain_text("no favourite any more")
    page.goto("/review/?q=picture")
    for key in ("x", "p"):
        before = page.url
        page.keyboard.press(key)
        expect(page).not_to_have_url(before)
    page.get_by_role("link", name="Finish").click()
    page.get_by_role("button", name=re.compile("Move this 1 to the trash")).click()
    expect(page.locator(".flash")).to_contain_text("1 picture is in the trash.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".flash")).to_contain_text("1 picture is back in the gallery.")
