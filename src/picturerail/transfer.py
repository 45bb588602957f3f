"""picturerail import and picturerail export: pictures in, from folders, zips and other programs, and out again."""

import hashlib
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

import click

from picturerail import server
from picturerail.data_folder import refuse_nested
from picturerail.errors import StartupError
from picturerail.gallery import page_cache, policy
from picturerail.gallery.accounts import users
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.albums import lookup
from picturerail.gallery.cloud_account import cloud_access
from picturerail.gallery.maintenance import delivery
from picturerail.gallery.pictures.visibility import PRIVATE, PUBLIC, VISIBILITIES
from picturerail.gallery.policy import Operator, Person, Principal
from picturerail.gallery.search.index import Search, matching
from picturerail.gallery.transfer.album_titles import AlbumsOf, of_folders, of_takeout
from picturerail.gallery.transfer.export_target import PART, FolderTarget, zip_to
from picturerail.gallery.transfer.exporter import EVERYTHING, Export, ExportSelection
from picturerail.gallery.transfer.galleries.immich import Immich
from picturerail.gallery.transfer.galleries.lychee import Lychee
from picturerail.gallery.transfer.galleries.model import RemoteGallery
from picturerail.gallery.transfer.galleries.piwigo import Piwigo
from picturerail.gallery.transfer.galleries.source import RemoteSource
from picturerail.gallery.transfer.gallery_json import NAME
from picturerail.gallery.transfer.import_result import ImportOutcome, ImportResult
from picturerail.gallery.transfer.importer import Import
from picturerail.gallery.transfer.source import FolderSource, ImportSource
from picturerail.gallery.transfer.zip_source import ZipSource
from picturerail.gallery.tutorial.import_ import adopt_all
from picturerail.settings import Settings
from picturerail.settings.command_line import AskedOption, data_option
from picturerail.storage.export_bucket import ExportBucket

REPORTS = "imports"  # folder of the reports, in the data folder
SPEAK_SECONDS = 2.0
FOLDER = click.Path(path_type=Path, file_okay=False, exists=True)
OWNER = click.option("--owner", metavar="EMAIL", help="The account whose pictures they are to be.")
DRY = click.option("--dry-run", is_flag=True, help="Say what would be taken, and take nothing.")
ADDRESS = click.argument("address", metavar="URL")
KEY = click.option(
    "--key",
    cls=AskedOption,
    envvar="GALLERY_KEY",
    prompt=True,
    hide_input=True,
    help="Its API key, token or password; asked for when neither this nor GALLERY_KEY is given.",
)
VISIBILITY = click.option(
    "--visibility",
    type=click.Choice(VISIBILITIES),
    default=PRIVATE,
    show_default=True,
    help="Who sees what only one person sees there.",
)


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


@import_.command("immich")
@ADDRESS
@KEY
@OWNER
@VISIBILITY
@DRY
@data_option
def import_immich(
    settings: Settings, address: str, key: str, owner: str | None, visibility: str, *, dry_run: bool
) -> None:
    """Take over the pictures of the Immich at URL that belong to the person of the key, with albums and tags."""
    gallery = Immich.at(address, key, settings.max_upload_bytes, time.sleep)
    _import(settings, _remote(settings, gallery, address, visibility), owner, None, dry=dry_run)


@import_.command("lychee")
@ADDRESS
@KEY
@OWNER
@DRY
@data_option
def import_lychee(settings: Settings, address: str, key: str, owner: str | None, *, dry_run: bool) -> None:
    """Take over the pictures of the Lychee at URL that the user of the token sees, with albums and tags."""
    gallery = Lychee.at(address, key, settings.max_upload_bytes, time.sleep)
    _import(settings, _remote(settings, gallery, address), owner, None, dry=dry_run)


@import_.command("piwigo")
@ADDRESS
@click.option("--user", default="", help="Whose password the key is; without it, it is an API key.")
@KEY
@OWNER
@DRY
@data_option
def import_piwigo(
    settings: Settings, address: str, user: str, key: str, owner: str | None, *, dry_run: bool
) -> None:
    """Take over the pictures of the Piwigo at URL that a user sees, with albums and tags."""
    gallery = Piwigo.at(address, user, key, settings.max_upload_bytes, time.sleep)
    _import(settings, _remote(settings, gallery, address), owner, None, dry=dry_run)


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
        kind = delivery.wanted(reached, PUBLIC)
        for picture, problem in adopt_all(records, cloud_access(reached), uploads, kind):
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


ALBUM = click.option("--album", metavar="SLUG", help="Only this album, and those in it, by its address.")
SEARCH = click.option("--search", metavar="WORDS", help="Only what a search for these words finds.")
WHOSE = click.option(
    "--owner", metavar="EMAIL", help="What this account may change, with its favourites and stars."
)
EDITED = click.option("--edited", is_flag=True, help="Pictures as they are shown, with their edits.")


