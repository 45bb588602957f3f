"""What the importer beside this service says of the files that it hands over."""

from typing import Annotated

from msgspec import UNSET, Meta

from picturerail.media.schemas.parameters import Signed, Texts
from picturerail.schemas.structs import ApiBody


class HandedFile(ApiBody, frozen=True, kw_only=True):
    """A file that lies in the spool of the data folder, written and hashed there by who has access to it."""

    file: Annotated[str, Meta(pattern="^[0-9a-f]{32}$", description="Its name in the spool")]
    bytes: Annotated[int, Meta(gt=0)]
    md5: Annotated[str, Meta(pattern="^[0-9a-f]{32}$")]
    sha256: Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
    filename: str
    public_id: str
    type: str


class HandedFiles(Signed, frozen=True, kw_only=True):
    """Files that become assets where they lie; `eager` is made of each when nothing else is to be made."""

    files: Annotated[list[HandedFile], Meta(max_length=100)]
    eager: Texts = UNSET
