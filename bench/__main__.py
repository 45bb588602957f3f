"""The command line of the measurements: one subcommand each, or all that compare us with peers."""

import argparse
import importlib
import sys
from pathlib import Path

from bench.options import USUAL_ROUNDS, Options

PEERS = {
    "hits": ("bench.media.hits", "a stored picture: requests a second beside nginx and thumbor"),
    "cold": ("bench.media.cold", "CPU for a new picture, beside libvips alone"),
    "throughput": ("bench.media.throughput", "new pictures a second, beside ipx and thumbor"),
    "avif": ("bench.media.avif", "time and bytes of a new AVIF, beside ipx"),
    "flight": ("bench.media.flight", "64 first requests at once for one picture"),
    "size": ("bench.media.size", "bytes at equal looks, beside thumbor and ipx"),
    "memory": ("bench.media.memory", "memory over 1,000 transformations"),
}
OURS = {
    "api": ("bench.media.api", "uploads and details a second by the SDK; memory over 10,000 uploads"),
    "fuzz": ("bench.media.fuzz", "100,000 hostile URLs and 5,000 hostile files"),
    "mutants": (
        "bench.media.mutants",
        "100,000 damaged files by upload and by fetch, 3 pictures of each (--count FILES)",
    ),
    "start": ("bench.gallery.start", "from git clone to the first picture, and the second start"),
    "page": ("bench.gallery.page", "60 photographs on a page in Chromium, beside the tutorial's way"),
    "lighthouse": (
        "bench.gallery.lighthouse",
        "Lighthouse's scores of the public pages, and a first visit (LIGHTHOUSE=COMMAND)",
    ),
    "million": ("bench.gallery.million", "pages at 1,000,000 pictures beside 1,000"),
    "library": (
        "bench.gallery.library",
        "every list of 1,000,000 pictures and 10,000 albums beside 1,000 and 10, for each role (--count PICTURES)",
    ),
    "scroll": (
        "bench.gallery.scroll",
        "nodes and long tasks of the grid while 100,000 pictures are scrolled (--count PICTURES of them)",
    ),
    "search": ("bench.search.scale", "searches and lists of 1,000,000 assets beside 1,000"),
    "faults": ("bench.gallery.faults", "uploads while processes are killed"),
    "warm": ("bench.cdn.warm", "a picture at a warm edge: requests a second beside nginx"),
    "zipf": ("bench.cdn.zipf", "bandwidth of the origin behind two edges"),
    "away": ("bench.cdn.away", "the origin stopped for ten minutes behind two edges (--count SECONDS)"),
    "faraway": ("bench.cdn.faraway", "the gallery 150 ms away, and through an edge 10 ms away"),
    "before": (
        "bench.media.before",
        "hits, cold pictures, throughput, a flight and memory beside an older commit (BEFORE=COMMIT)",
    ),
    "before-lists": (
        "bench.gallery.before_lists",
        "pages, searches and lists of 200,000 pictures beside an older commit (BEFORE=COMMIT, --count PICTURES)",
    ),
    "siege": ("bench.siege.run", "hostile visitors, a minute for each attack (--count SECONDS)"),
    "siege-edge": ("bench.siege.edge", "the same through an edge (--count SECONDS)"),
    "siege-tls": ("bench.siege.tls", "handshakes, half ones, and half bodies over TLS (--count SECONDS)"),
    "siege-readers": ("bench.siege.readers", "memory while many read slowly (--count SECONDS)"),
    "import": (
        "bench.gallery.import_rate",
        "a folder of 2,000 photographs imported, beside a plain loop (--count FILES)",
    ),
    "import-many": (
        "bench.gallery.import_many",
        "200,000 small files imported: memory and rate at the end as at the beginning (--count FILES)",
    ),
    "kills": (
        "bench.gallery.kills",
        "import, export, backup and restore killed at random, and compared (--count KILLS of each)",
    ),
    "private": ("bench.gallery.private_page", "a page of 60 private pictures beside 60 public ones"),
    "migration": (
        "bench.gallery.migration",
        "a library of an older commit moved over, killed 20 times on the way (--count PICTURES)",
    ),
    "idle": ("bench.gallery.idle", "memory at rest and while 16 uploads run"),
}
ALL = PEERS | OURS


def main(arguments: list[str]) -> None:
    """Run what was asked for; without a name, everything that has a peer."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__, epilog=_listing())
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.add_argument("names", nargs="*", choices=[*ALL, []], metavar="NAME", help="measurements, in order")
    parser.add_argument("--photos", type=Path, metavar="DIR", help="a folder of camera JPEGs to measure with")
    parser.add_argument(
        "--rounds", type=int, default=USUAL_ROUNDS, help="interleaved rounds; the median counts"
    )
    parser.add_argument("--alone", action="store_true", help="without thumbor and ipx")
    parser.add_argument("--count", type=int, default=0, help="fewer pictures, URLs or documents than usual")
    parser.add_argument(
        "--data", type=Path, metavar="DIR", help="keep the filled databases of `search` and `library` there"
    )
    given = parser.parse_args(arguments)
    options = Options(given.photos, given.rounds, given.alone, given.count, given.data)
    for name in given.names or PEERS:
        importlib.import_module(ALL[name][0]).run(options)


def _listing() -> str:
    return "measurements:\n" + "\n".join(f"  {name:<12} {about}" for name, (_, about) in ALL.items())


if __name__ == "__main__":
    main(sys.argv[1:])
