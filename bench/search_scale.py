"""Searches among 1,000,000 assets beside the same among 1,000, inserted straight into MongoDB, asked over HTTP."""

import http.client
import json
import time
from base64 import b64encode
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from bench.options import Options
from bench.parts.load import median
from bench.parts.report import Report
from bench.peers.ours import Ours
from picturerail import mongod
from picturerail.database import connect, database
from picturerail.media.search.index import search_fields

SMALL, LARGE = 1_000, 1_000_000
BATCH = 5_000
TARGET = 1.5
EACH = 40  # searches of each kind in each place in a round
GROUP = 50  # assets that share a tag, a folder and a value of context and metadata
BEGAN = datetime(2025, 1, 1, tzinfo=UTC)

# Each finds as many assets in the large place as in the small one; {n} is an asset's number, {g} its group's.
SEARCHES = {
    "public_id": "public_id=shop{g}/asset{n}",
    "asset_id": "asset_id={n:032x}",
    "tag": "tags=group{g}",
    "word of a tag": "tags:group{g}",
    "prefix of public_id": "public_id:shop{g}/asset*",
    "folder": "folder=shop{g}",
    "context": "context.stage=value{g}",
    "metadata": "metadata.group={g}",
    "any text": "asset{n}",
    "hour of upload": "created_at:[{start} TO {end}]",
    "tag and size": "tags=group{g} AND bytes>500kb",
    "either of two tags": "tags=group{g} OR tags=group0",
    "newest of all": "",
    "newest of one type": "resource_type:image",
    "newest without a tag": "resource_type:image AND NOT tags=group0",
}
UNJUDGED = ("newest without a tag",)  # no index answers NOT: what it leaves out is found by reading the rest


@dataclass(frozen=True)
class Place:
    """A running service, how many assets it has, and the credentials of its Admin API."""

    ours: Ours
    count: int
    authorization: str
    cloud: str

    def search(self, expression: str) -> tuple[float, int]:
        """Seconds that a search took, and how many it found."""
        connection = http.client.HTTPConnection(urlsplit(self.ours.site).netloc, timeout=60)
        body = json.dumps({"expression": expression, "max_results": 30})
        headers = {"Authorization": self.authorization, "Content-Type": "application/json"}
        started = time.perf_counter()
        connection.request("POST", f"/v1_1/{self.cloud}/resources/search", body, headers)
        response = connection.getresponse()
        answer = json.loads(response.read())
        seconds = time.perf_counter() - started
        connection.close()
        if response.status != 200:
            raise SystemExit(f"{expression}: {answer}")
        return seconds, answer["total_count"]

    def expression(self, name: str, turn: int) -> str:
        """A search for something that is there, each turn for something else."""
        number = turn * 7919 % self.count
        start = BEGAN + timedelta(seconds=number)
        return SEARCHES[name].format(
            n=number,
            g=number // GROUP,
            start=f'"{start:%Y-%m-%dT%H:%M:%SZ}"',
            end=f'"{start + timedelta(seconds=49):%Y-%m-%dT%H:%M:%SZ}"',
        )


def run(options: Options) -> None:
    """Both services run at the same time; their searches alternate."""
    report = Report("search", "Searches among 1,000,000 assets beside 1,000", options.command("search"))
    report.about = "One search at a time over HTTP, 30 results, alternating between the two services."
    report.header = ["search", "assets", "found", "p50 ms", "p95 ms"]
    with ExitStack() as stack:
        counts = (SMALL, options.count or LARGE)
        places = [_filled(stack, number, count) for number, count in enumerate(counts)]
        for name in SEARCHES:
            _measure(report, name, places, options.rounds)
    report.write()


def _filled(stack: ExitStack, number: int, count: int) -> Place:
    ours = stack.enter_context(Ours(f"search-{number}"))
    assets = database(connect(mongod.uri(ours.service.data))).assets
    batch: list[dict[str, Any]] = []
    for document in _documents(count):
        batch.append(document)
        if len(batch) == BATCH:
            assets.insert_many(batch, ordered=False)
            batch = []
    if batch:
        assets.insert_many(batch, ordered=False)
    account = ours.account()
    pair = b64encode(f"{account['api_key']}:{account['api_secret']}".encode()).decode()
    return Place(ours, count, f"Basic {pair}", account["cloud_name"])


def _documents(count: int) -> Iterator[dict[str, Any]]:
    for number in range(count):
        group = number // GROUP
        at = BEGAN + timedelta(seconds=number)
        asset = {
            "resource_type": "image",
            "type": "upload",
            "public_id": f"shop{group}/asset{number}",
            "asset_id": f"{number:032x}",
            "original": f"{number:02x}/{number:032x}",
            "original_filename": f"IMG_{number:07}",
            "version": int(at.timestamp()),
            "version_id": f"{number:032x}",
            "format": "jpg" if number % 3 else "png",
            "width": 1000 + number % 3000,
            "height": 750 + number % 2000,
            "bytes": number * 7919 % 3_000_000,
            "etag": f"{number:032x}",
            "tags": [f"group{group}"],
            "context": {"stage": f"value{group}"},
            "metadata": {"group": group},
            "facts": None,
            "created_at": at,
            "updated_at": at,
        }
        yield {**asset, "search": search_fields(asset)}


def _measure(report: Report, name: str, places: list[Place], rounds: int) -> None:
    """In each round the two places are asked in turn; the median of the rounds' ratios counts."""
    found = [place.search(place.expression(name, 0))[1] for place in places]  # warms up, too
    times: list[list[list[float]]] = [[[] for _ in range(rounds)] for _ in places]
    for turn in range(rounds * EACH):
        for which, place in enumerate(places):
            times[which][turn // EACH].append(1000 * place.search(place.expression(name, turn + 1))[0])
    middles = [[median(each) for each in place] for place in times]
    slow = [[sorted(each)[EACH * 95 // 100] for each in place] for place in times]
    for which, place in enumerate(places):
        figures = (f"{median(each[which]):.1f}" for each in (middles, slow))
        report.row(name, f"{place.count:,}", found[which], *figures)
    p50, p95 = (
        median([large / small for small, large in zip(*each, strict=True)]) for each in (middles, slow)
    )
    if name in UNJUDGED:
        return
    measured = f"p95 {p95:.2f} times, p50 {p50:.2f} times"
    report.judge(f"{name}: p95 at most {TARGET} times what it is at 1,000", measured, met=p95 <= TARGET)
