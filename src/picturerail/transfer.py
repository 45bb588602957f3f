"""picturerail import and picturerail export: pictures in, from folders, zips and other programs, and out again."""

import json
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from picturerail import server
from picturerail.errors import StartupError
from picturerail.gallery import page_cache
from picturerail.gallery.accounts import users
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.cloud import cloud_access
from picturerail.gallery.policy import Operator, Person, Principal
from picturerail.gallery.transfer.album_titles import AlbumsOf, of_folders, of_takeout
from picturerail.gallery.transfer.exporter import Export
from picturerail.gallery.transfer.importer import Import, ImportOutcome, ImportResult
from picturerail.gallery.transfer.source import FolderSource, ImportSource, ZipSource
from picturerail.gallery.tutorial.import_ import adopt_all
from picturerail.settings import Settings
from picturerail.settings.command_line import data_option

REPORTS = "imports"  # folder of the reports, in the data folder
SPEAK_SECONDS = 2.0
FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
OWNER = click.option("--owner", metavar="EMAIL", help="The account whose pictures they are to be.")
DRY = click.option("--dry-run", is_flag=True, help="Say what would be taken, and take nothing.")


@click.group("import")
def import_() -> None:
    """Take over pictures from elsewhere."""


@import_.command("folder")
@click.argument("folder", type=FOLDER)
@OWNER
@click.option("--albums", is_flag=True, help="Hang the pictures of each folder in an album of its name.")
@DRY
@data_option
def import_folder(
    settings: Settings, folder: Path, owner: str | None, *, albums: bool, dry_run: bool
) -> None:
    """Take the pictures of FOLDER and all below it, with what XMP, IPTC, EXIF and sidecars say about them.

    May be stopped and run again: what is here already is passed over. FOLDER is only read.
    """
    _import(settings, FolderSource(folder.resolve()), owner, of_folders if albums else None, dry=dry_run)


@import_.command("takeout")
@click.argument("places", nargs=-1, required=True, type=click.Path(path_type=Path, exists=True))
@OWNER
@DRY
@data_option
def import_takeout(settings: Settings, places: tuple[Path, ...], owner: str | None, *, dry_run: bool) -> None:
    """Take the pictures of Google Takeout: its ZIPs as they are, all of them at once, or one unpacked folder."""
    if len(places) == 1 and places[0].is_dir():
        _import(settings, FolderSource(places[0].resolve()), owner, of_takeout, dry=dry_run)
        return
    if folders := [place for place in places if place.is_dir()]:
        raise StartupError(f"Give either zips or one folder; {folders[0]} is a folder.")
    settings.run_folder.mkdir(parents=True, exist_ok=True)
    _import(settings, ZipSource(places, settings.run_folder), owner, of_takeout, dry=dry_run)


@import_.command("tutorial")
@click.option(
    "--uploads", type=FOLDER, help="The tutorial's folder of uploaded files; without it, addresses only."
)
@data_option
def import_tutorial(settings: Settings, uploads: Path | None) -> None:
    """Adopt a tutorial gallery's documents: files of its folder, and addresses at our cloud; may be run again."""
    adopted, failed = 0, 0
    with server.running(settings, media=True) as reached:
        records = server.prepare_database(reached)
        for picture, problem in adopt_all(records, cloud_access(reached), uploads):
            if problem:
                failed += 1
                click.echo(f"{picture.filename or picture.url}: {problem}", err=True)
            else:
                adopted += 1
                page_cache.renew(records, reached, [picture.id])
    click.echo(f"{adopted} adopted, {failed} failed.")
    sys.exit(1 if failed else 0)


@click.group()
def export() -> None:
    """Take pictures out again, in open formats."""


@export.command("folder")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@data_option
def export_folder(settings: Settings, folder: Path) -> None:
    """Write every picture's original to FOLDER, with an XMP sidecar each, and gallery.json about all.

    May be stopped and run again: files that are whole there are not fetched again.
    """
    written, failed = 0, 0
    with _acting(settings, None) as at:
        for each in Export(at, folder).run():
            if each.problem:
                failed += 1
                click.echo(f"{each.name}: {each.problem}", err=True)
            else:
                written += 1
    click.echo(f"written {written}, failed {failed}")
    sys.exit(1 if failed else 0)


def _import(
    settings: Settings, source: ImportSource, owner: str | None, albums_of: AlbumsOf | None, *, dry: bool
) -> None:
    with _acting(settings, owner) as at:
        every = sum(1 for _ in source.entries())
        counts: Counter[ImportOutcome] = Counter()
        with _report(settings, dry=dry) as (path, report):
            for result in _told(Import(at, source, dry=dry, albums_of=albums_of).run(), every):
                counts[result.outcome] += 1
                report.write(_line(result))
                if result.outcome is ImportOutcome.FAILED or dry:
                    click.echo(f"{result.path}: {result.why}", err=result.outcome is ImportOutcome.FAILED)
    click.echo(f"Report: {path}", err=True)
    click.echo(", ".join(f"{each.value} {counts[each]}" for each in ImportOutcome))
    sys.exit(1 if counts[ImportOutcome.FAILED] else 0)


@contextmanager
def _acting(settings: Settings, owner: str | None) -> Iterator[ActionContext]:
    with server.running(settings, media=True) as reached:
        db = server.prepare_database(reached)
        who: Principal = Operator()
        if owner is not None:
            user = users.user_of(db, owner)
            who = Person(user.id, user.email, user.role)
        yield ActionContext(who, db, cloud_access(reached), reached)


@contextmanager
def _report(settings: Settings, *, dry: bool) -> Iterator[tuple[Path, TextIO]]:
    """A file with one line of JSON for each file of the source."""
    folder = settings.data / REPORTS
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}{'-dry' if dry else ''}.jsonl"
    with path.open("w", encoding="utf-8") as report:
        yield path, report


def _line(result: ImportResult) -> str:
    about = {
        "path": str(result.path),
        "outcome": result.outcome.value,
        "why": result.why,
        "picture": result.picture,
    }
    return json.dumps({name: value for name, value in about.items() if value}, ensure_ascii=False) + "\n"


def _told(results: Iterator[ImportResult], every: int) -> Iterator[ImportResult]:
    """The same results, while every now and then the rate and the time left are told."""
    begun = spoken = time.monotonic()
    for done, result in enumerate(results, start=1):
        yield result
        if time.monotonic() - spoken > SPEAK_SECONDS:
            spoken = time.monotonic()
            rate = done / (spoken - begun)
            left = max(0, every - done) / rate
            click.echo(
                f"{done:,} of about {every:,}, {rate:.1f} a second, {left / 60:.0f} min left", err=True
            )
