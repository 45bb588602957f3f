"""Free loopback ports for the parts that tests start."""

import itertools
import os
import random
import socket

# Below the ports that the kernel gives to clients: a client that tries again and again to reach a server that was
# killed is at some time given that server's port as its own, reaches itself, and the server cannot come back.
_FIRST, _LAST = 20_000, 32_000
_PROCESSES = 4


def _range() -> range:
    """The ports of this test process: those that run beside it have others, so none takes what another just found."""
    number = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % _PROCESSES
    width = (_LAST - _FIRST) // _PROCESSES
    return range(_FIRST + number * width, _FIRST + (number + 1) * width)


_RANGE = _range()
_next = itertools.count(random.randrange(len(_RANGE)))


def free_port() -> int:
    """A port that was not given before and on which nobody listens."""
    return free_ports(1)


def free_ports(count: int) -> int:
    """The first of `count` such ports in a row."""
    row: list[int] = []
    for _ in range(len(_RANGE)):
        port = _RANGE[next(_next) % len(_RANGE)]
        follows = row and port == row[-1] + 1
        row = ([*row, port] if follows else [port]) if _is_free(port) else []
        if len(row) == count:
            return row[0]
    raise AssertionError("no free ports")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True
