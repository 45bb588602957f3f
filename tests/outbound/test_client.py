"""The fetcher against hosts that lie, stall, lead astray or point inside; canaries tell who was really called."""

import gzip
import hashlib
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from picturerail.errors import BadRequest, NotFound, PicturerailError, TooLarge, TooManyRequests
from picturerail.outbound.client import OutboundClient
from picturerail.outbound.url import parse_remote
from tests.media.remote_host import INSIDE, RemoteHost, canary

BODY = b"picture" * 1000
PUBLIC = "93.184.216.34"


@pytest.fixture
def host() -> Iterator[RemoteHost]:
    with RemoteHost() as running:
        yield running


@pytest.fixture
def fetcher(tmp_path: Path, host: RemoteHost) -> OutboundClient:
    """A fetcher that may call `host`, and nothing else inside."""
    spool = tmp_path / "spool"
    spool.mkdir()
    return OutboundClient(spool, most_bytes=1_000_000, seconds=3, allowed=frozenset({host.netloc}))


def spooled(fetcher: OutboundClient) -> list[Path]:
    return list(fetcher.spool.iterdir())


def test_a_file_comes_into_the_spool_with_its_hashes_and_name(
    fetcher: OutboundClient, host: RemoteHost
) -> None:
    got = fetcher.get(host.serve("/a/photo.jpg?x=1", BODY, ETag='"1"', Last_Modified="yesterday"))
    assert got.file is not None
    assert got.file.path.read_bytes() == BODY
    assert (got.file.bytes, got.file.name) == (len(BODY), "photo.jpg")
    assert got.file.sha256 == hashlib.sha256(BODY).hexdigest()
    assert (got.etag, got.last_modified) == ('"1"', "yesterday")


def test_what_is_sent_is_plain(
    fetcher: OutboundClient, host: RemoteHost, monkeypatch: pytest.MonkeyPatch
) -> None:
    with canary() as (port, caught):
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{port}")
        fetcher.get(host.serve("/a", BODY))
        assert caught == []
    _, _, headers, _ = host.seen[0]
    assert headers["accept-encoding"] == "identity"
    assert headers["host"] == host.netloc
    assert not {"cookie", "authorization", "referer", "range"} & set(headers)


def test_an_unchanged_file_is_not_sent_again(fetcher: OutboundClient, host: RemoteHost) -> None:
    url = host.serve("/a", b"", 304)
    assert fetcher.get(url, etag='"1"').file is None
    assert host.seen[0][2]["if-none-match"] == '"1"'


@pytest.mark.parametrize("status", [201, 204, 206, 300, 400, 401, 403, 500, 502, 503])
def test_any_other_answer_than_200_is_a_sentence(
    fetcher: OutboundClient, host: RemoteHost, status: int
) -> None:
    with pytest.raises(BadRequest, match=f"Error in loading .* {status}"):
        fetcher.get(host.serve("/a", b"x" * (status != 204), status))
    assert spooled(fetcher) == []


@pytest.mark.parametrize("status", [404, 410])
def test_what_is_not_there_is_not_found(fetcher: OutboundClient, host: RemoteHost, status: int) -> None:
    with pytest.raises(NotFound, match="Not Found"):
        fetcher.get(host.serve("/a", b"", status))


# ---- where it connects ------------------------------------------------------------------------------------


