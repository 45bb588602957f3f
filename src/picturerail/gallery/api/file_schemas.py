"""Bodies and answers of the JSON API about a picture's file."""

from typing import Annotated

from msgspec import Meta

from picturerail.gallery.api.schemas import PublicPicture
from picturerail.schemas.structs import ApiAnswer, ApiBody


class FileForm(ApiBody, frozen=True, kw_only=True):
    """A multipart form with one file."""

    file: Annotated[str, Meta(extra_json_schema={"format": "binary"})]


class ReplacedFile(ApiAnswer, frozen=True, kw_only=True):
    """The picture with its new file; a POST to `undo` takes the one before back."""

    picture: PublicPicture
    undo: str
    cut_lost: Annotated[
        bool, Meta(description="The cut of its edit lay outside of the new file and was let go")
    ]


class FormerFile(ApiAnswer, frozen=True, kw_only=True):
    """A file that the picture had before."""

    id: str
    filename: str
    format: str
    bytes: int
    width: int
    height: int
    replaced_at: Annotated[str, Meta(extra_json_schema={"format": "date-time"})]


class FormerFiles(ApiAnswer, frozen=True, kw_only=True):
    """The files that the picture had before, newest first."""

    versions: list[FormerFile]
