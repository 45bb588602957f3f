"""What every action of the media service works with, made once per process."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore
from typing import Any, Self

from picturerail import database
from picturerail.concurrency.file_locks import FileLocks
from picturerail.concurrency.lru import Lru
from picturerail.concurrency.negative_cache import NegativeCache
from picturerail.concurrency.singleflight import SingleFlight
from picturerail.database import Database
from picturerail.disk import Disk
from picturerail.media.evictor import Evictor, Quota
from picturerail.media.scheduler import Scheduler
from picturerail.outbound.client import OutboundClient
from picturerail.settings import Settings
from picturerail.sockets import short_path
from picturerail.storage.base import Storage
from picturerail.storage.filesystem import FileStorage
from picturerail.storage.migration import MovingStorage
from picturerail.storage.objects import ObjectStorage
from picturerail.transform.probe import Limits
from picturerail.transform.workers import ImageWorkers


@dataclass(frozen=True)
class Media:
    """The parts: settings, database, two stores of bytes, image workers, locks, other hosts, and the clock."""

    settings: Settings
    database: Database
    limits: Limits  # of the largest picture that is accepted
    originals: Storage
    derived: Storage
    images: ImageWorkers
    locks: FileLocks
    evictor: Evictor
    fetcher: OutboundClient
    scheduler: Scheduler
    singleflight: SingleFlight
    fetched: Quota  # pictures of other hosts
    intermediates: Lru[Any] = field(default_factory=Lru)  # those that are known to be stored
    # of originals that were read through: what their file was like, and whether it holds what came
    checked_originals: Lru[tuple[tuple[int, int, int], bool]] = field(default_factory=Lru)
    failures: NegativeCache = field(default_factory=NegativeCache)
    # Who waits for another host, or for a message, holds a thread, of which there are 16 usually.
    host_waits: BoundedSemaphore = field(default_factory=partial(BoundedSemaphore, 8))
    message_waits: BoundedSemaphore = field(default_factory=partial(BoundedSemaphore, 4))
    clock: Callable[[], float] = time.time

    @classmethod
    def of(cls, settings: Settings, db: Database | None = None) -> Self:
        """The parts as `settings` describe them; `db` replaces the database of the settings."""
        spool_folder(settings).mkdir(parents=True, exist_ok=True, mode=0o700)
        db = database.database(database.connect(settings.mongo_uri)) if db is None else db
        derived, locks = derived_store(settings), FileLocks(settings.run_folder / "locks")
        return cls(
            settings=settings,
            database=db,
            limits=Limits(max_pixels=settings.max_pixels, max_frames=settings.max_frames),
            originals=original_store(settings),
            derived=derived,
            images=ImageWorkers(short_path(settings.run_folder / "images.sock")),
            locks=locks,
            singleflight=SingleFlight(locks),
            fetched=Quota(settings.fetch_bytes, share_unseen=0.01),
            evictor=Evictor(
                db, derived, locks, settings.derived_bytes, Disk(settings.data, settings.disk_reserve)
            ),
            fetcher=OutboundClient.of(settings, spool_folder(settings)),
            # what one visitor may have under way in the lane of pictures finds room, while nobody else comes
            scheduler=Scheduler(
                settings.image_processes, settings.threads * 3 // 2, locks, settings.image_seconds
            ),
        )

    @property
    def spool(self) -> Path:
        """Folder of files on their way in; made again when somebody has removed it."""
        folder = spool_folder(self.settings)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return folder


def original_store(settings: Settings) -> Storage:
    """Where originals are kept."""
    return _store(settings, "originals")


def derived_store(settings: Settings) -> Storage:
    """Where derived images are kept."""
    return _store(settings, "derived")


def store_at(settings: Settings, place: str, folder: str) -> Storage:
    """`folder` of the store at `place`: the address of an object store, or "" or "folder" for the data folder."""
    if place in ("", "folder"):
        return FileStorage(settings.data / folder, durable=folder != "derived")
    return ObjectStorage(place, folder, spool_folder(settings))


def check_stores(settings: Settings) -> None:
    """Raise StartupError unless the object stores of the settings answer and let us in."""
    if not settings.own_media:
        return
    for name, place in (
        ("PICTURERAIL_STORE", settings.store),
        ("PICTURERAIL_STORE_BEFORE", settings.store_before),
    ):
        if place not in ("", "folder"):
            ObjectStorage(place, "originals", spool_folder(settings)).check(name)


def _store(settings: Settings, folder: str) -> Storage:
    current = store_at(settings, settings.store, folder)
    if not settings.store_before:
        return current
    return MovingStorage(current, store_at(settings, settings.store_before, folder))


def spool_folder(settings: Settings) -> Path:
    """Folder of files on their way in."""
    return settings.data / "spool"
