"""How the web server is started: granian, with one of our doors in each of its processes."""

import sys

DRAIN_SECONDS = 20  # for which requests that are under way may go on when it is to stop
MAX_CONNECTIONS = 16_000  # of each process; idle ones cost some kilobytes each
BACKLOG = 4096
BUFFER_BYTES = 64 * 1024  # of each connection, and the most that a head may have


def web_server(door: str, host: str, port: int, processes: int, patience: int) -> list[str]:
    """The command that serves `door` (MODULE:FACTORY) at an address.

    A head that is not there after `patience` seconds, and a connection on which no other one comes, is cut.
    """
    return [
        *(sys.executable, "-m", "picturerail.door", door, "--interface", "rsgi", "--factory"),
        *("--host", host, "--port", str(port), "--workers", str(processes)),
        *("--backlog", str(BACKLOG), "--backpressure", str(MAX_CONNECTIONS)),
        *("--http1-header-read-timeout", str(patience * 1000), "--http1-buffer-size", str(BUFFER_BYTES)),
        *("--http2-max-headers-size", str(BUFFER_BYTES), "--http2-max-concurrent-streams", "100"),
        *("--runtime-mode", "st", "--http", "1", "--no-ws", "--log-level", "error"),
        *("--respawn-failed-workers", "--workers-kill-timeout", str(DRAIN_SECONDS - 5)),
    ]
