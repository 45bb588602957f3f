"""Addresses of other hosts are parsed strictly: whatever two readers could understand differently is refused."""

import pytest

from picturerail.errors import BadRequest
from picturerail.outbound.url import parse_remote, redirected

REFUSED = [
    *(
        "",
        "image.jpg",
        "//host/a",
        "/etc/passwd",
        "file:///etc/passwd",
        "FILE:///etc/passwd",
        "gopher://h/_x",
        "ftp://h/a",
    ),
    *(
        "data:image/png;base64,AA",
        "javascript:alert(1)",
        "s3://bucket/key",
        "gs://bucket/key",
        "dict://h:11211/",
        "jar:http://h!/",
    ),
    *(
        "http://",
        "http:///a",
        "http://:80/",
        "http://?a",
        "http://#a",
        "http:a",
        "http:/a",
        "http//a",
        "http://./",
        "http://..",
    ),
    *(
        "http://user@host/",
        "http://user:pass@host/",
        "http://ok.com@127.0.0.1/",
        "http://ok.com:80@127.0.0.1/",
        "http://@host/",
    ),
    *(
        "http://ok.com\\@evil/",
        "http://ok.com\\.evil/",
        "http:\\\\evil/",
        "http://h/\x00",
        "http://h/\n",
        "http://h\t/",
        "ht\ntp://h/",
    ),
    *(
        "http://h/a\r\nHost: x",
        "http://h/\x7f",
        "http://a b/",
        "http://a%00b/",
        "http://a%2eb/",
        "http://a,b/",
        "http://a;b/",
    ),
    *(
        "http://-a/",
        "http://a-/",
        "http://a..b/",
        "http://.a/",
        f"http://{'a' * 64}/",
        f"http://{'a.' * 127}a/",
        "http://[::1",
        "http://::1/",
    ),
    *(
        "http://[::1%25lo]/",
        "http://[fe80::1%eth0]/",
        "http://[v1.x]/",
        "http://[127.0.0.1]/",
        "http://h:99999/",
        "http://h:x/",
        "http://h:-1/",
    ),
    *(
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://0x7f.0.0.1/",
        "http://0177.0.0.1/",
        "http://1.2.3/",
        "http://1.2.3.256/",
    ),
    *(
        "http://①②⑦.⓪.⓪.①/",
        "http://127。0。0。1/",
        "http://bücher.example/",
        "http://a.0x/",
        "http://a.1/",
        f"http://h/{'a' * 5000}",
    ),
]


@pytest.mark.parametrize("url", REFUSED)
def test_odd_addresses_are_refused_with_a_sentence(url: str) -> None:
    with pytest.raises(BadRequest) as refusal:
        parse_remote(url)
    assert refusal.value.message.endswith(".")


@pytest.mark.parametrize(
    ("url", "same"),
    [
        ("http://Example.COM", "http://example.com/"),
        ("HTTP://example.com:80/a?b=c#d", "http://example.com/a?b=c"),
        ("https://example.com.:443/a", "https://example.com/a"),
        ("http://example.com:8080/ä b", "http://example.com:8080/%C3%A4%20b"),
        ("http://example.com/a%2Fb?c=%20", "http://example.com/a%2Fb?c=%20"),
        ("http://[2001:DB8:0::1]:8080/", "http://[2001:db8::1]:8080/"),
        ("http://1.2.3.4/", "http://1.2.3.4/"),
        ("http://my_host-1.example/a,b;c=(d)", "http://my_host-1.example/a,b;c=(d)"),
        ("http://host?x=http://y@z", "http://host/?x=http://y@z"),
        (" http://example.com/ ", "http://example.com/"),
    ],
)
def test_good_addresses_have_one_spelling(url: str, same: str) -> None:
    assert parse_remote(url).url == same
    assert parse_remote(same).url == same


def test_redirects_are_relative_to_where_they_come_from() -> None:
    start = parse_remote("http://a.example/x/y?z")
    assert redirected(start, "../b").url == "http://a.example/b"
    assert redirected(start, "//c.example/d").url == "http://c.example/d"
    assert redirected(start, "https://c.example/").url == "https://c.example/"


@pytest.mark.parametrize(
    "location", ["file:///etc/passwd", "gopher://a", "data:,x", "ftp://a/b", "http://u@b/", "/a\nb", "\\\\b"]
)
def test_a_redirect_is_checked_like_any_address(location: str) -> None:
    with pytest.raises(BadRequest):
        redirected(parse_remote("http://a.example/"), location)


@pytest.mark.parametrize("location", ["http://[", "//[::1/x", "http://a:b/"])
def test_a_redirect_to_what_is_no_address_is_refused(location: str) -> None:
    with pytest.raises(BadRequest, match="cannot be read"):
        redirected(parse_remote("http://a.example/"), location)
