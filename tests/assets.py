"""Assets for tests of what only looks at them."""

from datetime import UTC, datetime
from typing import Any

from picturerail.media.asset import Asset


def asset_of(public_id: str = "a", **given: Any) -> Asset:
    """An asset with these fields; of the others each has some value."""
    at = datetime(2026, 1, 31, 12, tzinfo=UTC)
    named = {"resource_type": "image", "type": "upload", "public_id": public_id, "asset_id": "1" * 32}
    stored = {"original": "ab/ab", "bytes": 1, "etag": "e" * 32, "sha256": "5" * 64}
    dated = {"version": 1, "version_id": "2" * 32, "created_at": at, "updated_at": at}
    return Asset.from_document({**named, **stored, **dated, **given})
