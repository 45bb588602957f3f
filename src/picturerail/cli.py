"""The command line: picturerail serve, certificate, and by name the commands of other rooms."""

import errno
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from picturerail import __version__, certificates, database, mongod, server
from picturerail.errors import PicturerailError
from picturerail.gallery import accounts
from picturerail.gallery.cloud_account import cloud_access
from picturerail.settings import Settings, load
from picturerail.settings.command_line import data_option
from picturerail.url_parts import split_url

# Read when they are asked for: `serve` runs for weeks, and has no use for what the others need.
ELSEWHERE = {
    "backup": "backup.commands:backup",
    "check": "preflight.commands:check",
    "cluster": "cluster.commands:cluster",
    "credentials": "credentials:credentials",
    "doctor": "doctor:doctor",
    "edge": "edge.commands:edge",
    "export": "account_transfer:export",
    "import": "account_transfer:import_",
    "key": "credentials:key",
    "restore": "backup.commands:restore",
    "settings": "settings.command_line:show",
    "storage": "media.maintenance.storage_command:storage",
    "systemd": "systemd.commands:systemd",
    "group": "people:group",
    "token": "people:token",
    "user": "people:user",
}


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO)  # told of a disk, without the name of a file


class Commands(click.Group):
    """Reports our own errors, and those of the disk, as one sentence and a non-zero exit, never as a traceback."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of all commands."""
        return sorted({*super().list_commands(ctx), *ELSEWHERE})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name, read now where it stands elsewhere."""
        if cmd_name not in self.commands and cmd_name in ELSEWHERE:
            module, _, name = ELSEWHERE[cmd_name].partition(":")
            self.add_command(getattr(import_module(f"picturerail.{module}"), name))
        return super().get_command(ctx, cmd_name)

    def invoke(self, ctx: click.Context) -> object:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except PicturerailError as error:
            raise click.ClickException(error.message) from error
        except OSError as error:
            if error.filename is None and error.errno not in FULL:
                raise
            where = f"{error.filename} cannot be used: " if error.filename else ""
            raise click.ClickException(f"{where}{error.strerror}.") from error


@click.group(cls=Commands)
@click.version_option(__version__, prog_name="picturerail")
def main() -> None:
    """A picture gallery on its own content delivery network."""


@main.command()
@click.option("--host", help="Address to listen on (default 127.0.0.1).")
@click.option("--port", type=int, help="Port to listen on (default 8000).")
@click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of everything that is kept."
)
@click.option(
    "--domain", help="Public name: serve HTTPS on ports 80 and 443, with a certificate that comes by itself."
)
@click.option("--tls-cert", help="Certificate file (PEM): serve HTTPS.")
@click.option("--tls-key", help="Key file (PEM) of that certificate.")
def serve(**given: Any) -> None:  # noqa: ANN401
    """Serve the gallery and the media service until stopped."""
    server.serve(load(**given), _greeting)


def _greeting(settings: Settings) -> str:
    """Say where the gallery is, what it stands on, and how its first owner comes in."""
    url = settings.site_url
    text = f"Picturerail {__version__} serves {url}  (data in {settings.data}; stop with Ctrl-C)\n{_parts(settings)}"
    db = server.prepare_database(settings)
    with db.client:
        token = accounts.setup_token(db)
    return (
        f"{text}\nFirst visit: make the owner account at {url}/setup/{token}  (works once)" if token else text
    )


def _parts(settings: Settings) -> str:
    """Database, cloud and edges, without a secret."""
    embedded = settings.mongo_uri == mongod.uri(settings.data)
    where = "embedded, in that folder" if embedded else database.place(settings.mongo_uri)
    account = cloud_access(settings)
    kind = "own media service" if settings.own_media else f"at {split_url(account.upload_prefix).netloc}"
    cdn = [split_url(settings.cdn_url).netloc] if settings.cdn_url else []
    edges = ", ".join([*settings.edges, *cdn]) or "none"
    return f"Database: {where} · cloud: {account.cloud_name} ({kind}) · edges: {edges}"


@main.command()
@click.argument("hosts", nargs=-1)
@data_option
def certificate(settings: Settings, hosts: tuple[str, ...]) -> None:
    """Make a certificate for localhost and HOSTS, signed by an authority of its own, to serve HTTPS with."""
    files = certificates.make(settings.data, hosts)
    click.echo(f"Serve:         picturerail serve --tls-cert {files.certificate} --tls-key {files.key}")
    click.echo(f"Trust it once: {files.authority}  (it can sign for these hosts only)")
    for who, how in certificates.ways_to_trust(files.authority):
        click.echo(f"  {who:<12} {how}")