@pytest.mark.parametrize("spelling", INSIDE)
@pytest.mark.parametrize("ports", ["any", "usual"])
def test_nothing_inside_is_called(
    fetcher: OutboundClient, spelling: str, ports: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with canary() as (port, four), canary("::1") as (_, six):
        if ports == "any":  # even if the port itself were fine
            monkeypatch.setattr("picturerail.outbound.url.RemoteUrl.usual_port", True)
        with pytest.raises(BadRequest):
            fetcher.get(spelling.replace("{port}", str(port)))
        assert (four, six) == ([], [])


def test_unusual_ports_are_closed(fetcher: OutboundClient) -> None:
    public = replace(fetcher, resolve=lambda host, port: [PUBLIC])
    for port in (1, 21, 22, 25, 81, 443, 3306, 5432, 6379, 9200, 11211, 27017):
        with pytest.raises(BadRequest, match="not allowed"):
            public.addresses(parse_remote(f"http://example.com:{port}/"))
    for port in (80, 8080, 8443):
        assert public.addresses(parse_remote(f"http://example.com:{port}/")) == [PUBLIC]


def _always(found: list[str], host: str, port: int) -> list[str]:
    return found


@pytest.mark.parametrize(
    "inside", ["127.0.0.1", "::1", "10.0.0.1", "169.254.169.254", "::ffff:127.0.0.1", "64:ff9b::7f00:1"]
)
def test_one_inside_address_among_public_ones_closes_a_host(fetcher: OutboundClient, inside: str) -> None:
    for found in ([PUBLIC, inside], [inside, PUBLIC], [inside]):
        mixed = replace(fetcher, resolve=partial(_always, found))
        with pytest.raises(BadRequest, match="not a public one"):
            mixed.get("http://example.com/")


def test_a_host_that_rebinds_is_asked_for_once_and_called_where_it_was_checked(
    fetcher: OutboundClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = iter([[PUBLIC], ["127.0.0.1"], ["127.0.0.1"]])
    asked: list[str] = []
    called: list[tuple[str, int]] = []

    def resolve(host: str, port: int) -> Sequence[str]:
        asked.append(host)
        return next(answers)

    def connect(address: tuple[str, int], timeout: float) -> socket.socket:
        called.append(address)
        raise OSError("beyond this machine")

    monkeypatch.setattr(socket, "create_connection", connect)
    with pytest.raises(BadRequest, match="the connection failed"):
        replace(fetcher, resolve=resolve).get("http://rebind.example:8080/")
    assert asked == ["rebind.example"]
    assert called == [(PUBLIC, 8080)]


def test_a_host_that_rebinds_between_two_hops_is_checked_again(
    fetcher: OutboundClient, host: RemoteHost
) -> None:
    with canary() as (port, caught):
        url = host.redirect("/a", f"http://127.0.0.1:{port}/")
        with pytest.raises(BadRequest):
            fetcher.get(url)
        assert caught == []


def test_an_allowed_host_is_allowed_by_its_exact_name_only(fetcher: OutboundClient) -> None:
    inside = replace(fetcher, allowed=frozenset({"ok.example"}), resolve=lambda host, port: ["10.0.0.1"])
    assert inside.addresses(parse_remote("http://OK.example/")) == ["10.0.0.1"]
    for other in ("evil-ok.example", "ok.example.evil", "sub.ok.example", "ok.exampl", "x.example"):
        with pytest.raises(BadRequest):
            inside.addresses(parse_remote(f"http://{other}/"))
    with pytest.raises(BadRequest, match="port 81"):
        inside.addresses(parse_remote("http://ok.example:81/"))


# ---- redirects --------------------------------------------------------------------------------------------


def test_three_redirects_are_followed_and_not_four(fetcher: OutboundClient, host: RemoteHost) -> None:
    host.serve("/0", BODY)
    for step in range(1, 5):
        host.redirect(f"/{step}", f"/{step - 1}", (301, 302, 303, 307, 308)[step])
    assert fetcher.get(f"{host.url}/3").file is not None
    with pytest.raises(BadRequest, match="more than 3 redirects"):
        fetcher.get(f"{host.url}/4")


@pytest.mark.parametrize(
    "location",
    [
        *(
            "http://127.0.0.1:{port}/",
            "http://localhost:{port}/",
            "http://[::1]:{port}/",
            "//127.0.0.1:{port}/",
        ),
        *(
            "http://169.254.169.254/",
            "file:///etc/passwd",
            "gopher://127.0.0.1:{port}/_x",
            "ftp://127.0.0.1:{port}/",
        ),
        *(
            "data:image/png;base64,AA",
            "http://ok@127.0.0.1:{port}/",
            "\\\\127.0.0.1:{port}\\",
            "http://127.1:{port}/",
        ),
    ],
)
def test_redirects_do_not_lead_inside(fetcher: OutboundClient, host: RemoteHost, location: str) -> None:
    with canary() as (port, caught):
        with pytest.raises(BadRequest):
            fetcher.get(host.redirect("/a", location.replace("{port}", str(port))))
        assert caught == []


# ---- hosts that lie or stall ------------------------------------------------------------------------------

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n"


def drip(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 1000\r\n\r\n")
    _slowly(connection, b"x")


def drip_head(connection: socket.socket) -> None:
    connection.sendall(HEAD)
    _slowly(connection, b"X")


def many_continues(connection: socket.socket) -> None:
    _slowly(connection, b"HTTP/1.1 100 Continue\r\n\r\n")


def stall(connection: socket.socket) -> None:
    time.sleep(10)


def _slowly(connection: socket.socket, block: bytes) -> None:
    for _ in range(100):
        connection.sendall(block)
        time.sleep(0.1)


@pytest.mark.parametrize("answer", [drip, drip_head, many_continues, stall])
def test_slow_hosts_are_cut(fetcher: OutboundClient, host: RemoteHost, answer: object) -> None:
    url = host.raw("/a", answer)  # type: ignore[arg-type]
    begun = time.monotonic()
    with pytest.raises(BadRequest, match="did not answer in time"):
        replace(fetcher, seconds=1).get(url)
    assert time.monotonic() - begun < 8, "or else it waited for the host"
    assert spooled(fetcher) == []


def endless(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"\r\n")
    while True:
        connection.sendall(b"x" * 65536)


def endless_chunks(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\n")
    while True:
        connection.sendall(b"10000\r\n" + b"x" * 65536 + b"\r\n")


def announced(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 10000000000\r\n\r\n" + b"x" * 1000)
    time.sleep(9)


@pytest.mark.parametrize("answer", [endless, endless_chunks, announced])
def test_what_is_too_large_is_cut(fetcher: OutboundClient, host: RemoteHost, answer: object) -> None:
    url = host.raw("/a", answer)  # type: ignore[arg-type]
    begun = time.monotonic()
    with pytest.raises((TooLarge, BadRequest), match="File size too large"):
        fetcher.get(url)
    assert time.monotonic() - begun < 8
    assert spooled(fetcher) == []


@pytest.mark.parametrize(
    "answer",
    [
        HEAD + b"Content-Length: 1000\r\n\r\nshort",
        HEAD + b"Connection: close\r\nContent-Length: 1000\r\n\r\nshort",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nff\r\nshort",
        HEAD + b"Transfer-Encoding: chunked\r\n\r\nnonsense\r\n",
        HEAD + b"X: " + b"x" * 100_000 + b"\r\n\r\n",
        HEAD + b"X: y\r\n" * 1000 + b"\r\n",
        b"nonsense\r\n\r\n",
        b"HTTP/9 abc\r\n\r\n",
        b"",
        b"\x00\xff" * 1000,
        b"HTTP/1.1 302 Found\r\nLocation: http://\xff\xfe/\r\nContent-Length: 0\r\n\r\n",
        b"HTTP/1.1 302 Found\r\nLocation: http://a/\x01\r\nContent-Length: 0\r\n\r\n",
    ],
)
def test_broken_answers_are_a_sentence(fetcher: OutboundClient, host: RemoteHost, answer: bytes) -> None:
    with pytest.raises(BadRequest) as refusal:
        fetcher.get(host.raw("/a", lambda connection: connection.sendall(answer)))
    assert refusal.value.message.endswith(".")
    assert spooled(fetcher) == []


def test_what_is_compressed_is_not_unpacked(fetcher: OutboundClient, host: RemoteHost) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    with pytest.raises(BadRequest, match="compressed"):
        fetcher.get(host.serve("/a", bomb, Content_Encoding="gzip"))


@pytest.mark.parametrize("more", [b"", b"Connection: close\r\nContent-Length: 7000\r\n"])
def test_a_host_may_hang_up_after_the_file(fetcher: OutboundClient, host: RemoteHost, more: bytes) -> None:
    got = fetcher.get(host.raw("/a", lambda connection: connection.sendall(HEAD + more + b"\r\n" + BODY)))
    assert got.file is not None
    assert got.file.bytes == len(BODY)


def test_only_so_many_at_once(fetcher: OutboundClient, host: RemoteHost) -> None:
    url = host.serve("/a", BODY)
    for _ in range(8):
        assert fetcher.busy.acquire(blocking=False)
    with pytest.raises(TooManyRequests) as refusal:
        fetcher.get(url)
    assert refusal.value.retry_after == 2
    fetcher.busy.release()
    assert fetcher.get(url).file is not None
    assert fetcher.get(url).file is not None  # each gives its turn back


def test_plain_http_on_an_https_port_is_a_sentence(fetcher: OutboundClient, host: RemoteHost) -> None:
    with pytest.raises(BadRequest, match="no secure connection can be made"):
        fetcher.get(host.url.replace("http://", "https://"))


# ---- closed networks, and sending -------------------------------------------------------------------------


def test_a_mapped_address_is_answered_from_its_file(fetcher: OutboundClient, tmp_path: Path) -> None:
    (tmp_path / "logo.png").write_bytes(BODY)
    mapped = replace(fetcher, mapped={"http://example.com/logo.png": tmp_path / "logo.png"})
    got = mapped.get("http://EXAMPLE.com:80/logo.png")
    assert got.file is not None
    assert (got.file.path.read_bytes(), got.file.name) == (BODY, "logo.png")
    assert (tmp_path / "logo.png").exists()


def test_posting(fetcher: OutboundClient, host: RemoteHost) -> None:
    url = host.serve("/hook", b"thanks")
    assert fetcher.send("POST", parse_remote(url), {"Content-Type": "application/json"}, b'{"a":1}') == 200
    assert host.seen[0][0] == "POST"
    assert host.seen[0][3] == b'{"a":1}'
    assert fetcher.send("POST", parse_remote(f"{host.url}/none"), {}, b"") == 404


def test_posts_do_not_go_inside(fetcher: OutboundClient) -> None:
    with canary() as (port, caught):
        for url in (f"http://127.0.0.1:{port}/", f"http://localhost:{port}/", "http://[::1]/", "file:///x"):
            with pytest.raises(PicturerailError):
                fetcher.send("POST", parse_remote(url), {}, b"x")
        assert caught == []
