"""The hidden origin: who gets in, and whose word counts."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any
from wsgiref.types import StartResponse, WSGIEnvironment
from wsgiref.util import setup_testing_defaults

import pytest

from picturerail.edge.origin_auth import FOR_ALL, guarded
from tests.edge.conftest import SECRET, settings_of


def app(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    start_response(
        "200 OK", [("Cache-Control", environ.get("HTTP_X_CACHE_CONTROL", "public, max-age=31536000"))]
    )
    seen = (environ["REMOTE_ADDR"], environ["wsgi.url_scheme"], "HTTP_X_EDGE_SECRET" in environ)
    return [repr(seen).encode()]


def ask(tmp_path: Path, path: str = "/gallery/", **headers: str) -> tuple[str, dict[str, str], bytes]:
    environ: WSGIEnvironment = {"PATH_INFO": path, "REMOTE_ADDR": "10.0.0.1"}
    environ |= {f"HTTP_{name.upper()}": value for name, value in headers.items()}
    setup_testing_defaults(environ)
    said: list[Any] = []
    body = b"".join(guarded(settings_of(tmp_path), app)(environ, lambda *answer: said.extend(answer)))  # type: ignore[arg-type]
    return said[0], dict(said[1]), body


@pytest.mark.parametrize(
    "secret", [None, "", "wrong", SECRET[:-1], SECRET + "x", SECRET.upper(), "\xff" * 30]
)
def test_strangers_are_refused(tmp_path: Path, secret: str | None) -> None:
    status, headers, body = ask(tmp_path, **({} if secret is None else {"x_edge_secret": secret}))
    assert status.startswith("403")
    assert headers["Cache-Control"] == "no-store"
    assert b"10.0.0.1" not in body


def test_an_edge_is_believed_about_the_visitor_and_the_secret_goes_no_further(tmp_path: Path) -> None:
    said = ask(tmp_path, x_edge_secret=SECRET, x_edge_client="192.0.2.7", x_edge_scheme="https")
    assert said[2] == repr(("192.0.2.7", "https", False)).encode()


def test_a_stranger_is_not_believed(tmp_path: Path) -> None:
    for path in ("/healthz", "/readyz"):
        status, _, body = ask(tmp_path, path, x_edge_client="192.0.2.7", x_edge_scheme="https")
        assert status.startswith("200"), "supervisors ask without a secret"
        assert body == repr(("10.0.0.1", "http", False)).encode()


def test_without_a_secret_there_is_no_guard(tmp_path: Path) -> None:
    assert guarded(settings_of(tmp_path, edge_secret=""), app) is app


@pytest.mark.parametrize(
    ("control", "seconds", "told"),
    [
        ("public, max-age=31536000, immutable", "86400", ", stale-while-revalidate=2592000"),
        ("public, max-age=60", None, ", stale-while-revalidate=2592000"),
        ("public, s-maxage=60, stale-while-revalidate=3600", None, ""),
        ("private, max-age=99999999", None, ""),
        ("no-store", "1", ""),
    ],
)
def test_edges_ask_again_after_a_day_at_most(
    tmp_path: Path, control: str, seconds: str | None, told: str
) -> None:
    headers = ask(tmp_path, x_edge_secret=SECRET, x_edge_keep="1", x_cache_control=control)[1]
    assert headers.get("X-Accel-Expires") == seconds
    assert headers["Cache-Control"] == control + told


@pytest.mark.parametrize(
    ("status", "control", "told"),
    [
        (200, "private, max-age=3600", "@1"),
        (304, "private, max-age=3600", "@1"),
        # access control: what is open to everybody for a time looks so, too
        (200, "private, max-age=60", "0"),
        (200, "public, max-age=31536000, immutable", "0"),
        (200, "no-store", "0"),
        (401, "no-store", "@1"),
        (404, "no-store", "@1"),
        (429, "no-store", "0"),
        (503, "no-store", "0"),
    ],
)
def test_what_a_token_opened_is_asked_after_each_time(
    tmp_path: Path, status: int, control: str, told: str
) -> None:
    said: list[Any] = []
    environ: WSGIEnvironment = {"PATH_INFO": "/x", "HTTP_X_EDGE_SECRET": SECRET, "HTTP_X_EDGE_KEEP": "opened"}
    setup_testing_defaults(environ)

    def answer(seen: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        assert FOR_ALL not in seen
        start_response(f"{status} X", [("Cache-Control", control)])
        return [b""]

    guarded(settings_of(tmp_path), answer)(environ, lambda *answer: said.extend(answer))  # type: ignore[arg-type]
    assert said[1] == [("X-Accel-Expires", told), ("Cache-Control", control)]


@pytest.mark.parametrize(
    "who", [{}, {"x_edge_secret": SECRET}, {"x_edge_secret": "wrong", "x_edge_keep": "1"}]
)
def test_only_what_an_edge_asks_for_everybody_may_be_kept(tmp_path: Path, who: dict[str, str]) -> None:
    assert "X-Accel-Expires" not in ask(tmp_path, **who)[1]


def test_nginx_reads_that_an_old_copy_is_shown_while_it_asks(tmp_path: Path) -> None:
    """After `X-Accel-Expires` nginx 1.22 would not."""
    headers = ask(tmp_path, x_edge_secret=SECRET, x_edge_keep="1")[1]
    assert list(headers) == ["Cache-Control", "X-Accel-Expires"]


def test_a_refusal_is_kept_for_a_moment_and_told_first(tmp_path: Path) -> None:
    """After `no-store` nginx 1.22 would not hear of the moment."""
    said: list[Any] = []
    environ: WSGIEnvironment = {"PATH_INFO": "/x", "HTTP_X_EDGE_SECRET": SECRET, "HTTP_X_EDGE_KEEP": "1"}
    setup_testing_defaults(environ)

    def refuse(_: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        start_response("404 Not Found", [("Cache-Control", "no-store")])
        return [b""]

    guarded(settings_of(tmp_path), refuse)(environ, lambda *answer: said.extend(answer))  # type: ignore[arg-type]
    assert said[1] == [("X-Accel-Expires", "1"), ("Cache-Control", "no-store")]
