"""A library that an older commit has made moves over to this tree, and everything is killed with -9 on the way.

Each original was open to everybody; at the end all are closed, and sizes are shown as before.
"""

import contextlib
import os
import random
import shutil
import signal
import time
from pathlib import Path
from tempfile import mkdtemp

from pymongo.errors import PyMongoError

from bench.gallery.migration_audit import MigrationAudit
from bench.gallery.older_library import OWNER, PASSWORD, library
from bench.options import Options
from bench.parts.older_tree import COMMIT, installed, program_of
from bench.parts.processes import tree
from bench.parts.report import Report
from bench.peers.base import CACHE
from picturerail import mongod
from picturerail.database import Database, connect, database
from tests.service import Service, wait_until

PICTURES = 2_000
KILLS = 20
EARLY = 4  # of these kills fall into the start, where the numbered steps run
LATEST_EARLY = 4.0  # seconds after the command
LOOKED_AT = 40  # pictures after each start
SEED = 7
PATIENCE = 3600  # seconds for the rest, after the last kill


def run(options: Options) -> None:
    """Fill by the older program, kill on the way, look at everything at the end."""
    count = options.count or PICTURES
    kept = (options.data or CACHE / f"older-library-{count}").resolve()
    pictures = library(kept, program_of(installed()), count)
    report = Report(
        "migration",
        f"A library of commit {COMMIT} moved over, killed on the way",
        f"python -m bench migration --count {count}",
        f"{count:,} tiny pictures, sent up by the program of commit {COMMIT} through its own API, each twentieth in "
        f"the trash. This tree starts on that folder, and all its processes are killed with -9 {KILLS} times before it "
        f"is done: {EARLY} times during the start, then each time some pictures further. After each start "
        f"{LOOKED_AT} pictures are asked for: the size at its old address, the picture's page with its image, and "
        "whether an original that was closed opens again. At the end the same of every picture, with the hash of each "
        "original.",
        ["kill", "seconds after the start", "moved before", "moved at the kill", "wrong by then"],
    )
    folder = Path(mkdtemp(prefix="migration-", dir=CACHE.resolve()))
    shutil.copytree(kept / "data", folder / "data")
    service = Service(folder / "data", owner_email=OWNER, owner_password=PASSWORD)
    audit = MigrationAudit(service, pictures)
    begun = time.monotonic()
    kills = _kill_on_the_way(report, service, audit, count)
    seconds = _let_end(service, audit)
    report.judge(f"{KILLS} kills before it was done", str(kills), met=kills == KILLS)
    report.judge(
        f"nothing lost, nothing opened, of {count:,}",
        f"{len(audit.wrong)} wrong of {audit.asked:,} answers, and every file",
        met=not audit.wrong,
    )
    report.notes.append(
        f"The rest after the last kill took {seconds:,.0f} s, all {time.monotonic() - begun:,.0f} s with the audit."
    )
    report.notes.append("Of the early kills it is not noted how far the numbered steps had come.")
    report.notes += audit.wrong[:20]
    report.write()
    if not audit.wrong:
        shutil.rmtree(folder)


def _kill_on_the_way(report: Report, service: Service, audit: MigrationAudit, count: int) -> int:
    """How often everything was killed before the last picture had moved."""
    chance, done = random.Random(SEED), 0
    for number in range(1, KILLS + 1):
        is_early, begun = number <= EARLY, time.monotonic()
        service.start(wait=False)
        before = moved = 0
        if is_early:
            time.sleep(chance.uniform(0.2, LATEST_EARLY))
        else:
            wait_until(service.answers, 300)
            before = _moved(service, count)
            part = (number - EARLY - chance.random()) / (KILLS - EARLY + 1)
            audit.on_the_way(chance, LOOKED_AT)
            _wait_for(service, count, int(part * count))
            moved = _moved(service, count)
        seconds = time.monotonic() - begun
        _kill_all(service)
        done += moved < count
        report.row(number, f"{seconds:.1f}", before, moved, len(audit.wrong))
    return done


def _let_end(service: Service, audit: MigrationAudit) -> float:
    """How many seconds the rest took."""
    begun, count = time.monotonic(), len(audit.pictures)
    with service:
        wait_until(lambda: _moved(service, count) == count, PATIENCE)
        seconds = time.monotonic() - begun
        audit.at_the_end()
    return seconds


def _wait_for(service: Service, count: int, moved: int) -> None:
    deadline = time.monotonic() + PATIENCE
    while _moved(service, count) < moved and time.monotonic() < deadline:
        time.sleep(0.02)


def _moved(service: Service, count: int) -> int:
    """How many pictures lie where they belong; none while the numbered steps have not run."""
    with contextlib.suppress(PyMongoError), connect(mongod.uri(service.data)) as client:
        db: Database = database(client)
        return count - db.gallery.count_documents({"moving": True}) if _has_begun(db) else 0
    return 0


def _has_begun(db: Database) -> bool:
    return db.gallery.count_documents({"shown": None}, limit=1) == 0


def _kill_all(service: Service) -> None:
    assert service.process is not None
    for pid in tree(service.process.pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    service.process.wait()
