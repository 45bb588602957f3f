"""What the browser has to fetch, and what the lock and the built files must not say."""

import gzip
import json
import re
from pathlib import Path

from tests.browser.conftest import Open
from tests.browser.watch import watch_of

ROOT = Path(__file__).parents[2]
FRONTEND = ROOT / "frontend"
STATIC = ROOT / "src/picturerail/gallery/static"
KILOBYTE = 1024


def weight(page_requests: list[str], ending: str) -> int:
    """Bytes after gzip of the distinct built files with an ending among the requests."""
    names = {url.rpartition("/")[2] for url in page_requests if "/static/" in url and url.endswith(ending)}
    return sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in names)


def test_javascript_before_interaction_and_for_the_viewer(open_page: Open, hung: list[str]) -> None:
    for path in ("/", "/gallery/", "/upload/", hung[0]):
        page = open_page(path)
        page.wait_for_load_state("networkidle")
        assert 0 < weight(watch_of(page).requests, ".js") <= 10 * KILOBYTE, path
    page = open_page("/gallery/")
    page.wait_for_load_state("networkidle")
    before = weight(watch_of(page).requests, ".js")
    page.locator(".tile").first.click()
    page.locator(".pswp--open").wait_for()
    assert weight(watch_of(page).requests, ".js") - before <= 25 * KILOBYTE


def test_styles_are_small() -> None:
    manifest = json.loads((STATIC / "manifest.json").read_text())
    assert len(gzip.compress((STATIC / manifest["app.css"]).read_bytes(), 9)) <= 16 * KILOBYTE


def test_every_built_file_is_named_by_its_content_and_listed() -> None:
    manifest = json.loads((STATIC / "manifest.json").read_text())
    assert {"app.css", "app.js", "icon.svg", "licences.txt"} <= manifest.keys()
    for name in manifest.values():
        assert re.fullmatch(r"[\w-]+\.[0-9A-Za-z]{8}\.(css|js|svg|txt|woff2)", name)
        assert (STATIC / name).is_file()


def test_built_files_keep_the_licences_and_no_paths_of_this_machine() -> None:
    manifest = json.loads((STATIC / "manifest.json").read_text())
    licences = (STATIC / manifest["licences.txt"]).read_text()
    for library in ("bootstrap", "photoswipe", "thumbhash", "source-serif-4"):
        assert library in licences
    assert licences.count("Permission is hereby granted") == 4
    assert licences.count("SIL Open Font License") >= 1
    for name in (each for each in manifest.values() if not each.endswith(".woff2")):
        text = (STATIC / name).read_text()
        assert "sourceMappingURL" not in text
        assert str(ROOT) not in text


def test_the_lock_names_no_registry() -> None:
    lock = json.loads((FRONTEND / "package-lock.json").read_text())
    packages = [package for name, package in lock["packages"].items() if name]
    assert packages
    for package in packages:
        assert "resolved" not in package
        assert package["integrity"].startswith("sha512-")
    wanted = lock["packages"][""]
    assert all(
        re.fullmatch(r"\d+\.\d+\.\d+", v)
        for v in {**wanted["dependencies"], **wanted["devDependencies"]}.values()
    )
