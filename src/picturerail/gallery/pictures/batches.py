"""What several pictures were before they were changed together, kept for a day, for Undo."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from picturerail.clock import now
from picturerail.database import Database
from picturerail.errors import NotFound


@dataclass(frozen=True)
class FieldChange:
    """A field of several pictures: its values before and, where an undo asks for that, after, by the pictures' ids."""

    field: str
    before: Mapping[str, Any]
    after: Mapping[str, Any]

    def was(self, picture_id: str, value: object) -> Any:  # noqa: ANN401 (as the field has it)
        """What the field was before; None when it is another by now than this change has made of it."""
        return self.before[picture_id] if self.after.get(picture_id, value) == value else None


def keep(db: Database, who: str, field: str, before: Mapping[str, Any], after: Mapping[str, Any]) -> str:
    """Keep these values by the pictures' ids; the batch takes them back, for `who` has changed them."""
    batch = secrets.token_hex(8)
    values = {"before": dict(before), "after": dict(after)}
    db.picture_changes.insert_one({"_id": batch, "by": who, "field": field, **values, "at": now()})
    return batch


def take(db: Database, who: str, batch: str) -> FieldChange:
    """The change, once; NotFound when it was undone already, too long ago, or is somebody else's."""
    mine = {"$in": [who, None]}  # None: kept by an older program
    kept = db.picture_changes.find_one_and_delete({"_id": batch, "by": mine})
    if kept is None:
        raise NotFound("There is nothing to take back any more.")
    return FieldChange(str(kept["field"]), dict(kept["before"]), dict(kept.get("after", {})))
