"""Where each setting comes from: command line, environment, NAME_FILE, settings.toml, default, in this order."""

import difflib
import os
import tomllib
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields, replace
from pathlib import Path
from typing import Any

from picturerail.errors import StartupError
from picturerail.settings import checks, own_cloud, values
from picturerail.settings.secret_file import read_secret
from picturerail.settings.table import CHILD, Settings

TOML = "settings.toml"
# of the environment, what image workers get
PLAIN = (
    "PATH",
    "HOME",
    "LANG",
    "LC_",
    "TZ",
    "LD_",
    "PYTHON",
    "VIRTUAL_ENV",
    "FONTCONFIG_",
    "XDG_",
    "VIPS_",
    "G_",
)
PREFIX = "PICTURERAIL_"
FILE = "_FILE"  # ends the name of a variable that holds the path of a secret
DEFAULT = "default"

TABLE: dict[str, "Field[Any]"] = {setting.name: setting for setting in fields(Settings)}
BY_VARIABLE: dict[str, "Field[Any]"] = {setting.metadata["env"]: setting for setting in fields(Settings)}


@dataclass(frozen=True)
class Given:
    """A setting's value, and where it came from."""

    value: Any
    source: str


def load(environ: Mapping[str, str] | None = None, **overrides: Any) -> Settings:  # noqa: ANN401
    """Every setting, parsed and checked; `overrides` (from the command line) win where not None."""
    return checked({name: found.value for name, found in resolve(environ, **overrides).items()})


def check_environment() -> None:
    """Raise StartupError for what the SDK, which looks at the environment by itself as it is read, would end with."""
    checks.check_cloudinary_url(os.environ.get("CLOUDINARY_URL", ""))


def child_environment(settings: Settings) -> dict[str, str]:
    """Our own environment for a child process, with these settings in place of where they came from."""
    return {
        name: value for name, value in os.environ.items() if not _is_setting(name)
    } | settings.environment()


def plain_environment(settings: Settings) -> dict[str, str]:
    """What Python, libvips and the fonts need of our environment: no setting, and no secret of others."""
    names = {name: value for name, value in os.environ.items() if name.startswith(PLAIN)}
    return {**names, "TMPDIR": str(settings.spool_folder)}


def _is_setting(name: str) -> bool:
    return name.startswith(PREFIX) or name.removesuffix(FILE) in BY_VARIABLE


def checked(given: Mapping[str, Any]) -> Settings:
    """Settings of these values that fit together; the program's own credentials are no other cloud."""
    settings = Settings(**given)
    checks.check(settings)
    settings = _behind_own_front(settings)
    if own_cloud.is_own(settings):
        settings = replace(settings, cloudinary_url="")
    checks.check_cloud(settings)
    return settings


def _behind_own_front(settings: Settings) -> Settings:
    """With a domain Caddy stands in front, on this machine: it is believed, and only it reaches us."""
    if not settings.domain:
        return settings
    proxies = tuple(dict.fromkeys((*settings.trusted_proxies, "127.0.0.1")))
    public_url = f"https://{settings.domain}"
    return replace(settings, host="127.0.0.1", public_url=public_url, trusted_proxies=proxies)


def resolve(environ: Mapping[str, str] | None = None, **overrides: Any) -> dict[str, Given]:  # noqa: ANN401
    """Each setting with its source; StartupError for what is unknown, unreadable or given twice."""
    if unknown := overrides.keys() - TABLE.keys():
        raise TypeError(f"unknown settings: {', '.join(unknown)}")
    given = os.environ if environ is None else environ
    if given.get(CHILD):
        return _of_parent(given, overrides)
    _refuse_unknown_variables(given)
    data = _data_folder(given, overrides)
    file = _toml(data.value)
    found = {name: _find(setting, given, overrides, file, data.value) for name, setting in TABLE.items()}
    return found | {"data": data}


