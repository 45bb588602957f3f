"""Which public_id an upload gets. Pure, but for the random part."""

import re
import secrets
import string
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath

from picturerail.errors import BadRequest

RANDOM_LENGTH = 20
UNIQUE_LENGTH = 6
MAX_LENGTH = 255
FORBIDDEN = set("?&#\\%<>+")
_ALPHABET = string.ascii_lowercase + string.digits


@dataclass(frozen=True)
class Naming:
    """What the uploader asked for."""

    public_id: str = ""
    folder: str = ""
    prefix: str = ""
    file_name: str = ""
    use_filename: bool = False
    unique_filename: bool = True
    keep_extension: bool = False  # raw files
    extension: str = ""  # of a raw file, asked for as its format


def choose(naming: Naming) -> str:
    """The public_id: the one asked for, or one made of the file's name, or a random one."""
    name = _extended(naming.public_id, naming.extension) if naming.public_id else _made(naming)
    parts = [naming.prefix, naming.folder, name]
    return checked("/".join(part.strip("/") for part in parts if part.strip("/")))


def checked(public_id: str) -> str:
    """`public_id` when it may be one; BadRequest otherwise."""
    if len(public_id) > MAX_LENGTH:
        raise BadRequest(
            f"public_id is too long: it has {len(public_id)} characters, {MAX_LENGTH} is the limit."
        )
    shown = public_id.encode("unicode_escape", "backslashreplace").decode()
    if any(
        letter in FORBIDDEN or unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp")
        for letter in public_id
    ):
        raise BadRequest(
            f"public_id ({shown}) is invalid: leave out ? & # \\ % < > + and control characters."
        )
    if not public_id or any(part.strip() in ("", ".", "..") for part in public_id.split("/")):
        raise BadRequest(
            f"public_id ({shown}) is invalid: no part between slashes may be empty, '.' or '..'."
        )
    if public_id != public_id.strip():
        raise BadRequest(f"public_id ({shown}) is invalid: it must not begin or end with a space.")
    return public_id


def original_filename(name: str) -> str:
    """The name of the uploaded file without folders and extension."""
    return _path(name).stem


def _made(naming: Naming) -> str:
    extension = _extension(naming)
    if not naming.use_filename:
        return random_text(RANDOM_LENGTH) + _clean(extension)
    stem = _clean(original_filename(naming.file_name))
    stem = stem if stem.strip(".") else "file"  # nothing is left, or what no name may be
    unique = f"_{random_text(UNIQUE_LENGTH)}" if naming.unique_filename else ""
    return f"{stem[: MAX_LENGTH // 2]}{unique}{_clean(extension)}"


def _extended(public_id: str, extension: str) -> str:
    ending = f".{extension}" if extension else ""
    return public_id if public_id.lower().endswith(ending.lower()) else public_id + ending


def _extension(naming: Naming) -> str:
    if naming.extension:
        return f".{naming.extension}"
    return _path(naming.file_name).suffix if naming.keep_extension else ""


def random_text(length: int) -> str:
    """Small letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _path(name: str) -> PurePosixPath:
    return PurePosixPath(name.replace("\\", "/"))


def _clean(text: str) -> str:
    """`text` with what a public_id may not hold, and spaces, as underscores; letters and pictographs stay."""
    kept = (letter if _stays(letter) else " " for letter in text)
    return re.sub(r"\s+", "_", "".join(kept)).strip("_")


def _stays(letter: str) -> bool:
    return letter.isalnum() or letter in "_.-~@()" or unicodedata.category(letter) in ("So", "Sk", "Mn", "Mc")
