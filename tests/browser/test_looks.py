"""What must hold on every page, at every width, in light and dark, with and without JavaScript."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open

WIDTHS = (360, 1280, 2560)
PAGES = ("/", "/gallery/", "{picture}", "{picture}/edit", "/upload/", "/trash/", "/account", "/nowhere")
VISITORS_PAGES = ("/sign-in", "/", "/gallery/")

FAULTS = """() => {
  const faults = [];
  const say = (what, element) => faults.push(`${what}: ${element.outerHTML.slice(0, 120)}`);
  const named = (e) => (e.getAttribute("aria-label") || e.textContent || "").trim() || e.labels?.length
    || document.getElementById(e.getAttribute("aria-labelledby"))?.textContent || e.querySelector("img[alt]:not([alt=''])");
  if (document.querySelectorAll("h1").length !== 1) faults.push("not exactly one h1");
  if (!document.documentElement.lang) faults.push("no language");
  if (!document.title.trim()) faults.push("no title");
  if (!document.querySelector("main")) faults.push("no main");
  for (const img of document.images) {
    if (!img.hasAttribute("alt")) say("no alt", img);
    if (!(img.getAttribute("width") > 0 && img.getAttribute("height") > 0)) say("no size", img);
  }
  for (const e of document.querySelectorAll("a[href], button, summary")) if (!named(e)) say("no name", e);
  for (const e of document.querySelectorAll("input:not([type=hidden]), textarea, select")) if (!named(e)) say("no label", e);
  for (const e of document.querySelectorAll("svg")) if (e.getAttribute("aria-hidden") !== "true") say("svg is heard", e);
  for (const e of document.querySelectorAll("[tabindex]")) if (e.tabIndex > 0) say("tabindex above 0", e);
  const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
  for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push(`id twice: ${id}`);
  for (const e of document.querySelectorAll("[aria-labelledby], [aria-describedby]"))
    for (const attribute of ["aria-labelledby", "aria-describedby"])
      for (const id of (e.getAttribute(attribute) || "").split(" ").filter(Boolean))
        if (!document.getElementById(id)) say(`no #${id}`, e);
  const levels = [...document.querySelectorAll("h1, h2, h3")].filter((e) => e.checkVisibility()).map((e) => +e.tagName[1]);
  levels.forEach((level, n) => { if (n && level > levels[n - 1] + 1) faults.push(`heading level skipped: h${level}`); });
  return faults;
}"""

CONTRAST = """() => {
  const channel = (v) => (v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  const parse = (text) => (text.match(/[\\d.]+/g) || []).map(Number);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const color = parse(getComputedStyle(e).backgroundColor);
      if (color.length === 3 || color[3] === 1) return color;
    }
    return parse(getComputedStyle(document.documentElement).backgroundColor);
  };
  const faults = [];
  for (const e of document.querySelectorAll("body *")) {
    const own = [...e.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
    if (!own || !e.checkVisibility({ visibilityProperty: true }) || e.closest(".tile, .visually-hidden, [aria-hidden=true]")) continue;
    const style = getComputedStyle(e);
    const [a, b] = [luminance(parse(style.color)), luminance(ground(e))];
    const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
    const large = parseFloat(style.fontSize) >= 24;
    if (ratio < (large ? 3 : 4.5)) faults.push(`${ratio.toFixed(2)}: ${e.outerHTML.slice(0, 100)}`);
  }
  return faults;
}"""


def goto(page: Page, path: str, hung: list[str]) -> None:
    page.goto(path.format(picture=hung[0]))
    if path == "/nowhere":
        page.watch.errors.clear()  # type: ignore[attr-defined]
    page.wait_for_load_state("networkidle")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", WIDTHS)
def test_no_page_scrolls_sideways_or_shifts(
    open_page: Open, hung: list[str], width: int, scheme: str
) -> None:
    page = open_page(width=width, color_scheme=scheme)
    for path in PAGES:
        goto(page, path, hung)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        assert page.watch.shift() == 0, path  # type: ignore[attr-defined]


def test_zoom_of_400_percent_scrolls_one_way_only(open_page: Open, hung: list[str]) -> None:
    page = open_page(width=320)  # what 1280 pixels leave at 400 % (WCAG 1.4.10)
    for path in PAGES:
        goto(page, path, hung)
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_can_be_read(open_page: Open, hung: list[str], scheme: str) -> None:
    page = open_page(color_scheme=scheme)
    for path in PAGES:
        goto(page, path, hung)
        assert page.evaluate(CONTRAST) == [], path


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_markup_is_accessible(open_page: Open, hung: list[str], javascript: bool) -> None:
    for owner, paths in ((True, PAGES), (False, VISITORS_PAGES)):
        page = open_page(owner=owner, javascript=javascript)
        for path in paths:
            goto(page, path, hung)
            assert page.evaluate(FAULTS) == [], path


def test_every_request_stays_in_the_house(open_page: Open, hung: list[str]) -> None:
    page = open_page()
    for path in PAGES:
        goto(page, path, hung)
    assert page.watch.hosts == {page.url.split("/")[2]}  # type: ignore[attr-defined]


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
        lambda r: types.append(r.headers.get("content-type")) if "/image/upload/" in r.url else None,
    )
    page.goto("/gallery/")
    page.wait_for_load_state("networkidle")
    assert types and set(types) <= {"image/avif", "image/webp"}


def test_a_tile_that_cannot_load_says_what_it_is_and_tries_again(open_page: Open, hung: list[str]) -> None:
    page = open_page()
    pattern = re.compile("/image/upload/")
    page.clock.install()
    page.route(pattern, lambda route: route.abort())
    page.goto("/gallery/")
    tile = page.locator(".tile").first
    for _ in range(4):
        page.wait_for_timeout(300)
        page.clock.fast_forward(15_000)
    expect(tile).to_have_class(re.compile("is-broken"))
    expect(tile.get_by_text("Could not be loaded")).to_be_visible()
    page.unroute(pattern)
    tile.click()
    expect(tile).not_to_have_class(re.compile("is-broken"))
    page.wait_for_function("document.querySelector('.tile img').naturalWidth > 0")
    page.goto("about:blank")
    page.watch.errors.clear()  # type: ignore[attr-defined]


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
