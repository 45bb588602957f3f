"""Scripts that do not come: an upgrade took them away while a page was open, or the network went."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Open, fresh_photo
from tests.browser.test_viewer import open_viewer
from tests.browser.watch import watch_of

LAZY = re.compile(r"/static/(page|selection|description|viewer)\.")
SCRIPT = re.compile(r"/static/.*\.js$")


def gone(route: Route) -> None:
    route.fulfill(status=404, content_type="text/html", body="<h1>Nothing here</h1>")


def without(open_page: Open, scripts: re.Pattern[str], path: str) -> Page:
    """A page whose scripts are not there any more."""
    page = open_page()
    page.route(scripts, gone)
    page.goto(path)
    page.wait_for_load_state("networkidle")
    return page


def late(open_page: Open, path: str, scripts: re.Pattern[str] = LAZY) -> Page:
    """A page that was open when its further scripts went."""
    page = open_page(path)
    page.wait_for_load_state("networkidle")
    page.route(scripts, gone)
    return page


@pytest.mark.parametrize("way", ["click", "Enter"])
def test_a_click_on_a_picture_follows_its_link_when_the_viewer_is_gone(
    open_page: Open, hung: list[str], way: str
) -> None:
    page = late(open_page, "/gallery/")
    tile = page.locator(".tile").nth(1)
    own = tile.get_attribute("href") or ""
    tile.click() if way == "click" else tile.press("Enter")
    expect(page).to_have_url(re.compile(f"{own}$"))
    expect(page.locator(".stage img")).to_be_visible()
    watch_of(page).forgive()


def test_without_a_network_the_link_is_followed_too(open_page: Open, hung: list[str]) -> None:
    page = open_page("/gallery/")
    page.wait_for_load_state("networkidle")
    own = page.locator(".tile").first.get_attribute("href") or ""
    page.context.set_offline(True)
    with page.expect_event("requestfailed", lambda request: request.url.endswith(own)):
        page.locator(".tile").first.click()
    watch_of(page).forgive()


def test_a_viewer_that_never_comes_does_not_hold_the_click_back(open_page: Open, hung: list[str]) -> None:
    page = open_page("/gallery/")
    page.wait_for_load_state("networkidle")
    page.route(LAZY, lambda route: None)  # neither an answer nor a failure
    tile = page.locator(".tile").first
    own = tile.get_attribute("href") or ""
    tile.click()
    expect(page).to_have_url(re.compile(f"{own}$"))


def test_forward_to_a_picture_shows_it_when_the_viewer_is_gone(open_page: Open, hung: list[str]) -> None:
    page = open_page("/gallery/")
    own = page.locator(".tile").first.get_attribute("href") or ""
    open_viewer(page)
    page.keyboard.press("Escape")
    expect(page).to_have_url(re.compile("/gallery/$"))
    page.reload()
    page.route(LAZY, gone)
    page.go_forward()
    expect(page).to_have_url(re.compile(f"{own}$"))
    expect(page.locator(".stage img")).to_be_visible()
    watch_of(page).forgive()


def test_the_delete_key_leads_to_the_button(open_page: Open, hung: list[str]) -> None:
    page = without(open_page, re.compile(r"/static/trash\."), "/gallery/")
    tile = page.locator(".tile").first
    own = tile.get_attribute("href") or ""
    tile.press("Delete")
    expect(page).to_have_url(re.compile(f"{own}$"))
    expect(page.get_by_role("button", name="Delete")).to_be_visible()
    watch_of(page).forgive()


def test_the_delete_key_needs_no_further_script(open_page: Open, hung: list[str]) -> None:
    page = late(open_page, "/gallery/", SCRIPT)
    tiles = page.locator(".tile")
    count = tiles.count()
    tiles.first.focus()
    page.keyboard.press("Delete")
    expect(tiles).to_have_count(count - 1)
    page.get_by_role("button", name="Undo").click()
    expect(tiles).to_have_count(count)


@pytest.mark.parametrize("scripts", [LAZY, SCRIPT])
def test_edit_is_a_link_and_select_a_form(open_page: Open, hung: list[str], scripts: re.Pattern[str]) -> None:
    page = without(open_page, scripts, hung[0])
    page.get_by_role("link", name="Edit").click()
    expect(page.get_by_role("button", name="Save")).to_be_visible()
    page.goto("/gallery/?select=1")
    page.locator(".tile").first.click()
    page.get_by_label("Tags, with commas").fill("plainly")
    page.get_by_role("button", name="Add tags").click()
    expect(page.get_by_text("1 picture is tagged “plainly”.")).to_be_visible()
    watch_of(page).forgive()


@pytest.mark.parametrize("scripts", [LAZY, SCRIPT])
def test_the_plain_form_uploads(open_page: Open, tmp_path: Path, scripts: re.Pattern[str]) -> None:
    page = without(open_page, scripts, "/upload/")
    page.set_input_files("#image", str(fresh_photo(tmp_path, "plain way.jpg", 21_000 + len(scripts.pattern))))
    page.locator("#description").fill("Sent by the plain form")
    page.get_by_role("button", name="Upload", exact=True).click()
    expect(page.get_by_text("Added plain way.jpg.")).to_be_visible()
    watch_of(page).forgive()


@pytest.mark.parametrize("scripts", [LAZY, SCRIPT])
@pytest.mark.parametrize("path", ["/", "/gallery/", "/gallery/?select=1", "/upload/", "/trash/"])
def test_no_control_is_shown_that_nothing_stands_behind(
    open_page: Open, hung: list[str], path: str, scripts: re.Pattern[str]
) -> None:
    page = without(open_page, scripts, path)
    controls = page.locator(".needs-script button, button.needs-script, [data-all], [data-open-shortcuts]")
    assert controls.count() > 0
    for control in controls.all():
        if control.is_visible():
            assert scripts is LAZY
            expect(control).to_have_attribute("data-open-shortcuts", "")
    watch_of(page).forgive()
