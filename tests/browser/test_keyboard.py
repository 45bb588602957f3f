"""Everything by keys: tiles, shortcuts, help, editing in place; and keys that stay out of the way."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.watch import watch_of


@pytest.fixture
def gallery(open_page: Open, hung: list[str]) -> Page:
    return open_page("/gallery/")


def test_the_skip_link_comes_first(gallery: Page) -> None:
    gallery.keyboard.press("Tab")
    expect(gallery.get_by_role("link", name="Skip to content")).to_be_focused()
    expect(gallery.get_by_role("link", name="Skip to content")).to_be_in_viewport()
    gallery.keyboard.press("Enter")
    expect(gallery.locator("#content")).to_be_focused()


def test_the_grid_is_one_stop_for_tab_and_arrows_move_in_it(open_page: Open, hung: list[str]) -> None:
    gallery = open_page("/gallery/?q=picture")
    tiles = gallery.locator(".tile")
    tiles.first.focus()
    gallery.keyboard.press("ArrowRight")
    expect(tiles.nth(1)).to_be_focused()
    gallery.keyboard.press("End")
    expect(tiles.last).to_be_focused()
    gallery.keyboard.press("Home")
    expect(tiles.first).to_be_focused()
    top = "document.activeElement.getBoundingClientRect().top + scrollY"  # the page scrolls along
    first_row = gallery.evaluate(top)
    gallery.keyboard.press("ArrowDown")
    assert gallery.evaluate(top) > first_row
    gallery.keyboard.press("ArrowUp")
    assert gallery.evaluate(top) == first_row
    gallery.keyboard.press("Tab")
    expect(gallery.locator(".tile:focus")).to_have_count(0)
    assert tiles.evaluate_all("tiles => tiles.filter((tile) => tile.tabIndex === 0).length") == 1


def test_help_lists_the_keys_and_they_can_be_switched_off(gallery: Page) -> None:
    help_dialog = gallery.get_by_role("dialog", name="Keyboard shortcuts")
    gallery.keyboard.press("?")
    expect(help_dialog).to_be_visible()
    gallery.keyboard.press("u")
    expect(gallery).to_have_url(re.compile("/gallery/$"))
    help_dialog.get_by_label("Single keys do something").uncheck()
    gallery.keyboard.press("Escape")
    expect(help_dialog).to_be_hidden()
    gallery.keyboard.press("u")
    expect(gallery).to_have_url(re.compile("/gallery/$"))
    switch = gallery.locator("#shortcuts input")  # it has the focus until the browser has painted
    switch.dispatch_event("keydown", {"key": "?", "bubbles": True, "cancelable": True})
    help_dialog.get_by_label("Single keys do something").check()
    help_dialog.get_by_role("button", name="Close").click()
    gallery.keyboard.press("u")
    expect(gallery).to_have_url(re.compile("/upload/$"))


def test_single_keys_stay_out_of_fields(open_page: Open, hung: list[str]) -> None:
    page = open_page(hung[0])
    page.wait_for_load_state("networkidle")
    page.keyboard.press("e")
    field = page.get_by_label("Description")
    expect(field).to_be_focused()
    field.fill("")
    page.keyboard.type("u?eh")
    expect(field).to_have_value("u?eh")
    expect(page).to_have_url(re.compile(f"{hung[0]}$"))
    page.once("dialog", lambda question: question.accept())  # whether what was written may be lost
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()


def test_a_description_is_edited_in_place_and_a_conflict_is_told(open_page: Open, hung: list[str]) -> None:
    mine, theirs = open_page(hung[1]), open_page(hung[1])
    for page in (mine, theirs):
        page.wait_for_load_state("networkidle")
    for page, text in ((mine, "A cat with\nits whiskers <b>"), (theirs, "Something else")):
        page.get_by_role("link", name="Edit").click()
        page.get_by_label("Description").fill(text)
        page.keyboard.press("Control+Enter")
    expect(mine.locator(".description")).to_have_text("A cat with\nits whiskers <b>")
    expect(mine.locator(".description")).to_have_css("font-style", "normal")  # not as one that is missing
    expect(mine.get_by_text("Description and tags are saved")).to_be_visible()
    expect(theirs.get_by_text("Saving replaces theirs").first).to_be_visible()
    expect(theirs.get_by_label("Description")).to_have_value("Something else")
    assert theirs.locator("[data-conflict] blockquote").inner_text() == "A cat with\nits whiskers <b>"
    theirs.once("dialog", lambda dialog: dialog.accept())
    theirs.get_by_role("button", name="Cancel").click()
    expect(theirs.locator(".description")).to_have_text("A cat with\nits whiskers <b>")
    # to save what stood there first would replace theirs unseen
    theirs.get_by_role("link", name="Edit").click()
    expect(theirs.get_by_label("Description")).to_have_value("A cat with\nits whiskers <b>")
    mine.reload()
    expect(mine.locator(".description")).to_have_text("A cat with\nits whiskers <b>")
    watch_of(theirs).forgive()


def test_a_tile_shows_its_title_under_the_mouse_and_at_the_focus(open_page: Open, hung: list[str]) -> None:
    page = open_page("/gallery/")
    tiles, seen = page.locator(".tile"), {"focus": 2, "mouse": 3}
    caption = {way: tiles.nth(number).locator(".tile-caption") for way, number in seen.items()}
    for each in caption.values():
        expect(each).to_have_css("opacity", "0")
    tiles.nth(1).focus()
    page.keyboard.press("ArrowRight")
    expect(caption["focus"]).to_have_css("opacity", "1")
    tiles.nth(3).hover()
    expect(caption["mouse"]).to_have_css("opacity", "1")


def test_every_control_shows_its_focus(open_page: Open, hung: list[str]) -> None:
    page = open_page(hung[0])
    seen = 0
    for _ in range(30):
        page.keyboard.press("Tab")
        outline = page.evaluate(
            """() => {
              const element = document.activeElement;
              const { outlineStyle, outlineWidth } = getComputedStyle(element);
              if (element === document.body) return null;
              return { style: outlineStyle, width: parseFloat(outlineWidth), of: element.outerHTML.slice(0, 80) };
            }"""
        )
        if outline is None:
            break
        assert outline["style"] != "none", outline
        assert outline["width"] >= 2, outline
        seen += 1
    assert seen >= 8


@pytest.mark.parametrize("width", [320, 1280])
def test_what_is_wider_than_the_documentation_is_scrolled_by_keys(open_page: Open, width: int) -> None:
    page = open_page("/docs/api", width=width)
    out_of_reach = """() => [...document.querySelectorAll(".handbook *")]
      .filter((each) => each.clientWidth && each.scrollWidth > each.clientWidth + 1)
      .filter((each) => getComputedStyle(each).overflowX !== "visible" && each.tabIndex < 0)
      .map((each) => each.outerHTML.slice(0, 80))"""
    expect(page.locator(".handbook :is(pre, table)")).not_to_have_count(0)
    assert page.evaluate(out_of_reach) == []
