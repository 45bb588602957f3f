"""Does the jobs that wait: a few at a time, in each process that starts it."""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from pymongo.errors import PyMongoError

from picturerail import clock
from picturerail.database import Document
from picturerail.errors import TooManyRequests, Unavailable
from picturerail.media.job_handlers import HANDLERS
from picturerail.media.jobs import queue
from picturerail.media.service import Media

AT_ONCE = 2
IDLE_SECONDS = 0.3
RENEW_SECONDS = 4.0

log = logging.getLogger(__name__)


def start(media: Media) -> None:
    """Work in the background for as long as this process lives."""
    for number in range(AT_ONCE):
        threading.Thread(target=_run, args=(media,), name=f"jobs {number}", daemon=True).start()


def work(media: Media) -> bool:
    """Do one job that is due; False when there is none."""
    job = queue.take(media.database, clock.now())
    if job is None:
        return False
    try:
        with _renewed(media, job):
            HANDLERS[job["kind"]](media, str(job["_id"]), job["arguments"])
    except (TooManyRequests, Unavailable, PyMongoError, OSError) as error:  # these pass
        again = queue.failed(media.database, job, clock.now(), str(error))
        if not again:
            log.exception("the job %s (%s) was given up", job["_id"], job["kind"])
    except Exception:
        log.exception("the job %s (%s) could not be done", job["_id"], job["kind"])
        queue.failed(media.database, job, clock.now(), "see the log")
    else:
        queue.done(media.database, job)
    return True


def _run(media: Media) -> None:
    while True:
        worked = False
        with suppress(PyMongoError):  # the database is away; what waits in it can wait
            worked = work(media)
        if not worked:
            time.sleep(IDLE_SECONDS)


@contextmanager
def _renewed(media: Media, job: Document) -> Iterator[None]:
    """Renew the lease of a job while the work on it goes on."""
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(RENEW_SECONDS):
            with suppress(PyMongoError):
                queue.renew(media.database, job, clock.now())

    thread = threading.Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()  # a late renewal would undo the pause before the next try
