"""The whole program behind a real edge or two: uploads, edits and visits go the way that visitors go."""

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPMessage
from pathlib import Path

from tests.edge.conftest import SECRET, Running, start_edge
from tests.faults.uploads import GalleryClient
from tests.ports import free_port
from tests.service import Service


@dataclass
class Site:
    """`service` is the origin, `front` the same program as visitors know it: at the address of the first edge."""

    service: Service
    front: Service
    edges: Sequence[Running]

    def owner(self) -> GalleryClient:
        """The owner, signed in through the edge."""
        client = GalleryClient(self.front)
        client.sign_in()
        return client

    def get(
        self, path: str, headers: dict[str, str] | None = None, edge: int = 0
    ) -> tuple[int, HTTPMessage, bytes]:
        """A stranger's visit through an edge."""
        host, _, port = self.edges[edge].edge.listen.rpartition(":")
        connection = HTTPConnection(host, int(port), timeout=60)
        connection.request("GET", path, headers={"Host": self.edges[0].edge.listen} | (headers or {}))
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, answer.headers, body


@contextmanager
def site(
    folder: Path,
    *,
    count: int = 1,
    front: int = 0,
    env: dict[str, str] | None = None,
    between: Callable[[str], str] = str,
) -> Iterator[Site]:
    """`picturerail serve` behind `count` edges, in one row when there are several.

    `front` is the port of the first, any free one without. `between` may put something between edges and origin: it
    takes the origin's address and gives another.
    """
    inner = tuple(f"127.0.0.1:{free_port()}" for _ in range(count))
    front = front or free_port()
    public = f"http://127.0.0.1:{front}"
    settings = {
        "PICTURERAIL_PUBLIC_URL": public,
        "PICTURERAIL_EDGE_SECRET": SECRET,
        "PICTURERAIL_EDGES": ",".join(inner),
    }
    running: list[Running] = []
    with Service(folder / "data", env=settings | (env or {})) as service:
        origin = between(f"127.0.0.1:{service.port}")
        service.add_user("owner@example.com", "owner", "a password behind edges")
        try:
            for number in range(count):
                port = front if number == 0 else free_port()
                running.append(
                    start_edge(
                        folder / f"edge{number}",
                        origin,
                        name=f"e{number}",
                        listen=f"127.0.0.1:{port}",
                        inner=inner[number],
                        row=inner if count > 1 else (),
                        settings={"public_url": public},
                    )
                )
            yield Site(service, dataclasses.replace(service, port=front), running)
        finally:
            for edge in running:
                edge.close()
