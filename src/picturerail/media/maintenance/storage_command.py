"""picturerail storage: move a library to another store while it serves."""

import click

from picturerail.errors import StartupError
from picturerail.media.stores import store_at
from picturerail.settings import Settings
from picturerail.settings.command_line import data_option
from picturerail.storage.migration import Moved, move

FOLDERS = ("originals", "derived")
SPEAK_EVERY = 1000  # objects


@click.group()
def storage() -> None:
    """Where pictures are kept."""


@storage.command("move")
@click.option("--check", is_flag=True, help="Read and compare what is there already, too.")
@click.option(
    "--delete", is_flag=True, help="Remove each library from the old store once all of it is in the new one."
)
@data_option
def move_library(settings: Settings, *, check: bool, delete: bool) -> None:
    """Copy everything from PICTURERAIL_STORE_BEFORE to PICTURERAIL_STORE, compared by hash.

    May be stopped and run again, and works while the server runs with both settings.
    """
    if not settings.store_before or settings.store_before == (settings.store or "folder"):
        raise StartupError(
            "Set PICTURERAIL_STORE_BEFORE to the old store, and PICTURERAIL_STORE to the new one."
        )
    settings.spool_folder.mkdir(parents=True, exist_ok=True)
    for folder in FOLDERS:
        old, new = (
            store_at(settings, settings.store_before, folder),
            store_at(settings, settings.store, folder),
        )
        done = Moved()
        for number, done in enumerate(move(old, new, check=check), start=1):
            if number % SPEAK_EVERY == 0:
                click.echo(_sentence(folder, done))
        click.echo(_sentence(folder, done))
        if done.wrong:
            raise StartupError(f"{done.wrong} copies differ from what was read. Run it again with --check.")
        if delete:
            for stored in list(old.list()):
                old.delete(stored.key)


def _sentence(folder: str, done: Moved) -> str:
    return f"{folder}: {done.copied} copied ({done.bytes / 1e6:.1f} MB), {done.there} were there."
