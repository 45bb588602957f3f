"""The page that Prometheus reads: what all processes have counted, and how things stand in the database."""

import hmac
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from wsgiref.types import WSGIEnvironment

from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector
from pymongo.errors import PyMongoError

from picturerail import metrics
from picturerail.database import Database
from picturerail.disk import Disk
from picturerail.edge.origin_auth import FROM_EDGE
from picturerail.jobs import queue
from picturerail.settings import Settings

CONTENT_TYPE = CONTENT_TYPE_LATEST
LOOPBACK = ("127.0.0.1", "::1")
PROXY_HEADERS = ("HTTP_X_FORWARDED_FOR", "HTTP_FORWARDED", "HTTP_X_REAL_IP", "HTTP_VIA")
KEPT_SECONDS = 60.0  # sums over whole collections are not made for every scrape


def is_allowed(settings: Settings, environ: WSGIEnvironment) -> bool:
    """With a token set, whoever shows it; without one, this machine only. Never the visitors of an edge."""
    if environ.get(FROM_EDGE):
        return False
    if settings.metrics_token:
        given = str(environ.get("HTTP_AUTHORIZATION", "")).encode("latin-1", "replace")
        return hmac.compare_digest(given, f"Bearer {settings.metrics_token}".encode())
    return environ.get("REMOTE_ADDR") in LOOPBACK and not any(name in environ for name in PROXY_HEADERS)


class MetricsPage:
    """Makes the page."""

    def __init__(self, settings: Settings, db: Database) -> None:
        """Look at this database at each scrape, and at what the processes of this data folder have counted."""
        disk = Disk(settings.data, settings.disk_reserve)
        self._folder, self._state = settings.metrics_folder, _State(db, disk)

    def text(self) -> bytes:
        """The page as it is now."""
        metrics.flush()
        registry = REGISTRY
        if self._folder.exists():
            registry = CollectorRegistry()
            MultiProcessCollector(registry, str(self._folder))  # type: ignore[no-untyped-call]
        state = CollectorRegistry()
        state.register(self._state)
        return generate_latest(registry) + generate_latest(state)


class _State(Collector):
    """How things stand, as the database tells."""

    def __init__(self, db: Database, disk: Disk) -> None:
        self._db, self._disk = db, disk
        self._sums: tuple[float, Mapping[str, float]] = (-KEPT_SECONDS, {})

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """What Prometheus calls gauges; none of them when the database is away."""
        up = GaugeMetricFamily("picturerail_database_up", "1 while the database answers")
        try:
            found = [*self._jobs(), *self._totals()]
        except PyMongoError:
            found = []
        up.add_metric([], float(bool(found)))
        free, lacking = self._disk.free, self._disk.lacking()
        yield GaugeMetricFamily(
            "picturerail_disk_free_bytes", "Free on the disk of the data folder", value=free
        )
        yield GaugeMetricFamily("picturerail_disk_lacking_bytes", "What the reserve lacks", value=lacking)
        yield from (up, *found)

    def _jobs(self) -> Iterator[GaugeMetricFamily]:
        jobs = GaugeMetricFamily("picturerail_jobs", "Jobs in the queue", labels=("kind", "state"))
        oldest = GaugeMetricFamily(
            "picturerail_oldest_job_seconds", "Since when the oldest waiting job is there", labels=("kind",)
        )
        purges = GaugeMetricFamily(
            "picturerail_purge_backlog", "Purges that an edge has not got yet", labels=("edge",)
        )
        now = datetime.now(UTC)
        for found in queue.depth(self._db):
            kind, state = found["_id"]["kind"], found["_id"]["state"]
            jobs.add_metric([kind, state], found["count"])
            if state == "waiting":
                oldest.add_metric([kind], (now - found["first"]).total_seconds())
                if kind.startswith("purge "):
                    purges.add_metric([kind.removeprefix("purge ")], found["count"])
        yield from (jobs, oldest, purges)

    def _totals(self) -> Iterator[GaugeMetricFamily]:
        at, sums = self._sums
        if time.monotonic() > at + KEPT_SECONDS:
            sums = {
                "picturerail_derived_bytes": self._sum("derived"),
                "picturerail_original_bytes": self._sum("assets"),
                "picturerail_assets": float(self._db["assets"].estimated_document_count()),
                "picturerail_damaged_originals": float(
                    self._db["assets"].count_documents({"damage": {"$gt": datetime.fromtimestamp(0, UTC)}})
                ),
            }
            self._sums = (time.monotonic(), sums)
        for name, value in sums.items():
            yield GaugeMetricFamily(name, name.replace("_", " "), value=value)
        pictures = GaugeMetricFamily("picturerail_pictures", "Pictures of the gallery", labels=("state",))
        groups = self._db["gallery"].aggregate([{"$group": {"_id": "$state", "count": {"$sum": 1}}}])
        counts = Counter({"live": 0, "trash": 0})
        for found in groups:
            counts[str(found["_id"] or "live")] += found["count"]  # pictures of the tutorial's time have none
        for state, count in counts.items():
            pictures.add_metric([state], count)
        yield pictures

    def _sum(self, collection: str) -> float:
        sums = list(self._db[collection].aggregate([{"$group": {"_id": None, "bytes": {"$sum": "$bytes"}}}]))
        return float(sums[0]["bytes"]) if sums else 0.0
