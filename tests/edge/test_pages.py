"""Pages that an edge keeps for strangers: which, for whom, and what they see while the origin is away."""

import secrets
import time

import pytest

from picturerail.edge.format_class import PAGE
from picturerail.edge.purges.targets import CachedUrl, NginxEdge
from tests.edge.client import get
from tests.edge.conftest import SECRET, SITE, Running
from tests.edge.origin import Answer, Asked, Origin
from tests.edge.test_poisoning import ask
from tests.edge.tricks import HEADERS
from tests.service import wait_until

ID = "0123456789abcdef01234567"
KEPT = ["/", "/gallery/", f"/gallery/{ID}", f"/gallery/?after={ID}", f"/gallery/?before={ID}&page=12"]
SHARED = "public, s-maxage=60, stale-while-revalidate=3600"


def page(asked: Asked, control: str = SHARED) -> Answer:
    return Answer(
        headers={"Content-Type": "text/html; charset=utf-8", "Cache-Control": control, "Vary": "Cookie"},
        body=f"<p>{asked.path} {asked.headers.get('cookie', 'stranger')}".encode(),
    )


@pytest.fixture
def site(origin: Origin) -> Origin:
    origin.answer = page
    return origin


@pytest.mark.parametrize("path", KEPT)
def test_a_page_is_kept_for_strangers(edge: Running, site: Origin, path: str) -> None:
    first, second = get(edge, path), get(edge, path, {"Accept": "text/html", "User-Agent": "other"})
    assert (first[1]["X-Cache"], second[1]["X-Cache"]) == ("MISS", "HIT")
    assert first[2] == second[2] == f"<p>{path} stranger".encode()
    assert second[1]["Cache-Control"] == "no-cache", "the browser asks each time"
    assert "Cookie" in ", ".join(second[1].get_all("Vary") or []).split(", ")
    (asked,) = site.asked
    assert asked.headers == {
        "host": SITE, "x-edge-secret": SECRET, "x-edge-scheme": "http", "x-edge-keep": "1",
        "x-edge-visitor": "127.0.0.1",
    }  # fmt: skip


@pytest.mark.parametrize("header", ["Cookie", "Authorization"])
def test_who_shows_a_cookie_neither_fills_nor_reads_what_is_kept(
    edge: Running, site: Origin, header: str
) -> None:
    for _ in range(2):
        status, headers, _ = get(edge, "/gallery/", {header: "me"})
        assert (status, headers["X-Cache"]) == (200, None)
    assert get(edge, "/gallery/")[1]["X-Cache"] == "MISS"
    assert get(edge, "/gallery/", {header: "me"})[1]["X-Cache"] is None
    heard = [asked.headers for asked in site.asked]
    assert [asked.get(header.lower()) for asked in heard] == ["me", "me", None, "me"]
    assert [asked.get("x-edge-keep") for asked in heard] == [None, None, "1", None]


def test_strangers_cannot_ask_for_all(edge: Running, site: Origin) -> None:
    get(edge, "/account/", {"X-Edge-Keep": "1"})
    assert "x-edge-keep" not in site.asked[0].headers


@pytest.mark.parametrize(
    "path",
    [
        "/gallery/?q=sea", f"/gallery/?q=sea&after={ID}", "/gallery/?select=1",
        "/gallery/?x=1", f"/gallery/?after={ID}&x=1", f"/gallery/?after={ID[1:]}", "/gallery/?year=2026&month=1",
        f"/gallery/{ID}/edit", f"/gallery/{ID}.jpg", f"/gallery/{ID}/x.css", "/gallery", "/account/", "/upload/", "//",
        f"/gallery/{ID};.png", f"/gallery/{ID}%2fedit", "/x.html", "/account/%2e%2e/account/x",
    ],
)  # fmt: skip
def test_no_other_address_is_kept_even_when_the_origin_says_so(
    edge: Running, site: Origin, path: str
) -> None:
    for _ in range(2):
        assert get(edge, path)[1]["X-Cache"] is None
    assert len(site.asked) == 2


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_what_changes_something_passes(edge: Running, site: Origin, method: str) -> None:
    get(edge, "/gallery/")
    assert get(edge, "/gallery/", method=method)[1]["X-Cache"] is None
    assert site.asked[-1].method == method


@pytest.mark.parametrize(
    "answer",
    [
        page(Asked("GET", "/", {}), "no-cache"),
        page(Asked("GET", "/", {}), "public, max-age=3600"),
        page(Asked("GET", "/", {}), "private, no-cache"),
        page(Asked("GET", "/", {}), "public, s-maxage=60, private"),
        Answer(headers={"Content-Type": "text/html", "Cache-Control": SHARED, "Set-Cookie": "a=b"}),
        Answer(headers={"Content-Type": "application/json", "Cache-Control": SHARED}),
        Answer(status=404, headers={"Content-Type": "text/html", "Cache-Control": SHARED}),
        Answer(status=303, headers={"Location": "/", "Content-Type": "text/html", "Cache-Control": SHARED}),
    ],
)
def test_what_the_origin_does_not_share_is_not_kept(edge: Running, site: Origin, answer: Answer) -> None:
    site.answer = lambda asked: answer
    for _ in range(2):
        get(edge, "/gallery/")
    assert len(site.asked) == 2


