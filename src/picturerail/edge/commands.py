"""picturerail edge: write the configuration of an edge."""

from pathlib import Path

import click

from picturerail.edge.nginx.config import Edge, render
from picturerail.edge.verify_cache import check
from picturerail.errors import StartupError
from picturerail.settings import load


@click.group()
def edge() -> None:
    """Edges: nginx caches near the viewers."""


@edge.command("nginx")
@click.option(
    "--name", default="edge", show_default=True, help="Name of the edge, shown in the header X-Edge."
)
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("/var/lib/picturerail-edge"),
    show_default=True,
    help="Folder of the cache, the log and temporary files.",
)
@click.option(
    "--temp",
    type=click.Path(path_type=Path),
    help="Folder of temporary files; on another disk than the cache, visitors get everything while that one is full.",
)
@click.option("--listen", default="0.0.0.0:443", show_default=True, help="Address for visitors.")
@click.option(
    "--inner",
    default="127.0.0.1:8081",
    show_default=True,
    help="Address for purges and for the other edges of the row; keep it off the public network.",
)
@click.option(
    "--origin", "origins", multiple=True, required=True, help="Address of an app server; may be given again."
)
@click.option(
    "--row",
    multiple=True,
    help="Inner address of each edge of the row, this one included, in the same order.",
)
@click.option(
    "--certificate", type=click.Path(path_type=Path), help="TLS certificate; without it, plain HTTP."
)
@click.option("--key", type=click.Path(path_type=Path), help="Key of the certificate.")
@click.option(
    "--pid",
    type=click.Path(path_type=Path),
    default=Path("/run/nginx.pid"),
    show_default=True,
    help="File that names nginx's process; Debian's unit waits for this one.",
)
@click.option(
    "--log",
    type=click.Path(path_type=Path),
    default=Path("/var/log/nginx"),
    show_default=True,
    help="Folder of access.log and error.log; Debian rotates these.",
)
@click.option("--user", default="www-data", show_default=True, help="User that nginx's workers run as.")
@click.option(
    "--cache-bytes",
    type=click.IntRange(1),
    default=Edge.cache_bytes,
    show_default=True,
    help="Size to which the cache may grow; what tokens opened may take an eighth of it beside.",
)
@click.option(
    "--min-free",
    type=click.IntRange(1),
    default=Edge.min_free,
    show_default=True,
    help="Bytes of the disk that the cache leaves free.",
)
@click.option(
    "--rate",
    type=click.IntRange(1),
    default=Edge.rate,
    show_default=True,
    help="Requests a second from one address before 429 is answered.",
)
@click.option(
    "--connections",
    type=click.IntRange(1),
    default=Edge.connections,
    show_default=True,
    help="Connections at once from one address.",
)
def nginx(**choices: object) -> None:
    """Print the nginx configuration of one edge."""
    click.echo(render(load(), Edge(**choices)), nl=False)  # type: ignore[arg-type]


@edge.command("check")
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("/var/lib/picturerail-edge"),
    show_default=True,
    help="Folder of the edge.",
)
def check_copies(folder: Path) -> None:
    """Remove damaged copies from an edge's cache; before it starts, and now and then while it runs."""
    if not folder.is_dir():
        raise StartupError(
            f"There is no edge's folder {folder}: `mkdir -p {folder}/temp` makes it, --folder names another."
        )
    found = check(folder)
    click.echo(f"{found.good} good, {found.unknown} without a hash, {found.damaged} damaged and removed.")
