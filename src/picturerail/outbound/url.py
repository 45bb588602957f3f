"""The addresses of other hosts that we are willing to call, parsed strictly. Pure."""

import re
from dataclasses import dataclass
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import quote, urljoin

from picturerail.errors import BadRequest
from picturerail.url_parts import read_url

PORTS = {"http": (80, 8080, 8443), "https": (443, 8080, 8443)}
MAX_URL = 4096

_LABEL = r"(?!-)[a-z0-9_-]{1,63}(?<!-)"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NUMBER_LIKE = re.compile(r"(?:\d+|0x[0-9a-f]*)")
_UNSAFE = re.compile(r"[\x00-\x1f\x7f\\]")
_KEPT = "%/:?#[]@!$&'()*+,;=-._~|"  # characters that stay as they are in path and query


@dataclass(frozen=True)
class RemoteUrl:
    """One address to call: `host` is a lower-case name or an IP address without brackets."""

    scheme: str
    host: str
    port: int
    target: str  # path and query, as sent

    @property
    def netloc(self) -> str:
        """Host and port as they stand in a URL and in the Host header."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        usual = {"http": 80, "https": 443}[self.scheme]
        return host if self.port == usual else f"{host}:{self.port}"

    @property
    def url(self) -> str:
        """The whole address, in one spelling."""
        return f"{self.scheme}://{self.netloc}{self.target}"

    @property
    def usual_port(self) -> bool:
        """True for a port on which web servers are expected."""
        return self.port in PORTS[self.scheme]


def parse_remote(url: str) -> RemoteUrl:
    """The parts of `url`; BadRequest that says what is wrong with any but a plain http or https address."""
    if len(url) > MAX_URL:
        raise BadRequest(f"The address is longer than {MAX_URL} characters.")
    if _UNSAFE.search(url):
        raise BadRequest("The address holds a backslash or a control character.")
    if (parts := read_url(url.strip(" "))) is None:
        raise BadRequest("The address cannot be read: check its host and port.")
    scheme = parts.scheme
    if scheme not in PORTS:
        raise BadRequest(f"Unsupported source URL: {_shown(url)}. Use http:// or https://.")
    if "@" in parts.netloc:
        raise BadRequest("The address must not hold a user name or password.")
    host = _host(parts.hostname or "")
    if ("[" in parts.netloc) != (":" in host):
        raise BadRequest("Only an IPv6 address stands in square brackets.")
    path = quote(parts.path, safe=_KEPT) or "/"
    query = f"?{quote(parts.query, safe=_KEPT)}" if parts.query else ""
    return RemoteUrl(scheme, host, parts.port or {"http": 80, "https": 443}[scheme], path + query)


def redirected(remote: RemoteUrl, location: str) -> RemoteUrl:
    """Where a redirect leads, checked like any other address."""
    if _UNSAFE.search(location):
        raise BadRequest("The remote server redirects to an address with a control character.")
    try:
        return parse_remote(urljoin(remote.url, location))
    except ValueError:
        raise BadRequest("The remote server redirects to an address that cannot be read.") from None


def _host(host: str) -> str:
    """One spelling for each host, so that no two readers can disagree about where it lies."""
    if ":" in host:
        return _ipv6(host)
    name = host.removesuffix(".")
    if not name.isascii():
        raise BadRequest("Write the host of the address in its ASCII form (xn--...).")
    if len(name) > 253 or not _NAME.fullmatch(name):
        raise BadRequest("The address has no valid host name.")
    if _NUMBER_LIKE.fullmatch(name.rpartition(".")[2]):
        return _dotted(name)
    return name


def _ipv6(host: str) -> str:
    try:
        address = IPv6Address(host)
    except AddressValueError:
        raise BadRequest("The address holds an invalid IPv6 address.") from None
    if address.scope_id is not None:
        raise BadRequest("The IPv6 address in the URL must not name a network interface.")
    return str(address)


def _dotted(name: str) -> str:
    """An IPv4 address in the one usual spelling: 127.1, 0x7f.1 and 2130706433 are read differently by readers."""
    try:
        return str(IPv4Address(name))
    except AddressValueError:
        raise BadRequest("Write the IPv4 address in the URL as four decimal numbers.") from None


def _shown(url: str) -> str:
    return url if len(url) <= 100 else f"{url[:100]}..."
