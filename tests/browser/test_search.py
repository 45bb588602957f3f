"""Search and tags in a real browser: by the keyboard, in place, and without JavaScript."""

import itertools
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Open, fresh_photo
from tests.browser.watch import watch_of

_seeds = itertools.count(9000)


def test_a_slash_leads_to_the_search(open_page: Open, hung: list[str]) -> None:
    for path in ("/gallery/", hung[0]):
        page = open_page(path)
        page.wait_for_load_state("networkidle")
        page.keyboard.press("/")
        expect(page.get_by_role("searchbox")).to_be_focused()
        page.keyboard.type("picture 11")
        page.keyboard.press("Enter")
        expect(page).to_have_url(re.compile(r"\?q=picture\+11$"))
        expect(page.locator(f'.tile[href^="{hung[0]}?"]')).to_be_visible()
        expect(page.locator("mark").first).to_have_text("picture")


def test_tags_are_edited_in_place_and_lead_to_their_pictures(open_page: Open, hung: list[str]) -> None:
    page = open_page(hung[6])
    page.wait_for_load_state("networkidle")
    page.keyboard.press("e")
    page.get_by_role("textbox", name="Tags").fill("High Noon, Ünïcode & more")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="High Noon")).to_be_visible()
    before = [link.get_attribute("href") for link in page.locator("[data-tags] a").all()]
    page.reload()
    assert [link.get_attribute("href") for link in page.locator("[data-tags] a").all()] == before
    for name in ("High Noon", "Ünïcode & more"):
        page.get_by_role("link", name=name).click()
        expect(page.locator(".tile")).to_have_count(1)
        expect(page.locator(".tile")).to_have_attribute("href", re.compile(f"^{hung[6]}\\?q="))
        page.go_back()


def test_tags_of_an_upload_count_for_all_of_it(open_page: Open, tmp_path: Path) -> None:
    """With JavaScript and without."""
    for javascript in (True, False):
        page = open_page("/upload/", javascript=javascript)
        page.get_by_text("Tags for all of these").click()
        tag = f"tag {next(_seeds)}"
        page.get_by_role("textbox", name="Tags").fill(f"{tag}, second")
        files = [str(fresh_photo(tmp_path, f"{tag} {n}.jpg", next(_seeds))) for n in range(2)]
        page.set_input_files("#image", files)
        if javascript:
            expect(page.locator(".upload-item[data-state=done]")).to_have_count(2, timeout=60_000)
        else:
            page.get_by_role("button", name="Upload").click()
            expect(page.locator(".flash").first).to_contain_text("Added")
        page.goto(f"/gallery/?q=%23{tag.replace(' ', '_')}+%23second")
        expect(page.locator(".tile")).to_have_count(2)


def test_an_unfit_tag_is_refused_before_anything_is_sent(open_page: Open, tmp_path: Path) -> None:
    page = open_page("/upload/")
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.get_by_text("Tags for all of these").click()
    page.get_by_role("textbox", name="Tags").fill("x" * 41)
    page.set_input_files("#image", str(fresh_photo(tmp_path, "unfit.jpg", next(_seeds))))
    expect(page.locator(".upload-item[data-state=failed]")).to_contain_text(
        "A tag may have at most 40 characters"
    )
    assert not [url for url in sent if url.endswith("/image/upload")]
    watch_of(page).forgive()


def test_a_search_without_javascript(open_page: Open, hung: list[str]) -> None:
    page = open_page("/gallery/", owner=False, javascript=False)
    page.get_by_role("searchbox").fill("pictuer 3")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_role("status")).to_contain_text("No picture has all of these")
    page.get_by_role("link", name="picture 3").click()
    expect(page.locator(f'.tile[href^="{hung[8]}?"]')).to_be_visible()
    page.get_by_role("link", name="All pictures", exact=True).click()
    expect(page).to_have_url(re.compile("/gallery/$"))
