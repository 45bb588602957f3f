"""The reference pages, written from the tables in the code: python -m picturerail.reference [FOLDER]."""

import sys
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import click

from picturerail import cli
from picturerail.settings import Settings

NOTE = "<!-- Written by `make docs`; change the table in the code, not this page. -->"


def pages() -> dict[str, str]:
    """Every generated page: file name and text."""
    return {"settings.md": settings_page(), "commands.md": commands_page()}


def settings_page() -> str:
    """One row for each setting."""
    lines = ["# Settings", "", NOTE, "", "Set in the environment. Sizes are in bytes, times in seconds.", ""]
    lines += ["| setting | default | meaning |", "|---|---|---|"]
    for setting in fields(Settings):
        default = str(setting.default) or "(empty)"
        lines.append(f"| `{setting.metadata['env']}` | `{default}` | {setting.metadata['help']} |")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    """One section for each command."""
    lines = ["# Commands", "", NOTE, ""]
    for path, command in _commands("picturerail", cli.main):
        lines += [f"## `{path}`", "", (command.help or "").strip(), ""]
        rows = [_option(option) for option in command.params]
        if rows:
            lines += ["| argument | meaning |", "|---|---|", *rows, ""]
    return "\n".join(lines).rstrip() + "\n"


def _commands(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        for name, inner in sorted(command.commands.items()):
            yield from _commands(f"{path} {name}", inner)
    else:
        yield path, command


def _option(parameter: click.Parameter) -> str:
    names = ", ".join(parameter.opts)
    text = getattr(parameter, "help", None) or ""
    choices = (
        f" One of {', '.join(parameter.type.choices)}." if isinstance(parameter.type, click.Choice) else ""
    )
    return f"| `{names}` | {text}{choices} |"


def main() -> None:
    """Write the pages."""
    folder = Path(sys.argv[1] if len(sys.argv) > 1 else "docs/reference")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages().items():
        (folder / name).write_text(text)


if __name__ == "__main__":
    main()
