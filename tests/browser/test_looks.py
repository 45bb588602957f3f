"""What must hold on every page, at every width, in light and dark, with and without JavaScript."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Open, pages_of
from tests.browser.watch import probe, watch_of
from tests.service import Service, wait_until

WIDTHS = (320, 1280, 2560)  # the first is what 1280 pixels leave at a zoom of 400 % (WCAG 1.4.10)
# the dark scheme changes colours only, and the widest window shows nothing that the middle one does not
WINDOWS = [*((width, "light") for width in WIDTHS), (360, "dark"), (1280, "dark")]
PAGES = (
    *("/", "/gallery/", "/gallery/?q=picture+11", "/gallery/?q=no+such+words"),
    *(
        "/gallery/?select=1",
        "{picture}",
        "{picture}/edit",
        "{picture}/editor",
        "/timeline/",
        "/review/",
        "/upload/",
        "/trash/",
        "/account",
        "/nowhere",
    ),
)
VISITORS_PAGES = ("/sign-in", "/", "/gallery/", "/gallery/?q=picture")


def goto(page: Page, path: str, hung: list[str]) -> None:
    page.goto(path.format(picture=hung[0]))
    if path == "/nowhere":
        watch_of(page).forgive()
    page.wait_for_load_state("networkidle")


@dataclass(frozen=True)
class Look:
    """One page as it was seen, and what the probes found on it."""

    path: str
    fits: bool
    shift: float
    contrast: list[Any]
    markup: list[Any]


@dataclass(frozen=True)
class Round:
    """All pages, seen one after the other in one window."""

    looks: list[Look]
    hosts: set[str]


Rounds = Callable[[int, str], Round]


@pytest.fixture(scope="module")
def rounds(chromium: Browser, service: Service, session: dict[str, Any], hung: list[str]) -> Rounds:
    """Loads each page once at a width and in a scheme, for all tests that look at it there."""

    @cache
    def at(width: int, scheme: str) -> Round:
        with pages_of(chromium, service, session) as open_page:
            page = open_page(width=width, color_scheme=scheme)
            return Round([look(page, path, hung) for path in PAGES], watch_of(page).hosts)

    return at


def look(page: Page, path: str, hung: list[str]) -> Look:
    goto(page, path, hung)
    fits = page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    shift = watch_of(page).shift()
    return Look(path, fits, shift, page.evaluate(probe("contrast")), page.evaluate(probe("markup")))


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_no_page_scrolls_sideways_or_shifts(rounds: Rounds, width: int, scheme: str) -> None:
    for seen in rounds(width, scheme).looks:
        assert seen.fits, seen.path
        assert seen.shift == 0, seen.path


def test_zoom_of_400_percent_scrolls_one_way_only(open_page: Open, hung: list[str]) -> None:
    """No page scrolls sideways at that width, as is said above; nor does a picture with neighbours on both sides."""
    page = open_page(hung[5], width=WIDTHS[0])
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize(("width", "scheme"), WINDOWS)
def test_texts_can_be_read(rounds: Rounds, width: int, scheme: str) -> None:
    for seen in rounds(width, scheme).looks:
        assert seen.contrast == [], seen.path


@pytest.mark.parametrize("width", WIDTHS)
def test_markup_is_accessible(rounds: Rounds, width: int) -> None:
    for seen in rounds(width, "light").looks:
        assert seen.markup == [], seen.path


@pytest.mark.parametrize(
    ("owner", "javascript", "paths"),
    [(True, False, PAGES), (False, True, VISITORS_PAGES), (False, False, VISITORS_PAGES)],
    ids=["owner without JavaScript", "visitor", "visitor without JavaScript"],
)
def test_markup_is_accessible_to_visitors_and_without_a_script(
    open_page: Open, hung: list[str], owner: bool, javascript: bool, paths: tuple[str, ...]
) -> None:
    page = open_page(owner=owner, javascript=javascript)
    for path in paths:
        goto(page, path, hung)
        assert page.evaluate(probe("markup")) == [], path
        if not javascript:
            assert page.locator(".needs-script").filter(visible=True).all_inner_texts() == [], path


def test_an_owners_pages_hold_long_names_on_a_phone(open_page: Open, hung: list[str]) -> None:
    name = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen"
    page = open_page(width=360, color_scheme="dark")
    for title in ("Short", name):
        page.goto("/albums/new")
        page.get_by_label("Title").fill(title)
        page.get_by_role("button", name="Save").click()
        page.wait_for_url(f"**/albums/{title[:5].lower()}*")
    page.get_by_text("Share by link").click()
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_label("Address of the link").first).to_be_visible()
    page.goto("/people/groups/")
    page.get_by_label("Name of the group").fill(name)
    page.get_by_role("button", name="Make it").click()
    expect(page.get_by_text(f"The group “{name}” is there.")).to_be_visible()
    for path in (
        *("/shares/", "/shares/held", "/people/groups/", "/people/", "/transfers/", "/activity/"),
        *("/gallery/?select=1", "/albums/", "/albums/new", "/albums/short/move"),
    ):
        goto(page, path, hung)
        page.locator(".people details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
        if path.endswith("select=1"):
            page.locator(".tile input").first.check()  # before that a phone shows the bar without its tools
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        if (here := page.locator(".site-nav [aria-current]")).count():
            expect(here).to_be_in_viewport(ratio=1)  # of the row of words that a phone pushes along
        for what in ("contrast", "markup"):
            assert page.evaluate(probe(what)) == [], path
    page.locator(".brand bdi").evaluate("(element, name) => element.textContent = name", name)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_every_request_stays_in_the_house(rounds: Rounds, service: Service) -> None:
    assert rounds(1280, "light").hosts == {urlsplit(service.url).netloc}


def test_a_phone_and_a_desktop_ask_for_different_widths(open_page: Open, hung: list[str]) -> None:
    asked = {}
    for width in (360, 2560):
        page = open_page("/gallery/", width=width)
        page.wait_for_load_state("networkidle")
        images = page.locator(".tile img").evaluate_all(
            "all => all.map((img) => [img.currentSrc, img.clientWidth])"
        )
        asked[width] = {re.search(r"w_(\d+)", source)[1]: shown for source, shown in images if source}  # type: ignore[index]
    small, large = max(map(int, asked[360])), max(map(int, asked[2560]))
    assert small < large
    assert small <= 480


def test_accepting_browsers_get_a_modern_format(open_page: Open, hung: list[str]) -> None:
    page = open_page()
    types = []
    page.on(
        "response",
        lambda r: types.append(r.headers.get("content-type")) if "/image/private/" in r.url else None,
    )
    page.goto("/gallery/")
    page.wait_for_load_state("networkidle")
    assert types
    assert set(types) <= {"image/avif", "image/webp"}


def test_a_tile_that_cannot_load_says_what_it_is_and_tries_again(open_page: Open, hung: list[str]) -> None:
    page = open_page()
    pattern = re.compile("/image/private/")
    page.goto("/gallery/")
    tile = page.locator(".tile").first
    tile.hover()
    expect(tile.get_by_text("Could not be loaded")).to_be_hidden()
    page.clock.install()
    page.route(pattern, lambda route: route.abort())
    for path in (hung[0], "/gallery/"):
        page.goto(path)
        for _ in range(4):
            page.wait_for_timeout(300)
            page.clock.fast_forward(15_000)
        broken = page.locator(".is-broken").first
        expect(broken.locator(".broken-help")).to_be_visible()
        paper = "rgb(255, 254, 252)"  # the picture's own colour may be as dark as the words
        assert broken.evaluate("(place) => getComputedStyle(place).backgroundColor") == paper
    expect(tile).to_have_class(re.compile("is-broken"))
    expect(tile.get_by_text("Could not be loaded")).to_be_visible()
    page.unroute(pattern)
    tile.click()
    expect(tile).not_to_have_class(re.compile("is-broken"))
    wait_until(lambda: page.evaluate("document.querySelector('.tile img').naturalWidth") > 0)
    page.goto("about:blank")
    watch_of(page).forgive()


def test_motion_is_left_out_for_those_who_ask(open_page: Open, hung: list[str]) -> None:
    page = open_page("/", reduced_motion="reduce")
    durations = page.evaluate(
        "[...document.querySelectorAll('*')].map((e) => parseFloat(getComputedStyle(e).transitionDuration))"
    )
    assert max(durations) < 0.001


def test_back_comes_from_the_back_forward_cache(open_page: Open, hung: list[str]) -> None:
    page = open_page("/gallery/")
    page.wait_for_load_state("networkidle")
    reasons = page.evaluate(
        """async () => { const unload = []; for (const name of ["unload", "beforeunload"])
          if (window[`on${name}`]) unload.push(name); return unload; }"""
    )
    assert reasons == []
