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
from picturerail.media.access.key_pairs import Keyring
from picturerail.media.evictor import Evictor, Quota
from picturerail.media.scheduler import Scheduler
from picturerail.media.stores import derived_store, original_store
from picturerail.outbound.client import OutboundClient
from picturerail.settings import Settings
from picturerail.sockets import short_path
from picturerail.storage.base import Storage
from picturerail.token_revocation import RevokedTokens
from picturerail.transform.probe import Limits
from picturerail.transform.workers import ImageWorkers


@dataclass(frozen=True)
class Media:
    """The parts: settings, database, two stores of bytes, image workers, locks, other hosts, and the clock."""

    settings: Settings
    spool_folder: Path
    database: Database
    keys: Keyring
    revoked_tokens: RevokedTokens
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
        settings.spool_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        db = database.database(database.connect(settings.mongo_uri)) if db is None else db
        derived, locks = derived_store(settings), FileLocks(settings.run_folder / "locks")
        return cls(
            settings=settings,
            spool_folder=settings.spool_folder,
            database=db,
            keys=Keyring(db, settings),
            revoked_tokens=RevokedTokens(db),
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
            fetcher=OutboundClient.of(settings, settings.spool_folder),
            # what one visitor may have under way in the lane of pictures finds room, while nobody else comes
            scheduler=Scheduler(
                settings.image_processes, settings.threads * 3 // 2, locks, settings.image_seconds
            ),
        )

    @property
    def spool(self) -> Path:
        """Folder of files on their way in; made again when somebody has removed it."""
        self.spool_folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        return self.spool_folder
