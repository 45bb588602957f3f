"""What a token opens, at an edge whose origin is there, and at one whose origin is gone.

The origin of this test is careless: it writes every header that it hears into a private picture. It opens that by one
token, in the query or in the cookie, and says of it what the guard of the real one says.
"""

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cloudinary import auth_token

from picturerail.cache_policy import ASKED_EACH_TIME, SIGNED
from picturerail.edge.verify_cache import check
from tests.edge.conftest import SITE, Running, start_edge
from tests.edge.origin import PNG, Answer, Asked, Origin
from tests.edge.test_poisoning import ask
from tests.edge.tricks import FRONTS, HEADERS, SUFFIXES, TRICKS

CONDITIONS = ("if-none-match", "if-modified-since", "if-match", "if-unmodified-since")
KEY = "00112233445566778899aabbccddeeff"
CLOSED = "/picturerail/image/authenticated/"
SIZE = CLOSED + "c_scale,f_auto,w_100/v1/{}.jpg"
ETAG = '"these-bytes"'


def token(seconds: int = 600, acl: str = f"{CLOSED}*", **more: Any) -> str:
    return str(auth_token.generate(key=KEY, duration=seconds, acl=acl, **more))


@dataclass
class Place:
    """An edge, its origin, and the tokens that this one takes."""

    edge: Running
    origin: Origin
    good: set[str] = field(default_factory=set)
    refuses: int = 401  # with which status

    def answer(self, asked: Asked) -> Answer:
        marked = {"X-Accel-Expires": ASKED_EACH_TIME}
        path, _, query = asked.path.partition("?")
        shown = query or asked.headers.get("cookie", "")
        if shown not in self.good or not path.startswith(CLOSED):
            kept = marked if self.refuses < 429 else {"X-Accel-Expires": "0"}
            return Answer(
                self.refuses, kept | {"Cache-Control": "no-store", "Content-Type": "text/plain"}, b"No."
            )
        headers = marked | {"Cache-Control": SIGNED, "Vary": "Accept", "ETag": ETAG}
        if asked.headers.get("if-none-match") == ETAG:
            return Answer(304, headers, b"")
        known = ("host", "x-edge-secret", "x-edge-visitor", *CONDITIONS)  # by which no bytes differ
        heard = {name: value for name, value in asked.headers.items() if name not in known}
        return Answer(
            200, headers | {"Content-Type": "image/png"}, PNG + f"SECRET {asked.path} {heard}".encode()
        )

    @contextmanager
    def away(self) -> Iterator[None]:
        self.origin.stop()
        try:
            yield
        finally:
            self.origin.start()

    def get(self, path: str, headers: dict[str, str] | None = None) -> tuple[int, bytes, str]:
        """Status, everything that came, and what the cache did."""
        return ask(self.edge, path, headers or {})

    def opened(self, name: str, shown: str, *, cookie: bool = False) -> tuple[int, bytes, str]:
        path = SIZE.format(name)
        return self.get(path, {"Cookie": f"a=b; {shown}"}) if cookie else self.get(f"{path}?{shown}")


@pytest.fixture(scope="module")
def module_place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with Origin() as origin:
        edge = start_edge(tmp_path_factory.mktemp("opened"), origin.address)
        place = Place(edge, origin)
        origin.answer = place.answer
        yield place
        edge.close()


@pytest.fixture
def place(module_place: Place) -> Place:
    module_place.refuses = 401
    module_place.good.clear()
    return module_place


def new_token(place: Place, **given: Any) -> str:
    made = token(**given)
    place.good.add(made)
    return made


@pytest.mark.parametrize("cookie", [False, True], ids=["query", "cookie"])
def test_the_origin_is_asked_each_time_and_sends_the_bytes_once(place: Place, cookie: bool) -> None:
    good, name = new_token(place), f"asked-{cookie}"
    came = [place.opened(name, good, cookie=cookie) for _ in range(3)]
    assert [(status, cache) for status, _, cache in came] == [(200, "MISS"), *[(200, "REVALIDATED")] * 2]
    assert place.origin.asked[-1].headers["if-none-match"] == ETAG
    for _, said, _ in came:
        assert b"SECRET" in said
        assert f"Cache-Control: {SIGNED}\n".encode() in said, "as if there were no edge"
        assert b"X-Accel" not in said
    place.good.clear()
    assert place.opened(name, good, cookie=cookie)[0] == 401, "at once"


