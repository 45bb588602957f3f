"""What is stored with each asset so that it can be found: words and computed numbers. Pure.

Every word of every text field becomes one entry `field=word`; of context and metadata, whose keys are free, also
`=word` for searches in all fields, and `context.key==value` for the whole value. One index serves them all. A search
names all the entries in which a word may stand (`also` in `expression/fields.py`), since each entry of a name that is
like no other costs a page of the index: of older assets there are more, `=word` for each word and the words of the
file's name under `public_id` too.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from picturerail.media.asset import folder_of

MAX_ENTRIES = 1000
MAX_WORD_LENGTH = 64
MAX_WHOLE_LENGTH = 200

_WORD = re.compile(r"[^\W_]+")


def search_fields(asset: Mapping[str, Any]) -> dict[str, Any]:
    """The subdocument `search` of an asset."""
    width, height = asset.get("width") or 0, asset.get("height") or 0
    sizes = (
        {"aspect_ratio": rounded_ratio(width, height), "pixels": width * height} if width and height else {}
    )
    filename = asset["public_id"].rpartition("/")[2]
    facts = asset.get("facts") or {}
    transparent = {"transparent": facts["transparent"]} if "transparent" in facts else {}
    return {
        "folder": folder_of(asset["public_id"], asset.get("asset_folder")),
        "filename": filename,
        "display_name": asset.get("display_name") or filename,  # to sort by
        "uploaded_at": asset.get("uploaded_at") or datetime.fromtimestamp(asset["version"], UTC),
        **sizes,
        **transparent,
        "entries": _entries(asset, filename),
    }


def rounded_ratio(width: float, height: float) -> float:
    """Width over height as it is stored and compared."""
    return round(width / height, 2)


def folder_fields(path: str) -> dict[str, Any]:
    """The subdocument `search` of a folder."""
    name = path.rpartition("/")[2]
    entries = {*words_of("path", path), *words_of("name", name), *words_of("", name)}
    return {"name": name, "entries": sorted(entries)}


def words_of(field: str, text: str) -> Iterator[str]:
    """The entries of the words of `text`, which are runs of letters and digits in any script."""
    for word in _WORD.findall(text.casefold()):
        yield f"{field}={word[:MAX_WORD_LENGTH]}"


def whole_of(field: str, text: str) -> str:
    """The entry of a whole value."""
    return f"{field}=={text[:MAX_WHOLE_LENGTH]}"


def _entries(asset: Mapping[str, Any], filename: str) -> list[str]:
    texts = [
        ("public_id", asset["public_id"].removesuffix(filename)),
        ("filename", filename),
        ("display_name", asset.get("display_name")),
    ]
    texts += [("tags", tag) for tag in asset.get("tags", ())]
    entries: dict[str, None] = {}
    for field, text in texts:
        entries |= dict.fromkeys(words_of(field, text or ""))
    for room in ("context", "metadata"):
        for key, value in (asset.get(room) or {}).items():
            for text in _texts(value):
                entries[whole_of(f"{room}.{key}", text)] = None
                for field in (f"{room}.{key}", ""):
                    entries |= dict.fromkeys(words_of(field, text))
    return list(entries)[:MAX_ENTRIES]


def _texts(value: Any) -> Iterable[str]:  # noqa: ANN401
    return map(str, value) if isinstance(value, list) else (str(value),)
