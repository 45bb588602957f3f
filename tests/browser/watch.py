"""What a browser page did besides what it shows: errors, broken policies, requests to other hosts."""

from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit
from weakref import WeakKeyDictionary

from playwright.sync_api import ConsoleMessage, Page, Request

_watches: "WeakKeyDictionary[Page, Watch]" = WeakKeyDictionary()


@dataclass
class Watch:
    """Listens to one page from its first request on. Broken policies (CSP) are errors of the console."""

    page: Page
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    fetching: set[str] = field(default_factory=set)
    overtaken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        _watches[self.page] = self
        self.page.on("console", self._console)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.on("request", self._request)
        self.page.on("requestfinished", lambda request: self.fetching.discard(request.url))
        self.page.on("requestfailed", lambda request: self.fetching.discard(request.url))
        self.page.add_init_script(probe("observe"))

    def _console(self, message: ConsoleMessage) -> None:
        address = message.location.get("url", "")
        if message.type == "error" and address not in self.overtaken:
            self.errors.append(f"{message.text} {address}")

    def _request(self, request: Request) -> None:
        if request.method != "GET":
            # What the page still fetches may lie elsewhere when its picture goes to the trash, or comes back.
            self.overtaken |= self.fetching
        elif request.resource_type == "image":
            self.fetching.add(request.url)
        if not request.url.startswith(("data:", "blob:")):
            self.requests.append(request.url)

    @property
    def hosts(self) -> set[str]:
        """Every host that this page asked for anything."""
        return {urlsplit(url).netloc for url in self.requests}

    def shift(self) -> float:
        """Cumulative layout shift of the page that is shown now."""
        return float(self.page.evaluate("window.shifts"))

    def longest_task(self) -> float:
        """Milliseconds for which the page that is shown now could not answer."""
        return float(self.page.evaluate("window.longest"))

    def forgive(self) -> None:
        """The errors so far were caused by the test itself: refusals, and networks that it took away."""
        self.errors.clear()


def watch_of(page: Page) -> Watch:
    """The watch that was set on a page."""
    return _watches[page]


def probe(name: str) -> str:
    """JavaScript that looks at a page from the inside."""
    return (Path(__file__).parent / "probes" / f"{name}.js").read_text()
