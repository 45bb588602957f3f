"""Run the image workers: python -m picturerail.transform SOCKET WORKERS QUEUE SECONDS MEMORY ..."""

import argparse
from pathlib import Path

from picturerail.transform import workers

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m picturerail.transform", description=__doc__)
    parser.add_argument("socket", type=Path)
    for limit in ("workers", "queue", "seconds", "memory"):
        parser.add_argument(limit, type=int)
    for way in ("--read", "--write"):
        parser.add_argument(way, type=Path, action="append", default=[])
    given = vars(parser.parse_args())
    workers.serve(given.pop("socket"), **given)
