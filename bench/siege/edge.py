"""The same attacks through an edge: python -m bench siege-edge."""

from bench.options import Options
from bench.siege.run import ATTACKS, EDGE, run_way


def run(options: Options) -> None:
    """All attacks, each for a minute, on the edge's port."""
    run_way(options, EDGE, ATTACKS)
