"""Small things that a person expects: the same place again, the own date, the own direction, the site's own name."""

import re
import unicodedata
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open, fresh_photo
from tests.browser.test_viewer import open_viewer
from tests.browser.upload_queue import item, row
from tests.browser.watch import watch_of
from tests.service import Service


def describe(page: Page, href: str, words: str, tags: str = "") -> None:
    page.goto(f"{href}/edit")
    page.locator("#description").fill(words)
    page.locator("#tags").fill(tags)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Description and tags are saved.")).to_be_visible()


@pytest.fixture
def fresh(open_page: Open, tmp_path: Path) -> str:
    """The page of a picture of this test alone."""
    page = open_page("/upload/")
    seed = 20_000 + abs(hash(str(tmp_path))) % 90_000
    page.set_input_files("#image", str(fresh_photo(tmp_path, "place.jpg", seed)))
    item(page, "place.jpg", "done")
    return row(page, "place.jpg").locator("a[data-link=page]").get_attribute("href") or ""


# ---- the same place ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("javascript", [True, False])
def test_ticks_stay_after_tagging(open_page: Open, hung: list[str], javascript: bool) -> None:
    page = open_page("/gallery/?select=1", javascript=javascript)
    ticks = page.locator("input[name=id]")
    for number in (1, 3, 4):
        ticks.nth(number).check()
    page.get_by_label("Tags, with commas").fill("ticked")
    page.get_by_role("button", name="Add tags").click()
    expect(page.get_by_text("3 pictures are tagged")).to_be_visible()
    assert [number for number in range(6) if ticks.nth(number).is_checked()] == [1, 3, 4]
    if javascript:
        expect(page.locator(".selection-bar [data-text=count]")).to_have_text("3")
    page.goto("/gallery/?select=1")
    assert not ticks.nth(1).is_checked(), "once"


def test_the_message_after_an_action_leaves_the_buttons_free(open_page: Open, hung: list[str]) -> None:
    for width in (360, 1280):
        page = open_page("/gallery/?select=1", width=width)
        page.locator("input[name=id]").first.check()
        page.get_by_label("Tags, with commas").fill("free")
        page.get_by_role("button", name="Add tags").click()
        message = page.locator("[data-flash]")
        expect(message).to_be_visible()
        bar = page.locator(".selection-bar").bounding_box()
        box = message.bounding_box()
        assert bar
        assert box
        assert box["y"] + box["height"] <= bar["y"] or box["y"] >= bar["y"] + bar["height"]


def test_undo_and_delete_lead_back_to_the_place(open_page: Open, hung: list[str]) -> None:
    page = open_page(hung[3], javascript=False)
    page.get_by_role("button", name="Delete").click()
    expect(page).to_have_url(re.compile(f"at={hung[3][-24:]}"))
    page.get_by_role("button", name="Undo").click()
    page.goto("/gallery/?select=1&page=7")
    page.locator("input[name=id]").first.check()
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    expect(page).to_have_url(re.compile(r"select=1&page=7"))


def test_who_may_restore_a_picture_is_offered_to_at_its_address(open_page: Open, fresh: str) -> None:
    page = open_page(fresh)
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_text("is in the trash")).to_be_visible()
    page.goto(fresh)
    expect(page.get_by_role("heading", name="This picture is in the trash")).to_be_visible()
    watch_of(page).forgive()  # its status is 404
    stranger = open_page(fresh, owner=False)
    expect(stranger.get_by_role("heading", name="Nothing here")).to_be_visible()
    watch_of(stranger).forgive()
    page.get_by_role("button", name="Restore").click()
    expect(page.locator(".stage img")).to_be_visible()


def test_a_picture_opened_from_a_search_leads_back_to_it(open_page: Open, fresh: str) -> None:
    page = open_page()
    describe(page, fresh, "An unusual zeppelin")
    page.goto("/gallery/?q=zeppelin")
    with page.context.expect_page() as opened:
        page.locator(".tile").first.click(modifiers=["Control"])
    opened.value.get_by_role("link", name="Back to “zeppelin”").click()
    expect(opened.value.locator("#q")).to_have_value("zeppelin")


def test_sign_in_returns_to_the_page_it_was_chosen_on(
    open_page: Open, service: Service, hung: list[str]
) -> None:
    page = open_page(hung[2], owner=False)
    page.get_by_role("link", name="Sign in").click()
    page.get_by_label("E-mail address").fill(service.owner_email)
    page.get_by_label("Password").fill(service.owner_password)
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(re.compile(f"{hung[2]}$"))


def test_delete_in_the_viewer_shows_the_next_picture(open_page: Open, hung: list[str]) -> None:
    page = open_page("/gallery/")
    ids = page.locator(".tile").evaluate_all("all => all.map((each) => each.getAttribute('href'))")
    count = int(page.locator("[data-count]").get_attribute("data-count") or 0)
    open_viewer(page, 1)
    page.wait_for_timeout(500)  # the opening animation, before which no key is heard
    page.keyboard.press("Delete")
    expect(page).to_have_url(re.compile(f"{ids[2]}$"))
    expect(page.locator(".pswp__counter")).to_have_text(f"2 / {len(ids) - 1}")
    page.keyboard.press("ArrowRight")
    expect(page).to_have_url(re.compile(f"{ids[3]}$"))
    page.keyboard.press("Escape")
    expect(page.locator("[data-count]")).to_have_attribute("data-count", str(count - 1))
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-count]")).to_have_attribute("data-count", str(count))


