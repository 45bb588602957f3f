"""What an import or an export does that was asked for on a page: resumed after a kill, with its progress told."""

import json
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

from picturerail.disk import Disk
from picturerail.errors import BadRequest, Forbidden, PicturerailError, Unavailable
from picturerail.gallery import policy
from picturerail.gallery.actions import transfers
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.albums import lookup
from picturerail.gallery.cloud_account import cloud_access
from picturerail.gallery.maintenance import lookalikes
from picturerail.gallery.search.index import Search, matching
from picturerail.gallery.transfer import zip_folder
from picturerail.gallery.transfer.album_titles import of_folders
from picturerail.gallery.transfer.export_target import PartsTarget
from picturerail.gallery.transfer.exporter import EVERYTHING, Export, ExportSelection
from picturerail.gallery.transfer.import_result import ImportOutcome, ImportResult
from picturerail.gallery.transfer.importer import Import
from picturerail.gallery.transfer.rights import Standing, person_of
from picturerail.gallery.transfer.source import FolderSource
from picturerail.gallery.transfer_kinds import EXPORT, IMPORT, LOOK
from picturerail.jobs.task import Task
from picturerail.settings import Settings

MAX_PART = 4_000_000_000  # bytes, from which on another zip is begun
AN_HOUR = timedelta(hours=1)
MAX_LOOKS = 20_000  # in an hour: others want calls of the Admin API, too
LOOKS = 100  # pictures that are looked at before it is told how far it is
MAX_PROBLEMS = 20  # sentences that are kept of files that failed
SPEAK_SECONDS = 1.0
OUTCOMES = ("written", *(each.value for each in ImportOutcome))  # as they are told

Outcome = Mapping[str, Any]


@dataclass
class Progress:
    """Tells how far a job has come, now and then, and counts what became of its files."""

    task: Task
    total: int
    counts: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)
    _spoken: float = 0.0

    def note(self, outcome: str, problem: str = "") -> None:
        """One more file is done; JobCancelled when the job is to stop."""
        self.counts[outcome] += 1
        if problem and len(self.problems) < MAX_PROBLEMS:
            self.problems.append(problem)
        if time.monotonic() - self._spoken > SPEAK_SECONDS:
            self._spoken = time.monotonic()
            done = self.counts.total()
            self.task.report(done, max(done, self.total))

    @property
    def result(self) -> dict[str, Any]:
        """What is told at the end."""
        counts = {name: self.counts[name] for name in OUTCOMES if self.counts[name]}
        return {"counts": counts, "problems": self.problems}


def run(settings: Settings, task: Task) -> Outcome:
    """Do the job; what became of it. Unavailable and OSError are worth another try, all else is told."""
    if task.job.kind == LOOK:
        return look(settings, task)
    try:
        return RUNS[task.job.kind](_acting(settings, task), task)
    except Unavailable:
        raise
    except Forbidden as error:
        # what an export has by now
        shutil.rmtree(transfers.folder_of(settings, task.job.id), ignore_errors=True)
        return {"problem": error.message}
    except PicturerailError as error:
        return {"problem": error.message}


def export(at: ActionContext, task: Task) -> Outcome:
    """Write the files to the folder of the job, in parts of which each becomes a zip."""
    told, disk = task.job.arguments, Disk(at.settings.data, at.settings.disk_reserve)
    target = PartsTarget(transfers.folder_of(at.settings, task.job.id), MAX_PART)
    selection = _selection(at, told)
    progress = Progress(task, sum(1 for _ in selection.pictures(at)))
    standing = Standing(at.db, at.who, policy.Action.CHANGE)
    for each in Export(at, target, selection, bool(told["edited"]), standing.check).run():
        disk.expect(0)
        progress.note(
            "failed" if each.problem else "written", f"{each.name}: {each.problem}" if each.problem else ""
        )
    of_all = policy.may_all(at.who, policy.Action.CHANGE)
    return progress.result | {
        "of_all": of_all,
        "parts": [zip_folder.length_of(part) for part in target.parts],
    }


