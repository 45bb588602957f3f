"""The secrets that are kept in the data folder: made once, on the first start."""

import hashlib
import hmac
import json
import os
import secrets
import string
from dataclasses import replace
from pathlib import Path
from typing import Any

from picturerail.errors import StartupError
from picturerail.settings.table import Settings

FILE = "secrets.json"
FILLED = ("secret_key", "api_key", "api_secret")  # settings that are taken from there when they are empty


def holds_gallery(data: Path) -> bool:
    """True when the program was once started on this folder."""
    return (data / FILE).is_file()


def with_secrets(settings: Settings) -> Settings:
    """Fill the empty secrets from the data folder, making them there on the first start."""
    kept = kept_secrets(settings.data)
    filled: dict[str, Any] = {name: getattr(settings, name) or kept[name] for name in FILLED}
    if settings.own_media and not settings.auth_token_key:
        filled["auth_token_key"] = _token_key(filled["api_secret"])
    return replace(settings, **filled)


def _token_key(api_secret: str) -> str:
    """The key of tokens, which every machine with the same API secret knows without being told."""
    return hmac.new(api_secret.encode(), b"key of delivery tokens", hashlib.sha256).hexdigest()


def kept_secrets(data: Path) -> dict[str, str]:
    """The secrets kept in the data folder, mode 0600; those that are missing are made and stored."""
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    kept = known_secrets(data)
    made = {
        "secret_key": secrets.token_hex(32),
        "api_key": "".join(secrets.choice(string.digits) for _ in range(15)),
        "api_secret": secrets.token_urlsafe(24).replace("-", "x").replace("_", "y"),
        "mongo_admin": secrets.token_hex(24),
        "mongo_app": secrets.token_hex(24),
    }
    if missing := {name: value for name, value in made.items() if name not in kept}:
        kept |= missing
        _write_private(data / FILE, json.dumps(kept, indent=1))
    return kept


def known_secrets(data: Path) -> dict[str, str]:
    """The secrets that this folder keeps by now; nothing is made."""
    try:
        kept = json.loads((data / FILE).read_text())
    except FileNotFoundError:
        return {}
    except PermissionError as error:
        raise StartupError(
            f"{data / FILE} cannot be read: {error.strerror}. Give it to the user who starts this, with all of {data}."
        ) from error
    except (OSError, ValueError) as error:
        raise StartupError(f"{data / FILE} cannot be read: {error}. Put it back from a backup.") from error
    if not isinstance(kept, dict) or not all(isinstance(value, str) and value for value in kept.values()):
        raise StartupError(f"{data / FILE} holds no keys as they were made. Put it back from a backup.")
    return kept


def _write_private(path: Path, text: str) -> None:
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with os.fdopen(os.open(temporary, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
