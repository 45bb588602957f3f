"""Sends the notifications that wait: signed, with growing pauses between tries, until their receivers take them.

Of the notifications about one asset for one receiver, only the first is sent until it is taken: so they arrive in
order, and one receiver that is away delays nobody else.
"""

from functools import partial

from picturerail import signing
from picturerail.errors import PicturerailError
from picturerail.jobs.job import JobKind, NewJob, PassingFailure
from picturerail.jobs.task import Task
from picturerail.jobs.worker import Worker
from picturerail.media.service import Media
from picturerail.outbound.url import parse_remote
from picturerail.storage import keys

KIND = "notification"
AT_ONCE = 4
LEASE_MARGIN = 10.0  # seconds beyond the time that one try may take
FIRST_PAUSE, MAX_PAUSE = 1.0, 300.0


def notification(url: str, body: str, asset_id: str, days: int) -> NewJob:
    """The job that brings `body` to `url`; it is given up after `days`."""
    line = keys.hash_of(f"{asset_id} {url}")[:40]
    return NewJob(kind=KIND, arguments={"url": url, "body": body}, line=line, days=days)


def worker(media: Media) -> Worker:
    """What sends them, a few at a time."""
    kind = JobKind(
        handler=partial(send, media),
        lease=media.settings.fetch_seconds + LEASE_MARGIN,
        first_pause=FIRST_PAUSE,
        max_pause=MAX_PAUSE,
        max_tries=0,
    )
    return Worker(media.database, {KIND: kind}, at_once=AT_ONCE)


def send(media: Media, task: Task) -> None:
    """Deliver one notification; PassingFailure when its receiver does not take it now."""
    url, body = task.job.arguments["url"], task.job.arguments["body"]
    timestamp = int(media.clock())
    headers = {
        "Content-Type": "application/json",
        "X-Cld-Timestamp": str(timestamp),
        "X-Cld-Signature": signing.sign_notification(body, timestamp, media.settings.api_secret),
    }
    try:
        status = media.fetcher.send("POST", parse_remote(url), headers, body.encode())
    except PicturerailError as error:
        raise PassingFailure(error.message) from error
    if not 200 <= status < 300:
        raise PassingFailure(f"the receiver answered {status}")