# ---- whose day, whose direction -------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "Pacific/Pago_Pago", "UTC"])
def test_a_visitor_reads_the_own_date(open_page: Open, hung: list[str], zone: str) -> None:
    page = open_page(hung[0], owner=False, timezone_id=zone)
    time = page.locator(".facts time")
    moment = datetime.fromisoformat(time.get_attribute("datetime") or "")
    assert moment.tzinfo is not None
    theirs = page.evaluate(
        "(at) => { const d = new Date(at); return [d.getFullYear(), d.getMonth() + 1, d.getDate()]; }",
        moment.astimezone(UTC).isoformat(),
    )
    expect(time).to_have_text(f"{datetime(*theirs):%-d %B %Y}")  # noqa: DTZ001 - theirs


def test_a_description_has_the_direction_of_its_script(open_page: Open, fresh: str) -> None:
    page = open_page()
    describe(page, fresh, "!غروب الشمس")
    assert page.locator(".description").evaluate("(each) => getComputedStyle(each).direction") == "rtl"
    page.goto("/gallery/")
    caption = page.locator(f"#p{fresh[-24:]} .tile-caption > span").first
    assert caption.evaluate("(each) => getComputedStyle(each).direction") == "rtl"
    page.locator(f"#p{fresh[-24:]}").click()
    viewer = page.locator(".pswp__caption")
    expect(viewer).to_have_text("!غروب الشمس")
    assert viewer.evaluate("(each) => getComputedStyle(each).direction") == "rtl"


@pytest.mark.parametrize("nothing", ["\u200b", "\u2060 \u00ad", "\u3164"])
def test_a_description_of_nothing_is_none(open_page: Open, fresh: str, nothing: str) -> None:
    page = open_page()
    describe(page, fresh, nothing)
    expect(page.get_by_text("No description yet.")).to_be_visible()


def test_wide_tags_and_long_words_break(open_page: Open, fresh: str) -> None:
    page = open_page(width=360)
    describe(page, fresh, "W" * 300, "W" * 40)
    for path in (fresh, f"/gallery/?q={'W' * 40}", "/gallery/"):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= 360, path
    page.locator(f"#p{fresh[-24:]}").click()
    assert page.locator(".pswp__caption").evaluate("(each) => each.scrollWidth") <= 360


def test_a_long_caption_scrolls_below_the_picture(open_page: Open, fresh: str) -> None:
    page = open_page()
    describe(page, fresh, "A sentence of some length. " * 70)
    page.goto("/gallery/")
    page.locator(f"#p{fresh[-24:]}").click()
    page.locator(".pswp--open[aria-modal=true]").wait_for()
    page.wait_for_timeout(600)
    caption = page.locator(".pswp__caption")
    picture = page.locator("[aria-hidden=false] img.pswp__img:not(.pswp__img--placeholder)").bounding_box()
    box = caption.bounding_box()
    assert picture
    assert box
    assert picture["y"] + picture["height"] <= box["y"] + 1
    assert caption.evaluate("(each) => each.scrollHeight > each.clientHeight && each.scrollTop === 0")


# ---- people ---------------------------------------------------------------------------------------------------------


def test_a_password_is_the_same_in_every_form_of_unicode(open_page: Open, service: Service) -> None:
    words = "Äpfel und Öl am Übergang"
    service.add_user("forms@example.com", "viewer", unicodedata.normalize("NFC", words))
    page = open_page("/sign-in", owner=False)
    page.get_by_label("E-mail address").fill("forms@example.com")
    page.get_by_label("Password").fill(unicodedata.normalize("NFD", words))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    expect(page.get_by_role("navigation", name="Main").get_by_role("link", name="Upload")).to_have_count(0)
    page.goto("/gallery/")
    count = page.locator(".tile").count()
    page.locator(".tile").first.press("Delete")
    expect(page.locator(".tile")).to_have_count(count)


def test_the_owner_names_the_site(open_page: Open) -> None:
    page = open_page("/account")
    page.get_by_role("link", name="Name and words of this site").click()
    page.get_by_label("Name", exact=True).fill("Anna & Bo's attic")
    page.get_by_label("Words", exact=True).fill("Forty years of slides.")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".flash").first).to_be_visible()  # it is kept by now
    stranger = open_page("/", owner=False)
    try:
        expect(stranger.get_by_role("heading", level=1)).to_have_text("Anna & Bo's attic")
        expect(stranger.locator(".lead")).to_have_text("Forty years of slides.")
        assert stranger.title() == "Anna & Bo's attic"
        assert "delivery network" not in (stranger.text_content("body") or "").lower()
        stranger.goto("/gallery/")
        assert stranger.title() == "Gallery · Anna & Bo's attic"
        expect(stranger.locator(".brand")).to_have_text("Anna & Bo's attic")
        assert "Anna &amp; Bo&#39;s attic" in stranger.request.get("/gallery/feed.atom").text()
        page.goto("/site/")
        page.get_by_label("Name", exact=True).fill("x" * 30)
        page.evaluate("document.querySelector('#name').removeAttribute('maxlength')")
        page.get_by_label("Name", exact=True).fill("x" * 61)
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_role("alert")).to_contain_text("at most 60 characters")
        watch_of(page).forgive()
    finally:
        page.goto("/site/")
        page.get_by_label("Name", exact=True).fill("")
        page.get_by_label("Words", exact=True).fill("")
        page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Picturerail")
