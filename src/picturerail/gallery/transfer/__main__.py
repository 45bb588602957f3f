"""One import or export that waits as a job: python -m picturerail.gallery.transfer JOB HOLDER. `worker` starts it.

It has a process of its own: it takes minutes to days, and no visitor is to wait for it. It tells what became of it by
one line of JSON, and dies with whoever started it.
"""

import json
import os
import sys
from dataclasses import replace
from datetime import timedelta

from pymongo.errors import PyMongoError

from picturerail import database, processes
from picturerail.errors import PicturerailError
from picturerail.gallery.transfer import transfer_run
from picturerail.jobs import queue
from picturerail.jobs.job import JobCancelled
from picturerail.jobs.task import Task
from picturerail.settings import load

NICENESS = 10  # visitors go first


def main(job_id: str, holder: str) -> dict[str, object]:
    """Do the job; what became of it: `result`, `cancelled`, or why to try it `again`."""
    processes.follow_parent()
    os.nice(NICENESS)
    settings = load()
    try:
        with database.connect(settings.mongo_uri) as client:
            db = database.database(client)
            job = queue.find(db, job_id)
            if job is None:
                return {"cancelled": True}
            task = Task(db, replace(job, holder=holder), timedelta())
            return {"result": transfer_run.run(settings, task)}
    except JobCancelled:
        return {"cancelled": True}
    except (PicturerailError, PyMongoError, OSError) as error:
        return {"again": str(error) or type(error).__name__}


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])), flush=True)
