"""One entry of the table of settings."""

from dataclasses import field
from typing import Any

List = tuple[str, ...]


def setting(env: str, default: Any, help: str, *, minimum: int | None = None, secret: bool = False) -> Any:  # noqa: A002, ANN401
    """A field whose variable is `env`; `minimum` is the least number, a `secret` may stand in a file of its own."""
    meta = {"env": env, "help": help, "minimum": minimum, "secret": secret}
    return field(default=default, metadata=meta)
