"""A database that stands still: it neither answers nor refuses. Who asks it then is told so soon.

The driver notices by itself when a server does not say that it is there, and ends what waits for it; but it then looks
for another server for as long as an election may take. Where there is only one server, nothing is to be found.
"""

import time
from typing import Any

from pymongo import MongoClient
from pymongo.errors import AutoReconnect, NetworkTimeout
from pymongo.uri_parser import parse_uri

# Of the embedded server: a sign of life is awaited for 1.2 seconds; a machine under load is later than that seldom.
SOON: dict[str, Any] = {"connectTimeoutMS": 700, "heartbeatFrequencyMS": 500}
WAIT_SECONDS = 0.3  # for the next sign of life, before each of two tries is given up
_LOOK_SECONDS = 0.02


def options(uri: str) -> dict[str, Any]:
    """Options of a client for the embedded server, the only one on a socket of this machine; none for others."""
    if not uri.startswith("mongodb://"):  # a name server is asked for others
        return {}
    servers = parse_uri(uri, validate=False)["nodelist"]
    return SOON if len(servers) == 1 and servers[0][0].startswith("/") else {}


def guard(client: MongoClient[Any]) -> None:
    """Let operations of a client end soon while its only server stands still."""
    select = client._select_server  # noqa: SLF001 - the one place through which every try of an operation goes

    def select_unless_still(*arguments: Any, **named: Any) -> Any:  # noqa: ANN401
        end = time.monotonic() + WAIT_SECONDS
        while stands_still(client):
            if time.monotonic() > end:
                raise AutoReconnect("The database stands still.")
            time.sleep(_LOOK_SECONDS)
        return select(*arguments, **named)

    client._select_server = select_unless_still  # type: ignore[method-assign]  # noqa: SLF001


def stands_still(client: MongoClient[Any]) -> bool:
    """Whether there is one server only, and it was silent when it was last asked."""
    servers = list(client.topology_description.server_descriptions().values())
    return len(servers) == 1 and isinstance(servers[0].error, NetworkTimeout)
