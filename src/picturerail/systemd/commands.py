"""picturerail systemd: print a unit."""

from pathlib import Path

import click

from picturerail.systemd.units import edge_unit, program_unit


@click.command()
@click.option("--edge", is_flag=True, help="The unit of an edge in place of the program's.")
@click.option(
    "--data",
    type=click.Path(path_type=Path),
    default=Path("/var/lib/picturerail"),
    show_default=True,
    help="Folder of everything that is kept; systemd makes it.",
)
@click.option(
    "--user", default="picturerail", show_default=True, help="System user that the program runs as."
)
def systemd(data: Path, user: str, *, edge: bool) -> None:
    """Print a systemd unit, hardened, that may serve ports 80 and 443 without being root."""
    click.echo(edge_unit() if edge else program_unit(data, user), nl=False)
