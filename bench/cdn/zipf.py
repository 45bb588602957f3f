"""How much of the traffic the origin still carries: 10,000 pictures, asked for by Zipf's law, over two edges."""

import os
import threading

import numpy as np

from bench.cdn.edges import CLOUD, edges
from bench.options import Options
from bench.parts.load import fetch_all
from bench.parts.report import Report
from tests.edge.origin import Answer, Asked, Origin

PICTURES = 10_000
REQUESTS = 20_000  # in each part
EXPONENT = 1.0
MEAN_BYTES = 30_000
CLIENTS = 4
TARGET = 0.99
WARM = "warm: every picture was asked for once"


class Counting:
    """Answers pictures of many sizes, and counts the bytes that leave the origin."""

    def __init__(self, sizes: list[int]) -> None:
        self.sizes, self.bytes, self.requests = sizes, 0, 0
        self._noise, self._lock = os.urandom(max(sizes)), threading.Lock()

    def __call__(self, asked: Asked) -> Answer:
        size = self.sizes[int(asked.path.rpartition("/")[2].partition(".")[0])]
        with self._lock:
            self.bytes += size
            self.requests += 1
        return Answer(body=self._noise[:size])


def run(options: Options) -> None:
    """From empty edges to warm ones."""
    pictures, requests = PICTURES, options.count or REQUESTS
    report = Report("zipf", "Bandwidth of the origin behind two edges", options.command("zipf"))
    report.about = (
        f"{pictures:,} pictures of {MEAN_BYTES:,} bytes on average, {requests:,} requests by Zipf's law (exponent "
        f"{EXPONENT}) in each of three parts, over two edges in one row, which start empty."
    )
    report.header = ["", "requests", "bytes to visitors", "bytes from the origin", "served by edges"]
    generator = np.random.default_rng(1)
    sizes = [
        int(size)
        for size in np.clip(generator.lognormal(np.log(MEAN_BYTES) - 0.32, 0.8, pictures), 2000, 400_000)
    ]
    weights = 1 / np.arange(1, pictures + 1) ** EXPONENT
    with Origin() as origin, edges(2, origin.address, row=True) as (one, two):
        origin.answer = counting = Counting(sizes)
        for name in ("from empty", "after that", WARM):
            if name == WARM:  # whatever was not asked for yet
                fetch_all([f"http://{one.listen}{CLOUD}/w_800/v1/{p}.jpg" for p in range(pictures)], CLIENTS)
            wanted = generator.choice(pictures, requests, p=weights / weights.sum())
            before, asked = counting.bytes, counting.requests
            urls = [
                f"http://{(one, two)[n % 2].listen}{CLOUD}/w_800/v1/{p}.jpg" for n, p in enumerate(wanted)
            ]
            done = fetch_all(urls, CLIENTS)
            served, fetched = sum(sizes[picture] for picture in wanted), counting.bytes - before
            share = 1 - fetched / served
            report.row(name, f"{requests:,}", f"{served:,}", f"{fetched:,}", f"{share:.2%}")
            if done.failed:
                raise SystemExit(f"{done.failed} requests failed")
    report.judge("at least 99 % of the bytes served by edges once warm", f"{share:.2%}", met=share >= TARGET)
    report.notes.append(f"The origin was asked {counting.requests - asked:,} times in the last part.")
    report.write()
