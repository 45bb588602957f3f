"""Compare pictures with the cloud's assets, and repair what can be: the gallery's part of `picturerail doctor`.

A crash between two steps of an upload leaves at worst an asset that no picture shows; one between the steps
of a deletion, a picture in the state `deleted`, which `removal` takes on.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from picturerail.database import Database
from picturerail.errors import NotFound
from picturerail.gallery import cloud as media
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.pictures import lifecycle, lookup

GRACE = timedelta(hours=1)  # an upload whose page has not answered yet is no orphan


@dataclass
class Report:
    """What was found: ids of pictures whose asset is gone, and public_ids that no picture shows."""

    pictures: int = 0
    without_asset: list[str] = field(default_factory=list)
    unclaimed: list[str] = field(default_factory=list)

    def findings(self) -> dict[str, int]:
        """How many of each kind, in words."""
        return {
            "pictures without their asset": len(self.without_asset),
            "assets that no picture shows": len(self.unclaimed),
        }


def check(db: Database, cloud: CloudAccess, *, grace: timedelta = GRACE) -> Report:
    """Compare every picture with the cloud's list of the gallery's assets; younger ones are left out."""
    report = Report()
    before = datetime.now(UTC) - grace
    assets: set[str] = set()
    for delivery in media.DELIVERIES:
        for batch in media.assets(cloud, delivery):
            assets.update(batch)
            known = lookup.shown_assets(db, list(batch))
            report.unclaimed += [each for each, made in batch.items() if each not in known and made < before]
    elsewhere: dict[str, str] = {}  # what was taken over lies outside the gallery's own folder
    for picture in lookup.with_assets(db):
        report.pictures += 1
        old = picture.created_at is None or picture.created_at < before
        if not picture.public_id.startswith(media.FOLDER):
            elsewhere[picture.public_id] = picture.id
        elif picture.public_id not in assets and old:
            report.without_asset.append(picture.id)
    known = media.existing(cloud, list(elsewhere))
    report.without_asset += [each for name, each in elsewhere.items() if name not in known]
    return report


def repair(db: Database, cloud: CloudAccess, report: Report) -> None:
    """Move pictures without an asset to the trash, so that nobody meets them, and delete unclaimed assets."""
    for picture_id in report.without_asset:
        try:
            lifecycle.trash(db, picture_id)
        except NotFound:
            continue  # it is in the trash already, or waits there
    for public_id in report.unclaimed:
        if not lookup.shown_assets(db, [public_id]):
            for delivery in media.DELIVERIES:
                media.destroy(cloud, public_id, delivery)
