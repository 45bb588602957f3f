"""Reverse proxies in front: what the trusted ones say of a visitor's address and scheme is believed, nothing else."""

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

MAPPED = "::ffff:"  # with which an IPv4 address stands in an IPv6 one
MAPPED_BITS = 96  # of that
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Proxies:
    """The networks of the proxies that are believed."""

    networks: tuple[Network, ...] = ()

    @classmethod
    def of(cls, given: Sequence[str]) -> Self:
        """Those at these addresses and in these networks."""
        return cls(tuple(_plain(ipaddress.ip_network(one, strict=False)) for one in given))

    def trusts(self, address: str) -> bool:
        """True for the address of a trusted proxy."""
        if not self.networks:
            return False
        try:
            known = ipaddress.ip_address(address)
        except ValueError:
            return False
        mapped = getattr(known, "ipv4_mapped", None)  # ::ffff:10.0.0.1, as a socket for both versions has it
        return any((mapped or known) in network for network in self.networks)

    def visitor(self, sender: str, forwarded_for: str) -> str:
        """The right-most hop that is no trusted proxy: what stands left of it, anybody may have written."""
        hops = [_bare(hop) for hop in forwarded_for.split(",")] if self.networks else []
        while self.trusts(sender) and hops and _is_address(hops[-1]):
            sender = hops.pop()
        return sender

    def scheme(self, sender: str, forwarded_proto: str, own: str) -> str:
        """The scheme by which the visitor came, on the word of the nearest proxy; else our `own`."""
        told = forwarded_proto.rpartition(",")[2].strip().lower()
        return told if told in ("http", "https") and self.trusts(sender) else own


def _plain(network: Network) -> Network:
    """A network of IPv4 addresses in its own form, also where it is written as a part of IPv6."""
    begin = getattr(network.network_address, "ipv4_mapped", None)
    if begin is None or network.prefixlen < MAPPED_BITS:
        return network
    return ipaddress.IPv4Network((begin, network.prefixlen - MAPPED_BITS), strict=False)


def _bare(hop: str) -> str:
    """A hop without the port that some proxies add (192.0.2.1:4711, [2001:db8::1]:4711), IPv4 in its own form."""
    hop = hop.strip()
    if hop.startswith("["):
        hop = hop[1:].partition("]")[0]
    elif hop.count(":") == 1:
        hop = hop.partition(":")[0]
    # as a proxy that listens for both versions writes an IPv4 address: else all of these would be one visitor
    return hop[len(MAPPED) :] if hop.lower().startswith(MAPPED) and "." in hop else hop


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True
