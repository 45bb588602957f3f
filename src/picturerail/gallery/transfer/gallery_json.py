"""gallery.json, which an export writes about all of its pictures and albums, and an import reads back."""

import json
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import PurePosixPath
from typing import Any, Self

from bson import ObjectId

from picturerail.filenames import readable
from picturerail.gallery.actions.pictures import ADJUSTABLE
from picturerail.gallery.albums.model import Album
from picturerail.gallery.pictures.marks import marks_of
from picturerail.gallery.pictures.model import Picture, id_like
from picturerail.gallery.transfer.natural_order import natural
from picturerail.gallery.transfer.told import Told

NAME = "gallery.json"
_OF_THE_CLOUD = {
    *("url", "public_id", "asset_id", "version", "format", "etag", "camera", "place"),
    *("thumbhash", "color", "phash", "alike"),
}
_OF_THE_GALLERY = {
    "text",
    "updated_at",
    "trashed_at",
    "state",
    "owner",
    "same_as",
    "albums",
    "marks",
    "shown",
    "stack",
    "stack_place",
    "lent",
}
_OF_THE_ALBUM = {"id", "slug", "parent", "cover", "shown", "owner", "created_at", "updated_at"}
PICTURE_FIELDS = [each.name for each in fields(Picture) if each.name not in _OF_THE_CLOUD | _OF_THE_GALLERY]
ALBUM_FIELDS = [each.name for each in fields(Album) if each.name not in _OF_THE_ALBUM]


@dataclass(frozen=True)
class GalleryJson:
    """What is read of it, empty where a source has none: pictures by their files, and albums, outer ones first.

    Stacks are their files, each with its cover first.
    """

    pictures: Mapping[PurePosixPath, Mapping[str, Any]] = field(default_factory=dict)
    albums: tuple[Mapping[str, Any], ...] = ()
    stacks: tuple[tuple[str, ...], ...] = ()

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what an export wrote; nothing of what is damaged."""
        try:
            about = json.loads(text)
            pictures = {spelled(PurePosixPath(str(each["file"]))): each for each in about["pictures"]}
            albums = tuple(
                {**each, "pictures": each["pictures"] if isinstance(each.get("pictures"), list) else []}
                for each in about.get("albums", ())
                if isinstance(each["title"], str) and each["title"].strip()
            )
            stacks = tuple(tuple(map(str, each)) for each in about.get("stacks", ()))
            return cls(pictures, albums, stacks)
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            return cls()

    def filename(self, path: PurePosixPath) -> str:
        """What a file was called when it was uploaded."""
        told = self._about(path).get("filename")
        return told if isinstance(told, str) and told else readable(path.name)

    def id_like(self, path: PurePosixPath) -> ObjectId | None:
        """An id that says when a picture came there, as the newest stand first by it; None where that is not told."""
        return id_like(str(self._about(path).get("id")))

    def visibility(self, path: PurePosixPath) -> str:
        """Who may see a picture, from its first byte on; "" where nothing is told of it."""
        return str(self._about(path).get("visibility") or "")

    def told(self, path: PurePosixPath) -> Told:
        """What is written about a picture."""
        about = self._about(path)
        description, tags = about.get("description"), about.get("tags")
        listed = tags if isinstance(tags, list) else []
        marks = about.get("marks")  # of the person whose pictures they are
        marked = marks.items() if isinstance(marks, dict) else ()
        return Told(
            str(description or ""),
            tuple(each for each in listed if isinstance(each, str)),
            marks={kind: value for kind, value in marked if isinstance(value, str)},
        )

    def details(self, path: PurePosixPath) -> dict[str, str] | None:
        """What is set of a picture beside its text; None where nothing is told of it."""
        told = self.pictures.get(spelled(path))
        if told is None:
            return None
        return {name: value for name in ADJUSTABLE if isinstance(value := told.get(name), str)}

    def _about(self, path: PurePosixPath) -> Mapping[str, Any]:
        return self.pictures.get(spelled(path), {})


def told_in_order(told: Sequence[Mapping[str, Any]]) -> Iterator[Mapping[str, Any]]:
    """Albums as they are told, but those of one title in one album by their ids: the same in each run."""
    alike: dict[tuple[str, str, str], list[Mapping[str, Any]]] = {}
    for each in told:
        alike.setdefault(_place(each), []).append(each)
    for same in alike.values():
        same.sort(key=lambda each: natural(str(each.get("id"))), reverse=True)
    for each in told:
        yield alike[_place(each)].pop()


def _place(album: Mapping[str, Any]) -> tuple[str, str, str]:
    return str(album.get("parent")), " ".join(str(album["title"]).split()), str(album.get("q") or "")


def spelled(path: PurePosixPath) -> PurePosixPath:
    """A path with its accents in one spelling: a folder that lay on a Mac gives its names taken apart."""
    return PurePosixPath(unicodedata.normalize("NFC", str(path)))


def about_picture(picture: Picture, file: str, who: str = "") -> dict[str, Any]:
    """What is told of a picture: every field of it that does not follow from its bytes or its place.

    Of marks those of `who`: nobody else's are told.
    """
    told = {name: getattr(picture, name) for name in PICTURE_FIELDS}
    created = picture.created_at.isoformat() if picture.created_at else None
    marks = marks_of(who, picture.marks) if who else {}
    return {"file": file, **picture.text.plain, **told, "created_at": created} | (
        {"marks": marks} if marks else {}
    )


def about_album(album: Album, files: list[str], cover: str) -> dict[str, Any]:
    """What is told of an album: its pictures in their order, by their files; a saved search finds its own."""
    told = {name: getattr(album, name) for name in ALBUM_FIELDS}
    hung = [] if album.is_smart else files
    return {"id": album.id, "parent": album.parent, **told, "cover": cover, "pictures": hung}


class StackedFiles:
    """Which of the files that are told of lie in one stack."""

    def __init__(self) -> None:
        """None yet."""
        self._found: dict[str, list[tuple[int, str, str]]] = {}

    def add(self, picture: Picture, file: str) -> None:
        """Note where a picture lies."""
        if picture.stack:
            self._found.setdefault(picture.stack, []).append((picture.stack_place, picture.id, file))

    def told(self) -> list[list[str]]:
        """The files of each stack, its cover first."""
        return [[file for _, _, file in sorted(each)] for each in self._found.values() if len(each) > 1]


def written(pictures: list[dict[str, Any]], albums: list[dict[str, Any]], stacks: list[list[str]]) -> bytes:
    """The file; stacks are lists of files, each its cover first."""
    whole = {"pictures": pictures, "albums": albums, "stacks": stacks}
    return json.dumps(whole, indent=1, ensure_ascii=False).encode()
