"""Sends the notifications that wait: signed, with growing pauses between tries, until their receivers take them.

One loop in each process that starts it; several may run, each message is leased to one. A process that is killed
loses nothing: what it had leased is due again half a minute later.
"""

import logging
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from pymongo.errors import PyMongoError

from picturerail import clock, signing
from picturerail.database import Document
from picturerail.errors import PicturerailError
from picturerail.media.notifications import queue
from picturerail.media.service import Media
from picturerail.outbound.url import parse_remote

AT_ONCE = 4
IDLE_SECONDS = 0.5
SWEEP_SECONDS = 60.0

log = logging.getLogger(__name__)


def start(media: Media) -> None:
    """Send in the background for as long as this process lives."""
    threading.Thread(target=_run, args=(media,), name="notifications", daemon=True).start()


def send(media: Media, taken: Document) -> None:
    """Try to deliver one notification, and note how it went."""
    timestamp = int(media.clock())
    headers = {
        "Content-Type": "application/json",
        "X-Cld-Timestamp": str(timestamp),
        "X-Cld-Signature": signing.sign_notification(taken["body"], timestamp, media.settings.api_secret),
    }
    try:
        status = media.fetcher.send("POST", parse_remote(taken["url"]), headers, taken["body"].encode())
        reason = f"the receiver answered {status}"
    except PicturerailError as error:
        status, reason = 0, error.message
    if 200 <= status < 300:
        queue.delivered(media.database, taken)
    else:
        queue.failed(media.database, taken, clock.now(), reason)


def _run(media: Media) -> None:
    swept = -SWEEP_SECONDS
    room = threading.Semaphore(AT_ONCE)
    with ThreadPoolExecutor(AT_ONCE, "notify") as pool:
        while True:
            room.acquire()
            taken = None
            with suppress(PyMongoError):  # the database is away; what waits in it can wait
                if time.monotonic() - swept > SWEEP_SECONDS:
                    queue.promote_all(media.database)
                    swept = time.monotonic()
                taken = queue.take(media.database, clock.now(), media.settings.fetch_seconds)
            if taken is not None:
                pool.submit(_send_one, media, taken, room)
                continue
            room.release()
            time.sleep(IDLE_SECONDS)


def _send_one(media: Media, taken: Document, room: threading.Semaphore) -> None:
    try:
        send(media, taken)
    except Exception:
        log.exception("a notification could not be sent")
    finally:
        room.release()
