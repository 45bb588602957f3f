"""picturerail credentials and picturerail key: how programs with an official SDK reach the media service."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import SplitResult

import click

from picturerail import mongod, server
from picturerail.database import Database
from picturerail.media.access import key_pairs
from picturerail.media.key_pair import ALL, ROLES, KeyPair
from picturerail.settings import Settings, with_secrets
from picturerail.settings.command_line import data_option
from picturerail.url_parts import is_web, split_url

HTTPS_ONLY = (
    "Node.js and some other SDKs build https addresses whatever they are told, and would look for pictures at "
    "res.cloudinary.com: for them serve HTTPS; `picturerail certificate {host}` prints how."
)


@click.command()
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
    known, address = with_secrets(settings), _address(settings, url)
    click.echo(_line(known, address, KeyPair(known.api_key, known.api_secret, key_pairs.FIRST, ALL)))


@click.group()
def key() -> None:
    """More pairs of API key and secret for the media service, each with a role."""


@key.command("add")
@click.argument("name")
@click.option(
    "--role", type=click.Choice(list(ROLES)), default=ALL, help="What its holder may do (default all)."
)
@click.option("--url", help="Address of the service (default: that of the last start).")
@data_option
def key_add(settings: Settings, name: str, role: str, url: str | None) -> None:
    """Make a pair, and print its CLOUDINARY_URL as the last line."""
    address = _address(settings, url)
    with _database(settings) as db:
        made = key_pairs.add(db, name, role)
    click.echo(f"'{made.name}' may {ROLES[role]}.")
    click.echo(_line(with_secrets(settings), address, made))


@key.command("list")
@data_option
def key_list(settings: Settings) -> None:
    """Print every pair but its secret: role, key, name, when it was made and last used, whether it is disabled."""
    with _database(settings) as db:
        for each in key_pairs.pairs(db):
            used = f"{each.used_at:%Y-%m-%d}" if each.used_at else "never"
            shut = "  disabled" if each.disabled else ""
            click.echo(
                f"{each.role:<6} {each.key}  {each.name}  since {each.created_at:%Y-%m-%d}, last used {used}{shut}"
            )


@key.command("disable")
@click.argument("name")
@data_option
def key_disable(settings: Settings, name: str) -> None:
    """Refuse a pair, from the next second on."""
    with _database(settings) as db:
        key_pairs.set_disabled(db, name, disabled=True)
    click.echo(f"'{name}' does not work any more.")


@key.command("enable")
@click.argument("name")
@data_option
def key_enable(settings: Settings, name: str) -> None:
    """Take a disabled pair again."""
    with _database(settings) as db:
        key_pairs.set_disabled(db, name, disabled=False)
    click.echo(f"'{name}' works again.")


@key.command("remove")
@click.argument("name")
@data_option
def key_remove(settings: Settings, name: str) -> None:
    """Forget a pair."""
    with _database(settings) as db:
        key_pairs.remove(db, name)
    click.echo(f"'{name}' is forgotten.")


def _address(settings: Settings, url: str | None) -> SplitResult:
    found = url or settings.public_url or server.last_run(settings).get("url") or settings.site_url
    address = split_url(found)
    if not is_web(found):
        raise click.UsageError(f"--url must look like http://HOST:PORT, not '{url}'.")
    if address.scheme == "http":
        click.echo(HTTPS_ONLY.format(host=address.hostname), err=True)
    return address


def _line(settings: Settings, address: SplitResult, pair: KeyPair) -> str:
    delivery = (
        f"secure=true&secure_distribution={address.netloc}"
        if address.scheme == "https"
        else f"cname={address.netloc}"
    )
    strict = "&signature_algorithm=sha256" if settings.strict_signatures else ""
    return (
        f"CLOUDINARY_URL=cloudinary://{pair.key}:{pair.secret}@{settings.cloud_name}"
        f"?upload_prefix={address.scheme}://{address.netloc}&{delivery}{strict}"
    )


@contextmanager
def _database(settings: Settings) -> Iterator[Database]:
    """The database of the server that runs on this folder, or of one that is started for the moment."""
    with server.running(settings) as reached:
        yield server.prepare_database(reached)
