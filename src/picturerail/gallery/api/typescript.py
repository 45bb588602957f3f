"""The API's bodies and answers as TypeScript, for the browser's code: python -m picturerail.gallery.api.typescript."""

from picturerail.gallery.api import (
    activity_schemas,
    file_schemas,
    group_schemas,
    schemas,
    share_schemas,
    stack_schemas,
)
from picturerail.schemas.structs import ApiAnswer, ApiBody
from picturerail.schemas.typescript import module

NOTE = "Written by frontend/build.sh from picturerail/gallery/api/*schemas.py; change the structs, not these types."


def source() -> str:
    """The module with a type for each struct."""
    bases = (ApiAnswer, ApiBody, schemas.PictureQuery, schemas.WrittenText)
    kinds = [
        kind
        for room in (schemas, file_schemas, share_schemas, activity_schemas, stack_schemas, group_schemas)
        for kind in vars(room).values()
        if isinstance(kind, type) and issubclass(kind, ApiAnswer | ApiBody) and kind not in bases
    ]
    return module(kinds, NOTE)


if __name__ == "__main__":
    print(source(), end="")
