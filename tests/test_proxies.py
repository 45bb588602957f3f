"""Trusted proxies are believed about the visitor; what stands left of the first stranger is not."""

from dataclasses import dataclass

import pytest

from picturerail.door.head import Headers, read_head
from picturerail.proxies import Proxies

PROXIES = ("10.0.0.0/8", "127.0.0.1", "2001:db8::/64")


class Given(dict[str, str]):
    """Headers, each once."""

    def get_all(self, key: str) -> list[str]:
        return [self[key]] if key in self else []

    def items(self) -> list[tuple[str, str]]:  # type: ignore[override]
        return list(super().items())


@dataclass
class Asked:
    """A request as granian gives it."""

    client: str
    headers: Headers
    http_version: str = "1.1"
    server: str = "127.0.0.1:8000"
    scheme: str = "http"
    method: str = "GET"
    path: str = "/"
    query_string: str = ""
    authority: str | None = "pics.example"


def seen(proxies: tuple[str, ...], remote: str, **headers: str) -> tuple[str, str]:
    """Address and scheme as the applications see them."""
    given = Given({name.lower().replace("_", "-"): value for name, value in headers.items()})
    client = f"[{remote}]:4711" if ":" in remote else f"{remote}:4711"
    head = read_head(Asked(client, given), "", Proxies.of(proxies))
    assert head.visitor == head.client or ":" in head.client
    return head.client, head.scheme


@pytest.mark.parametrize(
    ("remote", "forwarded", "visitor"),
    [
        ("10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "6.6.6.6, 203.0.113.5", "203.0.113.5"),  # the visitor wrote the left one
        ("10.0.0.1", "203.0.113.5, 10.0.0.9", "203.0.113.5"),  # two proxies of ours
        ("10.0.0.1", "203.0.113.5, 198.51.100.7, 10.0.0.9", "198.51.100.7"),
        ("10.0.0.1", "203.0.113.5:4711", "203.0.113.5"),
        ("10.0.0.1", "[2001:db8:1::7]:4711", "2001:db8:1::7"),
        ("10.0.0.1", "2001:db8:1::7", "2001:db8:1::7"),
        ("10.0.0.1", "unknown, 10.0.0.9", "10.0.0.9"),
        ("10.0.0.1", "::ffff:203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "[::FFFF:203.0.113.5]:4711", "203.0.113.5"),
        ("10.0.0.1", "", "10.0.0.1"),
        ("::ffff:10.0.0.1", "203.0.113.5", "203.0.113.5"),
        ("10.0.0.1", "203.0.113.5, ::ffff:10.0.0.9", "203.0.113.5"),
        ("2001:db8::1", "203.0.113.5", "203.0.113.5"),
        ("198.51.100.7", "203.0.113.5", "198.51.100.7"),  # nobody that we trust
        ("", "203.0.113.5", ""),
    ],
)
def test_the_right_most_hop_that_is_no_proxy_is_the_visitor(
    remote: str, forwarded: str, visitor: str
) -> None:
    assert seen(PROXIES, remote, X_FORWARDED_FOR=forwarded)[0] == visitor


@pytest.mark.parametrize(
    ("told", "scheme"), [("https", "https"), ("http, HTTPS", "https"), ("gopher", "http"), ("", "http")]
)
def test_the_nearest_proxy_tells_the_scheme(told: str, scheme: str) -> None:
    assert seen(PROXIES, "10.0.0.1", X_FORWARDED_PROTO=told)[1] == scheme
    assert seen(PROXIES, "198.51.100.7", X_FORWARDED_PROTO=told)[1] == "http"


@pytest.mark.parametrize("proxy", ["::ffff:10.0.0.1", "::ffff:10.0.0.0/104"])
def test_an_ipv4_proxy_may_be_written_as_a_log_of_both_versions_has_it(proxy: str) -> None:
    assert seen((proxy,), "10.0.0.1", X_FORWARDED_FOR="203.0.113.5")[0] == "203.0.113.5"
    assert seen((proxy,), "::ffff:10.0.0.1", X_FORWARDED_FOR="203.0.113.5")[0] == "203.0.113.5"
    assert seen((proxy,), "11.0.0.1", X_FORWARDED_FOR="203.0.113.5")[0] == "11.0.0.1"


def test_without_proxies_nothing_is_believed() -> None:
    assert seen((), "10.0.0.1", X_FORWARDED_FOR="203.0.113.5", X_FORWARDED_PROTO="https") == (
        "10.0.0.1",
        "http",
    )


@pytest.mark.parametrize(
    ("secret", "told", "visitor"),
    [
        ("s", {"x_edge_visitor": "203.0.113.5"}, "203.0.113.5"),  # an answer for all
        ("s", {"x_edge_client": "203.0.113.5"}, "203.0.113.5"),
        ("s", {}, "10.0.0.1"),
        ("", {"x_edge_visitor": "203.0.113.5"}, "10.0.0.1"),  # anybody can say so
        ("other", {"x_edge_visitor": "203.0.113.5"}, "10.0.0.1"),
    ],
)
def test_an_edge_that_shows_its_secret_says_whose_work_it_is(
    secret: str, told: dict[str, str], visitor: str
) -> None:
    given = {"x-edge-secret": secret} | {name.replace("_", "-"): value for name, value in told.items()}
    head = read_head(Asked("10.0.0.1:4711", Given(given)), "s", Proxies.of(()))
    assert (head.visitor, head.client) == (visitor, "10.0.0.1")
