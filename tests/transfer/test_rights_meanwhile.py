"""Whoever loses what let them ask for an import or an export, while it is under way, gets nothing more of it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from bson import ObjectId

from picturerail.database import connect, database
from picturerail.gallery.accounts import create_user
from picturerail.gallery.accounts.users import User, person_of
from picturerail.gallery.actions import people, transfers
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.cloud_account import cloud_access
from picturerail.gallery.policy import Operator
from picturerail.gallery.transfer import rights, transfer_run
from picturerail.gallery.transfer.exporter import Export
from picturerail.jobs.job import JobCancelled, NewJob
from picturerail.jobs.task import Task
from picturerail.server import running as parts_of
from picturerail.settings import load
from tests.service import Service
from tests.transfer.test_transfer_jobs import fill

COUNT = 60
LOSSES: dict[str, Callable[[ActionContext, User], object]] = {
    "removed": lambda at, user: people.remove(at, user, people.KEEP),
    "disabled": lambda at, user: people.set_disabled(at, user, disabled=True),
    "a viewer": lambda at, user: people.set_role(at, user, "viewer"),
    "a contributor": lambda at, user: people.set_role(at, user, "contributor"),
    "signed out": people.end_sessions,
    "with another password": lambda at, user: people.give_password(
        at, user, "another password for transfers"
    ),
}


@dataclass(eq=False)
class WatchedTask(Task):
    """Something happens when the second file is told of."""

    happens: Callable[[], object] = lambda: None
    told: int = 0

    def report(self, done: int, total: int, checkpoint: Mapping[str, Any] | None = None) -> None:
        """Note it, as the job does."""
        self.told += 1
        if self.told == 2:
            self.happens()
        super().report(done, total, checkpoint)


@pytest.fixture
def at(running: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ActionContext]:
    """Whoever manages people of the running program, which may take pictures from a folder."""
    monkeypatch.setattr(transfer_run, "SPEAK_SECONDS", -1)
    monkeypatch.setattr(rights, "ASKED_AFTER", 0)
    # else the running program does it
    monkeypatch.setattr(transfers, "NewJob", partial(NewJob, delay=timedelta(hours=1)))
    with parts_of(load(data=running.data)) as known, connect(known.mongo_uri) as client:
        settings = replace(known, import_folders=(str(tmp_path),))
        yield ActionContext(Operator(), database(client), cloud_access(settings), settings)


def held(
    at: ActionContext, transfer: transfers.Transfer, happens: Callable[[], object] = lambda: None
) -> WatchedTask:
    """The job of a transfer, as a worker has it."""
    at.db["jobs"].update_one({"_id": ObjectId(transfer.id)}, {"$set": {"holder": "these tests"}})
    return WatchedTask(at.db, replace(transfer.job, holder="these tests"), timedelta(), happens=happens)


def done(
    at: ActionContext, user: User, lose: str, start: Callable[[ActionContext], transfers.Transfer]
) -> Any:
    """What is told of a transfer of somebody who loses something on the way; its id."""
    transfer = start(at.acting_as(person_of(user)))
    task = held(at, transfer, lambda: LOSSES[lose](at, user))
    told: Mapping[str, Any] = {}
    with suppress(JobCancelled):
        told = transfer_run.run(at.settings, task)
    assert lose in ("signed out", "with another password") or "account" in told["problem"], told
    return transfer.id


def somebody(at: ActionContext) -> User:
    return create_user(at.db, f"{ObjectId()}@example.com", "owner", "a password for transfers")


@pytest.mark.parametrize("lose", LOSSES)
def test_the_rest_of_an_import_stays_out(at: ActionContext, tmp_path: Path, lose: str) -> None:
    fill(tmp_path, COUNT)
    user = somebody(at)
    done(
        at,
        user,
        lose,
        lambda as_user: transfers.start_import(as_user, folder=str(tmp_path), inner="", albums=True),
    )
    taken = at.db.gallery.count_documents({"owner": str(user.id)})
    assert 2 <= taken < COUNT
    assert at.db.albums.count_documents({"owner": str(user.id)}) == 0


@pytest.mark.parametrize("lose", LOSSES)
def test_the_rest_of_an_export_is_not_written(
    at: ActionContext, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lose: str
) -> None:
    written = []
    monkeypatch.setattr(Export, "_write", lambda _self, _pool, picture, _name: written.append(picture.id))
    user, owner = somebody(at), somebody(at)
    fill(tmp_path, 5)
    as_owner = at.acting_as(person_of(owner))
    loaded = transfers.start_import(as_owner, folder=str(tmp_path), inner="", albums=False)
    transfer_run.run(at.settings, held(at, loaded))
    transfer_id = done(at, user, lose, transfers.start_export)
    assert len(written) in (2, 3)
    assert not transfers.folder_of(at.settings, transfer_id).exists()


def test_whoever_keeps_their_role_gets_all(at: ActionContext, tmp_path: Path) -> None:
    names, user = fill(tmp_path, 5), somebody(at)
    started = transfers.start_import(
        at.acting_as(person_of(user)), folder=str(tmp_path), inner="", albums=True
    )
    told = transfer_run.run(at.settings, held(at, started))
    assert told["counts"] == {"taken": 5}
    report = transfers.report_of(at.settings, started.id).read_text().splitlines()
    assert sorted(json.loads(line)["path"] for line in report) == names
