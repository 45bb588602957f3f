"""A library as an older commit makes it: filled through that program's own API, with what was sent kept beside it."""

import hashlib
import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.faults.uploads import GalleryClient, unique_jpeg
from tests.service import Service

SENDERS = 6
TINY = (64, 48)
IN_TRASH = 20  # each so many'th picture lies in the trash
PASSWORD = "a password for older libraries"
OWNER = "owner@example.com"


@dataclass(frozen=True)
class OldPicture:
    """A picture of the older library: its id, the address of its original there, and what was sent."""

    id: str
    url: str
    sha256: str
    in_trash: bool

    @property
    def small(self) -> str:
        """The path of a size as pages elsewhere have embedded it, of delivery type `upload`."""
        return self.path.replace("/upload/", "/upload/c_fill,w_40,h_40/")

    @property
    def public_id(self) -> str:
        """The asset's name."""
        return "gallery/" + self.path.rpartition("/")[2].rpartition(".")[0]

    @property
    def path(self) -> str:
        """The path of the original, which was open to everybody."""
        return "/" + self.url.split("/", 3)[3]


def library(folder: Path, command: Sequence[str], count: int) -> list[OldPicture]:
    """`count` pictures in `folder`/data, from the last time or sent now; each twentieth is in the trash."""
    told, service = folder / "sent.json", Service(folder / "data", command=command)
    if not told.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with service:
            service.add_user(OWNER, "owner", PASSWORD)
            told.write_text(json.dumps([asdict(each) for each in _sent(service, count)]))
    found = [OldPicture(**each) for each in json.loads(told.read_text())]
    if len(found) != count:
        raise SystemExit(
            f"{folder} holds {len(found)} pictures in place of {count}: remove it, or name another."
        )
    return found


def _sent(service: Service, count: int) -> list[OldPicture]:
    client = GalleryClient(service)
    client.sign_in()

    def send(number: int) -> OldPicture:
        content = unique_jpeg(number, TINY)
        sent = client.upload(content, f"picture-{number}.jpg")
        if sent is None:
            raise SystemExit(f"The older program refused picture {number}.")
        in_trash = number % IN_TRASH == 0
        if in_trash:
            client.call("DELETE", f"/api/v1/pictures/{sent.picture}")
        return OldPicture(sent.picture, sent.url, hashlib.sha256(content).hexdigest(), in_trash)

    with ThreadPoolExecutor(SENDERS) as pool:
        return list(pool.map(send, range(count)))
