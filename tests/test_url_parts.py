"""Addresses in their parts: what is none has none, and nothing raises."""

import pytest

from picturerail.url_parts import read_url, split_url

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
