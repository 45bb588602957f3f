"""The files of one shot: a camera's raw picture and what the camera developed of it, of one name in one folder."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TypeAlias

from picturerail import camera_raw, image_formats
from picturerail.gallery.pictures.bursts import DEVELOPED

MAX_FOLDERS = 8  # whose shots are remembered: files come folder by folder
_HEIF = "hif"  # so some cameras call it, and nobody else

Shot: TypeAlias = tuple[PurePosixPath, str]  # its folder, and its name without an extension


def shots_among(names: Collection[str]) -> Mapping[str, frozenset[str]]:
    """The files of each shot in a folder with these files that has a raw one and a developed one, by its name."""
    found = defaultdict[str, set[str]](set)
    for each in names:
        if _kind(each):
            found[_stem(each)].add(each)
    return {
        stem: frozenset(files) for stem, files in found.items() if len({_kind(each) for each in files}) == 2
    }


@dataclass
class ShotFiles:
    """What became of the files of shots, until all of a shot are known."""

    _folders: dict[PurePosixPath, Mapping[str, frozenset[str]]] = field(default_factory=dict)
    _known: dict[Shot, dict[str, str]] = field(default_factory=dict)  # pictures by the names of their files
    _new: set[Shot] = field(default_factory=set)

    def note(self, path: PurePosixPath, names: Collection[str], picture: str, *, is_new: bool) -> list[str]:
        """Note which picture a file is ("" for none); those of its shot when this was the last, and one is new.

        `names` are those of the files in its folder.
        """
        shot = (path.parent, _stem(path.name))
        every = self._shots(path.parent, names).get(shot[1], frozenset())
        if path.name not in every:
            return []
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

    def _shots(self, folder: PurePosixPath, names: Collection[str]) -> Mapping[str, frozenset[str]]:
        if folder not in self._folders:
            last = list(self._folders.items())[1 - MAX_FOLDERS :]
            self._folders = {**dict(last), folder: shots_among(names)}
        return self._folders[folder]


def _stem(name: str) -> str:
    return PurePosixPath(name).stem.casefold()


def _kind(name: str) -> str:
    extension = PurePosixPath(name).suffix[1:].lower()
    if extension in camera_raw.FORMATS:
        return "raw"
    return "developed" if extension == _HEIF or image_formats.canonical(extension) in DEVELOPED else ""
