"""An album is made, filled and put in order, a picture is cut, and all is undone: by keys alone, and by plain forms."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open

MAX_STOPS = 150


def press(control: Locator, key: str = "Enter") -> None:
    """Go to a control by Tab, as somebody without a mouse does, and press a key there."""
    for _ in range(MAX_STOPS):
        if control.evaluate("control => control === document.activeElement"):
            break
        control.page.keyboard.press("Tab")
    expect(control).to_be_focused()
    control.page.keyboard.press(key)


def click(control: Locator, key: str = "") -> None:
    """Click, whatever key would do the same."""
    control.click()


def tiles_of(page: Page) -> list[str | None]:
    return [tile.get_attribute("id") for tile in page.locator(".rows > .tile").all()]


WAYS = pytest.mark.parametrize("javascript", [True, False], ids=["by keys", "without JavaScript"])


@WAYS
def test_an_album_is_made_filled_ordered_and_undone(
    open_page: Open, hung: list[str], javascript: bool
) -> None:
    act = press if javascript else click
    page = open_page("/albums/new", javascript=javascript)
    undo = page.get_by_role("button", name="Undo")
    told = page.locator(".flash")
    title = f"Arranged {'by keys' if javascript else 'plainly'}"
    page.get_by_label("Title").focus()
    page.keyboard.type(title)
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile("/albums/arranged"))
    album = page.url

    act(page.get_by_role("link", name="Choose pictures"))
    for number in range(3):
        act(page.locator("input[name=id]").nth(number), " ")
    choice = page.get_by_label("Album", exact=True)
    if javascript:
        press(choice, title[0])
        page.keyboard.type(title[1:])  # a list goes to what is typed
    else:
        choice.select_option(title)
    act(page.get_by_role("button", name="Add to album"))
    act(told.get_by_role("link", name="See it"))
    page.wait_for_url(album)
    a, b, c = tiles_of(page)

    if javascript:
        page.wait_for_load_state("networkidle")
        press(page.locator(".tile").first, "Control+ArrowRight")
        expect(told).to_contain_text("The order is saved.")
    else:
        page.get_by_role("link", name="Select", exact=True).click()
        page.locator("input[name=id]").first.check()
        page.get_by_role("button", name="Later").click()
        expect(told).to_contain_text("The order is saved.")
    act(undo)
    if javascript:
        expect(page.locator(".tile").first).to_be_focused()
    else:
        expect(told).to_contain_text("the order is as before")
    page.goto(album)
    assert tiles_of(page) == [a, b, c]

    page.goto(album)
    act(page.get_by_role("link", name="Edit album"))
    act(page.get_by_role("button", name="Delete album"))
    act(undo)
    expect(told).to_contain_text("is back")
    page.wait_for_url(album)
    assert tiles_of(page) == [a, b, c]


@WAYS
def test_a_picture_is_cut_and_undone(open_page: Open, hung: list[str], javascript: bool) -> None:
    act = press if javascript else click
    page = open_page(f"{hung[5]}/editor", javascript=javascript)
    told = page.locator(".flash")
    if javascript:
        page.wait_for_load_state("networkidle")
        press(page.locator(".crop-frame"), "Shift+ArrowLeft")
    else:
        page.get_by_text("By numbers").click()
        page.get_by_label("Width").fill("50")
    act(page.get_by_role("button", name="Save"))
    expect(told).to_contain_text("The edit is saved.")
    picture = page.locator(".stage img")
    expect(picture).to_have_attribute("src", re.compile("c_crop"))
    act(page.get_by_role("button", name="Undo"))
    expect(told).to_contain_text("The picture is as before.")
    expect(picture).not_to_have_attribute("src", re.compile("c_crop"))
