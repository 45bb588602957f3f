"""Cache poisoning and cache deception: 30 headers x 20 addresses x 2 edges (threats S-69, S-71, S-72).

The origin of this test is as careless as an origin can be: it writes every header into its answer, calls everything
public for a year, and knows a secret page for whoever sends a session cookie. Whatever the first visitor does, the
next one must see neither the first one's canary nor the secret.
"""

import secrets
from collections.abc import Iterator
from http.client import HTTPConnection

import pytest

from tests.edge.conftest import SITE, Running, start_edge
from tests.edge.origin import PNG, Answer, Asked, Origin
from tests.edge.tricks import HEADERS
from tests.ports import free_port

PICTURE = "/picturerail/image/upload/c_scale,f_auto,w_100/v1/{}.jpg"
ADDRESSES = [
    PICTURE, "/picturerail/image/upload/v1/{}.jpg", "/picturerail/raw/upload/v1/{}.html", "/static/app.{}.js",
    PICTURE + "?cb=1", PICTURE + "?utm_content={}", "/picturerail/image/upload/f_auto/v1/../v1/{}.png",
    "/picturerail/image/fetch/f_auto/https://example.com/{}.png?x=1", "/account/{}.jpg", "/account/{};.png",
    "/account/{}%2f..%2fx.png", "/account/{}%23.png", "/account/{}%3f.png", "/account/{}%00.png", "/account/{}%0a.png",
    "/picturerail/..%2faccount/{}.jpg", "/static/..%2f..%2faccount/{}.css", "//picturerail/image/upload/{}.jpg",
    "/gallery/{}.avif", "/picturerail/image/{}/account",
]  # fmt: skip
KEPT = ADDRESSES[:8]
YEAR = "public, max-age=31536000"


def careless(asked: Asked) -> Answer:
    heard = {name: value for name, value in asked.headers.items() if name not in ("host", "x-edge-secret")}
    told = f"{asked.path} {heard}".encode()
    if "account" in asked.path or "cookie" in asked.headers:
        return Answer(headers={"Content-Type": "text/html", "Cache-Control": YEAR}, body=b"SECRET " + told)
    return Answer(headers={"Content-Type": "image/png", "Cache-Control": YEAR}, body=PNG + told)


@pytest.fixture(scope="module")
def edges(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Running]]:
    """Two edges in one row."""
    inner = tuple(f"127.0.0.1:{free_port()}" for _ in range(2))
    with Origin() as origin:
        origin.answer = careless
        row = [
            start_edge(
                tmp_path_factory.mktemp(f"edge{n}"), origin.address, name=f"e{n}", inner=inner[n], row=inner
            )
            for n in range(2)
        ]
        yield row
        for edge in row:
            edge.close()


def ask(edge: Running, path: str, headers: dict[str, str]) -> tuple[int, bytes, str]:
    host, _, port = edge.edge.listen.rpartition(":")
    connection = HTTPConnection(host, int(port), timeout=10)
    connection.putrequest("GET", path, skip_host=True, skip_accept_encoding=True)
    for name, value in ({"Host": SITE} | headers).items():
        connection.putheader(name, value)
    connection.endheaders()
    answer = connection.getresponse()
    said = answer.status, answer.read() + str(answer.headers).encode(), answer.headers.get("X-Cache", "")
    connection.close()
    return said


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_next_visitor_sees_nothing_of_the_first(edges: list[Running], address: str) -> None:
    tries = 0
    for number, edge in enumerate(edges):
        for header in HEADERS:
            path = address.replace("{}", secrets.token_hex(6))
            canary = f"canary{secrets.token_hex(4)}"
            value = {"Host": f"{SITE}:{int(canary[6:10], 16)}", "Cookie": f"session={canary}",
                     "Range": "bytes=0-3", "Accept": f"image/avif,{canary}"}.get(header, canary)  # fmt: skip
            session = {"Cookie": f"session={canary}"} if "account" in address else {}
            ask(edge, path, session | {header: value})
            for clean in (edges[1 - number], edge):
                status, said, cache = ask(clean, path, {})
                assert status in (200, 400, 404), (header, path)
                assert canary.encode() not in said, (header, path)
                assert b"session=" not in said, (header, path)
                if b"SECRET" in said:
                    assert cache in ("", "MISS"), f"a page was kept: {header} {path}"
            if address in KEPT:
                assert cache == "HIT", "or else the test shows nothing"
            tries += 1
    assert tries == 2 * len(HEADERS)


def test_the_matrix_is_as_large_as_promised() -> None:
    assert len(HEADERS) * len(ADDRESSES) * 2 >= 1200


def test_the_row_keeps_a_picture_once(edges: list[Running]) -> None:
    """Both edges answer, one of them owns it: the consistent hash decides."""
    owners = set()
    for number in range(40):
        path = PICTURE.replace("{}", f"owned{number}")
        said = [ask(edge, path, {}) for edge in (edges[0], edges[1], edges[0])]
        assert [cache for _, _, cache in said] == ["MISS", "HIT", "HIT"]
        named = {line for _, answer, _ in said for line in answer.splitlines() if line.startswith(b"X-Edge")}
        assert len(named) == 1
        owners |= named
    assert len(owners) == 2, "the pictures are spread over both"
