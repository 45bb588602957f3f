"""The command line: picturerail serve, credentials, certificate, and by name the commands of other rooms."""

from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import click

from picturerail import __version__, certificates, database, mongod, server
from picturerail.errors import PicturerailError
from picturerail.gallery import accounts
from picturerail.gallery.cloud import cloud_access
from picturerail.settings import Settings, load, with_secrets
from picturerail.settings.command_line import data_option

HTTPS_ONLY = (
    "Node.js and some other SDKs build https addresses whatever they are told, and would look for pictures at "
    "res.cloudinary.com: for them serve HTTPS; `picturerail certificate {host}` prints how."
)


# Read when they are asked for: `serve` runs for weeks, and has no use for what the others need.
ELSEWHERE = {
    "backup": "backup.commands:backup",
    "check": "preflight.commands:check",
    "cluster": "cluster.commands:cluster",
    "doctor": "doctor:doctor",
    "edge": "edge.commands:edge",
    "export": "account_transfer:export",
    "import": "account_transfer:import_",
    "restore": "backup.commands:restore",
    "settings": "settings.command_line:show",
    "storage": "media.maintenance.storage_command:storage",
    "systemd": "systemd.commands:systemd",
    "token": "people:token",
    "user": "people:user",
}


class Commands(click.Group):
    """Reports our own errors as one sentence and a non-zero exit, never as a traceback."""

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
    token = accounts.setup_token(server.prepare_database(settings))
    return (
        f"{text}\nFirst visit: make the owner account at {url}/setup/{token}  (works once)" if token else text
    )


def _parts(settings: Settings) -> str:
    """Database, cloud and edges, without a secret."""
    embedded = settings.mongo_uri == mongod.uri(settings.data)
    where = "embedded, in that folder" if embedded else database.place(settings.mongo_uri)
    account = cloud_access(settings)
    kind = "own media service" if settings.own_media else f"at {urlsplit(account.upload_prefix).netloc}"
    cdn = [urlsplit(settings.cdn_url).netloc] if settings.cdn_url else []
    edges = ", ".join([*settings.edges, *cdn]) or "none"
    return f"Database: {where} · cloud: {account.cloud_name} ({kind}) · edges: {edges}"


@main.command()
@click.option("--url", help="Address of the service (default: that of the last start).")
@click.option(
    "--mongo", is_flag=True, help="Print the URI of the database instead, for mongodump and mongosh."
)
@data_option
def credentials(settings: Settings, url: str | None, *, mongo: bool) -> None:
    """Print the CLOUDINARY_URL with which an official SDK uses this service."""
    if mongo:
        click.echo(settings.mongo_uri or mongod.uri(settings.data))
        return
    last_url = server.last_run(settings).get("url")
    address = urlsplit(url or settings.public_url or last_url or settings.site_url)
    if address.scheme not in ("http", "https") or not address.netloc:
        raise click.UsageError(f"--url must look like http://HOST:PORT, not '{url}'.")
    known = with_secrets(settings)
    delivery = (
        f"secure=true&secure_distribution={address.netloc}"
        if address.scheme == "https"
        else f"cname={address.netloc}"
    )
    if address.scheme == "http":
        click.echo(HTTPS_ONLY.format(host=address.hostname), err=True)
    strict = "&signature_algorithm=sha256" if settings.strict_signatures else ""
    click.echo(
        f"CLOUDINARY_URL=cloudinary://{known.api_key}:{known.api_secret}@{known.cloud_name}"
        f"?upload_prefix={address.scheme}://{address.netloc}&{delivery}{strict}"
    )


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


if __name__ == "__main__":
    main()
