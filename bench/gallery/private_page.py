"""A page of 60 private pictures beside one of 60 public ones, for the same person: HTML, bytes, and a second visit."""

import gzip
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Page

from bench.gallery.browser import PATIENCE, SCROLL, chromium
from bench.options import Options
from bench.parts.load import median
from bench.parts.report import Report
from bench.peers.ours import Ours
from tests.faults.uploads import GalleryClient, unique_jpeg

PICTURES = 60
SIZE = (640, 480)
EACH = 20  # requests of each page in a round
TARGET = 1.2
PUBLIC, PRIVATE = "public", "private"
PASSWORD = "a password for pages"


@dataclass
class Found:
    """What was measured of one page."""

    milliseconds: list[float] = field(default_factory=list)
    html: int = 0  # bytes, compressed
    first: int = 0  # bytes over the wire of a first visit, scrolled to the end
    asked_again: int = 0  # pictures that a second visit asks the server for


def run(options: Options) -> None:
    """Both pages in turn, on one installation."""
    report = Report(
        "private", "A page of 60 private pictures beside 60 public ones", options.command("private")
    )
    report.about = (
        f"Two albums of {PICTURES} pictures each, one public, one private, both asked for by the owner, in turn. The "
        "first visit has an empty cache and scrolls to the end; the second follows in the same browser."
    )
    report.header = [
        "page",
        "HTML ms, median",
        "HTML bytes, gzip",
        "first visit, bytes",
        "pictures asked for again",
    ]
    found = {PUBLIC: Found(), PRIVATE: Found()}
    with Ours("private") as ours:
        ours.service.add_user("owner@example.com", "owner", PASSWORD)
        client = GalleryClient(ours.service)
        client.sign_in()
        pages = {word: _album(client, word) for word in found}
        for turn in range(options.rounds * EACH + 5):
            for word, url in pages.items():
                seconds, size = _html(client, url)
                found[word].html = size
                if turn >= 5:  # the first ones warm up
                    found[word].milliseconds.append(1000 * seconds)
        for word, url in pages.items():
            _visit(ours, found[word], f"{ours.site}{url}")
    for word, each in found.items():
        numbers = (f"{each.html:,}", f"{each.first:,}", each.asked_again)
        report.row(word, f"{median(each.milliseconds):.1f}", *numbers)
    _judge(report, found[PUBLIC], found[PRIVATE])
    report.write()


def _judge(report: Report, public: Found, private: Found) -> None:
    ratios = {
        "time of the HTML": median(private.milliseconds) / median(public.milliseconds),
        "bytes of the HTML": private.html / public.html,
        "bytes of a first visit": private.first / public.first,
    }
    for name, ratio in ratios.items():
        report.judge(f"{name}: at most {TARGET} times the public page's", f"{ratio:.2f}", met=ratio <= TARGET)
    again = private.asked_again
    report.judge(
        "a second visit takes every picture from the browser's cache", f"{again} asked for", met=not again
    )


def _album(client: GalleryClient, word: str) -> str:
    """The path of an album of this visibility, with its pictures hung."""
    first = 0 if word == PUBLIC else PICTURES
    sent = [client.upload(unique_jpeg(first + number, SIZE), f"{number}.jpg") for number in range(PICTURES)]
    album = _called(client, "POST", "/api/v1/albums", {"title": word, "visibility": word})["album"]
    ids = [each.picture for each in sent if each]
    _called(client, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": ids})
    return f"/albums/{album['slug']}"


def _called(client: GalleryClient, method: str, path: str, body: dict[str, Any]) -> dict[str, Any]:
    status, told = client.call(method, path, body)
    if status >= 300:
        raise SystemExit(f"{method} {path} answered {status}: {told}")
    return told


def _html(client: GalleryClient, url: str) -> tuple[float, int]:
    begun = time.perf_counter()
    body = client.page(url)
    seconds = time.perf_counter() - begun
    return seconds, len(gzip.compress(body, 6, mtime=0))


def _visit(ours: Ours, found: Found, url: str) -> None:
    with _signed_in(ours) as page:
        session = page.context.new_cdp_session(page)
        session.send("Network.enable")
        sizes: list[int] = []
        session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
        for _ in range(2):  # the first makes the pictures
            session.send("Network.clearBrowserCache")
            sizes.clear()
            _look(page, url)
        found.first = sum(sizes)
        pictures: list[str] = []
        came: list[str] = []  # over the network, not from a cache

        def answered(event: dict[str, Any]) -> None:
            if event["type"] == "Image":
                pictures.append(event["requestId"])

        def finished(event: dict[str, Any]) -> None:
            if event["encodedDataLength"]:
                came.append(event["requestId"])

        session.on("Network.responseReceived", answered)
        session.on("Network.loadingFinished", finished)
        _look(page, url)
        found.asked_again = len({*pictures} & {*came})


def _look(page: Page, url: str) -> None:
    page.goto(url, wait_until="load", timeout=PATIENCE)
    page.evaluate(SCROLL)
    page.wait_for_timeout(300)


@contextmanager
def _signed_in(ours: Ours) -> Iterator[Page]:
    with chromium() as browser:
        page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
        page.goto(f"{ours.site}/sign-in", timeout=PATIENCE)
        page.fill("input[name=email]", "owner@example.com")
        page.fill("input[name=password]", PASSWORD)
        page.press("input[name=password]", "Enter")
        page.wait_for_url(lambda url: "sign-in" not in url, timeout=PATIENCE)
        yield page
