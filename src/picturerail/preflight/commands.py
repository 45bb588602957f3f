"""picturerail check: one line for each thing that a start needs."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click

from picturerail.preflight import address, machine, services
from picturerail.preflight.verdict import Severity, Verdict
from picturerail.settings import Settings, load

LOOKS: tuple[Callable[[Settings], Iterator[Verdict]], ...] = (
    machine.packages,
    machine.disk,
    machine.memory,
    machine.clock,
    services.user,
    services.port,
    services.mongo,
    services.cloud,
    services.edges,
    services.provider,
    address.name,
    address.proxies,
)


@click.command()
@click.option("--host", help="Address to listen on.")
@click.option("--port", type=int, help="Port to listen on.")
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of everything that is kept."
)
def check(host: str | None, port: int | None, data: Path | None) -> None:
    """Look at all that a start needs, change nothing, and say what to do; exit with 1 when something is wrong."""
    settings = load(host=host, port=port, data=data)
    click.echo(f"Data folder: {settings.data}")
    bad = False
    for look in LOOKS:
        for verdict in look(settings):
            click.echo(str(verdict))
            bad = bad or verdict.severity is Severity.WRONG
    sys.exit(1 if bad else 0)