@export.command("folder")
@click.argument("folder", metavar="FOLDER")
@ALBUM
@SEARCH
@EDITED
@WHOSE
@data_option
def export_folder(
    settings: Settings, folder: str, album: str | None, search: str | None, owner: str | None, *, edited: bool
) -> None:
    """Write every picture's original to FOLDER, with an XMP sidecar each, and gallery.json about all.

    FOLDER may be a bucket, s3://KEY:SECRET@BUCKET/FOLDER?endpoint=URL. May be stopped and run again: files that are
    whole there are not fetched again.
    """
    if "://" not in folder:
        refuse_nested(Path(folder, NAME))
    with _acting(settings, owner) as at, tempfile.TemporaryDirectory(dir=settings.run_folder) as scratch:
        target = ExportBucket(folder, Path(scratch)) if "://" in folder else FolderTarget(Path(folder))
        _end(*_written(Export(at, target, _selection(at, album, search), edited)))


@export.command("zip")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@ALBUM
@SEARCH
@EDITED
@WHOSE
@data_option
def export_zip(
    settings: Settings, file: Path, album: str | None, search: str | None, owner: str | None, *, edited: bool
) -> None:
    """Write the same as one zip to FILE, or with `-` to a pipe; nothing but one picture lies on the disk meanwhile."""
    if str(file) != "-":
        refuse_nested(file)
    with _acting(settings, owner) as at, tempfile.TemporaryDirectory(dir=settings.run_folder) as scratch:
        selection = _selection(at, album, search)
        if str(file) == "-":
            with zip_to(sys.stdout.buffer, Path(scratch)) as target:
                written = _written(Export(at, target, selection, edited))
            _end(*written, to_pipe=True)
        part = file.with_name(f"{file.name}{PART}")
        try:
            with part.open("wb") as out, zip_to(out, Path(scratch)) as target:
                written = _written(Export(at, target, selection, edited))
            part.replace(file)
        finally:
            part.unlink(missing_ok=True)
        _end(*written)


def _selection(at: ActionContext, album: str | None, search: str | None) -> ExportSelection:
    if album is not None and search is not None:
        raise StartupError("Give either --album or --search.")
    if album is not None:
        slug = album.rstrip("/").rpartition("/")[2]
        return ExportSelection(album=lookup.with_slug(at.db, slug, policy.seen_albums(at.who)))
    if search is None:
        return EVERYTHING
    words = matching(at.db, Search.of(search))
    if words is None:
        raise StartupError("Nothing is found by these words.")
    return ExportSelection(words=words)


def _written(export: Export) -> tuple[int, int]:
    """How many were written, and how many failed; these are told as they fail."""
    written, failed = 0, 0
    for each in export.run():
        if each.problem:
            failed += 1
            click.echo(f"{each.name}: {each.problem}", err=True)
        else:
            written += 1
    return written, failed


def _end(written: int, failed: int, *, to_pipe: bool = False) -> None:
    click.echo(f"written {written}, failed {failed}", err=to_pipe)
    sys.exit(1 if failed else 0)


def _import(
    settings: Settings, source: ImportSource, owner: str | None, albums_of: AlbumsOf | None, *, dry: bool
) -> None:
    with _acting(settings, owner) as at:
        every = sum(1 for _ in source.entries())
        counts: Counter[ImportOutcome] = Counter()
        with _report(settings, dry=dry) as (path, report):
            try:
                for result in _told(Import(at, source, dry=dry, albums_of=albums_of).run(), every):
                    counts[result.outcome] += 1
                    report.write(result.line)
                    if result.outcome is ImportOutcome.FAILED or dry:
                        click.echo(result.sentence, err=result.outcome is ImportOutcome.FAILED)
            finally:  # Ctrl-C, too, is told how far it came
                click.echo(f"Report: {path}", err=True)
                click.echo(", ".join(f"{each.value} {counts[each]}" for each in ImportOutcome))
    sys.exit(1 if counts[ImportOutcome.FAILED] else 0)


def _remote(settings: Settings, gallery: RemoteGallery, address: str, visibility: str = "") -> RemoteSource:
    """A gallery as a source; what it is known to hold is remembered beside the reports."""
    settings.run_folder.mkdir(parents=True, exist_ok=True)
    (settings.data / REPORTS).mkdir(exist_ok=True, mode=0o700)
    of = hashlib.sha256(address.rstrip("/").encode()).hexdigest()[:16]
    log = settings.data / REPORTS / f"{type(gallery).__name__.lower()}-{of}.hashes"
    return RemoteSource(gallery, settings.run_folder, log, visibility)


@contextmanager
def _acting(settings: Settings, owner: str | None) -> Iterator[ActionContext]:
    with server.running(settings, media=True) as reached:
        db = server.prepare_database(reached)
        who: Principal = Operator()
        if owner is not None:
            user = users.user_of(db, owner)
            who = Person(user.id, user.email, user.role)
        yield ActionContext(who, db, cloud_access(reached), reached, "shell")


@contextmanager
def _report(settings: Settings, *, dry: bool) -> Iterator[tuple[Path, TextIO]]:
    """A file with one line of JSON for each file of the source."""
    folder = settings.data / REPORTS
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / f"{datetime.now(UTC):%Y%m%d-%H%M%S}{'-dry' if dry else ''}.jsonl"
    # a killed run has told what it did; a name that is no UTF-8 stands there as JSON escapes it
    with path.open("w", encoding="utf-8", errors="backslashreplace", buffering=1) as report:
        yield path, report


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
