"""Which IP addresses belong to the public internet. Pure; an own table, because Python's lets too much through.

`ipaddress.is_global` of Python 3.11 calls 192.88.99.1, 224.0.0.1, ::127.0.0.1, 64:ff9b::7f00:1, 2002:7f00:1:: and
fec0::1 public. The ranges are those of the IANA special-purpose registries; what is not listed in 2000::/3 is not
public in IPv6 at all.
"""

from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

_CLOSED_V4 = tuple(
    map(
        IPv4Network,
        (
            "0.0.0.0/8",  # this network; 0.0.0.0 connects to the machine itself
            "10.0.0.0/8",  # private
            "100.64.0.0/10",  # carrier-grade NAT; also a cloud's metadata service
            "127.0.0.0/8",  # loopback
            "168.63.129.16/32",  # a cloud's host service, in a public range
            "169.254.0.0/16",  # link-local; metadata services
            "172.16.0.0/12",  # private
            "192.0.0.0/24",  # protocol assignments
            "192.0.2.0/24",  # documentation
            "192.31.196.0/24",  # AS112
            "192.52.193.0/24",  # automatic multicast tunnels
            "192.88.99.0/24",  # 6to4 relays
            "192.168.0.0/16",  # private
            "192.175.48.0/24",  # AS112
            "198.18.0.0/15",  # benchmarking
            "198.51.100.0/24",  # documentation
            "203.0.113.0/24",  # documentation
            "224.0.0.0/4",  # multicast
            "240.0.0.0/4",  # reserved, and broadcast
        ),
    )
)
_GLOBAL_UNICAST = IPv6Network("2000::/3")
_CLOSED_V6 = tuple(
    map(
        IPv6Network,
        (
            "2001::/23",  # protocol assignments: Teredo, benchmarking, ORCHID, AMT ...
            "2001:db8::/32",  # documentation
            "2002::/16",  # 6to4: any IPv4 address may hide inside
            "2620:4f:8000::/48",  # AS112
            "3ffe::/16",  # 6bone, given back
            "3fff::/20",  # documentation
        ),
    )
)
_NAT64 = IPv6Network("64:ff9b::/96")  # how a network without IPv4 reaches public IPv4 hosts
_ISATAP = (0x00005EFE, 0x02005EFE)  # upper half of an interface id that ends in an IPv4 address


def is_public(address: str) -> bool:
    """True when `address` (as the resolver writes it) is a host of the public internet; False for anything else."""
    try:
        parsed = ip_address(address)
    except ValueError:  # also a zone such as fe80::1%eth0 that Python would accept: it is link-local anyhow
        return False
    return _is_public_v4(parsed) if isinstance(parsed, IPv4Address) else _is_public_v6(parsed)


def _is_public_v4(address: IPv4Address) -> bool:
    return not any(address in network for network in _CLOSED_V4)


def _is_public_v6(address: IPv6Address) -> bool:
    if address.scope_id is not None:
        return False
    if address in _NAT64:
        return _is_public_v4(IPv4Address(int(address) & 0xFFFFFFFF))
    if address not in _GLOBAL_UNICAST or any(address in network for network in _CLOSED_V6):
        return False
    return (int(address) >> 32) & 0xFFFFFFFF not in _ISATAP
