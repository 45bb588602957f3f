"""Ticking pictures in a real browser: with Shift and keys, and without JavaScript."""

import itertools
from pathlib import Path

from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, fresh_photo

_seeds = itertools.count(20_000)


def filled(page: Page, folder: Path, count: int) -> str:
    """A tag that so many new pictures have."""
    tag = f"chosen{next(_seeds)}"
    page.goto("/upload/")
    page.get_by_text("Tags for all of these").click()
    page.get_by_role("textbox", name="Tags").fill(tag)
    files = [str(fresh_photo(folder, f"{tag} {n}.jpg", next(_seeds))) for n in range(count)]
    page.set_input_files("#image", files)
    expect(page.locator(".upload-item[data-state=done]")).to_have_count(count, timeout=60_000)
    return tag


def test_shift_ticks_a_row_and_keys_tick_all_or_none(open_page: Open, tmp_path: Path) -> None:
    page = open_page()
    tag = filled(page, tmp_path, 5)
    page.goto(f"/gallery/?q=%23{tag}")
    page.wait_for_load_state("networkidle")
    page.locator(".tile").nth(2).focus()
    page.keyboard.press("x")
    boxes, told = page.locator("input[name=id]"), page.locator(".selection-bar [role=status]")
    expect(told).to_contain_text("1 selected")
    expect(boxes.nth(2)).to_be_checked()
    expect(boxes.nth(2)).to_be_focused()
    page.keyboard.press("x")
    expect(told).to_contain_text("0 selected")
    expect(page.get_by_role("button", name="Delete")).to_be_disabled()
    boxes.nth(1).check()
    boxes.nth(3).click(modifiers=["Shift"])
    expect(told).to_contain_text("3 selected")
    assert [box.is_checked() for box in boxes.all()] == [False, True, True, True, False]
    page.keyboard.press("Escape")
    expect(told).to_contain_text("0 selected")
    page.keyboard.press("Control+a")
    expect(told).to_contain_text("5 selected")
    page.get_by_role("button", name="Delete").click()
    expect(page.locator(".flash")).to_contain_text("5 pictures are in the trash.")
    expect(boxes).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".flash")).to_contain_text("5 pictures are back in the gallery.")
    page.goto(f"/gallery/?q=%23{tag}")
    expect(page.locator(".tile")).to_have_count(5)


def test_selecting_without_javascript(open_page: Open, tmp_path: Path) -> None:
    tag = filled(open_page(), tmp_path, 3)
    page = open_page(f"/gallery/?q=%23{tag}", javascript=False)
    page.get_by_role("link", name="Select").click()
    for place in (0, 2):
        page.locator("input[name=id]").nth(place).check()
    page.get_by_label("Tags, with commas").fill(f"{tag} too")
    page.get_by_role("button", name="Add tags").click()
    expect(page.locator(".flash")).to_contain_text("2 pictures are tagged")
    page.goto(f"/gallery/?q=%23{tag}_too")
    expect(page.locator(".tile")).to_have_count(2)


def test_the_bar_hides_no_box_that_tab_reaches_and_large_letters_leave_room_to_search(
    open_page: Open, hung: list[str]
) -> None:
    page = open_page("/gallery/?select=1", width=360)
    boxes = page.locator("input[name=id]")
    boxes.first.check()
    for _ in range(min(boxes.count(), 12) - 1):
        page.keyboard.press("Tab")
        hidden = """document.activeElement.getBoundingClientRect().bottom
            > document.querySelector('.selection-bar').getBoundingClientRect().top"""
        assert not page.evaluate(hidden)
    page.goto("/gallery/")
    page.evaluate("document.documentElement.style.fontSize = '200%'")  # as of who has set large letters
    box = page.get_by_role("searchbox").bounding_box()
    assert box
    assert box["width"] > 150
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    page.goto("/people/")
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    role = page.get_by_label("Role", exact=True).bounding_box()
    assert role
    assert role["width"] > 235, "its longest word, with the arrow"
