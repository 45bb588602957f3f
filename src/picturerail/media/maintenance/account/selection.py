"""Which assets of an account are meant. Pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from picturerail.database import Document
from picturerail.media.foreign_cloud.foreign_asset import TYPES, ForeignAsset

_SPECIAL = re.compile(r"([^\w/.-])")


@dataclass(frozen=True)
class AssetSelection:
    """All assets, or those whose public_id begins with a prefix, that have a tag, that were uploaded since a moment."""

    prefix: str = ""
    tag: str = ""
    since: datetime | None = None

    @property
    def is_everything(self) -> bool:
        """True when nothing is left out."""
        return self == AssetSelection()

    def expression(self) -> str:
        """What the other cloud's search is asked for."""
        parts = ["(" + " OR ".join(f"type:{each}" for each in TYPES) + ")"]
        if self.prefix:
            parts.append(f"public_id:{_escaped(self.prefix)}*")
        if self.tag:
            parts.append(f'tags="{_escaped(self.tag)}"')
        if self.since:
            parts.append(f'uploaded_at>="{self.since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"')
        return " AND ".join(parts)

    def includes(self, told: ForeignAsset) -> bool:
        """Whether an asset is meant: a search may find more than it was asked for."""
        if self.tag and self.tag not in told.attributes["tags"]:
            return False
        return told.identity.public_id.startswith(self.prefix)

    def query(self) -> Document:
        """The query for those that are here."""
        query: Document = {"type": {"$in": list(TYPES)}}
        if self.prefix:
            query["public_id"] = {"$regex": f"^{re.escape(self.prefix)}"}
        if self.tag:
            query["tags"] = self.tag
        if self.since:
            query["search.uploaded_at"] = {"$gte": self.since}
        return query


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)