@pytest.mark.parametrize("cookie", [False, True], ids=["query", "cookie"])
def test_without_an_origin_a_copy_is_for_its_token_alone(place: Place, cookie: bool) -> None:
    good, other, name = new_token(place), new_token(place, acl=f"{CLOSED}c_scale*"), f"alone-{cookie}"
    path, value = SIZE.format(name), good.partition("=")[2]
    assert place.opened(name, good, cookie=cookie)[2] == "MISS"
    assert place.opened(f"elsewhere-{name}", other)[2] == "MISS"
    changed = [good[:at] + ("0" if good[at] != "0" else "1") + good[at + 1 :] for at in range(len(good))]
    bad = [*changed, good[:-1], good + "0", good.upper(), good.replace("%2f", "%2F"), good.replace("~", "%7e"),
           good.replace("%2f", "/"), other, f"{good}&{good}", f"{good}&x=1", f"x=1&{good}", f"&{good}",
           f"__cld_token__=&{good}", f"__cld_token__={value}%00",
           f"__cld_token__=%20{value}", ""]  # fmt: skip
    with place.away():
        assert place.opened(name, good, cookie=cookie)[::2] == (200, "STALE")
        for shown in bad:
            found = [place.get(f"{path}?{shown}")]
            if shown.startswith("__") and "&" not in shown:
                found += [place.get(path, {"Cookie": shown}), place.get(f"{path}?{shown}", {"Cookie": other})]
            assert all(status == 503 and b"SECRET" not in said for status, said, _ in found), shown
        for way in ((path, {"Cookie": good}) if not cookie else (f"{path}?{good}", {}), (path, {}),
                    (f"{path}?{good}", {"Cookie": other}), (f"{path}?{other}", {"Cookie": good}),
                    (f"{path}?__CLD_TOKEN__={value}", {})):  # fmt: skip
            assert place.get(*way)[0] == 503, way
        for moved in (SIZE.format("other"), path.replace("w_100", "w_101"), path.replace("f_auto", "f_png"),
                      path.replace("/v1", ""), path.replace("authenticated", "upload"), path.upper(), f"{path}/",
                      path.replace(".jpg", ".png")):  # fmt: skip
            given = (moved, {"Cookie": good}) if cookie else (f"{moved}?{good}", {})
            assert b"SECRET" not in place.get(*given)[1], moved
        accepts = {"Accept": "image/avif,*/*"} | ({"Cookie": good} if cookie else {})
        assert b"SECRET" not in place.get(path if cookie else f"{path}?{good}", accepts)[1], "another format"
    assert place.opened(name, good, cookie=cookie)[2] == "REVALIDATED", "it is asked again at once"


def test_without_an_origin_a_token_ends_when_it_says(place: Place) -> None:
    until = int(time.time()) + 2
    ended = str(auth_token.generate(key=KEY, expiration=until, acl=f"{CLOSED}*"))
    place.good.add(ended)
    assert place.opened("ended", ended)[0] == 200
    with place.away():
        assert place.opened("ended", ended)[::2] == (200, "STALE")
        time.sleep(until + 1.05 - time.time())
        status, said, _ = place.opened("ended", ended)
        assert (status, b"SECRET" in said) == (503, False)


@pytest.mark.parametrize("status", [401, 403, 404, 410])
def test_a_refusal_that_the_edge_has_heard_holds_without_the_origin(place: Place, status: int) -> None:
    """nginx's `stale-if-error` would show the copy in the place of a 403 or 404."""
    good, place.refuses = new_token(place), status
    assert place.opened(f"refused-{status}", good)[0] == 200
    place.good.clear()
    assert place.opened(f"refused-{status}", good)[0] == status
    with place.away():
        assert place.opened(f"refused-{status}", good)[0] == status
    place.good.add(good)
    back = place.get(f"{SIZE.format(f'refused-{status}')}?{good}", {"If-None-Match": ETAG})
    assert back[0] == 304, "it opens again, also for a browser that has it"


