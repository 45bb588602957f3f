"""Another gallery as a source of the importer: originals are loaded one by one, and never twice for nothing."""

import hashlib
import json
import tempfile
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path, PurePosixPath
from typing import Any

from picturerail import image_formats
from picturerail.errors import Unavailable
from picturerail.gallery.albums.model import MAX_ABOUT, MAX_DEPTH, MAX_TITLE
from picturerail.gallery.pictures.create import FORMATS
from picturerail.gallery.pictures.file import clean_filename
from picturerail.gallery.pictures.visibility import strictest
from picturerail.gallery.transfer.galleries.model import RemoteAlbum, RemoteGallery, RemotePicture
from picturerail.gallery.transfer.gallery_json import GalleryJson
from picturerail.gallery.transfer.source import Digests, SourceFile, digests_of

NO_PICTURE = "no picture of a kind that can be shown here"


@dataclass
class RemoteSource:
    """A gallery whose pictures look like files in one folder.

    `log` remembers the hashes of what was loaded, so that a second run need not load what is here. It only says what
    bytes a picture there has; whether these are here is asked each time.
    """

    gallery: RemoteGallery
    scratch: Path
    log: Path
    visibility: str = ""  # of what tells none itself
    is_far: bool = True
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def index(self) -> GalleryJson:
        """All that is told of its pictures and albums."""
        return self._index

    def entries(self) -> Iterator[SourceFile]:
        """Every picture, the oldest first."""
        for path, picture in self._pictures.items():
            yield SourceFile(path, picture.refusal or _obstacle(path), is_lost=picture.is_lost)

    @contextmanager
    def file(self, path: PurePosixPath) -> Iterator[Path]:
        """The original, removed afterwards."""
        picture = self._pictures[path]
        with tempfile.NamedTemporaryFile(dir=self.scratch) as file:
            self.gallery.download(picture, file)
            file.flush()
            _check(picture, Path(file.name))
            self._remember(picture, digests_of(Path(file.name)))
            yield Path(file.name)

    def digests(self, path: PurePosixPath) -> Digests | None:
        """The hashes of what was loaded before, if it is still the same there."""
        return self._known.get(_key(self._pictures[path]))

    def names(self, folder: PurePosixPath) -> frozenset[str]:
        """Nothing lies beside a picture."""
        del folder
        return frozenset()

    def text(self, path: PurePosixPath) -> str:
        """There are no small files."""
        raise FileNotFoundError(path)

    @cached_property
    def _pictures(self) -> dict[PurePosixPath, RemotePicture]:
        found = sorted(self.gallery.pictures(), key=lambda each: (each.taken_at, each.filename, each.id))
        return {_path(each): each for each in found}

    @cached_property
    def _index(self) -> GalleryJson:
        paths = {each.id: str(path) for path, each in self._pictures.items()}
        told = {path: _about(each, self.visibility) for path, each in self._pictures.items()}
        return GalleryJson(
            told, tuple(_about_album(each, paths, self.visibility) for each in shallow(self.gallery.albums()))
        )

    @cached_property
    def _known(self) -> dict[str, Digests]:
        """What the log says; a line that a kill has cut is passed over."""
        known: dict[str, Digests] = {}
        if self.log.exists():
            for line in self.log.read_text(encoding="utf-8", errors="replace").splitlines():
                try:
                    of, sha256, md5 = json.loads(line)
                except (ValueError, TypeError):
                    continue
                known[str(of)] = (str(sha256), str(md5))
        return known

    def _remember(self, picture: RemotePicture, digests: Digests) -> None:
        with self._lock:
            self._known[_key(picture)] = digests
            with self.log.open("a", encoding="utf-8") as log:
                # a cut line does not reach into this one
                log.write(f"\n{json.dumps([_key(picture), *digests])}")


def _key(picture: RemotePicture) -> str:
    return f"{picture.id} {picture.edition}"


def _path(picture: RemotePicture) -> PurePosixPath:
    """A name for reports that tells both what it is and which one."""
    name = PurePosixPath(clean_filename(picture.filename))
    return PurePosixPath(f"{name.stem}-{picture.id}{name.suffix}")


def _obstacle(path: PurePosixPath) -> str:
    """What a name tells, so that no video is loaded for nothing; bytes decide about all others."""
    extension = image_formats.canonical(path.suffix.lower().removeprefix("."))
    return "" if not extension or extension in FORMATS else NO_PICTURE


def _check(picture: RemotePicture, file: Path) -> None:
    if picture.sha1:
        with file.open("rb") as opened:
            found = hashlib.file_digest(opened, lambda: hashlib.sha1(usedforsecurity=False)).hexdigest()
        if found != picture.sha1:
            raise Unavailable("its bytes are not those that the other gallery promised. Run it again.")


def _about(picture: RemotePicture, visibility: str) -> dict[str, Any]:
    told = {
        "filename": clean_filename(picture.filename),
        "description": picture.description,
        "tags": list(picture.tags),
        "visibility": _stricter(picture.visibility, visibility),
        "marks": ({"favourite": "yes"} if picture.favourite else {})
        | ({"stars": str(picture.stars)} if picture.stars else {}),
    }
    return told | ({"taken_at": picture.taken_at} if picture.taken_at else {})


def shallow(albums: Iterable[RemoteAlbum]) -> Iterator[RemoteAlbum]:
    """The same, where what lies deeper than albums may here lies beside the deepest."""
    parents, depths = dict[str, str](), {"": 0}
    for each in albums:
        parent = each.parent if each.parent in depths else ""
        while depths[parent] >= MAX_DEPTH:
            parent = parents[parent]
        parents[each.id], depths[each.id] = parent, depths[parent] + 1
        yield replace(each, parent=parent)


def _stricter(own: str, usual: str) -> str:
    """What is told there, but no more open than what is usual; "" where neither is said."""
    given = list(filter(None, (own, usual)))
    return strictest(given) if given else ""


def _about_album(album: RemoteAlbum, paths: dict[str, str], visibility: str) -> dict[str, Any]:
    told = {
        "id": album.id,
        "parent": album.parent,
        "title": " ".join(album.title.split())[:MAX_TITLE] or "Album",
        "description": album.description[:MAX_ABOUT],
        "cover": paths.get(album.cover, ""),
        "pictures": [paths[each] for each in album.pictures if each in paths],
    }
    seen = _stricter(album.visibility, visibility)
    return told | ({"visibility": seen} if seen else {})
