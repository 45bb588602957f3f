"""60 camera photographs on one gallery page in Chromium, beside the tutorial's way in the same run."""

import subprocess
import sys
from contextlib import ExitStack
from itertools import cycle, islice

from playwright.sync_api import Browser

from bench.gallery.browser import Visit, chromium, visit
from bench.options import Options
from bench.parts.load import median
from bench.parts.photographs import Photograph
from bench.parts.plot import bars
from bench.parts.report import Report
from bench.peers.ours import Ours
from tests.faults.uploads import GalleryClient
from tests.ports import free_port
from tests.service import wait_until

PICTURES = 60
TUTORIAL_BYTES = 150_000_000
SHARE = 0.01
SCREENS = {"phone": (360, 800), "laptop": (1280, 800), "large": (2560, 1440)}


def run(options: Options) -> None:
    """Both pages, each with an empty cache, turn by turn."""
    photos = options.photographs()
    report = Report("page", "A gallery page of 60 photographs in Chromium", options.command("page"))
    report.about = (
        f"{options.described(photos)}, repeated to {PICTURES} pictures. Bytes over the wire with an empty cache. "
        "'Whole page' scrolls to the end, so that every lazy picture has come."
    )
    report.header = ["page", "screen", "bytes", "requests", "load s", "largest paint s", "layout shift"]
    with ExitStack() as stack:
        ours = stack.enter_context(Ours("page"))
        _fill(ours, photos)
        sites = {"Picturerail": f"{ours.site}/gallery/", "tutorial's way": _tutorial(stack, photos)}
        browser = stack.enter_context(chromium())
        _make_derived(browser, sites["Picturerail"])
        first = _visits(report, browser, sites, options.rounds, scroll=False)
        whole = _visits(report, browser, sites, options.rounds, scroll=True)
    _judge(report, whole, first)
    report.write()


def _fill(ours: Ours, photos: list[Photograph]) -> None:
    """60 pictures through the gallery's API; a few bytes after the end make each file one of its own."""
    ours.service.add_user("owner@example.com", "owner", "a password for the page")
    client = GalleryClient(ours.service)
    client.sign_in()
    for number, photo in enumerate(islice(cycle(photos), PICTURES)):
        content = photo.path.read_bytes() + (b"" if number < len(photos) else f"copy {number}".encode())
        if client.upload(content, f"{photo.path.stem}.jpg") is None:
            raise SystemExit(f"{photo.path.name} was not accepted")


def _tutorial(stack: ExitStack, photos: list[Photograph]) -> str:
    port = free_port()
    names = [f"{number}-{photo.path.name}" for number, photo in enumerate(islice(cycle(photos), PICTURES))]
    folder = str(photos[0].path.parent.resolve())
    program = [sys.executable, "-m", "bench.gallery.tutorial_way", folder, str(port), *names]
    process = subprocess.Popen(program, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    stack.callback(process.wait)
    stack.callback(process.terminate)
    url = f"http://127.0.0.1:{port}/gallery/"
    wait_until(lambda: subprocess.run(["curl", "-sf", "-o", "/dev/null", url], check=False).returncode == 0)
    return url


def _make_derived(browser: Browser, url: str) -> None:
    """The first visitors' work: afterwards every derived picture is stored."""
    for width, height in SCREENS.values():
        visit(browser, url, width, height, scroll=True)


Visits = dict[str, dict[str, list[Visit]]]  # by site and screen


def _visits(report: Report, browser: Browser, sites: dict[str, str], rounds: int, *, scroll: bool) -> Visits:
    found: Visits = {name: {screen: [] for screen in SCREENS} for name in sites}
    for _ in range(rounds):
        for screen, (width, height) in SCREENS.items():
            for name, url in sites.items():
                found[name][screen].append(visit(browser, url, width, height, scroll=scroll))
    for name, screens in found.items():
        for screen, visits in screens.items():
            _row(report, f"{name}, {'whole page' if scroll else 'first view'}", screen, visits)
    return found


def _row(report: Report, label: str, screen: str, visits: list[Visit]) -> None:
    if failed := [problem for each in visits for problem in each.failed]:
        raise SystemExit(f"{label}: {failed[:3]}")
    numbers = [median([getattr(v, f) for v in visits]) for f in ("load_seconds", "paint_seconds", "shift")]
    count, requests = _bytes(visits), median([v.requests for v in visits])
    report.row(label, screen, f"{count:,.0f}", f"{requests:.0f}", *[f"{number:.2f}" for number in numbers])


def _bytes(visits: list[Visit]) -> float:
    return median([v.bytes for v in visits])


def _judge(report: Report, whole: Visits, first: Visits) -> None:
    theirs = median([_bytes(visits) for visits in whole["tutorial's way"].values()])
    mine = {screen: _bytes(visits) for screen, visits in whole["Picturerail"].items()}
    for screen, count in mine.items():
        view = _bytes(first["Picturerail"][screen])
        share = f"{count:,.0f} bytes, {100 * count / TUTORIAL_BYTES:.2f} % (first view {view:,.0f})"
        target = f"{screen}: whole page at most 1 % of the tutorial's {TUTORIAL_BYTES:,} bytes"
        report.judge(f"{target} ({theirs:,.0f} here)", share, met=count <= SHARE * TUTORIAL_BYTES)
    shown = [(f"Picturerail, {screen}", count) for screen, count in mine.items()]
    text = [(name, value, f"{value / 1e6:.2f} MB") for name, value in [*shown, ("tutorial's way", theirs)]]
    report.plot = bars("Bytes of a page with 60 camera photographs", text)
