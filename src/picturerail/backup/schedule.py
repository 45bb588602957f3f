"""Backups that happen by themselves: the hourly housekeeping asks here whether one is due."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from picturerail import last_backup
from picturerail.backup.repository import Repository, scratch_folder
from picturerail.backup.retention import prune
from picturerail.backup.snapshot import Made, Say, SnapshotSource, make
from picturerail.data_folder import refuse_nested
from picturerail.database import Database
from picturerail.errors import StartupError
from picturerail.media.stores import original_store
from picturerail.settings import Settings
from picturerail.settings.secret_store import holds_gallery

EARLY = timedelta(minutes=30)  # housekeeping comes every hour: rather a little early than an hour late


def back_up(settings: Settings, db: Database, place: str, keep: int, say: Say) -> Made:
    """Make one snapshot at `place`, and remove those beyond the newest `keep` (0 keeps all)."""
    if "://" not in place:
        _refuse(settings, Path(place))
    source = SnapshotSource(db, original_store(settings) if settings.own_media else None, settings.data)
    with scratch_folder(settings.run_folder) as scratch:
        repository = Repository.of(place, scratch, settings.backup_passphrase, create=True)
        made = make(source, repository, say)
        if keep:
            prune(repository, keep)
    last_backup.note(db, made.snapshot)
    return made


def _refuse(settings: Settings, place: Path) -> None:
    if place.resolve() == settings.data.resolve() or holds_gallery(place):
        raise StartupError(f"{place} is a data folder itself. Name another folder, best on another disk.")
    refuse_nested(place)


def back_up_if_due(settings: Settings, db: Database) -> Made | None:
    """Make the scheduled backup, when there is to be one and the last is old enough."""
    last = last_backup.made_at(db)
    every = timedelta(hours=settings.backup_hours)
    if not settings.backup_to or (last is not None and datetime.now(UTC) - last < every - EARLY):
        return None
    return back_up(settings, db, settings.backup_to, settings.backup_keep, lambda _: None)