@pytest.mark.parametrize(("status", "seen"), [(429, 429), (500, 500), (503, 200)])
def test_a_busy_origin_has_not_refused(place: Place, status: int, seen: int) -> None:
    good, place.refuses = new_token(place), status
    assert place.opened(f"busy-{status}", good)[0] == 200
    place.good.clear()
    assert place.opened(f"busy-{status}", good)[0] == seen
    with place.away():
        assert place.opened(f"busy-{status}", good)[::2] == (200, "STALE")


def test_what_is_opened_otherwise_is_handed_on_as_it_was(place: Place) -> None:
    """By a signature, by a token for one address, for a size that the browser's hints choose: kept nowhere."""
    good, bound = new_token(place), new_token(place, ip="127.0.0.1")
    ways = [f"{SIZE.format('bound')}?{bound}", f"{CLOSED}s--abcdefgh--/w_100/v1/a.jpg?{good}",
            f"{CLOSED}w_auto/v1/a.jpg?{good}", f"{SIZE.format('twice')}?{good}&{good}"]  # fmt: skip
    for way in ways:
        assert [place.get(way)[2] for _ in range(2)] == ["BYPASS"] * 2, way
        assert place.origin.asked[-1].path == way
        assert place.origin.asked[-1].headers["x-edge-client"] == "127.0.0.1"


def files(place: Place) -> list[Path]:
    return [path for path in (place.edge.edge.folder / "opened").rglob("*") if path.is_file()]


def test_made_up_tokens_leave_nothing_on_the_disk_and_nobody_else_reads_it(place: Place) -> None:
    good = new_token(place)
    assert place.opened("disk", good)[0] == 200
    before = set(files(place))
    for number in range(40):
        assert place.opened("disk", f"__cld_token__=exp=9999999999~acl=*~hmac={number:064x}")[2] == "MISS"
    assert set(files(place)) == before
    assert (place.edge.edge.folder / "opened").stat().st_mode & 0o777 == 0o700
    assert check(place.edge.edge.folder).damaged == 0
    (copy,) = (path for path in before if b"/disk.jpg?" in path.read_bytes())
    copy.write_bytes(copy.read_bytes()[:-20])
    assert check(place.edge.edge.folder).damaged == 1


def test_no_trick_gets_at_a_private_picture_or_changes_it(place: Place) -> None:
    """Each header at each of the addresses: what the holder of the token did first, and what a stranger tries after."""
    good, tries = new_token(place), 0
    dressed = [f"{front}{SIZE}{suffix}" for front, suffix in itertools.product(FRONTS[:2], SUFFIXES[:10])]
    known = []
    for number, (header, address) in enumerate(itertools.product(HEADERS, dressed)):
        path, canary = address.format(f"trick{number}"), f"canary{number}x"
        value = {"Host": f"{SITE}:{number + 1}", "Cookie": f"session={canary}", "Range": "bytes=0-3"}
        with_it = {header: value.get(header, canary)}
        place.get(f"{path}?{good}", with_it)
        known.append((path, with_it))
        said = place.get(f"{path}?{good}")[1]
        assert canary.encode() not in said, (header, path)
        assert b"session=" not in said, (header, path)
    with place.away():
        for path, with_it in known:
            for asked in (path, f"{path}?x=1"):
                assert b"SECRET" not in place.get(asked, with_it)[1], (asked, with_it)
            tries += 1
        for front, suffix, trick in itertools.product(FRONTS, SUFFIXES, TRICKS):
            assert b"SECRET" not in place.get(f"{front}{SIZE.format('trick0')}{suffix}", trick)[1]
            tries += 1
        assert place.get(f"{SIZE.format('trick0')}?{good}")[2] == "STALE", "or else the test shows nothing"
    assert tries >= 1200


def test_no_token_is_logged_when_the_origin_is_away(place: Place) -> None:
    good, bound = new_token(place), new_token(place, ip="127.0.0.1")
    path = SIZE.format("logged")
    asked = [
        f"{path}?{good}",
        f"{path}?{bound}",
        f"{path}?{good.upper()}",
        "/s/a-secret-of-a-link",
        "/?q=a-secret-word",
    ]
    assert [place.get(asked[0])[0], place.get(f"{path}0?{good}")[0]] == [200, 200]
    with place.away():
        assert [place.get(each)[0] for each in asked] == [200, *[503] * 4]
    logged = (place.edge.edge.folder / "error.log").read_text()
    for secret in (good.rpartition("=")[2], bound.rpartition("=")[2], "secret"):
        assert secret not in logged
