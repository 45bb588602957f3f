"""Imports and exports that are asked for on a page: kept as jobs, done in a process of their own, and told about."""

import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path, PurePosixPath
from typing import Any

from picturerail import clock, nofollow
from picturerail.database import Database
from picturerail.errors import BadRequest, Conflict, NotFound
from picturerail.gallery import policy
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.activity.model import Deed
from picturerail.gallery.albums import lookup
from picturerail.gallery.pictures import listing
from picturerail.gallery.policy import Action, Principal
from picturerail.gallery.search.index import Search, matching
from picturerail.gallery.transfer_kinds import EXPORT, IMPORT, LOOK
from picturerail.jobs import queue
from picturerail.jobs.job import CANCELLED, DEAD, DONE, WAITING, Job, NewJob
from picturerail.settings import Settings

KEEP = timedelta(days=7)  # for which an export lies ready, and is told what became of a transfer
MAX_WAITING = 5  # of one kind, of one person
MAX_READY = 3  # exports of one person, those under way among them: each takes as much room as its pictures
MAX_SHOWN = 50
MAX_LISTED = 1000
EXPORTS, REPORTS = "exports", "imports"  # folders of the data folder
EVERYTHING = "all pictures"
GONE = "There is no such import or export any more."


@dataclass(frozen=True)
class Transfer:
    """An import or an export, as its owner is told of it."""

    job: Job

    @property
    def id(self) -> str:
        """The id of its job."""
        return self.job.id

    @property
    def is_export(self) -> bool:
        """Whether it takes pictures out; else it takes them in."""
        return self.job.kind == EXPORT

    @property
    def owner(self) -> str:
        """Who asked for it."""
        return str(self.job.arguments["who"])

    @property
    def about(self) -> str:
        """What is taken in or out, in words."""
        return str(self.job.arguments["about"])

    @property
    def edited(self) -> bool:
        """Whether pictures come out with their edits."""
        return bool(self.job.arguments.get("edited"))

    @property
    def state(self) -> str:
        """One of: waiting, running, done, failed, stopped."""
        if self.job.state == WAITING:
            return "running" if self.job.holder or self.job.done else "waiting"
        if self.job.state == DONE:
            return "failed" if self.job.result.get("problem") else "done"
        return {DEAD: "failed", CANCELLED: "stopped"}[self.job.state]

    @property
    def is_under_way(self) -> bool:
        """Whether anything is still to come of it."""
        return self.job.state == WAITING

    @property
    def problem(self) -> str:
        """Why it could not be done, or is tried again."""
        return str(self.job.result.get("problem") or self.job.reason)

    @property
    def counts(self) -> Mapping[str, int]:
        """How many files were written, taken, skipped or failed."""
        found: Mapping[str, int] = self.job.result.get("counts", {})
        return found

    @property
    def problems(self) -> list[str]:
        """A sentence for each of the first files that failed."""
        return list(self.job.result.get("problems", ()))

    @property
    def parts(self) -> list[int]:
        """How many bytes each zip of an export has."""
        return list(self.job.result.get("parts", ())) if self.state == "done" else []

    @property
    def is_of_all(self) -> bool:
        """Whether an export was made by somebody who could change every picture then."""
        return bool(self.job.result.get("of_all"))

    @property
    def gone_at(self) -> datetime:
        """When it is forgotten, its files included."""
        return self.job.expires_at


def look_later(db: Database, delay: timedelta = timedelta()) -> None:
    """Let the pictures of imports be looked at, by one process at a time."""
    queue.put(db, NewJob(kind=LOOK, arguments={}, line=LOOK, delay=delay))


def start_export(at: ActionContext, *, album: str = "", search: str = "", edited: bool = False) -> Transfer:
    """Let all that `who` may change be taken out, or what of it hangs in an album (by its slug), or a search finds.

    Asking again for the same while it is under way gives that one.
    """
    policy.check(at.who, Action.CHANGE)
    if album and search:
        raise BadRequest("Choose either an album or a search.")
    told: dict[str, Any] = {"edited": edited, "about": EVERYTHING}
    if album:
        found = lookup.with_slug(at.db, album, policy.seen_albums(at.who))
        told |= {"album": found.id, "about": found.title}
    if search:
        asked = Search.of(search)
        if not _finds(at, asked):
            raise BadRequest("Nothing is found by these words.")
        told |= {"search": asked.text, "about": f"“{asked.text}”"}
    return _put(at, EXPORT, told, Deed.EXPORT)


def start_import(at: ActionContext, *, folder: str, inner: str, albums: bool) -> Transfer:
    """Let the pictures of an allowed folder be taken in, or of one that lies in it."""
    policy.check(at.who, Action.IMPORT)
    path = inner_path(inner)
    with opened_import(at.settings, folder, path):
        told = {"folder": folder, "inner": str(path), "albums": albums, "about": str(Path(folder) / path)}
        return _put(at, IMPORT, told, Deed.IMPORT)


