"""Free loopback ports in a row, for parts that take several."""

import random
import socket


def free_ports(count: int) -> int:
    """The first of `count` ports in a row on which nobody listens now."""
    for _ in range(100):
        first = random.randrange(20_000, 32_000 - count)  # below the ports that the kernel gives to clients
        if all(_is_free(port) for port in range(first, first + count)):
            return first
    raise AssertionError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
