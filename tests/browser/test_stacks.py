"""Stacks in a browser: one tile for a burst, its strip in the viewer and on the page, and all without a script."""

import os
import re

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests import pictures
from tests.browser.conftest import Open
from tests.service import Service, wait_until

SHOTS = os.environ.get("PICTURERAIL_SHOTS", "")  # where pictures of the pages are kept, to be looked at


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.screenshot(path=f"{SHOTS}/{name}.png")


@pytest.fixture(scope="module")
def burst(service: Service, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Three pictures that a camera took in one go, and the raw of another: their file names."""
    folder, names = tmp_path_factory.mktemp("burst"), []
    for number in range(3):
        # as no other test of the browser has it, whose pictures stand in the same gallery
        picture = pictures.photo("cat", (900, 600)).transpose(Image.Transpose.ROTATE_180)
        picture.putpixel((number, 0), (255, 0, 255))
        exif = Image.Exif()
        exif[0x0110] = "Nikon Z 8"
        exif.get_ifd(0x8769)[0x9003] = f"2026:05:04 10:00:0{number}"
        names.append(f"burst-{number}.jpg")
        pictures.saved(picture, folder / names[-1], quality=90, exif=exif)
    service.run("import", "folder", str(folder))
    return names


def test_a_burst_is_stacked_stepped_through_and_taken_apart(open_page: Open, burst: list[str]) -> None:
    page = open_page("/lookalikes/")
    form = page.locator("form.lookalikes", has_text="A burst of 3")
    # what an import took is looked at when it is over
    wait_until(lambda: bool(page.reload() and form.count()))
    shot(page, "lookalikes")
    form.get_by_role("button", name="Stack under the chosen one").click()
    expect(page.get_by_text("3 pictures are one stack now.")).to_be_visible()

    page.goto("/gallery/")
    tile = page.locator(".tile:has(.tile-stack)")
    expect(tile).to_have_count(1)
    expect(tile.locator(".tile-stack")).to_have_text("Stack of 3 pictures")
    shot(page, "gallery")
    own = tile.get_attribute("href") or ""
    tile.click()
    page.locator(".pswp--open[aria-modal=true]").wait_for()
    strip = page.locator(".pswp__stack")
    expect(strip.get_by_role("link")).to_have_count(3)
    expect(page).to_have_url(re.compile(f"{own}$"))
    at = strip.locator("[aria-current]")
    second = strip.get_by_role("link").nth(1).get_attribute("href") or ""
    page.keyboard.press("ArrowDown")
    expect(page).to_have_url(re.compile(f"{second}$"))
    expect(at).to_have_attribute("href", second)
    shot(page, "viewer")
    page.keyboard.press("Delete")  # the one that is shown, not its cover
    expect(strip.get_by_role("link")).to_have_count(2)
    expect(page).to_have_url(re.compile(f"{own}$"))
    page.get_by_role("button", name="Undo").click()
    strip.get_by_role("link").nth(1).click()
    page.keyboard.press("ArrowUp")
    expect(page).to_have_url(re.compile(f"{own}$"))
    page.keyboard.press("Escape")
    expect(tile).to_be_focused()


def test_all_of_it_works_without_a_script(open_page: Open, burst: list[str]) -> None:
    page = open_page("/gallery/", javascript=False)
    cover = page.locator(".tile:has(.tile-stack)")
    own = cover.get_attribute("href") or ""
    cover.click()
    strip = page.get_by_role("navigation", name="Stack of 3 pictures")
    expect(strip.locator("[aria-current]")).to_have_attribute("href", own)
    second = strip.get_by_role("link").nth(1).get_attribute("href") or ""
    strip.get_by_role("link").nth(1).click()
    expect(page).to_have_url(re.compile(f"{second}$"))
    page.get_by_role("button", name="Use as cover of the stack").click()
    expect(page.get_by_text("This picture lies on top now.")).to_be_visible()
    expect(strip.get_by_role("link").first).to_have_attribute("href", second)
    page.get_by_role("button", name="Undo").click()
    page.goto(own)
    page.get_by_role("button", name="Unstack all").click()
    expect(page.get_by_text("3 pictures are by themselves again.")).to_be_visible()
    expect(strip).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    page.goto("/gallery/")
    expect(page.locator(".tile-stack")).to_have_count(1)


@pytest.mark.parametrize("width", [360, 1280, 2560])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_is_wider_than_the_window(open_page: Open, burst: list[str], width: int, scheme: str) -> None:
    page = open_page("/gallery/", width=width, color_scheme=scheme)
    shot(page, f"gallery-{width}-{scheme}")
    own = page.locator(".tile:has(.tile-stack)").get_attribute("href") or ""
    for path in (own, "/lookalikes/", "/gallery/?select=1"):
        page.goto(path)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
        shot(page, f"{'picture' if path == own else path.strip('/').replace('/?', '-')}-{width}-{scheme}")
    page.goto("/gallery/")
    page.locator(".tile:has(.tile-stack)").click()
    strip = page.locator(".pswp__stack")
    expect(strip.get_by_role("link")).to_have_count(3)
    box = strip.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= width
    page.wait_for_timeout(600 if SHOTS else 0)
    shot(page, f"viewer-{width}-{scheme}")
