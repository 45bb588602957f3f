"""Pages of a gallery with 1,000,000 pictures beside one with 1,000, inserted straight into MongoDB."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bson import ObjectId

from bench.options import Options
from bench.parts.load import fetch, median
from bench.parts.report import Report
from bench.peers.ours import Ours
from picturerail import mongod
from picturerail.database import connect, database
from picturerail.gallery.search.words import tokens_of

SMALL, LARGE = 1_000, 1_000_000
BATCH = 10_000
PAGE_SIZE = 60
TARGET = 1.5
EACH = 40  # requests of each page of each gallery in a round
PLACES = ("harbour", "forest", "market", "station", "bridge", "garden", "museum", "beach", "tower", "street")
BEGAN = 1_600_000_000  # the first picture's time, for its id


@dataclass(frozen=True)
class Gallery:
    """A running gallery and how many pictures it has."""

    ours: Ours
    count: int

    def pages(self) -> dict[str, str]:
        """The address of each measured page; the small gallery's last page stands for the deep one."""
        deep = min(10_000, self.count // PAGE_SIZE)
        cursor = _id(self.count - (deep - 1) * PAGE_SIZE)
        gallery = f"{self.ours.site}/gallery/"
        return {
            "first page": gallery,
            "page 10,000 by cursor": f"{gallery}?after={cursor}&page={deep}",
            "one picture": f"{gallery}{_id(self.count // 2)}",
            "search: a word of all": f"{gallery}?q=picture",
            "search: the beginning of a word of a tenth": f"{gallery}?q=harb",
            "search: a tag of a tenth": f"{gallery}?q=%23water",
            "search: two words that often stand together": f"{gallery}?q=boats+harbour",
            "search: from the middle on": f"{gallery}?q=many+pict&after={_id(self.count // 2)}",
            "search: one picture": f"{gallery}?q={self.count // 2}",
        }


def run(options: Options) -> None:
    """Both galleries run at the same time; their requests alternate."""
    report = Report("million", "1,000,000 pictures beside 1,000", options.command("million"))
    report.about = "One request at a time, alternating between a gallery with 1,000 pictures and a large one."
    report.header = ["page", "pictures", "p50 ms", "p95 ms", "HTML bytes"]
    with ExitStack() as stack:
        counts = (SMALL, options.count or LARGE)
        galleries = [filled(stack, f"gallery-{number}", count) for number, count in enumerate(counts)]
        for page in galleries[0].pages():
            _measure(report, page, galleries, options.rounds)
    report.write()


def filled(stack: ExitStack, name: str, count: int) -> Gallery:
    """A running gallery with so many documents, which have no bytes."""
    ours = stack.enter_context(Ours(name))
    client = stack.enter_context(connect(mongod.uri(ours.service.data)))
    pictures = database(client).gallery
    batch: list[dict[str, Any]] = []
    for document in _documents(count):
        batch.append(document)
        if len(batch) == BATCH:
            pictures.insert_many(batch, ordered=False)
            batch = []
    if batch:
        pictures.insert_many(batch, ordered=False)
    return Gallery(ours, count)


def _documents(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        digest = hashlib.md5(str(number).encode()).hexdigest()
        at = datetime.fromtimestamp(BEGAN + number, UTC)
        place = PLACES[number % len(PLACES)]
        more = " with boats" if place == "harbour" and number % 50 else ""
        description = f"Picture {number} of many, with a {place}{more} in it"
        filename = f"IMG_{number:07}.jpg"
        tags = ["Water"] if place == "harbour" else []
        yield {
            "_id": _id(number),
            "url": f"http://127.0.0.1/picturerail/image/upload/v1/gallery/{digest[:20]}.jpg",
            "description": description,
            "filename": filename,
            "public_id": f"gallery/{digest[:20]}",
            "asset_id": digest,
            "version": 1,
            "width": 4000,
            "height": 3000 if number % 3 else 5333,
            "format": "jpg",
            "bytes": 3_000_000,
            "etag": digest,
            "first_of": digest,
            "place": "",
            "color": f"#{digest[:6]}",
            "tags": tags,
            "tokens": tokens_of(description, filename, tags),
            "created_at": at,
            "updated_at": at,
            "state": "live",
        }


def _id(number: int) -> ObjectId:
    """Ids in the order of time, as MongoDB makes them."""
    return ObjectId(f"{BEGAN + number:08x}{number:016x}")


def _measure(report: Report, page: str, galleries: list[Gallery], rounds: int) -> None:
    times: list[list[float]] = [[] for _ in galleries]
    sizes = [0] * len(galleries)
    for turn in range(rounds * EACH + 5):  # the first five warm up
        for which, gallery in enumerate(galleries):
            answer = fetch(gallery.pages()[page])
            if answer.status != 200:
                raise SystemExit(f"{gallery.pages()[page]} answered {answer.status}")
            sizes[which] = len(answer.body)
            if turn >= 5:
                times[which].append(1000 * answer.seconds)
    middles = [median(found) for found in times]
    slow = [sorted(found)[len(found) * 95 // 100] for found in times]
    for which, gallery in enumerate(galleries):
        report.row(
            page, f"{gallery.count:,}", f"{middles[which]:.1f}", f"{slow[which]:.1f}", f"{sizes[which]:,}"
        )
    p50, p95 = middles[1] / middles[0], slow[1] / slow[0]
    measured = f"p50 {p50:.2f} times, p95 {p95:.2f} times"
    report.judge(
        f"{page}: at most {TARGET} times what it takes at 1,000", measured, met=max(p50, p95) <= TARGET
    )
