"""The viewer over the grid: addresses, keys, what a screen reader hears, what happens when a picture is missing."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, fresh_photo
from tests.browser.watch import watch_of
from tests.service import wait_until


@pytest.fixture
def gallery(open_page: Open, hung: list[str]) -> Page:
    return open_page("/gallery/")


def open_viewer(page: Page, number: int = 0) -> None:
    """Click a tile and wait until the viewer stands."""
    page.locator(".tile").nth(number).click()
    page.locator(".pswp--open[aria-modal=true]").wait_for()


def replace(page: Page, file: Path) -> None:
    """Give the picture of an edit page another file."""
    page.locator("form[action$=replace] input[type=file]").set_input_files(file)
    page.get_by_role("button", name="Replace the file").click()
    expect(page.get_by_text("The file is replaced")).to_be_visible()


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_its_address_is_the_pictures_own(gallery: Page, open_page: Open) -> None:
    tile = gallery.locator(".tile").nth(1)
    own = tile.get_attribute("href") or ""
    open_viewer(gallery, 1)
    expect(gallery).to_have_url(re.compile(f"{own}$"))
    following = gallery.locator(".tile").nth(2).get_attribute("href") or ""
    press(gallery, "ArrowRight")
    expect(gallery).to_have_url(re.compile(f"{following}$"))
    assert open_page(following, owner=False, javascript=False).locator("h1").count() == 1

    gallery.go_back()
    expect(gallery.locator(".pswp")).to_have_count(0)
    expect(gallery).to_have_url(re.compile("/gallery/$"))
    gallery.go_forward()
    expect(gallery.get_by_role("dialog", name="Picture viewer")).to_be_visible()
    press(gallery, "Escape")
    expect(gallery).to_have_url(re.compile("/gallery/$"))


def test_focus_moves_in_and_returns_to_the_last_picture_seen(gallery: Page) -> None:
    gallery.locator(".tile").first.focus()
    press(gallery, "Enter")
    dialog = gallery.get_by_role("dialog", name="Picture viewer")
    expect(dialog).to_have_attribute("aria-modal", "true")
    expect(gallery.locator(".pswp:focus-within, .pswp:focus")).to_have_count(1)
    for key in ["Tab"] * 8 + ["Shift+Tab"] * 12:  # round and round, both ways
        press(gallery, key)
        expect(gallery.locator(".pswp:focus-within, .pswp:focus")).to_have_count(1)
    press(gallery, "ArrowRight", "ArrowRight")
    voice = gallery.locator(".pswp [aria-live=polite] >> text=/^3 of/")
    expect(voice).to_have_text(re.compile(r"^3 of \d+: .+"))
    press(gallery, "Escape")
    expect(gallery.locator(".tile").nth(2)).to_be_focused()
    expect(gallery.locator(".tile").nth(2)).to_be_in_viewport()


PLACE = "(each) => new DOMMatrix(getComputedStyle(each).transform).e"  # from the left


def test_home_end_and_zoom(gallery: Page) -> None:
    open_viewer(gallery, 1)
    # the grid behind may grow meanwhile, and the count with it
    counter = gallery.locator(".pswp__counter")
    press(gallery, "End")
    expect(counter).to_have_text(re.compile(r"^(\d+) / \1$"))
    press(gallery, "Home")
    expect(counter).to_have_text(re.compile(r"^1 / \d+$"))
    press(gallery, "z")
    expect(gallery.locator(".pswp--zoomed-in")).to_have_count(1)
    press(gallery, "z")
    expect(gallery.locator(".pswp--zoomed-in")).to_have_count(0)


def test_arrows_pan_a_picture_that_is_zoomed(open_page: Open, hung: list[str]) -> None:
    gallery = open_page("/gallery/?q=picture")
    gallery.locator(f'.tile[href^="{hung[0]}"]').click()
    gallery.locator(".pswp--open[aria-modal=true]").wait_for()
    gallery.set_viewport_size({"width": 600, "height": 900})  # no room for twice the picture
    gallery.wait_for_timeout(600)  # the opening animation
    press(gallery, "z")
    expect(gallery.locator(".pswp--zoomed-in")).to_have_count(1)
    gallery.wait_for_timeout(500)  # until it has grown
    seen = gallery.locator(".pswp__item[aria-hidden=false] .pswp__zoom-wrap")
    before, number = seen.evaluate(PLACE), gallery.locator(".pswp__counter").inner_text()
    gallery.keyboard.press("ArrowRight")
    assert seen.evaluate(PLACE) == before - 80  # it pans
    assert gallery.locator(".pswp__counter").inner_text() == number
    press(gallery, "z")
    expect(gallery.locator(".pswp--zoomed-in")).to_have_count(0)


def test_a_missing_picture_says_so_and_can_be_tried_again(gallery: Page) -> None:
    gallery.wait_for_load_state("networkidle")
    gallery.route(re.compile("/image/private/"), lambda route: route.abort())
    gallery.locator(".tile").nth(1).click()
    message = gallery.locator("[aria-hidden=false] .pswp__broken")
    expect(message).to_contain_text("could not be loaded")
    gallery.unroute(re.compile("/image/private/"))
    message.get_by_role("button", name="Try again").click()
    picture = gallery.locator("[aria-hidden=false] img.pswp__img:not(.pswp__img--placeholder)")
    expect(picture).to_be_visible()
    expect(picture).to_have_js_property("complete", True)
    expect(message).to_have_count(0)
    watch_of(gallery).forgive()


def test_a_picture_whose_file_was_replaced_meanwhile_comes_by_the_second_try(
    gallery: Page, open_page: Open, tmp_path: Path
) -> None:
    tile = gallery.locator(".tile").nth(6)
    replace(open_page(f"{tile.get_attribute('href')}/edit"), fresh_photo(tmp_path, "new.jpg", 31_000))
    tile.click()
    gallery.locator("[aria-hidden=false] .pswp__broken button").click()
    picture = gallery.locator("[aria-hidden=false] img.pswp__img:not(.pswp__img--placeholder)")
    expect(picture).to_have_js_property("complete", True)
    assert picture.evaluate("image => image.naturalWidth / image.naturalHeight") == pytest.approx(
        1.5, abs=0.01
    )
    watch_of(gallery).forgive()


def test_a_tile_whose_file_was_replaced_meanwhile_comes_by_the_second_try(
    gallery: Page, open_page: Open, tmp_path: Path
) -> None:
    pattern = re.compile("/image/private/")
    gallery.clock.install()
    gallery.route(pattern, lambda route: route.abort())
    gallery.goto("/gallery/")
    tile, ratio = gallery.locator(".tile").nth(5), "image => image.naturalWidth / image.naturalHeight"
    replace(open_page(f"{tile.get_attribute('href')}/edit"), fresh_photo(tmp_path, "new.jpg", 31_001))
    for _ in range(4):
        gallery.wait_for_timeout(300)
        gallery.clock.fast_forward(15_000)
    expect(tile).to_have_class(re.compile("is-broken"))
    gallery.unroute(pattern)
    tile.click()
    expect(tile).not_to_have_class(re.compile("is-broken"))
    wait_until(lambda: tile.locator("img").evaluate(ratio) == pytest.approx(1.5, abs=0.01))
    tile.click()
    large = gallery.locator("[aria-hidden=false] img.pswp__img:not(.pswp__img--placeholder)")
    wait_until(lambda: large.evaluate(ratio) == pytest.approx(1.5, abs=0.01))
    watch_of(gallery).forgive()


def test_the_viewer_is_loaded_by_the_first_click(gallery: Page) -> None:
    gallery.wait_for_load_state("networkidle")
    scripts = [url for url in watch_of(gallery).requests if "/viewer." in url]
    assert scripts == []
    gallery.locator(".tile").first.click()
    gallery.locator(".pswp--open").wait_for()
    assert any("/viewer." in url for url in watch_of(gallery).requests)


def test_a_click_for_a_new_tab_is_left_to_the_browser(gallery: Page) -> None:
    with gallery.context.expect_page() as opened:
        gallery.locator(".tile").first.click(modifiers=["Control"])
    expect(opened.value.locator(".stage img")).to_be_visible()
    expect(gallery.locator(".pswp")).to_have_count(0)


def test_delete_key_moves_to_the_trash_and_undo_takes_it_back(open_page: Open, hung: list[str]) -> None:
    gallery = open_page("/gallery/?q=picture")
    tiles = gallery.locator(".tile")
    count, first = tiles.count(), tiles.first.get_attribute("id")
    tiles.first.focus()
    press(gallery, "Delete")
    expect(tiles).to_have_count(count - 1)
    expect(gallery.get_by_role("button", name="Undo")).to_be_visible()
    gallery.reload()
    expect(gallery.locator(f"#{first}")).to_have_count(0)
    gallery.goto("/trash/")
    gallery.locator(f".{first}").locator("xpath=..").get_by_role("button", name="Restore").click()
    expect(gallery).to_have_url(re.compile(r"/gallery/[0-9a-f]{24}$"))

    gallery.goto("/gallery/?q=picture")
    expect(tiles).to_have_count(count)
    tiles.first.focus()
    press(gallery, "Delete")
    gallery.get_by_role("button", name="Undo").click()
    expect(gallery.get_by_text("The picture is back")).to_be_visible()
    expect(tiles).to_have_count(count)
    expect(gallery.locator(f"#{first}")).to_be_focused()
    gallery.reload()
    expect(tiles).to_have_count(count)


def test_the_list_of_keys_opens_over_it_and_switches_single_ones_off(gallery: Page) -> None:
    open_viewer(gallery)
    counter, keys = (
        gallery.locator(".pswp__counter"),
        gallery.get_by_role("dialog", name="Keyboard shortcuts"),
    )
    gallery.keyboard.press("?")
    expect(keys).to_be_visible()
    keys.get_by_label("Single keys do something").uncheck()
    press(gallery, "ArrowRight", "Escape")
    expect(keys).to_be_hidden()
    expect(counter).to_have_text(re.compile("^1 /"))  # it hears no key that is meant for the list
    press(gallery, "i", "ArrowRight")
    expect(counter).to_have_text(re.compile("^2 /"))
    expect(gallery.locator(".viewer-panel")).to_be_hidden()
    gallery.keyboard.press("?")  # the way back stays
    keys.get_by_label("Single keys do something").check()
    keys.get_by_role("button", name="Close").click()
    gallery.keyboard.press("i")
    expect(gallery.locator(".viewer-panel")).to_be_visible()
