"""A bucket that an export fills: files by their names, and what is whole there already is left."""

from datetime import datetime
from pathlib import Path

from picturerail.storage.objects import ObjectStorage


class ExportBucket:
    """A place for files in s3://[KEY:SECRET@]BUCKET[/PREFIX][?endpoint=URL&option=value]."""

    def __init__(self, place: str, scratch: Path) -> None:
        """Write to `place`; one file at a time lies in the folder `scratch`."""
        self._store, self._scratch = (
            ObjectStorage(place, "", scratch, name="The bucket of the export"),
            scratch,
        )
        self._store.check()
        self._sizes = {each.key: each.bytes for each in self._store.list()}

    def holds(self, name: str, size: int) -> bool:
        """Whether there is one of this size; without a size never."""
        return size > 0 and self._sizes.get(name) == size

    def scratch(self, name: str) -> Path:
        """A file of the scratch folder."""
        del name
        return self._scratch / "export.part"

    def keep(self, name: str, part: Path, at: datetime | None) -> None:
        """Send it."""
        del at
        self._store.put(name, part)
