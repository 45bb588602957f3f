"""Attacks on TLS, and by it: python -m bench siege-tls."""

from bench.options import Options
from bench.siege.run import TLS, TLS_ATTACKS, run_way


def run(options: Options) -> None:
    """Each attack for a minute, on a program that serves HTTPS itself."""
    run_way(options, TLS, TLS_ATTACKS)
