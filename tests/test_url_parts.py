"""Addresses in their parts: what is none has none, and nothing raises."""

import pytest

from picturerail.url_parts import is_web, read_url, split_url

NO_ADDRESSES = (
    "http://[",
    "https://[::1",
    "http://a]b/x.jpg",
    "http://x:ab/",
    "http://x:99999999/",
    "//[",
    "http://℀.example/",
)


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_cannot_be_read_has_no_parts(text: str) -> None:
    assert read_url(text) is None
    assert (split_url(text).scheme, split_url(text).netloc, split_url(text).hostname) == ("", "", None)


def test_an_address_is_read() -> None:
    parts = split_url("https://User@Pics.example:8443/a?b#c")
    assert (parts.hostname, parts.port, parts.username, parts.path) == ("pics.example", 8443, "User", "/a")


@pytest.mark.parametrize(
    "text",
    [
        *NO_ADDRESSES,
        "",
        "x",
        "//a.example/",
        "ftp://a.example/",
        "http:",
        "http:///x",
        "http://:80/",
        "http://u@/x",
    ],
)
def test_what_has_no_host_or_another_scheme_is_none_of_the_web(text: str) -> None:
    assert not is_web(text)


@pytest.mark.parametrize("text", ["http://a.example", "https://[::1]:8443/x?y", "HTTPS://u:p@a/"])
def test_addresses_of_the_web(text: str) -> None:
    assert is_web(text)
