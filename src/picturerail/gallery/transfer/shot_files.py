"""The files of one shot: a camera's raw picture and what the camera developed of it, of one name in one folder."""

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TypeAlias

from picturerail import camera_raw
from picturerail.gallery.pictures.bursts import DEVELOPED

_ALIASES = {"jpeg": "jpg", "jpe": "jpg", "heif": "heic", "hif": "heic"}

Shot: TypeAlias = tuple[PurePosixPath, str]  # its folder, and its name without an extension


def shot_of(path: PurePosixPath, names: Collection[str]) -> tuple[Shot, frozenset[str]] | None:
    """The shot that a file is of, and the names of all of its files; None where no raw file has a developed one.

    `names` are those of the files in its folder.
    """
    if not _kind(path.name):
        return None
    stem = path.stem.casefold()
    same = frozenset(each for each in names if PurePosixPath(each).stem.casefold() == stem and _kind(each))
    if {_kind(each) for each in same} != {"raw", "developed"}:
        return None
    return (path.parent, stem), same


@dataclass
class ShotFiles:
    """What became of the files of shots, until all of a shot are known."""

    _known: dict[Shot, dict[str, str]] = field(default_factory=dict)  # pictures by the names of their files
    _new: set[Shot] = field(default_factory=set)

    def note(self, path: PurePosixPath, names: Collection[str], picture: str, *, is_new: bool) -> list[str]:
        """Note which picture a file is ("" for none); those of its shot when this was the last, and one is new."""
        found = shot_of(path, names)
        if found is None:
            return []
        shot, every = found
        known = self._known.setdefault(shot, {})
        known[path.name] = picture
        if is_new:
            self._new.add(shot)
        if not every <= known.keys():
            return []
        new = shot in self._new
        self._new.discard(shot)
        pictures = list(dict.fromkeys(each for each in self._known.pop(shot).values() if each))
        return pictures if new and len(pictures) > 1 else []


def _kind(name: str) -> str:
    extension = PurePosixPath(name).suffix[1:].lower()
    if extension in camera_raw.FORMATS:
        return "raw"
    return "developed" if _ALIASES.get(extension, extension) in DEVELOPED else ""
