"""The text of the units, filled in for this installation."""

import re
import string
import sys
from importlib import resources
from pathlib import Path

from picturerail.errors import StartupError

STATE = Path("/var/lib")  # where systemd makes the folders of services
_PLAIN = re.compile(r"[\w./@+-]+")
_USER = re.compile(r"[a-z_][a-z0-9_-]{0,31}")


def program_unit(data: Path, user: str) -> str:
    """The unit of the program, as it is installed here; StartupError for what cannot stand in a unit."""
    program = Path(sys.executable).with_name("picturerail")
    if not _USER.fullmatch(user):
        raise StartupError(f"'{user}' is no name of a system user.")
    if data.parent != STATE:
        raise StartupError(
            f"The data folder of a unit lies directly in {STATE}, where systemd makes it, not at {data}. A larger disk "
            f"can be mounted there."
        )
    for path in (program, data):
        if not _PLAIN.fullmatch(str(path)):
            raise StartupError(
                f"'{path}' cannot stand in a unit: its name has other letters than A-Z, 0-9 and ._@+-."
            )
    words = {"program": str(program), "data": str(data), "state": data.name, "user": user}
    return _filled("picturerail.service", words, at_home=program.is_relative_to("/home"))


def edge_unit() -> str:
    """The unit of an edge: Debian's nginx with a configuration of its own."""
    return _filled("picturerail-edge.service", {}, at_home=False)


def _filled(name: str, words: dict[str, str], *, at_home: bool) -> str:
    hardening = _template("hardening.conf").substitute(home="read-only" if at_home else "yes")
    return _template(name).substitute(words, hardening=hardening)


def _template(name: str) -> string.Template:
    return string.Template(resources.files("picturerail.systemd").joinpath(name).read_text())
