"""A value as it is given, in words or in TOML's own types, as the type that its setting has."""

import types
from collections.abc import Callable, Mapping
from dataclasses import Field
from pathlib import Path
from typing import Any, get_type_hints

from picturerail.errors import StartupError
from picturerail.settings.table import Settings
from picturerail.url_parts import read_url

YES = ("1", "true", "yes", "on")
NO = ("0", "false", "no", "off", "")
USUAL_PORTS = {"http": 80, "https": 443}

_TYPES = get_type_hints(Settings)


def parse(setting: "Field[Any]", name: str, given: object, folder: Path) -> Any:  # noqa: ANN401
    """`given` as the value of `setting`, called `name` by whoever gave it; relative paths begin at `folder`."""
    if isinstance(given, float | dict) or given is None:
        raise StartupError(f"{name} must be {_KINDS[_plain(setting)]}, not {given}.")
    if "\0" in str(given):
        raise StartupError(f"{name} has a character in it that is none (U+0000). Take it out.")
    return _PARSERS[_plain(setting)](setting.metadata, name, given, folder)


def _plain(setting: "Field[Any]") -> type:
    kind = _TYPES[setting.name]
    return tuple if isinstance(kind, types.GenericAlias) else kind


def _number(meta: Mapping[str, Any], name: str, given: object, _: Path) -> int:
    try:
        number = int(str(given))
    except ValueError:
        raise StartupError(f"{name} must be a whole number, not '{given}'.") from None
    if meta["minimum"] is not None and number < meta["minimum"]:
        raise StartupError(f"{name} must be at least {meta['minimum']}, not {number}.")
    return number


def _switch(_: Mapping[str, Any], name: str, given: object, __: Path) -> bool:
    text = str(given).strip().lower()
    if text not in YES + NO:
        raise StartupError(f"{name} must be true or false (or 1 or 0), not '{given}'.")
    return text in YES


def _list(_: Mapping[str, Any], name: str, given: object, __: Path) -> tuple[str, ...]:
    items = given if isinstance(given, list | tuple) else str(given).split(",")
    if not all(isinstance(item, str) for item in items):
        raise StartupError(f"{name} must be a list of texts, not {given}.")
    return tuple(item.strip() for item in items if item.strip())


def _path(_: Mapping[str, Any], name: str, given: object, folder: Path) -> Path:
    return (folder / Path(_text({}, name, given, folder)).expanduser()).absolute()


def _text(meta: Mapping[str, Any], name: str, given: object, _: Path) -> str:
    if not isinstance(given, str | int | Path) or isinstance(given, bool):
        raise StartupError(f"{name} must be {_KINDS[str]}, not {given}.")
    return _host_in_lower_case(str(given)) if meta.get("env") == "PICTURERAIL_PUBLIC_URL" else str(given)


def _host_in_lower_case(url: str) -> str:
    """The address as browsers write it: the host in lower case, no port that goes without saying, no slash."""
    if (parts := read_url(url)) is None:
        raise StartupError(f"PICTURERAIL_PUBLIC_URL is no address: {url}")
    try:
        host = (parts.hostname or "").encode("idna" if not (parts.hostname or "").isascii() else "ascii")
        port = "" if parts.port in (None, USUAL_PORTS.get(parts.scheme)) else f":{parts.port}"
    except ValueError:
        raise StartupError(f"PICTURERAIL_PUBLIC_URL is no address: {url}") from None
    name = f"[{host.decode()}]" if b":" in host else host.decode()
    who = f"{parts.username}@" if parts.username else ""
    return parts._replace(netloc=f"{who}{name}{port}").geturl().rstrip("/")


_PARSERS: dict[type, Callable[[Mapping[str, Any], str, object, Path], Any]] = {
    int: _number,
    bool: _switch,
    tuple: _list,
    Path: _path,
    str: _text,
}
_KINDS: dict[type, str] = {
    int: "a whole number",
    bool: "true or false",
    tuple: "a list of texts",
    Path: "a path",
    str: "a text",
}
