"""Seeing: day and night, a slide show, the palette, pictures behind the page's end, an album put in order by hand."""

import re
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Route, expect

from tests.browser.conftest import Open
from tests.browser.watch import probe

PAPER = {"light": "rgb(247, 244, 239)", "dark": "rgb(22, 20, 18)"}
BACKGROUND = "getComputedStyle(document.body).backgroundColor"


def test_day_and_night_are_chosen_and_remembered(open_page: Open, hung: list[str]) -> None:
    page = open_page("/gallery/", color_scheme="light")
    page.get_by_label("Theme").select_option("dark")
    assert page.evaluate(BACKGROUND) == PAPER["dark"]
    page.goto(hung[0])
    assert page.evaluate(BACKGROUND) == PAPER["dark"]
    assert page.evaluate(probe("contrast")) == []
    page.emulate_media(color_scheme="dark")
    page.get_by_label("Theme").select_option("light")
    page.reload()  # colours that change before one's eyes do so by and by
    assert page.evaluate(BACKGROUND) == PAPER["light"]
    assert page.evaluate(probe("contrast")) == []
    page.get_by_label("Theme").select_option("system")
    assert page.evaluate(BACKGROUND) == PAPER["dark"]


def test_the_palette_leads_to_pages_and_searches(open_page: Open, hung: list[str]) -> None:
    page = open_page(hung[0])
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+k")
    links = page.locator("#palette li a")
    expect(links.first).to_be_visible()
    page.keyboard.type("timel")
    expect(links).to_have_count(1)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/timeline/")
    page.wait_for_load_state("networkidle")
    page.keyboard.press("Control+k")
    expect(links.first).to_be_visible()
    page.keyboard.type("picture 11")
    page.keyboard.press("Enter")
    page.wait_for_url("**/gallery/?q=picture+11")
    page.wait_for_load_state("networkidle")
    tile = page.locator(".tile").first
    tile.focus()
    page.keyboard.press("Control+k")
    expect(links.first).to_be_visible()
    page.keyboard.type("timel")
    page.keyboard.press("Escape")  # once, although the field is not empty
    expect(page.locator("#palette")).to_be_hidden()
    expect(tile).to_be_focused()


@pytest.mark.parametrize("javascript", [True, False])
def test_a_finger_opens_the_palette_and_without_javascript_the_search(
    open_page: Open, hung: list[str], javascript: bool
) -> None:
    page = open_page("/timeline/", width=360, has_touch=True, javascript=javascript)
    page.wait_for_load_state("networkidle")
    opener = page.get_by_role("link", name="Search, or go to")
    box = opener.bounding_box()
    assert box
    assert min(box["width"], box["height"]) >= 24
    opener.tap()
    if javascript:
        expect(page.get_by_role("dialog", name="Go to").locator("input")).to_be_focused()
    else:
        expect(page).to_have_url(re.compile("/gallery/#q$"))


def test_the_palette_finds_albums_beyond_those_that_it_knows_at_first(
    open_page: Open, hung: list[str]
) -> None:
    page, asked = open_page(hung[0]), []
    known = [{"title": f"Album {number}", "href": f"/albums/album-{number}"} for number in range(100)]

    def answer(route: Route) -> None:
        text = parse_qs(urlsplit(route.request.url).query).get("q", [""])[0]
        asked.append(text)
        found = [{"title": "Zürich", "href": "/albums/zurich"}] if text == "zurich" else []
        route.fulfill(json={"albums": found if text else known, "next": None if text else "f" * 24})

    page.route("**/api/v1/albums?*", answer)
    page.keyboard.press("Control+k")
    links = page.locator("#palette li a")
    expect(links).to_have_count(12)
    page.keyboard.type("zurich")
    expect(links).to_have_count(1)
    assert links.get_attribute("href") == "/albums/zurich"
    assert asked == ["", "zurich"]  # not for each letter


def test_a_slide_show_begins_and_ends_by_keys(open_page: Open, hung: list[str]) -> None:
    page = open_page("/gallery/")
    page.clock.install()
    page.locator(".tile").first.click()
    viewer = page.locator(".pswp")
    page.clock.run_for(1000)
    expect(page.locator(".pswp--open[aria-modal=true]")).to_have_count(1)
    page.keyboard.press("Space")
    expect(viewer).to_have_class(re.compile("is-showing"))
    page.clock.run_for(5500)
    expect(page.locator(".pswp__counter")).to_contain_text("2 /")
    page.keyboard.press(">")
    expect(viewer).to_have_attribute("data-seconds", "3")
    page.clock.run_for(3500)
    expect(page.locator(".pswp__counter")).to_contain_text("3 /")
    page.keyboard.press("<")
    expect(viewer).to_have_attribute("data-seconds", "5")
    page.keyboard.press("Space")
    expect(viewer).not_to_have_class(re.compile("is-showing"))