def stop(at: ActionContext, transfer: Transfer) -> None:
    """Stop one that is under way, or let the files of an export go before their time."""
    if queue.cancel(at.db, transfer.id):
        at.record(Deed.STOP_TRANSFER, about=transfer.about)
    elif queue.forget(at.db, transfer.id):
        at.record(Deed.FORGET_EXPORT, about=transfer.about)
    shutil.rmtree(folder_of(at.settings, transfer.id), ignore_errors=True)


def stop_all(at: ActionContext, user_id: str) -> None:
    """Stop what an account has under way: who is signed out everywhere may have asked for nothing of it."""
    lines = [f"{kind} {user_id}" for kind in (EXPORT, IMPORT)]
    for job in queue.of_lines(at.db, lines, MAX_LISTED, WAITING):
        queue.cancel(at.db, job.id)
        shutil.rmtree(folder_of(at.settings, job.id), ignore_errors=True)


def every(at: ActionContext) -> list[Transfer]:
    """Those of `who`, the newest first."""
    lines = [_line(kind, at) for kind in (EXPORT, IMPORT)]
    return [Transfer(job) for job in queue.of_lines(at.db, lines, MAX_SHOWN)]


def find(at: ActionContext, transfer_id: str) -> Transfer:
    """One of `who`, or NotFound."""
    job = queue.find(at.db, transfer_id)
    if job is None or job.kind not in (EXPORT, IMPORT) or Transfer(job).owner != at.who.id:
        raise NotFound(GONE)
    return Transfer(job)


def loadable(at: ActionContext, transfer_id: str) -> Transfer:
    """An export that `who` may load: no more when it holds what others have added, and they may not change that now."""
    found = find(at, transfer_id)
    check_loadable(at.who, found)
    return found


def check_loadable(who: Principal, transfer: Transfer) -> None:
    """The same of one that was found before: `who` may have changed since."""
    policy.check(who, Action.CHANGE)
    is_out_of_reach = transfer.is_of_all and not policy.may_all(who, Action.CHANGE)
    if is_out_of_reach or transfer.owner != who.id:
        raise NotFound(GONE)


def inner_path(text: str) -> PurePosixPath:
    """A path within a folder, as somebody writes it; BadRequest when it leads out of it."""
    path = PurePosixPath(text.strip().strip("/"))
    if ".." in path.parts or "\0" in text:
        raise BadRequest("Give a folder that lies in the chosen one.")
    return path


def opened_import(settings: Settings, folder: str, inner: PurePosixPath) -> "nofollow.OpenedFolder":
    """The folder that is imported, opened without following a link; BadRequest when it is not allowed or not there."""
    if folder not in settings.import_folders:
        raise BadRequest("Nothing may be imported from this folder. PICTURERAIL_IMPORT_FOLDERS names those.")
    try:
        return nofollow.OpenedFolder(Path(folder), inner)
    except OSError as error:
        raise BadRequest(f"The folder {Path(folder) / inner} cannot be read: {error.strerror}.") from None


def folder_of(settings: Settings, transfer_id: str) -> Path:
    """Where the files of an export lie."""
    return settings.data / EXPORTS / transfer_id


def report_of(settings: Settings, transfer_id: str) -> Path:
    """The file that tells of each file of an import."""
    return settings.data / REPORTS / f"{transfer_id}.jsonl"


def sweep(db: Database, settings: Settings) -> None:
    """Remove the files of exports that are forgotten or stopped."""
    for folder in (settings.data / EXPORTS).glob("*"):
        job = queue.find(db, folder.name)
        is_over = (
            job is None
            or job.state in (CANCELLED, DEAD)
            or (job.state == DONE and job.expires_at < clock.now())
        )
        if is_over:
            shutil.rmtree(folder, ignore_errors=True)


def _finds(at: ActionContext, search: Search) -> bool:
    words = matching(at.db, search)
    wanted = None if words is None else policy.changeable(at.who).among(words)
    return wanted is not None and bool(listing.page(at.db, wanted, size=1).pictures)


def _put(at: ActionContext, kind: str, told: Mapping[str, Any], deed: Deed) -> Transfer:
    arguments = {"who": at.who.id, **told}
    waiting = _in_state(at, kind, WAITING)
    for each in waiting:
        if each.job.arguments == arguments:
            return each
    if len(waiting) >= MAX_WAITING:
        raise Conflict(f"{MAX_WAITING} of yours are under way. Wait for one, or stop one.")
    if (
        kind == EXPORT
        and len(waiting) + sum(bool(each.parts) for each in _in_state(at, kind, DONE)) >= MAX_READY
    ):
        raise Conflict(
            f"{MAX_READY} exports of yours lie ready, or are under way. Delete one first: they take room on the disk."
        )
    new = NewJob(kind=kind, arguments=arguments, line=_line(kind, at), keep=KEEP)
    (job_id,) = queue.put(at.db, new)
    at.record(deed, about=str(told["about"]))
    return find(at, job_id)


def _in_state(at: ActionContext, kind: str, state: str) -> list[Transfer]:
    """Those of `who` that are so far, however many others came since."""
    return [Transfer(job) for job in queue.of_lines(at.db, [_line(kind, at)], MAX_LISTED, state)]


def _line(kind: str, at: ActionContext) -> str:
    """Where those of one person wait behind each other."""
    return f"{kind} {at.who.id}"