def _of_parent(environ: Mapping[str, str], overrides: Mapping[str, Any]) -> dict[str, Given]:
    """What our own parent has decided, the empty ones too."""
    here = Path()
    return {
        name: Given(
            values.parse(setting, setting.metadata["env"], environ[setting.metadata["env"]], here),
            "environment",
        )
        if overrides.get(name) is None and setting.metadata["env"] in environ
        else Given(setting.default if overrides.get(name) is None else overrides[name], "command line")
        for name, setting in TABLE.items()
    }


def _data_folder(environ: Mapping[str, str], overrides: Mapping[str, Any]) -> Given:
    return _find(TABLE["data"], environ, overrides, {}, Path())


def _find(
    setting: "Field[Any]",
    environ: Mapping[str, str],
    overrides: Mapping[str, Any],
    file: Mapping[str, Any],
    data: Path,
) -> Given:
    name, variable = setting.name, setting.metadata["env"]
    if (value := overrides.get(name)) is not None:
        option = f"--{name.replace('_', '-')}"
        return Given(values.parse(setting, option, value, Path()), "command line")
    if value := _in_environment(setting, environ):
        return Given(values.parse(setting, variable, value, Path()), "environment")
    if path := environ.get(variable + FILE):
        return Given(
            values.parse(setting, variable + FILE, read_secret(variable + FILE, path), Path()),
            f"{variable}{FILE}",
        )
    if name in file:
        return Given(values.parse(setting, f"{name} in {data / TOML}", file[name], data), TOML)
    return Given(values.parse(setting, variable, setting.default, Path()), DEFAULT)


def _in_environment(setting: "Field[Any]", environ: Mapping[str, str]) -> str:
    variable = setting.metadata["env"]
    value = environ.get(variable, "")
    if value and setting.metadata["secret"] and environ.get(variable + FILE):
        raise StartupError(f"{variable} and {variable}{FILE} are both set. Give one of them.")
    return value


def _toml(data: Path) -> dict[str, Any]:
    """What the file of the data folder says; nothing when there is none."""
    path = data / TOML
    try:
        given = tomllib.loads(path.read_text("utf-8-sig"))
    except (FileNotFoundError, NotADirectoryError) as error:
        if path.is_symlink():
            raise StartupError(f"{path} is a link to a file that is not there. Mend or remove it.") from error
        return {}
    except OSError as error:
        raise StartupError(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeDecodeError as error:
        raise StartupError(f"{path} is no text in UTF-8. Save it as such.") from error
    except ValueError as error:
        raise StartupError(f"{path} is no TOML: {error}.") from error
    if "data" in given:
        raise StartupError(f"{path} cannot name another folder: take `data` out of it.")
    for key in given:
        if key not in TABLE:
            raise StartupError(f"{path} has an unknown setting, {key}.{_likely(key.lower(), _toml_names())}")
    return given


def _toml_names() -> dict[str, str]:
    """What a person may write for each setting: its key, or its variable's name."""
    return {name: name for name in TABLE} | {variable.lower(): s.name for variable, s in BY_VARIABLE.items()}


def _refuse_unknown_variables(environ: Mapping[str, str]) -> None:
    for name in environ:
        known = BY_VARIABLE.get(name.removesuffix(FILE))
        if name not in BY_VARIABLE and name.startswith(PREFIX) and not (known and known.metadata["secret"]):
            if known:
                raise StartupError(
                    f"{name} is no setting: only secrets may stand in a file of their own. Set {known.metadata['env']}."
                )
            raise StartupError(f"{name} is no setting.{_likely(name, _variables())}")


def _variables() -> dict[str, str]:
    """The names of all variables, those of the secrets' files among them."""
    files = [name + FILE for name, setting in BY_VARIABLE.items() if setting.metadata["secret"]]
    return {name: name for name in (*BY_VARIABLE, *files)}


def _likely(name: str, names: Mapping[str, str]) -> str:
    """The name that was meant, as a sentence, or how to see them all."""
    bare = {_bare(known): meant for known, meant in names.items()}
    near = difflib.get_close_matches(_bare(name), bare, n=1, cutoff=0.7)
    return (
        f" Did you mean {bare[near[0]]}?"
        if near
        else " Unset it; `picturerail settings --all` lists them all."
    )


def _bare(name: str) -> str:
    return name.lower().removeprefix(PREFIX.lower())
