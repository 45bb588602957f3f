"""picturerail import cloudinary, export cloudinary: a whole account in or out, and whether both sides are equal."""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from typing import Any

import click

from picturerail import server
from picturerail.database import Database
from picturerail.errors import StartupError
from picturerail.gallery.pictures.text import PictureText
from picturerail.media.asset import Asset
from picturerail.media.foreign_cloud.address import EXAMPLE, CloudAddress
from picturerail.media.foreign_cloud.client import ForeignCloud
from picturerail.media.foreign_cloud.takeover import Takeover
from picturerail.media.maintenance.account.account_export import AccountExport
from picturerail.media.maintenance.account.account_import import FOLDER, AccountImport
from picturerail.media.maintenance.account.comparison import VERDICTS, Verdict, compare
from picturerail.media.maintenance.account.selection import AssetSelection
from picturerail.media.service import Media
from picturerail.outbound.client import OutboundClient
from picturerail.outbound.url import parse_remote
from picturerail.settings import Settings
from picturerail.settings.command_line import data_option
from picturerail.transfer import export, import_

OUTCOMES = ("taken", "skipped", "failed")
SPEAK_EVERY = 200
SECONDS = 900.0  # for one original


@import_.command("cloudinary")
@click.option("--url", required=True, metavar="URL", help=f"The account: {EXAMPLE}?upload_prefix=...")
@click.option("--prefix", default="", help="Only assets whose public_id begins so.")
@click.option("--tag", default="", help="Only assets with this tag.")
@click.option("--since", type=click.DateTime(), help="Only assets uploaded since (UTC).")
@click.option("--again", is_flag=True, help="Take also what was deleted or renamed here since it came.")
@click.option("--check", is_flag=True, help="Take nothing: compare both sides.")
@data_option
def import_cloudinary(
    settings: Settings, url: str, prefix: str, tag: str, since: datetime | None, *, again: bool, check: bool
) -> None:
    """Take over a Cloudinary account, or one of another Picturerail: assets, and what the account defines.

    May be stopped and run again: what is here already is passed over. Waits for the other cloud's limit of calls.
    """
    address = CloudAddress.parse(url, "--url")
    selection = AssetSelection(prefix, tag, since.replace(tzinfo=UTC) if since else None)
    with _reaching(settings, address) as (media, cloud):
        if check:
            _compare(media, cloud, selection)
        else:
            _tell(media, AccountImport(media, cloud, selection, again).run())


@export.command("cloudinary")
@click.option("--url", required=True, metavar="URL", help=f"The account: {EXAMPLE}?upload_prefix=...")
@click.option("--prefix", default="", help="Only assets whose public_id begins so.")
@click.option("--tag", default="", help="Only assets with this tag.")
@click.option("--check", is_flag=True, help="Send nothing: compare both sides.")
@data_option
def export_cloudinary(settings: Settings, url: str, prefix: str, tag: str, *, check: bool) -> None:
    """Send all originals to a Cloudinary account, or another Picturerail, with all that is said and defined here.

    What the gallery says of its pictures goes along, as tags and caption. What is there already with the same bytes is
    not sent again; may be stopped and run again.
    """
    address = CloudAddress.parse(url, "--url")
    with _reaching(settings, address) as (media, cloud):
        selection = AssetSelection(prefix, tag)
        if check:
            _compare(media, cloud, selection, wrong=("different", "only here"))
        _tell(media, AccountExport(media, cloud, selection, partial(_in_gallery, media.database)).run())


def _in_gallery(db: Database, asset: Asset) -> dict[str, Any]:
    """What the gallery says of an asset that is a picture of it."""
    document = db.gallery.find_one({"public_id": asset.public_id, "state": "live"})
    if document is None:
        return {}
    text = PictureText.of_document(document)
    return {"tags": text.tags, "context": {"caption": text.description} if text.description else {}}


@contextmanager
def _reaching(settings: Settings, address: CloudAddress) -> Iterator[tuple[Media, ForeignCloud]]:
    if not settings.own_media:
        raise StartupError(
            "CLOUDINARY_URL is set: pictures are kept in that account, not here. Unset it first."
        )
    with server.running(settings, media=True) as reached:
        media = Media.of(reached, server.prepare_database(reached))
        client = OutboundClient.to(parse_remote(address.api), SECONDS, media.spool, reached.max_upload_bytes)
        yield media, ForeignCloud(address, client, time.sleep, partial(click.echo, err=True))


def _tell(media: Media, results: Iterator[Takeover]) -> None:
    """Report what becomes of each, and end with how many."""
    counts: Counter[str] = Counter()
    folder = media.settings.data / FOLDER
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}.jsonl"
    with path.open("w", encoding="utf-8", buffering=1) as report:  # a killed run has told what it did
        for done, each in enumerate(results, start=1):
            counts[each.outcome] += 1
            line = {"name": each.name, "outcome": each.outcome} | ({"why": each.why} if each.why else {})
            report.write(json.dumps(line, ensure_ascii=False) + "\n")
            if each.outcome == "failed" or (each.why and each.outcome == "taken"):
                click.echo(f"{each.name}: {each.why}", err=True)
            if done % SPEAK_EVERY == 0:
                click.echo(f"{done:,} so far", err=True)
    click.echo(f"Report: {path}", err=True)
    click.echo(", ".join(f"{each} {counts[each]}" for each in OUTCOMES))
    sys.exit(1 if counts["failed"] else 0)


def _compare(
    media: Media,
    cloud: ForeignCloud,
    selection: AssetSelection,
    *,
    wrong: tuple[Verdict, ...] = ("different", "missing"),
) -> None:
    """Tell what is not equal; the exit code is 1 when anything came out wrong."""
    counts: Counter[str] = Counter()
    for each in compare(media, cloud, selection):
        counts[each.verdict] += 1
        if each.verdict != "equal":
            click.echo(f"{each.name}: {each.verdict}" + (f" ({each.why})" if each.why else ""))
    click.echo(", ".join(f"{each} {counts[each]}" for each in VERDICTS))
    sys.exit(1 if any(counts[each] for each in wrong) else 0)
