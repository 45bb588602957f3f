"""picturerail backup and picturerail restore."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from picturerail import database, server
from picturerail.backup.repository import Repository, scratch_folder
from picturerail.backup.restore import restore_database, restore_files, restore_originals, restoring
from picturerail.backup.schedule import back_up
from picturerail.backup.verification import verify
from picturerail.data_folder import RESTORING, refuse_nested
from picturerail.errors import StartupError
from picturerail.media.stores import original_store
from picturerail.settings import Settings, load
from picturerail.settings.command_line import refuse_missing


@click.command()
@click.argument("place", required=False)
@click.option(
    "--verify", "verified", is_flag=True, help="Read all that is there back, and compare its hashes."
)
@click.option("--keep", type=click.IntRange(0), help="Keep this many snapshots, the newest; 0 keeps all.")
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of everything that is kept."
)
def backup(place: str | None, keep: int | None, data: Path | None, *, verified: bool) -> None:
    """Add a snapshot of the whole installation to PLACE, a folder or s3://..., while it serves.

    Originals that are there already are not copied again. With PICTURERAIL_BACKUP_PASSPHRASE set the first time,
    everything in it is encrypted.
    """
    settings = load(data=data)
    if data or not (verified and place):  # a backup can be verified where nothing else is
        refuse_missing(settings.data)
        click.echo(f"Data folder: {settings.data}", err=True)
    where = place or settings.backup_to
    if not where:
        raise StartupError("Say where: picturerail backup PLACE, or set PICTURERAIL_BACKUP_TO.")
    if verified:
        _verify(settings, where)
        return
    kept = settings.backup_keep if keep is None else keep
    with server.running(settings) as reached:
        made = back_up(reached, server.prepare_database(reached), where, kept, click.echo)
    click.echo(made.sentence)
    for key in made.damaged:
        click.echo(f"damaged before it was copied: original {key}", err=True)
    for key in made.missing:
        click.echo(f"missing, although a picture names it: original {key}", err=True)
    sys.exit(1 if made.damaged or made.missing else 0)


def _verify(settings: Settings, where: str) -> None:
    with TemporaryDirectory() as scratch:
        wrong = list(verify(Repository.of(where, Path(scratch), settings.backup_passphrase)))
    for sentence in wrong:
        click.echo(sentence, err=True)
    click.echo("Every byte is as it was." if not wrong else f"{len(wrong)} things are wrong.")
    sys.exit(1 if wrong else 0)


@click.command()
@click.argument("place")
@click.option("--snapshot", help="Which one (default: the newest).")
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of everything that is kept."
)
def restore(place: str, data: Path | None, snapshot: str | None) -> None:
    """Make the installation anew from a backup in PLACE, on an empty data folder."""
    settings = load(data=data)
    refuse_nested(settings.data)
    with scratch_folder(settings.data) as scratch:
        repository = Repository.of(place, scratch, settings.backup_passphrase)
        begun = (settings.data / RESTORING).is_file()
        with restoring(settings.data, repository, snapshot) as manifest:
            restore_files(settings.data, repository, manifest)
            settings = load(data=data)  # with the settings that came along
            lost = _restore_originals(settings, repository, manifest)
            with server.running(settings, restoring=True) as reached:
                db = server.prepare_database(reached)
                restore_database(db, repository, manifest, begun=begun)
                database.ensure_schema(db)  # the steps since the snapshot was made
    for key in lost:
        click.echo(f"not whole in the backup: original {key}", err=True)
    click.echo(
        f"Restored snapshot {manifest['snapshot']}. Start it: picturerail serve --data {settings.data}"
    )
    sys.exit(1 if lost else 0)


def _restore_originals(settings: Settings, repository: Repository, manifest: dict[str, Any]) -> list[str]:
    if not manifest["originals"]["count"]:
        return []
    # where an object store puts its copies
    settings.spool_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return restore_originals(original_store(settings), repository, manifest, click.echo)
