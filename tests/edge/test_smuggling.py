"""Requests in requests (threats S-75), through an edge: the origin must never hear of the inner one."""

import socket
import time

import pytest

from tests.edge.client import PICTURE, get
from tests.edge.conftest import SITE, Running
from tests.edge.origin import Origin

INNER = f"GET /smuggled HTTP/1.1\r\nHost: {SITE}\r\n\r\n"
CHUNKED = f"0\r\n\r\n{INNER}"
SHAPES = {
    "CL.TE": f"Content-Length: {len(CHUNKED)}\r\nTransfer-Encoding: chunked\r\n\r\n{CHUNKED}",
    "TE.CL": f"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n\r\n{len(INNER):x}\r\n{INNER}\r\n0\r\n\r\n",
    "TE twice": f"Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n{CHUNKED}",
    "TE with a space": f"Transfer-Encoding : chunked\r\nContent-Length: {len(CHUNKED)}\r\n\r\n{CHUNKED}",
    "TE with a tab": f"Transfer-Encoding:\tchunked\r\nContent-Length: {len(CHUNKED)}\r\n\r\n{CHUNKED}",
    "TE unknown": f"Transfer-Encoding: xchunked\r\nContent-Length: {len(CHUNKED)}\r\n\r\n{CHUNKED}",
    "TE in a folded line": f"X: y\r\n Transfer-Encoding: chunked\r\nContent-Length: {len(CHUNKED)}\r\n\r\n{CHUNKED}",
    "two lengths": f"Content-Length: 0\r\nContent-Length: {len(INNER)}\r\n\r\n{INNER}",
    "a list of lengths": f"Content-Length: 0, {len(INNER)}\r\n\r\n{INNER}",
    "a signed length": f"Content-Length: +{len(INNER)}\r\n\r\n{INNER}",
    "a negative length": f"Content-Length: -1\r\n\r\n{INNER}",
    "bare line feeds": f"Content-Length: {len(INNER)}\nTransfer-Encoding: chunked\n\n{INNER}",
    "chunk extension": f"Transfer-Encoding: chunked\r\n\r\n1;a=\r\n{INNER}",
    "a huge chunk": f"Transfer-Encoding: chunked\r\n\r\nffffffffffffffff1\r\n{INNER}",
    "trailer": f"Transfer-Encoding: chunked\r\n\r\n0\r\nHost: evil\r\nX: {INNER}",
    "null in a name": f"Transfer\0-Encoding: chunked\r\nContent-Length: {len(CHUNKED)}\r\n\r\n{CHUNKED}",
}


@pytest.mark.parametrize("path", [PICTURE, "/gallery/", "/v1_1/picturerail/image/upload"])
def test_what_is_inside_a_request_does_not_become_one_at_the_origin(
    edge: Running, origin: Origin, path: str
) -> None:
    """What the edge takes for a request of its own carries the edge's headers; what the origin guesses does not."""
    method = "GET" if path == PICTURE else "POST"
    host, _, port = edge.edge.listen.partition(":")
    for rest in SHAPES.values():
        with socket.create_connection((host, int(port)), timeout=2) as raw:
            raw.sendall(f"{method} {path} HTTP/1.1\r\nHost: {SITE}\r\n{rest}".encode("latin-1"))
            time.sleep(0.1)
        assert get(edge, PICTURE)[0] == 200
        assert b"smuggled" not in get(edge, PICTURE)[2], "the next answer is ours"
    inner = [asked.headers for asked in origin.asked if asked.path == "/smuggled"]
    assert {(heard.get("x-edge-client"), heard["host"]) for heard in inner} <= {("127.0.0.1", SITE)}
