"""Compare documents, assets and files over both rooms, and repair what can be repaired."""

from dataclasses import dataclass
from datetime import timedelta

from picturerail import database
from picturerail.database import Database
from picturerail.gallery import page_cache
from picturerail.gallery.cloud import cloud_access
from picturerail.gallery.maintenance import consistency, removal
from picturerail.media.maintenance import reconcile
from picturerail.settings import Settings

GRACE = timedelta(hours=1)  # what is younger may be work in progress


@dataclass(frozen=True)
class Finding:
    """One kind of thing that does not fit, and whether it does now."""

    what: str
    count: int
    repaired: bool

    @property
    def sentence(self) -> str:
        """What to print."""
        return f"{self.count} {self.what}{' (repaired)' if self.repaired else ''}"


def examine(settings: Settings, *, repair: bool, deep: bool, quiescent: bool) -> list[Finding]:
    """Everything that does not fit. With `quiescent` nothing is in progress, so that young things count too.

    The gallery is compared first: an asset that it gives up leaves its files to the media service's turn.
    """
    grace = timedelta(0) if quiescent else GRACE
    with database.connect(settings.mongo_uri) as client:
        db = database.database(client)
        found = _examine_gallery(settings, db, grace, repair=repair)
        if settings.own_media:
            found += _examine_media(settings, db, grace, repair=repair, deep=deep)
    return found


def _examine_gallery(settings: Settings, db: Database, grace: timedelta, *, repair: bool) -> list[Finding]:
    cloud = cloud_access(settings)
    report = consistency.check(db, cloud, grace=grace)
    if repair:
        consistency.repair(db, cloud, report)
        if report.without_asset:
            page_cache.renew(db, settings, report.without_asset)
        removal.cleanup(db, cloud, settings)
    return _findings(report.findings(), repaired=repair)


def _examine_media(
    settings: Settings, db: Database, grace: timedelta, *, repair: bool, deep: bool
) -> list[Finding]:
    report = reconcile.check(settings, db, grace=grace.total_seconds(), deep=deep)
    if repair:
        reconcile.repair(settings, db, report)
    beyond_repair = {"assets without their original", "assets with a damaged original"}
    found = _findings(report.findings(), repaired=repair)
    return [
        Finding(each.what, each.count, each.repaired and each.what not in beyond_repair) for each in found
    ]


def _findings(counts: dict[str, int], *, repaired: bool) -> list[Finding]:
    return [Finding(what, count, repaired) for what, count in counts.items() if count]