def test_controls_go_while_nothing_moves_and_stay_while_focused(open_page: Open, hung: list[str]) -> None:
    page = open_page("/gallery/")
    page.clock.install()
    page.locator(".tile").first.click()
    viewer, close = page.locator(".pswp"), page.locator(".pswp__button--close")
    page.clock.run_for(1000)
    expect(page.locator(".pswp--open[aria-modal=true]")).to_have_count(1)
    idle = re.compile("is-idle")
    for by_mouse in (True, False):
        page.clock.run_for(3100)
        expect(viewer).to_have_class(idle)
        expect(page.locator(".pswp__top-bar")).to_have_css("opacity", "0")
        page.mouse.move(300, 300) if by_mouse else page.keyboard.press("Shift")
        expect(viewer).not_to_have_class(idle)
        expect(page.locator(".pswp__top-bar")).to_have_css("opacity", "1")
    close.focus()
    page.clock.run_for(10_000)
    expect(viewer).not_to_have_class(idle)


BESIDE = """() => document.querySelector('.pswp__item[aria-hidden=false] .pswp__img').getBoundingClientRect().right
    <= document.querySelector('.viewer-panel').getBoundingClientRect().left"""  # the panel lies on no picture


def test_a_finger_has_buttons_for_what_keys_do_in_the_viewer(open_page: Open, hung: list[str]) -> None:
    page = open_page("/gallery/")
    page.locator(".tile").first.click()
    page.locator(".pswp--open").wait_for()
    viewer = page.locator(".pswp")
    show = viewer.get_by_role("button", name="Slide show")
    show.click()
    expect(viewer).to_have_class(re.compile("is-showing"))
    expect(show).to_have_attribute("aria-pressed", "true")
    show.press("Enter")
    expect(viewer).not_to_have_class(re.compile("is-showing"))
    expect(show).to_have_attribute("aria-pressed", "false")
    heart = viewer.get_by_role("button", name="Favourite")
    for state in ("true", "false"):
        heart.click()
        expect(heart).to_have_attribute("aria-pressed", state)
    about = viewer.get_by_role("button", name="About this picture")
    about.click()
    expect(viewer.locator(".facts")).to_be_visible()
    about.click()
    expect(viewer.locator(".facts")).to_be_hidden()
    bar = viewer.locator(".pswp__top-bar")
    page.set_viewport_size({"width": 320, "height": 640})
    assert bar.evaluate("bar => bar.scrollWidth <= bar.clientWidth")


def test_paper_shows_nothing_to_press(open_page: Open, hung: list[str]) -> None:
    page = open_page("/gallery/")
    page.emulate_media(media="print")
    pressed = page.locator("header nav, header a:not(.brand), main :is(.btn, form, nav), footer")
    assert pressed.count() > 5
    assert pressed.filter(visible=True).count() == 0


def test_the_panel_opens_in_place_and_the_choice_is_remembered(open_page: Open, hung: list[str]) -> None:
    page = open_page("/gallery/")
    page.locator(".tile").first.click()
    page.locator(".pswp--open[aria-modal=true]").wait_for()
    panel = page.get_by_role("complementary", name="About this picture")
    expect(panel).to_be_hidden()
    page.keyboard.press("i")
    expect(panel).to_contain_text("File name")
    # on a phone the caption lies under it
    expect(panel).to_have_css("background-color", re.compile(r"^rgb\("))
    page.wait_for_function(BESIDE)
    first = panel.inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".pswp__counter")).to_contain_text("2 /")
    expect(panel).not_to_have_text(first)
    page.reload()
    page.go_back()
    page.locator(".tile").first.click()
    expect(panel).to_contain_text("File name")
    panel.get_by_role("button", name="Close").click()
    expect(panel).to_be_hidden()
    expect(page.locator(".pswp--open")).to_have_count(1)


def test_an_album_is_ordered_by_dragging_and_by_keys(open_page: Open, hung: list[str]) -> None:
    page = open_page("/albums/new")
    page.get_by_label("Title").fill("By hand")
    page.get_by_role("button", name="Save").click()
    page.wait_for_url("**/albums/by-hand")
    page.goto("/gallery/?q=picture&select=1")
    for number in range(3):
        page.locator("input[name=id]").nth(number).check()
    page.get_by_label("Album", exact=True).select_option("By hand")
    page.get_by_role("button", name="Add to album").click()
    page.get_by_role("link", name="See it").click()
    tiles = page.locator(".tile[data-picture]")
    expect(tiles).to_have_count(3)
    page.wait_for_load_state("networkidle")
    a, b, c = (tile.get_attribute("id") for tile in tiles.all())
    told = page.locator(".flash", has_text="The order is saved.")
    tiles.nth(0).focus()
    page.keyboard.press("Control+ArrowRight")
    expect(told).to_be_visible()
    page.reload()
    assert [tile.get_attribute("id") for tile in tiles.all()] == [b, a, c]
    page.wait_for_load_state("networkidle")
    box = tiles.nth(0).bounding_box()
    assert box
    tiles.nth(2).drag_to(tiles.nth(0), target_position={"x": 5, "y": box["height"] / 2})
    expect(told).to_be_visible()
    page.reload()
    assert [tile.get_attribute("id") for tile in tiles.all()] == [c, b, a]
    page.wait_for_load_state("networkidle")
    tiles.nth(0).focus()
    page.keyboard.press("Control+ArrowRight")
    told.get_by_role("button", name="Undo").press("Enter")
    expect(tiles.nth(0)).to_be_focused()
    page.reload()
    assert [tile.get_attribute("id") for tile in tiles.all()] == [c, b, a]
