"""The reference pages, written from the tables in the code: python -m picturerail.reference [FOLDER]."""

import json
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import fields
from pathlib import Path

import click

from picturerail import cli
from picturerail.gallery.api import routes
from picturerail.media import coverage
from picturerail.media.openapi.description import describe
from picturerail.media.routes import ROUTES
from picturerail.media.search.expression.fields import ASSET_FIELDS, ASSET_FIELDS_NOT_HERE
from picturerail.media.web import Route
from picturerail.message_index import HOLE, refusals
from picturerail.settings import Settings
from picturerail.settings.entry import as_text

NOTE = "<!-- Written by `make docs`; change the table in the code, not this page. -->"

WAYS = """\
A setting comes from the command line, else from the environment, else (secrets only) from the file that `NAME_FILE`
names (`SECRET_KEY_FILE=/run/secrets/key`), else from `settings.toml` in the data folder, else it has its default:

```toml
# data/settings.toml
public_url = "https://pictures.example"
trusted_proxies = ["127.0.0.1"]
strict_transformations = true
```

`picturerail settings` shows what is set and where it came from. An unknown name is refused, and so is a secret that is
given both in a variable and in a file. Sizes are in bytes, times in seconds; a list has commas between in a variable, a
switch is `true` or `false` (or `1` or `0`). Paths in `settings.toml` begin in its folder."""


MESSAGES = f"""\
Every sentence with which something is refused, to be found by its words; {HOLE} stands for a name or a number. The
second column is the status of the HTTP answer. What to do is in the sentence itself;
[troubleshooting.md](../troubleshooting.md) says more about those that are met most. A 4xx is about what was asked, a
5xx about this side of the line; 429 and 503 carry `Retry-After`."""

FIELD_KINDS = {
    "text": "words, the whole value, or how it begins",
    "keyword": "the whole value, or how it begins",
    "colour": "the name of one that is predominant",
    "folder": "a folder, or all below it",
    "number": "compared, or in a range",
    "size": "compared, or in a range; may end in kb, mb or gb",
    "ratio": "compared, or in a range; as 1.5 or 3:2",
    "date": "compared, or in a range; a day, a moment or an age",
    "flag": "true or false",
    "pairs": "with a key behind a dot: words, the whole value; numbers and dates of metadata are compared",
    "nothing": "nothing here has one",
}

PAGES = {  # where each part is explained
    "backup": "backup.md",
    "caddy": "https.md",
    "certificates": "https.md",
    "cluster": "cluster.md",
    "database": "mongodb.md",
    "disk": "operations.md",
    "door": "operations.md",
    "edge": "edge.md",
    "gallery": "gallery.md",
    "media": "media.md",
    "mongod": "mongodb.md",
    "outbound": "fetch.md",
    "processes": "operations.md",
    "server": "operations.md",
    "settings": "operations.md",
    "signing": "access.md",
    "storage": "storage.md",
    "systemd": "systemd.md",
    "transfer": "transfer.md",
    "transform": "transformations.md",
}


def pages() -> dict[str, Callable[[], str]]:
    """Every generated page: its file name, and what writes its text."""
    return {
        "settings.md": settings_page,
        "commands.md": commands_page,
        "endpoints.md": endpoints_page,
        "messages.md": messages_page,
        "gallery-api.json": gallery_api,
        "media-api.json": media_api,
    }


def gallery_api() -> str:
    """The OpenAPI document of the gallery's API, as it serves it itself at /api/v1/openapi.json."""
    told = routes.description("http://127.0.0.1:8000")
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def media_api() -> str:
    """The OpenAPI document of the media service, as it serves it itself at /v1_1/openapi.json."""
    told = describe(ROUTES, "http://127.0.0.1:8000", "picturerail")
    return json.dumps(told, indent=1, ensure_ascii=False) + "\n"


def settings_page() -> str:
    """One row for each setting."""
    lines = ["# Settings", "", NOTE, "", WAYS, ""]
    lines += ["| setting | key in settings.toml | default | meaning |", "|---|---|---|---|"]
    own = Settings.__annotations__  # before those of HTTPS and of a provider, which it takes in
    for setting in sorted(fields(Settings), key=lambda each: each.name not in own):
        default = as_text(setting.default) or "(empty)"
        key = "" if setting.name == "data" else f"`{setting.name}`"
        file = " (secret)" if setting.metadata["secret"] else ""
        lines.append(
            f"| `{setting.metadata['env']}` | {key} | `{default}` | {setting.metadata['help']}{file} |"
        )
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


def endpoints_page() -> str:
    """One row for each endpoint of the media service, each parameter of an upload, each field of a search."""
    lines = ["# Endpoints of the media service", "", NOTE, ""]
    lines += ["Paths follow `/v1_1/<cloud>`, unless they begin with /v2.", ""]
    lines += ["| endpoint | what it does | |", "|---|---|---|"]
    here = {_endpoint(route): _sentence(route.action) for route in ROUTES}
    remarks = dict.fromkeys(here, "done")
    remarks |= {name: f"partly: {how}" for name, how in coverage.PARTLY.items()}
    remarks |= {name: f"not here: {why}" for name, why in coverage.NOT_HERE.items()}
    lines += [f"| `{name}` | {here.get(name, '')} | {remark} |" for name, remark in remarks.items()]
    lines += ["", "## Parameters of an upload", "", "| parameter | |", "|---|---|"]
    remarks = dict.fromkeys(coverage.PARAMETERS, "done")
    remarks |= {name: f"partly: {how}" for name, how in coverage.PARAMETERS_PARTLY.items()}
    remarks |= {name: f"not here: {why}" for name, why in coverage.PARAMETERS_NOT_HERE.items()}
    lines += [f"| `{name}` | {remark} |" for name, remark in sorted(remarks.items())]
    lines += ["", "## Fields of a search", "", "| field | |", "|---|---|"]
    lines += [f"| `{each.name}` | {FIELD_KINDS[each.kind]} |" for each in ASSET_FIELDS if each.name]
    lines += [f"| `{name}` | not here: {why} |" for name, why in ASSET_FIELDS_NOT_HERE.items()]
    return "\n".join(lines) + "\n"


def messages_page() -> str:
    """One row for each sentence with which something is refused, under the part that says it."""
    lines = ["# Messages", "", NOTE, "", MESSAGES]
    room = ""
    for each in refusals():
        if each.room != room:
            room = each.room
            about = f"See [{PAGES[room]}](../{PAGES[room]})." if room in PAGES else ""
            lines += ["", f"## {room}", "", *([about, ""] if about else []), "| message | |", "|---|---|"]
        words = each.sentence.replace("|", "\\|").replace("<", "&lt;")
        lines.append(f"| {words} | {each.status or 'ends the command'} |")
    return "\n".join(lines) + "\n"


def _endpoint(route: Route) -> str:
    return re.sub(r"<(?:any\([^)]*\)|path):", "<", f"{route.method} {route.path}")


def _sentence(action: Callable[..., object]) -> str:
    """The first line of an action's docstring, without the endpoint that it may repeat."""
    text = (action.__doc__ or "").split("\n")[0]
    return re.sub(r"^(?:GET|POST|PUT|DELETE)\b[^:.]*[:.]\s*", "", text).replace("|", "\\|")


def _commands(path: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in sorted(command.list_commands(context)):
            if (inner := command.get_command(context, name)) is not None:
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
    for name, written in pages().items():
        (folder / name).write_text(written())


if __name__ == "__main__":
    main()
