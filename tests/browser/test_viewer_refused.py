"""The viewer is open while a link, a session or a grant ends: nothing is kept of what stands in a page's place."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.watch import watch_of

CALL = """async ([method, path, body]) => {
  const token = document.querySelector("[name=csrf-token]").content;
  const headers = {"Content-Type": "application/json", "X-CSRFToken": token};
  return await (await fetch(path, { method, headers, body: body && JSON.stringify(body) })).json();
}"""
BROKEN = "[aria-hidden=false] .pswp__broken"


@pytest.mark.parametrize("status", [200, 404, 503])
def test_another_page_in_the_place_of_a_pictures_is_asked_for_again(
    open_page: Open, hung: list[str], status: int
) -> None:
    page = open_page("/gallery/")
    tile = page.locator(".tile").nth(2)
    own = re.compile(f"{tile.get_attribute('href')}$")
    page.route(own, lambda route: route.fulfill(status=status, body="<main><h1>Sign in</h1></main>"))
    tile.click()
    page.locator(".pswp--open[aria-modal=true]").wait_for()
    page.keyboard.press("i")
    panel = page.get_by_role("complementary", name="About this picture")
    missing = panel.get_by_text("could not be loaded")
    expect(missing).to_be_visible()
    page.unroute(own)
    page.keyboard.press("ArrowRight")
    expect(panel).to_contain_text("File name")
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".pswp__counter")).to_contain_text("3 /")
    expect(panel).to_contain_text("File name")
    expect(missing).to_be_hidden()
    watch_of(page).forgive()


def test_a_picture_of_a_link_that_was_ended_leads_to_the_page_that_says_so(
    open_page: Open, hung: list[str]
) -> None:
    owner = open_page("/gallery/")
    album = call(owner, "POST", "/api/v1/albums", {"title": "Soon gone"})["album"]
    add = [href.rsplit("/", 1)[1] for href in hung[:3]]
    call(owner, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": add})
    link = call(owner, "POST", "/api/v1/shares", {"album": album["id"]})["share"]
    guest = open_page(link["url"], owner=False)
    guest.route(re.compile("/image/"), lambda route: route.abort())
    guest.locator(".tile").first.click()
    again = guest.locator(f"{BROKEN} button")
    again.click()
    expect(guest.locator(BROKEN)).to_be_visible()  # its page is there: that is nothing to leave for
    call(owner, "DELETE", f"/api/v1/shares/{link['id']}")
    again.click()
    expect(guest.get_by_role("heading", level=1)).to_have_text("Nothing here")
    call(owner, "DELETE", f"/api/v1/albums/{album['id']}")
    watch_of(guest).forgive()


def call(page: Page, method: str, path: str, body: object = None) -> dict[str, dict[str, str]]:
    """What the API answers to the person of this page."""
    answer: dict[str, dict[str, str]] = page.evaluate(CALL, [method, path, body])
    return answer