def import_(at: ActionContext, task: Task) -> Outcome:
    """Take the pictures of the folder; the report tells of each file, also of what an earlier try has taken."""
    told, report = task.job.arguments, transfers.report_of(at.settings, task.job.id)
    policy.check(at.who, policy.Action.IMPORT)
    report.parent.mkdir(exist_ok=True, mode=0o700)
    resumed = Resumed.of(report, task)
    opened = transfers.opened_import(at.settings, told["folder"], transfers.inner_path(told["inner"]))
    # a name that is no UTF-8 stands in the report as JSON escapes it
    told_in = report.open("a", encoding="utf-8", errors="backslashreplace", buffering=1)
    with opened as folder, told_in as lines:
        source = FolderSource(folder.path)
        progress = Progress(task, sum(1 for _ in source.entries()))
        albums_of = of_folders if told["albums"] else None
        standing = Standing(at.db, at.who, policy.Action.IMPORT)
        for found in Import(at, source, albums_of=albums_of, check=standing.check).run():
            each = resumed.really(found)
            if each.outcome is not ImportOutcome.TAKEN or str(each.path) not in resumed.told:
                lines.write(each.line)
            progress.note(each.outcome.value, _problem(each))
    return progress.result


def look(settings: Settings, task: Task) -> Outcome:
    """Look at the pictures that imports have added, some at a time; those that cannot be had now are left for later."""
    done = 0
    while found := lookalikes.look(task.db, cloud_access(settings), settings, LOOKS):
        done += found
        task.report(done, done)
        if not settings.own_media:
            break  # an account has a limit of calls: some are asked about each hour
        if done >= MAX_LOOKS:
            transfers.look_later(task.db, AN_HOUR)
            break
    return {"looked": done}


RUNS: Mapping[str, Callable[[ActionContext, Task], Outcome]] = {
    EXPORT: export,
    IMPORT: import_,
}


def _acting(settings: Settings, task: Task) -> ActionContext:
    """As who asked for it, with the rights of now."""
    who = person_of(task.db, task.job.arguments["who"])
    return ActionContext(who, task.db, cloud_access(settings), settings, "job")


def _selection(at: ActionContext, told: Mapping[str, Any]) -> ExportSelection:
    if album := told.get("album"):
        return ExportSelection(album=lookup.find(at.db, album, policy.seen_albums(at.who)))
    if search := told.get("search"):
        words = matching(at.db, Search.of(search))
        if words is None:
            raise BadRequest("Nothing is found by these words.")
        return ExportSelection(words=words)
    return EVERYTHING


def _problem(result: ImportResult) -> str:
    return result.sentence if result.outcome is ImportOutcome.FAILED else ""


@dataclass
class Resumed:
    """What earlier tries of an import have taken: told in its report, or not any more when its process was killed."""

    told: dict[str, str]  # the pictures that files became, by their paths
    since: float | None  # Unix seconds, from which on bytes came by this import; None at the first try
    _pictures: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, report: Path, task: Task) -> Self:
        """By the report; a line that a kill has cut tells of none."""
        if not report.exists():
            return cls({}, None)
        told = dict(_taken(report))
        return cls(told, task.job.created_at.timestamp() // 1, set(told.values()))

    def really(self, result: ImportResult) -> ImportResult:
        """The result; taken, where a file is only here already because an earlier try has taken it."""
        if self.since is None:
            return result
        # an id would not say so: of an export of ours it is as old as there
        is_new = result.version >= self.since
        is_told = str(result.path) in self.told
        if result.outcome is ImportOutcome.SKIPPED and (
            is_told or (is_new and result.picture not in self._pictures)
        ):
            result = replace(result, outcome=ImportOutcome.TAKEN, why="")
        if result.picture and result.outcome is ImportOutcome.TAKEN:
            self._pictures.add(result.picture)  # another file of the same bytes is no second one
        return result


def _taken(report: Path) -> Iterator[tuple[str, str]]:
    for line in report.read_text(encoding="utf-8").split("\n"):  # names may hold other ends of lines
        try:
            told = json.loads(line)
        except ValueError:
            continue
        if told.get("outcome") == ImportOutcome.TAKEN.value:
            yield str(told["path"]), str(told.get("picture", ""))
