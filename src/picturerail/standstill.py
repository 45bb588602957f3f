"""A database that stands still: it neither answers nor refuses. Who asks it then is told so soon.

The driver notices by itself when a server does not say that it is there, and ends what waits for it; but it then looks
for another server for as long as an election may take. Where the only server is a process that was stopped, nothing is
to be found. A process that is merely late, on a machine under load, is waited for.
"""

import socket
import struct
from functools import lru_cache
from pathlib import Path
from typing import Any

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, NetworkTimeout
from pymongo.topology_description import TopologyDescription
from pymongo.uri_parser import parse_uri

# Of the embedded server: a sign of life is awaited for 1.5 seconds. It is asked, not listened to: that takes another
# connection that is asked all the same, and tells sooner only of elections, which a server by itself has none of.
SOON: dict[str, Any] = {"connectTimeoutMS": 1000, "heartbeatFrequencyMS": 500, "serverMonitoringMode": "poll"}
_PEER = struct.Struct("3i")  # process, user, group: unix(7), SO_PEERCRED


def options(uri: str) -> dict[str, Any]:
    """Options of a client for the embedded server, the only one on a socket of this machine; none for others."""
    if not uri.startswith("mongodb://"):  # a name server is asked for others
        return {}
    servers = parse_uri(uri, validate=False)["nodelist"]
    return SOON if len(servers) == 1 and servers[0][0].startswith("/") else {}


def guard(client: MongoClient[Any]) -> None:
    """Let operations of a client end at once while its only server is silent because its process is stopped."""
    select = client._select_server  # noqa: SLF001 - the one place through which every try of an operation goes
    listener, silent_socket = Listener(), lru_cache(1)(_silent_socket)

    def select_unless_still(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        silent = silent_socket(client.topology_description)  # the same one until something changes
        if silent is not None and listener.is_stopped(silent):
            raise AutoReconnect("The database stands still.")
        return select(*arguments, **named)

    client._select_server = select_unless_still  # type: ignore[method-assign]  # noqa: SLF001


def _silent_socket(topology: TopologyDescription) -> str | None:
    """The socket of the only server, when that was silent as it was last asked."""
    servers = list(topology.server_descriptions().values())
    if len(servers) == 1 and isinstance(servers[0].error, NetworkTimeout):
        return str(servers[0].address[0])
    return None


class Listener:
    """The process that listens at a socket, as the kernel knows it."""

    def __init__(self) -> None:
        self._process = 0

    def is_stopped(self, path: str) -> bool:
        """Whether that process is held by a signal or a debugger; False where it cannot be seen."""
        try:
            # each question at the socket takes a place in its line until the process goes on: it is asked once
            self._process = self._process if _state(self._process) else _listening_at(path)
        except OSError:
            return False
        return _state(self._process) in {"T", "t"}


def _listening_at(path: str) -> int:
    with socket.socket(socket.AF_UNIX) as asking:
        asking.settimeout(0.1)
        asking.connect(path)
        process, _, _ = _PEER.unpack(asking.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, _PEER.size))
    return int(process)


def _state(process: int) -> str:
    """One letter, as in proc_pid_stat(5); "" for none that is to be seen."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""
