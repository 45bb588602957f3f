"""Uploads that a page was left in the middle of: asked about, gone on with after a reload, forgotten."""

from pathlib import Path

from playwright.sync_api import Browser, Dialog, Page, Route, expect

from tests.browser.conftest import Open, sign_in
from tests.browser.upload_queue import UPLOADS, item, large_photo, photo, row
from tests.browser.watch import watch_of
from tests.service import Service, wait_until


def test_leaving_with_unfinished_uploads_asks(upload_page: Page, tmp_path: Path) -> None:
    page = upload_page
    page.route(UPLOADS, lambda route: None)  # never answered
    page.set_input_files("#image", photo(tmp_path, "unfinished.jpg"))
    item(page, "unfinished.jpg", "sending")
    wait_until(lambda: "%" in page.title())
    page.wait_for_timeout(400)  # the guard looks four times a second
    asked = []

    def answer(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.accept()

    page.once("dialog", answer)
    page.goto("/gallery/")
    assert asked == ["beforeunload"]


def left_in_the_middle(page: Page, files: list[str], answered: int) -> list[str]:
    """Choose files, let so many requests through, and reload the page with the rest unanswered; their ranges."""
    ranges: list[str] = []

    def answer(route: Route) -> None:
        ranges.append(route.request.headers.get("content-range", "whole"))
        if len(ranges) <= answered:
            route.continue_()

    page.route(UPLOADS, answer)
    page.set_input_files("#image", files)
    expect(
        page.locator(".upload-item[data-state=sending], .upload-item[data-state=processing]")
    ).to_have_count(len(files))
    for _ in range(600):
        if len(ranges) == answered + len(files):
            break
        page.wait_for_timeout(100)
    page.wait_for_timeout(1000)  # what is kept is written behind the page's back
    page.once("dialog", lambda dialog: dialog.accept())
    page.reload()
    page.unroute(UPLOADS)
    return ranges


def test_after_a_reload_uploads_go_on_from_the_part_that_had_arrived(
    upload_page: Page, tmp_path: Path
) -> None:
    page = upload_page
    large = large_photo(tmp_path, "resumed.png")
    size, part = large.stat().st_size, 8 * 1024 * 1024
    page.get_by_text("Tags for all of these").click()
    page.get_by_role("textbox", name="Tags").fill("from before")
    before = left_in_the_middle(page, [str(large)], answered=1)
    assert before == [f"bytes 0-{part - 1}/{size}", f"bytes {part}-{2 * part - 1}/{size}"]
    offer = page.locator("[data-unfinished]")
    expect(offer).to_contain_text("1 of your files had not arrived")
    ranges: list[str] = []

    def listen(route: Route) -> None:
        ranges.append(route.request.headers["content-range"])
        route.continue_()

    page.route(UPLOADS, listen)
    offer.get_by_role("button", name="Go on").click()
    item(page, "resumed.png", "done")
    assert ranges == [f"bytes {n}-{min(n + part, size) - 1}/{size}" for n in range(part, size, part)]
    page.wait_for_timeout(1000)  # what is done is forgotten behind the page's back, too
    row(page, "resumed.png").get_by_role("link", name="Look at it").click()
    expect(page.locator(".facts")).to_contain_text("2900 × 2900 pixels")
    expect(page.get_by_role("link", name="from before")).to_be_visible()
    page.goto("/upload/")
    page.wait_for_load_state("networkidle")
    expect(offer).to_be_hidden()
    watch_of(page).forgive()


def test_what_was_left_can_be_forgotten_and_is_forgotten_with_the_session(
    open_page: Open, tmp_path: Path, service: Service, chromium: Browser
) -> None:
    page = open_page("/upload/")
    page.wait_for_load_state("networkidle")
    left_in_the_middle(page, [photo(tmp_path, f"left {n}.jpg") for n in range(2)], answered=0)
    offer = page.locator("[data-unfinished]")
    expect(offer).to_contain_text("2 of your files")
    offer.get_by_role("button", name="Forget").click()
    expect(offer).to_be_hidden()
    page.reload()
    page.wait_for_load_state("networkidle")
    expect(offer).to_be_hidden()
    watch_of(page).forgive()

    context = chromium.new_context(base_url=service.url)
    page = context.new_page()
    sign_in(page, service)
    page.goto("/upload/")
    page.wait_for_load_state("networkidle")
    left_in_the_middle(page, [photo(tmp_path, "left behind.jpg")], answered=0)
    expect(page.locator("[data-unfinished]")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("link", name="Sign in").first.wait_for()
    sign_in(page, service)
    page.goto("/upload/")
    page.wait_for_load_state("networkidle")
    expect(page.locator("[data-unfinished]")).to_be_hidden()
    context.close()


def test_a_page_that_is_still_sending_is_left_alone_by_another(open_page: Open, tmp_path: Path) -> None:
    busy = open_page("/upload/")
    busy.wait_for_load_state("networkidle")
    busy.route(UPLOADS, lambda route: None)
    busy.set_input_files("#image", photo(tmp_path, "busy.jpg"))
    item(busy, "busy.jpg", "sending")
    busy.wait_for_timeout(800)
    other = busy.context.new_page()
    other.goto("/upload/")
    other.wait_for_load_state("networkidle")
    other.wait_for_timeout(300)
    expect(other.locator("[data-unfinished]")).to_be_hidden()
    row(busy, "busy.jpg").get_by_role("button", name="Cancel").click()
    watch_of(busy).forgive()
