"""Which album a file of a source belongs to: by the names of its folders, or by what Takeout says of its folder."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any

from picturerail.filenames import readable
from picturerail.gallery.albums.model import MAX_ABOUT, MAX_DEPTH, MAX_TITLE
from picturerail.gallery.transfer.source import ImportSource
from picturerail.gallery.transfer.told import unescaped


@dataclass(frozen=True)
class AlbumTitle:
    """An album as a source speaks of it."""

    title: str
    description: str = ""


AlbumPath = tuple[AlbumTitle, ...]  # the outermost first; empty for no album
AlbumsOf = Callable[[ImportSource, PurePosixPath], AlbumPath]


def of_folders(source: ImportSource, folder: PurePosixPath) -> AlbumPath:
    """An album for each folder, in each other as the folders are."""
    del source
    titles = (" ".join(readable(part).split())[:MAX_TITLE] for part in folder.parts)
    return tuple(AlbumTitle(title) for title in titles if title)[:MAX_DEPTH]


def of_takeout(source: ImportSource, folder: PurePosixPath) -> AlbumPath:
    """The album whose metadata lies in a folder of Takeout, under whatever name its language gives that file."""
    with suppress(OSError):
        for name in sorted(source.names(folder)):
            path = PurePosixPath(name.lower())  # with two extensions it is a picture's sidecar
            is_about = path.suffix == ".json" and not PurePosixPath(path.stem).suffix
            if is_about and (found := _title(source, folder / name)):
                return (found,)
    return ()


def _title(source: ImportSource, path: PurePosixPath) -> AlbumTitle | None:
    try:
        about: Any = json.loads(source.text(path))
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(about, dict):
        return None
    told = about.get("albumData", about)  # older ones have it inside
    if not isinstance(told, dict) or "photoTakenTime" in told:
        return None  # a picture's sidecar whose name was cut
    title, description = told.get("title"), told.get("description")
    if not isinstance(title, str) or not title.strip():
        return None
    words = description if isinstance(description, str) else ""
    return AlbumTitle(" ".join(unescaped(title).split())[:MAX_TITLE], unescaped(words).strip()[:MAX_ABOUT])
