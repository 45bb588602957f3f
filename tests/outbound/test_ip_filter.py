"""Which addresses are public: a table of spellings that have been used against image services."""

import socket

import pytest

from picturerail.outbound.ip_filter import is_public

CLOSED = [
    "0.0.0.0",
    "0.0.0.1",
    "0.255.255.255",
    "10.0.0.1",
    "10.255.255.255",
    "100.64.0.1",
    "100.100.100.200",
    "100.127.255.255",
    "127.0.0.1",
    "127.0.0.2",
    "127.255.255.254",
    "168.63.129.16",
    "169.254.0.1",
    "169.254.169.254",
    "169.254.170.2",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.1",
    "192.0.0.170",
    "192.0.0.192",
    "192.0.2.1",
    "192.31.196.1",
    "192.52.193.1",
    "192.88.99.1",
    "192.168.0.1",
    "192.168.255.255",
    "192.175.48.1",
    "198.18.0.1",
    "198.19.255.255",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "224.0.0.251",
    "232.1.1.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.254",
    "255.255.255.255",
    "::",
    "::1",
    "::2",
    "::127.0.0.1",
    "::7f00:1",
    "::10.0.0.1",
    "::8.8.8.8",
    "::ffff:127.0.0.1",
    "::ffff:7f00:1",
    "::ffff:10.0.0.1",
    "::ffff:0.0.0.0",
    "::ffff:169.254.169.254",
    "::ffff:8.8.8.8",
    "::ffff:0:127.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::127.0.0.1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b::10.0.0.1",
    "64:ff9b::0.0.0.0",
    "64:ff9b::c0a8:1",
    "64:ff9b:1::1",
    "64:ff9b:1::8.8.8.8",
    "100::1",
    "100:0:0:1::1",
    "2001::1",
    "2001:0:7f00:1::",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
    "2001:1::1",
    "2001:1::2",
    "2001:2::1",
    "2001:3::1",
    "2001:4:112::1",
    "2001:10::1",
    "2001:1f::",
    "2001:20::1",
    "2001:30::1",
    "2001:1ff::",
    "2001:db8::1",
    "2001:db8:ffff::1",
    "2002::",
    "2002:7f00:1::",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::",
    "2002:0808:0808::1",
    "2002:c0a8:101::1",
    "2002:ffff:ffff::",
    "2620:4f:8000::1",
    "3ffe::1",
    "3ffe:ffff::1",
    "3fff::1",
    "3fff:fff::",
    "4000::1",
    "5f00::1",
    "8000::1",
    "fc00::1",
    "fd00::1",
    "fd00:ec2::254",
    "fdff:ffff::1",
    "fe80::1",
    "fe80::1%lo",
    "fe80::1%1",
    "fe80::5efe:7f00:1",
    "febf::1",
    "fec0::1",
    "feff::1",
    "ff00::1",
    "ff01::1",
    "ff02::1",
    "ff02::fb",
    "ff05::2",
    "ff0e::1",
    "ffff::1",
    "2a00:1450::5efe:7f00:1",
    "2a00:1450::200:5efe:a00:1",
    "2a00:1450::5efe:10.0.0.1",
    "2606:4700::200:5efe:192.168.0.1",
    "2606:4700::1%eth0",
]

OPEN = [
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.1",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.1",
    "168.63.129.15",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "192.0.1.0",
    "192.0.3.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "203.0.112.255",
    "203.0.114.0",
    "223.255.255.255",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2003::1",
    "2606:4700::1111",
    "2a00:1450:4001::1",
    "64:ff9b::8.8.8.8",
]

NO_ADDRESSES = [
    "",
    "localhost",
    "127.1",
    "0x7f.1",
    "2130706433",
    "0177.0.0.1",
    "1.1.1",
    "1.1.1.1.1",
    "::g",
    " 1.1.1.1",
    "1.1.1.1\n",
]

# Spellings that the system's resolver turns into an address: it is the result that is judged.
RESOLVED = [
    "127.1",
    "127.0.1",
    "0x7f.1",
    "0x7f000001",
    "2130706433",
    "017700000001",
    "0177.0.0.1",
    "0177.0.0.01",
    "0",
    "0x0",
    "00",
    "127.000.000.001",
    "localhost",
    "0xa9fea9fe",
    "2852039166",
    "0251.0376.0251.0376",
    "169.254.43518",
    "10.1",
    "0xa.1",
    "012.0.0.1",
    "192.168.1",
    "0xc0a80001",
    "3232235521",
    "①②⑦.⓪.⓪.①",
    "127。0。0。1",
    "１２７.0.0.1",
]


@pytest.mark.parametrize("address", CLOSED)
def test_no_address_inside_is_public(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("address", OPEN)
def test_the_neighbours_of_closed_ranges_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize("text", NO_ADDRESSES)
def test_what_is_no_address_is_not_public(text: str) -> None:
    assert not is_public(text)


@pytest.mark.parametrize("host", RESOLVED)
def test_what_the_resolver_makes_of_odd_spellings_is_not_public(host: str) -> None:
    try:
        found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, 80)]
    except (OSError, UnicodeError):
        found = []  # a resolver that refuses the spelling is as good
    assert not any(map(is_public, found))


def test_the_table_is_long_enough_to_mean_something() -> None:
    assert len({*CLOSED, *NO_ADDRESSES, *RESOLVED}) >= 120
