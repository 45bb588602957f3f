"""What commands share: --data DIR, the folder they name, and `picturerail settings`."""

import functools
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from getpass import GetPassWarning
from pathlib import Path
from typing import Any

import click

from picturerail.errors import StartupError
from picturerail.settings.entry import as_text
from picturerail.settings.secret_store import holds_gallery
from picturerail.settings.sources import DEFAULT, TABLE, TOML, Given, checked, load, resolve
from picturerail.settings.table import Settings

OWN = "this program's own: not needed"

Command = Callable[..., Any]

_option = click.option(
    "--data", type=click.Path(path_type=Path, file_okay=False), help="Folder of everything that is kept."
)


def data_option(command: Command) -> Command:
    """Give a command --data DIR, and hand it the settings of that folder, which must be there."""

    @_option
    @functools.wraps(command)
    def with_settings(*args: Any, data: Path | None, **kwargs: Any) -> object:  # noqa: ANN401
        settings = load(data=data)
        refuse_missing(settings.data)
        click.echo(f"Data folder: {settings.data}", err=True)
        return command(settings, *args, **kwargs)

    return with_settings


@contextmanager
def asking(option: str) -> Iterator[None]:
    """Around a question: StartupError where there is no terminal to ask it on, which says what to give instead."""
    nobody = StartupError(f"There is no terminal to ask on. Give {option}.")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", GetPassWarning)  # what is typed would be seen
            yield
    except GetPassWarning:
        raise nobody from None
    except click.Abort:
        if sys.stdin.isatty():
            raise
        raise nobody from None


class AskedOption(click.Option):
    """An option that is asked for where it is not given, on a terminal."""

    def prompt_for_value(self, ctx: click.Context) -> object:
        """What is answered."""
        with asking(" or ".join([*self.opts, *filter(None, [str(self.envvar or "")])])):
            return super().prompt_for_value(ctx)


def refuse_missing(data: Path) -> None:
    """Raise StartupError unless a gallery was once served from this folder: a slip of the pen makes no new one."""
    if not holds_gallery(data):
        where = "is not there" if not data.exists() else "holds no gallery"
        raise StartupError(
            f"The data folder {data} {where}. Name the right one with --data, or make it with "
            f"`picturerail serve --data {data}`."
        )


@click.command("settings")
@_option
@click.option("--all", "every", is_flag=True, help="Show those too that stand at their default.")
def show(data: Path | None, *, every: bool) -> None:
    """Show each setting's value and where it came from; secrets are hidden.

    The command line wins over the environment, this over NAME_FILE (a secret's file), this over settings.toml in the
    data folder, and this over the default.
    """
    found = resolve(data=data)
    settings = checked({name: one.value for name, one in found.items()})
    there = "" if holds_gallery(settings.data) else "  (not there yet: `picturerail serve` makes it)"
    click.echo(f"Data folder: {settings.data}{there}")
    if found["cloudinary_url"].value and settings.own_media:
        known = found["cloudinary_url"]
        found |= {"cloudinary_url": replace(known, source=f"{known.source}; {OWN}")}
    for name, one in found.items():
        if every or one.source != DEFAULT:
            click.echo(f"{TABLE[name].metadata['env']} = {_shown(settings, name, one)}  ({one.source})")
    if not every:
        click.echo(
            f"All others stand at their default; --all shows them. They may stand in {settings.data / TOML}."
        )


def _shown(settings: Settings, name: str, one: Given) -> str:
    text = as_text(one.value if name == "cloudinary_url" else getattr(settings, name))
    if not text:
        return "(empty)"
    return "(hidden)" if TABLE[name].metadata["secret"] else text
