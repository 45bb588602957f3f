"""The scrubber of the timeline and beside a grid: by keys, by pointer, by finger, and without scripts."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from bson import ObjectId
from playwright.sync_api import Locator, Page, expect

from picturerail import mongod
from picturerail.database import connect, database
from tests.browser.conftest import Open
from tests.browser.watch import probe
from tests.service import Service

MONTHS = 240  # January 1960 to December 1979, a picture in each
TOP = "one => one.getBoundingClientRect().top"


@pytest.fixture(scope="module", autouse=True)
def decades(hung: list[str], service: Service) -> Iterator[None]:
    """Documents of pictures that have no bytes of their own, taken long before all others."""
    with connect(mongod.uri(service.data)) as client:
        pictures = database(client).gallery
        one = pictures.find_one({"_id": ObjectId(hung[0].rpartition("/")[2])}) or {}
        ids = [ObjectId(f"{1_400_000_000 + number:08x}{number:016x}") for number in range(MONTHS)]
        times = [f"{1960 + number // 12}-{number % 12 + 1:02}-15T12:00:00" for number in range(MONTHS)]
        pictures.insert_many(
            [
                one
                | {"_id": each, "taken_at": time, "sort": {"taken": f"{time}.{each}", "title": f"{each}"}}
                | {"first_of": f"old{each}", "description": f"Taken {time[:7]}", "public_id": f"old/{each}"}
                | {"tokens": [], "phash_bands": [], "alike": None}
                for each, time in zip(ids, times, strict=True)
            ]
        )
        yield
        pictures.delete_many({"_id": {"$in": ids}})


@pytest.fixture
def open_old(open_page: Open, photos: list[Path]) -> Open:
    """Opens pages where every picture is the same small file."""
    body = photos[0].read_bytes()

    def opened(path: str, **options: Any) -> Page:
        page = open_page(**options)
        page.route(
            re.compile(r"/image/(private|upload)/"),
            lambda route: route.fulfill(body=body, content_type="image/jpeg"),
        )
        page.goto(path)
        return page

    return opened


def track(page: Page, first: str = "newest") -> Locator:
    return page.get_by_role("slider", name=f"Month, the {first} first")


def asked(page: Page, order: str = "taken") -> tuple[str, str]:
    """Year and month that the address asks for."""
    query = parse_qs(urlsplit(page.url).query)
    assert query["order"] == [order]
    return query["year"][0], query["month"][0]


def test_keys_move_it_and_enter_leads_there(open_old: Open) -> None:
    page = open_old("/timeline/")
    slider = track(page)
    slider.focus()
    page.keyboard.press("End")
    expect(slider).to_have_attribute("aria-valuetext", "January 1960")
    for key, month in (
        ("ArrowDown", "January 1960"),
        ("ArrowUp", "February 1960"),
        ("PageUp", "February 1961"),
        ("ArrowLeft", "March 1961"),
        ("ArrowRight", "February 1961"),
        ("PageUp", "February 1962"),
        ("PageDown", "February 1961"),
        ("ArrowDown", "January 1961"),
        ("ArrowDown", "December 1960"),
    ):
        page.keyboard.press(key)
        expect(slider).to_have_attribute("aria-valuetext", month)
    expect(page.get_by_label("Year")).to_have_value("1960")
    assert urlsplit(page.url).path == "/timeline/"
    page.keyboard.press("Enter")
    page.wait_for_url("**/gallery/?**")
    assert asked(page) == ("1960", "12")
    expect(page.locator(".tile img").first).to_have_attribute("alt", "Taken 1960-12")


def test_its_fields_move_it_and_home_is_the_newest(open_old: Open) -> None:
    page = open_old("/timeline/")
    slider = track(page)
    newest = slider.get_attribute("aria-valuetext") or ""
    page.get_by_label("Year").fill("1970")
    page.get_by_label("Month", exact=True).select_option("May")
    expect(slider).to_have_attribute("aria-valuetext", "May 1970")
    slider.focus()
    page.keyboard.press("ArrowDown")
    expect(slider).to_have_attribute("aria-valuetext", "April 1970")
    page.keyboard.press("Home")
    expect(slider).to_have_attribute("aria-valuetext", newest)


@pytest.mark.parametrize("touch", [False, True])
def test_it_follows_the_pointer_and_leads_there_when_let_go(open_old: Open, touch: bool) -> None:
    page = open_old("/timeline/", width=360, has_touch=touch)
    slider = track(page)
    expect(slider).to_be_visible()
    box = slider.bounding_box()
    assert box
    assert box["height"] >= 44
    middle = box["y"] + box["height"] / 2
    if touch:
        page.touchscreen.tap(box["x"] + box["width"] - 3, middle)
    else:
        page.mouse.move(box["x"] + 20, middle)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] / 2, middle, steps=3)
        said = slider.get_attribute("aria-valuetext") or ""
        assert page.get_by_label("Year").input_value() == said.split()[1]
        page.mouse.move(box["x"] + box["width"] + 20, middle, steps=3)
        expect(slider).to_have_attribute("aria-valuetext", "January 1960")
        assert urlsplit(page.url).path == "/timeline/"
        page.mouse.up()
    page.wait_for_url("**/gallery/?**")
    assert asked(page) == ("1960", "1")


def test_without_scripts_its_fields_lead_there(open_old: Open) -> None:
    page = open_old("/timeline/?year=1965", javascript=False)
    expect(page.locator("[type=range]")).to_be_hidden()
    expect(page.get_by_label("Year")).to_have_value("1965")
    page.get_by_label("Month", exact=True).select_option("June")
    page.get_by_role("button", name="Go to").click()
    assert asked(page) == ("1965", "6")
    expect(page.locator(".tile img").first).to_have_attribute("alt", "Taken 1965-06")


def test_beside_a_grid_it_stays_in_sight_follows_what_is_seen_and_leads_on(open_old: Open) -> None:
    page = open_old("/gallery/?order=oldest&density=small", width=1440)
    slider, year = track(page, "oldest"), page.get_by_label("Year")
    expect(slider).to_have_attribute("aria-valuetext", "January 1960")
    expect(year).to_have_value("1960")
    page.mouse.move(700, 600)
    page.mouse.wheel(0, 2000)
    expect(slider).not_to_have_attribute("aria-valuetext", "January 1960")
    said = f"{int(year.input_value())}-{int(page.get_by_label('Month', exact=True).input_value()):02}"
    assert abs(page.get_by_alt_text(f"Taken {said}").evaluate(TOP) - 300) < 600
    box = slider.bounding_box()
    assert box
    assert box["x"] + box["width"] == page.evaluate("document.documentElement.clientWidth")
    assert 0 < box["y"] < box["y"] + box["height"] < 900
    page.mouse.move(box["x"] + 20, box["y"] + 30)
    page.mouse.down()
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 8, steps=3)
    said = slider.get_attribute("aria-valuetext") or ""
    sign = page.locator(".scrubber .chip")
    expect(sign).to_have_text(said)
    at = sign.bounding_box()
    assert at
    assert abs(at["y"] + at["height"] / 2 - box["y"] - box["height"] / 8) < 20  # beside the thumb
    page.mouse.up()
    page.wait_for_url("**&year=*")
    assert asked(page, "oldest")[0] == said.split()[1]
    expect(track(page, "oldest")).to_have_attribute("aria-valuetext", said)
    expect(page.locator(".is-small")).to_be_visible()


def test_keys_move_it_beside_a_grid_and_scrolling_does_not(open_old: Open) -> None:
    page = open_old("/gallery/?order=oldest", width=1440)
    slider = track(page, "oldest")
    slider.focus()
    for key, month in (
        ("PageDown", "January 1961"),
        ("ArrowDown", "February 1961"),
        ("ArrowUp", "January 1961"),
    ):
        page.keyboard.press(key)
        expect(slider).to_have_attribute("aria-valuetext", month)
    with page.expect_event("console", lambda message: message.text == "stood still"):
        page.evaluate("addEventListener('scrollend', () => setTimeout(() => console.log('stood still')))")
        page.evaluate("scrollBy(0, 1500)")
    expect(slider).to_have_attribute("aria-valuetext", "January 1961")
    page.keyboard.press("Enter")
    page.wait_for_url("**year=1961**")
    expect(page.locator(".tile img").first).to_have_attribute("alt", "Taken 1961-01")


@pytest.mark.parametrize("path", ["/timeline/", "/gallery/?order=taken"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_it_is_named_and_seen_and_fits(open_old: Open, path: str, scheme: str) -> None:
    page = open_old(path, width=320, color_scheme=scheme)
    expect(track(page)).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    assert page.evaluate(probe("markup")) == []
    assert page.evaluate(probe("contrast")) == []
