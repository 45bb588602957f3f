"""Forms as people use them: clicked twice, and seen in the colours of the system."""

import json

from tests.browser.conftest import Open


def test_a_double_click_makes_one(open_page: Open) -> None:
    page = open_page("/albums/new")
    page.wait_for_load_state("networkidle")
    page.locator("#title").fill("Clicked twice")
    page.get_by_role("button", name="Save").dblclick()
    page.wait_for_url("**/albums/clicked-twice*")
    albums = json.loads(page.request.get("/api/v1/albums").text())["albums"]
    assert [one["title"] for one in albums].count("Clicked twice") == 1


def test_what_is_chosen_is_seen_without_colours(open_page: Open, hung: list[str]) -> None:
    page = open_page(f"{hung[0]}/editor", forced_colors="active")
    page.locator(".crop-frame").wait_for()
    page.get_by_label("Sepia").check(force=True)
    for chosen in (".choice :checked + span", ".site-nav [aria-current]", ".crop-frame"):
        style = page.locator(chosen).first.evaluate("one => getComputedStyle(one).outlineStyle")
        assert style == "solid", chosen
    other = page.locator(".choice :not(:checked) + span").first
    assert other.evaluate("one => getComputedStyle(one).outlineStyle") == "none"
    handle = page.locator(".crop-handle").first.evaluate("one => getComputedStyle(one).backgroundImage")
    assert "radial-gradient" in handle
    page.goto("/gallery/")
    page.wait_for_load_state("networkidle")
    page.locator(".tile").first.click()
    fill = page.locator(".pswp__button--close .pswp__icn").evaluate("one => getComputedStyle(one).fill")
    ground = page.locator(".pswp__bg").evaluate("one => getComputedStyle(one).backgroundColor")
    assert fill != ground, "the viewer's ground is none of its own there"
