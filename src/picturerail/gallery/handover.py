"""Files handed over to our own media service where they lie: it has the same data folder, so they need not travel.

Only for very many at once. A cloud that is not ours knows nothing of it; all else is uploaded, as `cloud.send` does.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cloudinary import exceptions as refusals
from cloudinary.api_client.call_api import call_json_api
from urllib3 import Timeout

from picturerail.gallery.cloud import CONNECT_SECONDS, UPLOAD_SECONDS, CloudAccess
from picturerail.gallery.cloud_refusals import understood
from picturerail.spool import Spooled


@dataclass(frozen=True)
class Handover:
    """A file in the spool of the data folder, and the name and delivery type that its asset is to have."""

    file: Spooled
    public_id: str
    delivery: str

    @property
    def told(self) -> dict[str, Any]:
        """The same as the media service is told of it."""
        file = self.file
        return {
            "file": file.path.name,
            **{name: getattr(file, name) for name in ("bytes", "md5", "sha256")},
            "filename": file.name,
            "public_id": self.public_id,
            "type": self.delivery,
        }


def hand_over(cloud: CloudAccess, files: Sequence[Handover]) -> list[Mapping[str, Any] | None]:
    """What the service answers about each, as about an upload; None for one that it wants to be uploaded."""
    told = {"files": [each.told for each in files], "eager": cloud.ahead}
    timeout = Timeout(connect=CONNECT_SECONDS, read=UPLOAD_SECONDS)
    try:
        answer = call_json_api("post", ["image", "handover"], told, **cloud.account(), timeout=timeout)
    except refusals.Error as error:
        raise understood(error) from error
    found: list[Mapping[str, Any] | None] = answer["files"]
    return found
