"""picturerail cluster: start, look at, hurt and stop the small world."""

import os
import shlex
import signal
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import click

from picturerail.cluster import replicas
from picturerail.cluster.leftovers import end_leftovers, is_up, map_file, read_map
from picturerail.cluster.services import Part, kill_group
from picturerail.cluster.topology import FIRST_PORT, World, serve
from picturerail.errors import StartupError

DOWN_SECONDS = 60


def _data_option(command: Callable[..., Any]) -> Callable[..., Any]:
    return click.option(
        "--data",
        type=click.Path(path_type=Path, file_okay=False),
        default=Path("cluster"),
        show_default=True,
        help="Folder of the whole world.",
    )(command)


@click.group()
def cluster() -> None:
    """A small world on one machine: two edges, two apps, three mongods, an object store."""


@cluster.command()
@click.option(
    "--port", default=FIRST_PORT, show_default=True, help="First of the forty loopback ports that it takes."
)
@_data_option
def up(data: Path, port: int) -> None:
    """Start the world in the foreground; Ctrl-C stops all of it."""
    if is_up(data):
        raise StartupError(f"A world in {data} is up already.")
    world = World(data.absolute(), port)

    def ready(parts: Sequence[Part]) -> None:
        _print_map(parts)
        click.echo(f"Visit {world.url}  (certificate: {world.data}/tls/ca.pem). Stop with Ctrl-C.")

    serve(world, ready)


@cluster.command()
@_data_option
def down(data: Path) -> None:
    """Stop the world that another terminal started."""
    if end_leftovers(data, click.echo):
        click.echo("Stopped.")
        return
    pid = _map(data)["supervisor"]
    os.kill(pid, signal.SIGTERM)
    deadline = time.monotonic() + DOWN_SECONDS
    while map_file(data).exists():  # removed when the last part has ended
        if time.monotonic() > deadline:
            raise StartupError(f"The world has not stopped after {DOWN_SECONDS} seconds (process {pid}).")
        time.sleep(0.1)
    click.echo("Stopped.")


@cluster.command()
@_data_option
def status(data: Path) -> None:
    """Print the map and the health of each part; exit with 1 when one is away."""
    parts = World(data.absolute(), _map(data)["port"]).parts()
    primary = replicas.primary(data.absolute())
    raise SystemExit(0 if _print_map(parts, primary) else 1)


@cluster.command()
@click.argument("name")
@_data_option
def kill(data: Path, name: str) -> None:
    """Kill -9 the part NAME. The world starts it again a little later."""
    pids = _map(data)["parts"]
    if name not in pids:
        raise StartupError(f"There is no part '{name}'; there are {', '.join(pids)}.")
    kill_group(pids[name])
    click.echo(f"{name} is dead.")


@cluster.command()
@_data_option
def env(data: Path) -> None:
    """Print the settings with which other commands use this world: eval "$(picturerail cluster env)"."""
    for name, value in World(data.absolute(), _map(data)["port"]).environment().items():
        click.echo(f"export {name}={shlex.quote(value)}")


def _print_map(parts: Sequence[Part], primary: str | None = None) -> bool:
    """One line for each part; True when all are well."""
    well = True
    for part in parts:
        ready = part.ready()
        well = well and ready
        note = " (primary)" if part.name == primary else ""
        click.echo(f"{part.name:<10} {'up  ' if ready else 'AWAY'} {part.what:<22} {part.address}{note}")
    return well


def _map(data: Path) -> dict[str, Any]:
    known = read_map(data)
    if known is None or not is_up(data):
        left = (
            ""
            if known is None
            else f" What is left of one ends with: picturerail cluster down --data {data}."
        )
        start = f"Start one with: picturerail cluster up --data {data}"
        raise StartupError(f"No world is up in {data}.{left} {start}")
    return known
