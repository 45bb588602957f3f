"""How often the Admin API may be called in an hour, counted over all processes."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from pymongo import ReturnDocument, WriteConcern
from werkzeug.http import http_date

from picturerail.database import Document
from picturerail.errors import TooManyRequests
from picturerail.media.service import Media


class LimitReached(TooManyRequests):
    """Cloudinary's own status for this limit: many clients wait out a 429 by themselves, here up to an hour."""

    status = 420


@dataclass(frozen=True)
class Allowance:
    """What may still be asked for in this hour; `remaining` is below zero for a call that is one too many."""

    limit: int
    remaining: int
    reset: datetime

    def headers(self) -> dict[str, str]:
        """As the SDKs read it."""
        return {
            "X-FeatureRateLimit-Limit": str(self.limit),
            "X-FeatureRateLimit-Remaining": str(max(0, self.remaining)),
            "X-FeatureRateLimit-Reset": http_date(self.reset),
        }

    def check(self) -> None:
        """Raise LimitReached when nothing is left."""
        if self.remaining < 0:
            seconds = max(1, round((self.reset - datetime.now(UTC)).total_seconds()))
            raise LimitReached(
                f"Rate Limit Exceeded - Limit {self.limit}. Try again on {self.reset:%Y-%m-%d %H:%M:%S} UTC.",
                retry_after=seconds,
            )


def spend(media: Media) -> Allowance:
    """Count one call; the hour's counter goes away by itself."""
    hour = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
    counters = media.database.get_collection("admin_calls", write_concern=WriteConcern(w=1))
    counter: Document = counters.find_one_and_update(  # type: ignore[assignment]  # an upsert answers the document
        {"_id": hour},
        {"$inc": {"count": 1}, "$setOnInsert": {"expires_at": hour + timedelta(hours=2)}},
        upsert=True,
        return_document=ReturnDocument.AFTER,
    )
    limit = media.settings.admin_calls_per_hour
    return Allowance(limit, limit - counter["count"], hour + timedelta(hours=1))
