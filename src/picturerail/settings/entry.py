"""One entry of the table of settings."""

from dataclasses import field
from typing import Any

List = tuple[str, ...]


def setting(env: str, default: Any, help: str, *, minimum: int | None = None, secret: bool = False) -> Any:  # noqa: A002, ANN401
    """A field whose variable is `env`; `minimum` is the least number, a `secret` may stand in a file of its own."""
    meta = {"env": env, "help": help, "minimum": minimum, "secret": secret}
    return field(default=default, metadata=meta)


def as_text(value: Any) -> str:  # noqa: ANN401
    """A value as an environment variable holds it."""
    if isinstance(value, tuple):
        return ",".join(value)
    return str(int(value)) if isinstance(value, bool) else str(value)
