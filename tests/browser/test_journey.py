"""The whole way of a person: the setup link, pictures, changes, the trash; with JavaScript and without."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.watch import Watch
from tests.service import Service
from tests.services import Services


@pytest.fixture
def fresh(services: Services) -> Iterator[Service]:
    """A gallery in which nobody has an account yet."""
    with services.program() as service:
        yield service


def setup_link(service: Service) -> str:
    found = re.search(r"http\S+/setup/\S+", service.log.read_text())
    assert found, service.log.read_text()
    return found[0]


def make_owner(page: Page, service: Service) -> None:
    page.goto(setup_link(service))
    page.get_by_label("E-mail address").fill("owner@example.com")
    page.get_by_label("Password").fill("seven wooden frames")
    page.get_by_role("button", name="Make the account").click()
    page.get_by_role("button", name="Sign out").wait_for()
    assert page.goto(setup_link(service)).status in (403, 404, 410)  # type: ignore[union-attr]


def walk(page: Page, photos: list[Path], *, javascript: bool) -> None:
    page.goto("/upload/")
    page.set_input_files("input[name=image]", [str(photo) for photo in photos])
    if javascript:
        expect(page.locator(".upload-item[data-state=done]")).to_have_count(len(photos), timeout=60_000)
    else:
        page.get_by_label("Description").first.fill("On a journey")
        page.get_by_role("button", name="Upload", exact=True).click()
    page.goto("/gallery/")
    tiles = page.locator("a.tile")
    expect(tiles).to_have_count(len(photos))

    address = tiles.first.get_attribute("href") or ""
    page.goto(address)
    page.get_by_role("link", name="Edit").click()
    field = page.get_by_label("Description")
    field.fill("A rocket, seconds before it leaves")
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".description")).to_have_text("A rocket, seconds before it leaves")
    page.goto(address)
    expect(page.locator(".description")).to_have_text("A rocket, seconds before it leaves")

    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("is back in the gallery")).to_be_visible()
    page.goto("/gallery/")
    expect(tiles).to_have_count(len(photos))

    page.goto(address)
    page.get_by_role("button", name="Delete").click()
    expect(page.get_by_role("button", name="Undo")).to_be_visible()
    page.goto("/trash/")
    page.get_by_role("button", name="Restore").click()
    expect(page.get_by_text("is back in the gallery")).to_be_visible()
    page.goto("/trash/")
    expect(page.get_by_text("The trash is empty")).to_be_visible()
    page.goto("/gallery/")
    expect(tiles).to_have_count(len(photos))


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_from_the_setup_link_to_the_trash_and_back(
    fresh: Service, chromium: Browser, photos: list[Path], javascript: bool
) -> None:
    context = chromium.new_context(base_url=fresh.url, java_script_enabled=javascript)
    page = context.new_page()
    watch = Watch(page)
    make_owner(page, fresh)
    watch.errors.clear()  # the used link answers 404, which the console calls an error
    walk(page, photos, javascript=javascript)
    assert watch.errors == []
    assert watch.hosts == {f"127.0.0.1:{fresh.port}"}
    context.close()
