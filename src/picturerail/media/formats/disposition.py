"""Content-Disposition of what is delivered. Pure."""

import unicodedata
from urllib.parse import quote


def attachment(name: str, extension: str) -> str:
    """A Content-Disposition that saves under `name` (RFC 6266): plain ASCII, and UTF-8 for any script."""
    safe = "".join(_safe(letter) for letter in name[:200]).strip(" .") or "file"
    ending = f".{extension}" if extension and not safe.lower().endswith(f".{extension}") else ""
    full = safe + ending
    plain = full.encode("ascii", "replace").decode().replace("?", "_")
    value = f'attachment; filename="{plain}"'
    return value if plain == full else f"{value}; filename*=UTF-8''{quote(full, safe='')}"


def _safe(letter: str) -> str:
    """A letter, or an underscore for what could leave the header or the folder, or turn the text around."""
    category = unicodedata.category(letter)
    return "_" if letter in '"\\/:*?<>|%;' or category.startswith("C") or category in ("Zl", "Zp") else letter
