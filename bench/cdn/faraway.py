"""The gallery 150 ms away, straight from the origin and through an edge that is 10 ms away, in Chromium."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from playwright.sync_api import Browser, Page

from bench.cdn.delay import far_away
from bench.cdn.edges import SECRET, edges
from bench.gallery.browser import PATIENCE, chromium
from bench.gallery.page import _fill
from bench.options import Options
from bench.parts.load import median
from bench.parts.photographs import Photograph
from bench.parts.plot import bars
from bench.parts.report import Report
from bench.peers.base import CACHE
from bench.peers.ours import Ours
from picturerail import certificates
from picturerail.certificates import TlsFiles
from picturerail.cluster.services import listens
from tests.ports import free_port
from tests.service import wait_until

FAR, NEAR = 0.150, 0.010  # seconds of a round trip
SCREEN, WHOLE = (1280, 800), (1280, 8000)  # a screen, and one so tall that the whole page is in view
TARGET = 5
PLAIN, STRAIGHT, EDGE = "origin without TLS, 150 ms", "origin, 150 ms", "Picturerail's edge, 10 ms"
SHORT = {PLAIN: "origin without TLS", STRAIGHT: "origin", EDGE: "Picturerail"}
# The browser's own clock, from the start of the visit; no message to it and back is counted.
WATCH = """addEventListener('load', event => {
    if (event.target.tagName === 'IMG') event.target.dataset.there = performance.now();
}, true)"""
IN_VIEW = """async () => {
    const seen = () => [...document.images].filter(image => image.getBoundingClientRect().top < innerHeight);
    while (!seen().every(image => image.complete && image.naturalWidth > 0))
        await new Promise(done => setTimeout(done, 5));
    const load = performance.getEntriesByType('navigation')[0].loadEventEnd;
    return [load, Math.max(load, ...seen().map(image => Number(image.dataset.there || 0)))];
}"""
LOAD, FIRST, ALL = "load event", "first view, every picture", "whole page, every picture"
MOMENTS = (LOAD, FIRST, ALL)


def run(options: Options) -> None:
    """Both ways, each with an empty browser cache and new connections, turn by turn."""
    photos = options.photographs()
    report = Report("faraway", "A gallery page from far away", options.command("faraway"))
    report.about = (
        "A page of 60 pictures in Chromium with an empty cache. Between visitor and origin lie 150 ms of round trip, "
        "between visitor and edge 10 ms, and between that edge and the origin 150 ms again. Origin and edge both speak "
        "TLS, as a public site must, and HTTP/2; beside them the origin without TLS (HTTP/1.1), a round trip quicker. "
        "The edge is warm, the visitor has no cookie. Both ways know TCP's slow start, but no loss and no limit."
    )
    report.header = ["way", *(f"{moment} (s)" for moment in MOMENTS)]
    with ExitStack() as stack:
        browser = stack.enter_context(chromium())
        tls = certificates.make(CACHE.resolve() / "tls")
        encrypted = {"PICTURERAIL_TLS_CERT": str(tls.certificate), "PICTURERAIL_TLS_KEY": str(tls.key)}
        ways = {
            PLAIN: _straight(stack, _filled(stack, photos, {})),
            STRAIGHT: _straight(stack, _filled(stack, photos, encrypted)).replace("http:", "https:"),
            EDGE: _behind_an_edge(stack, photos, tls),
        }
        for url in ways.values():
            _visit(browser, url)  # the first visitor's work, here and there
        _measure(report, browser, ways, options.rounds)
    report.write()


def _filled(stack: ExitStack, photos: list[Photograph], env: dict[str, str]) -> str:
    """HOST:PORT of a gallery of its own, with `env` once it holds its pictures."""
    ours = stack.enter_context(Ours("faraway"))
    _fill(ours, photos)
    ours.service.stop()
    ours.service.env |= env
    ours.service.start(wait=False)
    address = ours.site.partition("://")[2]
    wait_until(lambda: listens(address))
    return address


def _straight(stack: ExitStack, origin: str) -> str:
    return f"http://{stack.enter_context(far_away(origin, FAR))}/gallery/"


def _behind_an_edge(stack: ExitStack, photos: list[Photograph], tls: TlsFiles) -> str:
    """The gallery's address at an edge nearby, the only one that its origin far away lets in."""
    inner = f"127.0.0.1:{free_port()}"
    origin = _filled(stack, photos, {"PICTURERAIL_EDGES": inner, "PICTURERAIL_EDGE_SECRET": SECRET})
    far = stack.enter_context(far_away(origin, FAR))
    (edge,) = stack.enter_context(edges(1, far, tls=tls, inner=(inner,)))
    return f"https://{stack.enter_context(far_away(edge.listen, NEAR))}/gallery/"


def _measure(report: Report, browser: Browser, ways: dict[str, str], rounds: int) -> None:
    found: dict[str, list[dict[str, float]]] = {way: [] for way in ways}
    for _ in range(rounds):
        for way, url in ways.items():
            found[way].append(_visit(browser, url))
    middle = {
        way: {moment: median([visit[moment] for visit in found[way]]) for moment in MOMENTS} for way in ways
    }
    for way, times in middle.items():
        report.row(way, *(f"{seconds:.2f}" for seconds in times.values()))
    for moment in MOMENTS:
        gains = {way: _gain(found[way], found[EDGE], moment) for way in (STRAIGHT, PLAIN)}
        measured = f"{gains[STRAIGHT]:.1f} times ({gains[PLAIN]:.1f} of the origin without TLS)"
        met = gains[STRAIGHT] >= TARGET
        report.judge(f"{moment}: at least {TARGET} times faster", measured, met=met)
    shown = [
        (f"{SHORT[way]}: {moment.partition(',')[0]}", times[moment], f"{times[moment]:.2f} s")
        for moment in MOMENTS
        for way, times in middle.items()
    ]
    report.plot = bars("Seconds until a gallery page is there", shown)


def _gain(far: list[dict[str, float]], near: list[dict[str, float]], moment: str) -> float:
    return median([f[moment] / n[moment] for f, n in zip(far, near, strict=True)])


def _visit(browser: Browser, url: str) -> dict[str, float]:
    """Seconds from the start of a visit to each moment, by two visits that know nothing of each other."""
    load, first = _moments(browser, url, SCREEN)
    _, whole = _moments(browser, url, WHOLE)
    return {LOAD: load, FIRST: first, ALL: whole}


def _moments(browser: Browser, url: str, screen: tuple[int, int]) -> tuple[float, float]:
    """Until the load event, and until every picture in view is there."""
    with _new_page(browser, screen) as page:
        page.add_init_script(WATCH)
        page.goto("data:text/html,from another site")
        page.goto(url, wait_until="load", timeout=PATIENCE)
        load, pictures = page.evaluate(IN_VIEW)
        return load / 1000, pictures / 1000


@contextmanager
def _new_page(browser: Browser, screen: tuple[int, int]) -> Iterator[Page]:
    context = browser.new_context(
        viewport={"width": screen[0], "height": screen[1]}, ignore_https_errors=True
    )
    yield context.new_page()
    context.close()
