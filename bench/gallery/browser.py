"""Chromium with an empty cache: how many bytes a page takes, and how long until it has loaded."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from playwright.sync_api import Browser, CDPSession, sync_playwright

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PATIENCE = 180_000  # milliseconds


@dataclass
class Visit:
    """One visit of a page: bytes over the wire, requests, seconds to the load event, and after scrolling through."""

    bytes: int = 0
    requests: int = 0
    load_seconds: float = 0.0
    paint_seconds: float = 0.0
    shift: float = 0.0
    failed: list[str] = field(default_factory=list)


@contextmanager
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, headless."""
    program = shutil.which("chromium")
    if not program:
        raise SystemExit("This needs Chromium: run 'apt-get install chromium' as root, then try again.")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


def visit(browser: Browser, url: str, width: int, height: int, *, scroll: bool) -> Visit:
    """Open a page with nothing in the cache; `scroll` goes to its end, so that lazy pictures come too."""
    context = browser.new_context(viewport={"width": width, "height": height})
    page = context.new_page()
    session = context.new_cdp_session(page)
    seen = _count(session)
    page.goto(url, wait_until="load", timeout=PATIENCE)
    if scroll:
        page.evaluate(SCROLL)
    page.wait_for_timeout(300)
    timing = page.evaluate(TIMING)
    seen.load_seconds, seen.paint_seconds, seen.shift = timing["load"], timing["paint"], timing["shift"]
    context.close()
    return seen


SCROLL = """async () => {
    for (let y = 0; y < document.body.scrollHeight; y += innerHeight / 2) {
        scrollTo(0, y);
        await new Promise(done => setTimeout(done, 60));
    }
    while (![...document.images].every(image => image.complete)) await new Promise(done => setTimeout(done, 50));
}"""
TIMING = """() => new Promise(done => {
    const load = performance.getEntriesByType('navigation')[0].loadEventEnd / 1000;
    const result = {load, paint: 0, shift: 0};
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) result.paint = entry.startTime / 1000;
    }).observe({type: 'largest-contentful-paint', buffered: true});
    new PerformanceObserver(list => {
        for (const entry of list.getEntries()) if (!entry.hadRecentInput) result.shift += entry.value;
    }).observe({type: 'layout-shift', buffered: true});
    setTimeout(() => done(result), 100);
})"""


def _count(session: CDPSession) -> Visit:
    """Count what goes over the wire, as the browser's network panel does."""
    seen = Visit()
    session.send("Network.enable")
    session.send("Network.setCacheDisabled", {"cacheDisabled": False})

    def finished(event: dict[str, float]) -> None:
        seen.bytes += int(event["encodedDataLength"])
        seen.requests += 1

    def received(event: dict[str, dict[str, object]]) -> None:
        status, url = int(str(event["response"]["status"])), str(event["response"]["url"])
        if status >= 400 and not url.endswith("/favicon.ico"):
            seen.failed.append(f"{status} {url}")

    session.on("Network.loadingFinished", finished)
    session.on("Network.responseReceived", received)
    return seen
