"""The head of a request, read once: who asks for what, and whether it may be asked in this way at all."""

import hmac
import ipaddress
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from picturerail.errors import BadRequest
from picturerail.proxies import Proxies

# A name, an IPv4 or IPv6 address, and a port; also none at all (RFC 9112, 3.2). Names in other scripts come in ASCII.
_HOST = re.compile(r"(?:[\w.-]*|\[[\da-fA-F:.]+\])(?::\d{0,5})?", re.ASCII)
# What comes with letters beyond ASCII does not get through the web server, and is an empty text here: it was sent.
TOLD_EMPTY = ("authorization", "cookie")
NETWORK_BITS = 64  # of an IPv6 address: whoever has one address has all of these


class Named(Protocol):
    """Headers by name; names are small."""

    def get(self, key: str, /) -> str | None:
        """The first value of this name."""


class Headers(Named, Protocol):
    """The headers of a request as granian gives them."""

    def get_all(self, key: str) -> list[str]:
        """All values of this name."""

    def items(self) -> list[tuple[str, str]]:
        """All headers, those of one name one after the other."""

    def __contains__(self, key: object) -> bool:
        """Whether one of this name was sent, readable or not."""


class Scope(Protocol):
    """What granian knows of a request (RSGI 1.5)."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None
    headers: Headers


@dataclass(frozen=True, slots=True)
class Head:
    """A request without its body. `path` is WSGI's: the bytes of the decoded path, each as one letter."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    scheme: str
    version: str
    server: str
    client: str
    visitor: str
    is_proxied: bool

    @property
    def length(self) -> int | None:
        """How many bytes the body has; None when the sender does not say."""
        if "transfer-encoding" in self.headers:
            return None
        return int(self.headers.get("content-length", "0"))

    @property
    def has_body(self) -> bool:
        """Whether any byte follows."""
        return self.length != 0


def read_head(scope: Scope, edge_secret: str, proxies: Proxies) -> Head:
    """What was asked; BadRequest for what HTTP does not allow.

    An edge that shows its secret names the visitor, and so does a trusted proxy.
    """
    items = scope.headers.items()
    headers = dict.fromkeys((name for name in TOLD_EMPTY if name in scope.headers), "") | _joined(items)
    headers["host"] = _host(scope, items)
    sender = address_of(scope.client)
    client = proxies.visitor(sender, headers.get("x-forwarded-for", ""))
    told = bool(edge_secret) and hmac.compare_digest(
        headers.get("x-edge-secret", "").encode(), edge_secret.encode()
    )
    if not headers.get("content-length", "0").isdecimal():
        raise BadRequest("Content-Length must be a number.")
    return Head(
        method=scope.method,
        path=wsgi_path(scope.path),
        query=scope.query_string,
        headers=headers,
        scheme=proxies.scheme(sender, headers.get("x-forwarded-proto", ""), scope.scheme),
        version=scope.http_version,
        server=scope.server,
        client=client,
        visitor=network_of(_charged(headers, client) if told else client),
        is_proxied=told or proxies.trusts(sender),
    )


def _charged(headers: Mapping[str, str], edge: str) -> str:
    """Whose work it is, by an edge: of what is the same for all it says so too, though the answer may not tell."""
    return headers.get("x-edge-visitor") or headers.get("x-edge-client") or edge


def wsgi_path(path: str) -> str:
    """A decoded path as WSGI has it."""
    return path if path.isascii() else path.encode().decode("latin-1")


def address_of(client: str) -> str:
    """The address in ADDRESS:PORT, an IPv4 address in its own form."""
    address = client.rpartition(":")[0].strip("[]")
    return address.removeprefix("::ffff:") if "." in address else address


def network_of(address: str) -> str:
    """What counts as one visitor: an IPv4 address, or the network of an IPv6 address."""
    if ":" not in address:
        return address
    try:
        return str(ipaddress.ip_network((address, NETWORK_BITS), strict=False))
    except ValueError:
        return address


def _host(scope: Scope, items: list[tuple[str, str]]) -> str:
    """The name by which we were asked (RFC 9112, 3.2): exactly one, of which addresses can be made."""
    named = [value for name, value in items if name == "host"]
    if len(named) > 1:
        raise BadRequest("The request has more than one Host header.")
    if named and scope.authority and named[0].lower() != scope.authority.lower():
        raise BadRequest("The address of the request names another host than its Host header.")
    if not named and not scope.authority and scope.http_version != "1":
        raise BadRequest("The request has no Host header.")
    host = scope.authority or "".join(named)
    if not _HOST.fullmatch(host):
        raise BadRequest("The Host header of the request is not the name of a host.")
    return host


def _joined(items: list[tuple[str, str]]) -> dict[str, str]:
    """Headers by name. One with _ in its name would be taken for another one by WSGI, so it does not count."""
    joined: dict[str, str] = {}
    for name, value in items:
        if "_" in name:
            continue
        between = "; " if name == "cookie" else ","
        joined[name] = f"{joined[name]}{between}{value}" if name in joined else value
    return joined
