"""The editor in a real browser: the picture follows the form, and a frame is drawn by mouse and by keys."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Open


def test_a_picture_is_toned_and_cut_and_all_of_it_undone(open_page: Open, hung: list[str]) -> None:
    page = open_page(f"{hung[3]}/editor")
    picture, frame = page.locator("[data-stage] img"), page.locator(".crop-frame")
    page.get_by_label("Black and white").check(force=True)
    expect(picture).to_have_attribute("src", re.compile("/e_grayscale/c_limit"))
    page.get_by_label("Shape").select_option("1:1")
    frame.focus()
    for key in ("Shift+ArrowLeft", "Shift+ArrowLeft", "ArrowDown"):
        page.keyboard.press(key)
    box = frame.bounding_box()
    assert box
    assert abs(box["width"] - box["height"]) <= 2
    corner = page.locator(".crop-handle").last.bounding_box()
    assert corner
    page.mouse.move(corner["x"] + corner["width"] / 2, corner["y"] + corner["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    smaller = frame.bounding_box()
    assert smaller
    assert abs(smaller["width"] - smaller["height"]) <= 2
    assert smaller["width"] < box["width"] * 0.7
    page.get_by_role("button", name="Save").click()
    expect(page.locator(".flash")).to_contain_text("The edit is saved.")
    source = page.locator(".stage img").get_attribute("src") or ""
    width, height = map(int, re.search(r"c_crop,w_(\d+),h_(\d+),x_\d+,y_\d+/e_grayscale", source).groups())  # type: ignore[union-attr]
    assert abs(width - height) <= 1
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".stage img")).not_to_have_attribute("src", re.compile("c_crop|e_grayscale"))


def test_an_edit_is_copied_without_javascript(open_page: Open, hung: list[str]) -> None:
    page = open_page(f"{hung[3]}/editor", javascript=False)
    page.get_by_label("Turned").select_option("180")
    page.get_by_role("button", name="Show").click()
    assert "/a_180/" in (page.locator("[data-stage] img").get_attribute("src") or "")
    page.get_by_role("button", name="Save").click()
    page.get_by_role("button", name="Copy edit to").click()
    page.locator("input[name=id]").nth(0).check()
    page.get_by_role("button", name="Paste edit").click()
    expect(page.locator(".flash")).to_contain_text("1 picture is edited.")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(".flash")).to_contain_text("1 picture is as before.")
    page.goto(hung[3])
    page.get_by_role("button", name="As it was").click()
    assert "a_180" not in (page.locator(".stage img").get_attribute("src") or "")
