"""picturerail doctor: compare documents, assets and files over both rooms, and repair what can be repaired."""

import sys
from dataclasses import dataclass
from datetime import timedelta

import click

from picturerail import database, server
from picturerail.database import Database
from picturerail.gallery import page_cache
from picturerail.gallery.cloud_account import cloud_access
from picturerail.gallery.maintenance import consistency, removal
from picturerail.media.maintenance import reconcile
from picturerail.settings import Settings
from picturerail.settings.command_line import data_option

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


@click.command()
@click.option("--repair", is_flag=True, help="Remove orphans, and move pictures without bytes to the trash.")
@click.option("--deep", is_flag=True, help="Read every original and compare its hash.")
@click.option(
    "--quiescent", is_flag=True, help="Nothing is being uploaded now: count what is younger than an hour too."
)
@data_option
def doctor(settings: Settings, *, repair: bool, deep: bool, quiescent: bool) -> None:
    """Compare documents, assets and files; exit with 1 when something does not fit."""
    with server.running(settings, media=True) as reached:
        findings = examine(reached, repair=repair, deep=deep, quiescent=quiescent)
    for finding in findings:
        click.echo(finding.sentence)
    if not findings:
        click.echo("Documents, assets and files agree.")
    sys.exit(1 if any(not finding.repaired for finding in findings) else 0)


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