def test_other_spellings_reach_the_origin_as_the_one_that_is_kept(edge: Running, site: Origin) -> None:
    for spelling in ("/gallery/", "/%67allery/", "/x/../gallery/", "/./gallery/?", "/gallery/#x"):
        get(edge, spelling)
    assert {asked.path.partition("#")[0] for asked in site.asked} == {"/gallery/"}
    assert len(site.asked) == 1


def test_an_old_page_is_served_while_it_is_renewed(edge: Running, site: Origin) -> None:
    site.answer = lambda asked: page(asked, "public, s-maxage=1, stale-while-revalidate=3600")
    old = get(edge, "/gallery/")[2]
    time.sleep(2.1)
    site.answer = lambda asked: Answer(
        headers={"Content-Type": "text/html", "Cache-Control": SHARED}, body=b"new", delay=4
    )
    started = time.monotonic()
    assert [get(edge, "/gallery/")[2] for _ in range(5)] == [old] * 5
    assert time.monotonic() - started < 4
    wait_until(lambda: get(edge, "/gallery/")[2] == b"new")
    assert len(site.asked) == 2


def test_a_page_is_not_served_when_it_is_too_old(edge: Running, site: Origin) -> None:
    site.answer = lambda asked: page(asked, "public, s-maxage=1, stale-while-revalidate=1")
    get(edge, "/gallery/")
    time.sleep(3.1)
    site.answer = lambda asked: Answer(headers={"Content-Type": "text/html"}, body=b"new")
    assert get(edge, "/gallery/")[2] == b"new"


@pytest.mark.parametrize("failure", ["away", "500", "503"])
def test_pages_stay_while_the_origin_is_away(edge: Running, site: Origin, failure: str) -> None:
    site.answer = lambda asked: page(asked, "public, s-maxage=1, stale-while-revalidate=1")
    body = get(edge, "/gallery/")[2]
    time.sleep(3.1)
    site.stop() if failure == "away" else None
    site.answer = lambda asked: Answer(status=int(failure), headers={"Content-Type": "text/html"}, body=b"no")
    for _ in range(3):
        assert get(edge, "/gallery/")[0::2] == (200, body)
    if failure == "away":
        status, headers, _ = get(edge, "/gallery/", {"Cookie": "me"})
        assert (status, headers["Retry-After"]) == (503, "2"), (
            "a signed-in person does not get a stranger's page"
        )


def test_a_purge_renews_or_removes(edge: Running, site: Origin) -> None:
    target = NginxEdge(edge.edge.inner, SECRET, SITE)
    for path in KEPT:
        get(edge, path)
    site.answer = lambda asked: (
        Answer(status=404, headers={"Content-Type": "text/html"})
        if ID in asked.path
        else Answer(headers={"Content-Type": "text/html", "Cache-Control": SHARED}, body=b"new")
    )
    target.purge([CachedUrl(path, PAGE) for path in KEPT], soft=True)
    assert [get(edge, path)[1]["X-Cache"] for path in KEPT[:2]] == ["HIT", "HIT"]
    assert get(edge, "/gallery/")[2] == b"new"
    assert get(edge, f"/gallery/{ID}")[0] == 404, "what is gone does not stay in an edge"
    site.stop()
    assert get(edge, f"/gallery/{ID}")[0] == 503


@pytest.mark.parametrize("shape", ["/gallery/{}", "/gallery/?after={}"])
def test_the_next_visitor_sees_nothing_of_the_first(edge: Running, site: Origin, shape: str) -> None:
    """Each header against an origin that writes all it hears into a page that it calls public (threats S-69, S-72)."""

    def careless(asked: Asked) -> Answer:
        heard = {n: v for n, v in asked.headers.items() if n not in ("host", "x-edge-secret")}
        secret = b"SECRET " if "cookie" in heard or "authorization" in heard else b""
        headers = {"Content-Type": "text/html", "Cache-Control": SHARED}
        return Answer(headers=headers, body=secret + f"{asked.path} {heard}".encode())

    site.answer = careless
    for header in HEADERS:
        path, canary = shape.replace("{}", secrets.token_hex(12)), f"canary{secrets.token_hex(4)}"
        value = {
            "Host": f"{SITE}:{int(canary[6:10], 16)}",
            "Cookie": f"session={canary}",
            "Range": "bytes=0-3",
        }
        ask(edge, path, {header: value.get(header, canary)})
        status, said, _ = ask(edge, path, {})
        assert status == 200
        assert canary.encode() not in said, header
        assert b"SECRET" not in said, header
        assert ask(edge, path, {})[2] == "HIT", "or else the test shows nothing"


def test_nothing_is_kept_of_a_session(edge: Running, site: Origin) -> None:
    """Deception: what one visitor's session opens is not there for the next one, whatever the address looks like."""
    site.answer = lambda asked: Answer(
        headers={"Content-Type": "text/html", "Cache-Control": SHARED},
        body=b"SECRET" if "cookie" in asked.headers else b"nobody",
    )
    for path in (*KEPT, "/account/x.css", f"/gallery/{ID}/x.jpg", "/picturerail/image/upload/account.html"):
        get(edge, path, {"Cookie": "session=mine"})
        assert get(edge, path)[2] == b"nobody", path
