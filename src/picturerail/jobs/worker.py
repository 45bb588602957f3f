"""Does the jobs that wait: a few at a time, in each process that starts a worker."""

import logging
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

from pymongo.errors import PyMongoError

from picturerail import clock, metrics
from picturerail.database import Database
from picturerail.errors import TooManyRequests, Unavailable
from picturerail.jobs import queue
from picturerail.jobs.job import Job, JobCancelled, JobKind, PassingFailure
from picturerail.jobs.lookout import Lookout
from picturerail.jobs.task import Task

SWEEP_SECONDS = 60.0
RENEWALS = 4  # within one lease

log = logging.getLogger(__name__)


def start(workers: Sequence["Worker"]) -> None:
    """Let workers on one database work in the background, each at its own jobs; one looks for all of them."""
    if not workers:
        return
    kinds = {kind for worker in workers for kind in worker.kinds}
    lookout = Lookout(workers[0].db, kinds, min(worker.idle for worker in workers))
    lookout.start()
    for worker in workers:
        worker.start(lookout)


class Worker:
    """Does the jobs of some kinds; several workers may run, each job is leased to one.

    Kinds that must not wait for each other have workers of their own.
    """

    def __init__(
        self,
        db: Database,
        kinds: Mapping[str, JobKind],
        *,
        at_once: int,
        idle: float = 0.3,
        may_begin: Callable[[], bool] = lambda: True,
    ) -> None:
        """Do at most `at_once` jobs at the same time; look every `idle` seconds for new ones, while it `may_begin`."""
        self.db, self.kinds, self.idle = db, kinds, idle
        self._lease = timedelta(seconds=min(kind.lease for kind in kinds.values()))
        self._at_once, self._may_begin = at_once, may_begin
        self._under_way: set[Task] = set()
        self._lock = threading.Lock()

    def start(self, lookout: Lookout | None = None) -> None:
        """Work in the background for as long as this process lives; by default it looks by itself."""
        if lookout is None:
            lookout = Lookout(self.db, self.kinds, self.idle)
            lookout.start()
        threading.Thread(target=self._run, args=(lookout,), name="jobs", daemon=True).start()
        threading.Thread(target=self._renew, name="job leases", daemon=True).start()

    def step(self) -> bool:
        """Do one job that is due, here and now; False when there is none."""
        job = queue.take(self.db, self.kinds, clock.now(), self._lease)
        if job is not None:
            self._do(job)
        return job is not None

    def _run(self, lookout: Lookout) -> None:
        swept = -SWEEP_SECONDS
        room = threading.Semaphore(self._at_once)
        with ThreadPoolExecutor(self._at_once, "job") as pool:
            while True:
                room.acquire()
                job = None
                with suppress(PyMongoError):  # the database is away; what waits in it can wait
                    if time.monotonic() - swept > SWEEP_SECONDS:
                        queue.promote_all(self.db, self.kinds)
                        queue.hasten(self.db, self.kinds, clock.now())
                        swept = time.monotonic()
                    if self._may_begin():
                        job = queue.take(self.db, self.kinds, clock.now(), self._lease)
                if job is None:
                    room.release()
                    lookout.wait(SWEEP_SECONDS)
                    continue
                pool.submit(self._do, job).add_done_callback(lambda _: room.release())

    def _do(self, job: Job) -> None:
        kind, task = self.kinds[job.kind], Task(self.db, job, self._lease)
        name = job.kind.partition(" ")[0]  # of purges, without the edge
        metrics.JOB_WAIT_SECONDS.labels(name).observe(max(0.0, (clock.now() - job.due_at).total_seconds()))
        with self._lock:
            self._under_way.add(task)
        try:
            # without the database the lease ends, and the job is done again
            with suppress(PyMongoError), metrics.JOB_SECONDS.labels(name).time():
                self._settle(kind, task)
        except Exception:
            log.exception("the job %s (%s) could not be settled", job.id, job.kind)
        finally:
            with self._lock:
                self._under_way.discard(task)

    def _settle(self, kind: JobKind, task: Task) -> None:
        """Do a job, and say what became of it."""
        if kind.max_tries and task.job.tries > kind.max_tries:  # it ends its workers
            return self._give_up(task.job, task.job.reason or "its worker died each time")
        try:
            result = kind.handler(task)
        except JobCancelled:
            return None
        except (PassingFailure, TooManyRequests, Unavailable, PyMongoError, OSError) as error:
            return self._again(kind, task, str(error) or type(error).__name__)
        except Exception as error:
            log.exception("the job %s (%s) could not be done", task.job.id, task.job.kind)
            return self._again(kind, task, f"{type(error).__name__}: see the log")
        self._stop_renewing(task)
        return queue.finish(self.db, task.jobs, result)

    def _again(self, kind: JobKind, task: Task, reason: str) -> None:
        self._stop_renewing(task)  # a late renewal would undo the pause before the next try
        now, left = clock.now(), []
        for job in task.jobs:
            if (kind.max_tries and job.tries >= kind.max_tries) or now >= job.give_up_at:
                self._give_up(job, reason)
            else:
                left.append(job)
        if left:
            queue.fail(self.db, left, now + kind.pause(left[0].tries), reason)

    def _give_up(self, job: Job, reason: str) -> None:
        log.warning("the job %s (%s) was given up: %s", job.id, job.kind, reason)
        queue.bury(self.db, job, reason)

    def _stop_renewing(self, task: Task) -> None:
        with self._lock:
            self._under_way.discard(task)

    def _renew(self) -> None:
        """Renew the leases of all that is under way."""
        while True:
            time.sleep(self._lease.total_seconds() / RENEWALS)
            with self._lock:  # held over the write: what is settled must not be renewed after it
                for task in self._under_way:
                    with suppress(PyMongoError):
                        queue.renew(self.db, task.jobs, clock.now(), self._lease)
