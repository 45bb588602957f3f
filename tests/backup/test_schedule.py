"""Backups that happen by themselves."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from picturerail import last_backup
from picturerail.backup.schedule import back_up_if_due
from picturerail.database import Database
from picturerail.settings import Settings, load


def settings(tmp_path: Path, place: str) -> Settings:
    environ = {"PICTURERAIL_DATA": str(tmp_path / "data"), "PICTURERAIL_BACKUP_TO": place}
    (tmp_path / "data" / "run").mkdir(parents=True, exist_ok=True)
    return load(environ)


def test_none_is_made_where_none_is_wanted(database: Database, tmp_path: Path) -> None:
    assert back_up_if_due(settings(tmp_path, ""), database) is None


def test_one_is_made_when_the_last_is_a_day_old(database: Database, tmp_path: Path) -> None:
    wanted = settings(tmp_path, str(tmp_path / "backup"))
    made = back_up_if_due(wanted, database)
    assert made is not None
    assert back_up_if_due(wanted, database) is None
    yesterday = datetime.now(UTC) - timedelta(hours=24)
    database["maintenance"].update_one({"_id": last_backup.RECORD}, {"$set": {"at": yesterday}})
    again = back_up_if_due(wanted, database)
    assert again is not None
    assert again.snapshot != made.snapshot
