"""What another gallery tells: its pictures and albums, whatever it calls them. Pure."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import PurePosixPath
from typing import IO, Protocol

_TAG = re.compile(r"</?[A-Za-z][^<>]*>")
_SPACES = re.compile(r"[\W_]+")


@dataclass(frozen=True, kw_only=True)
class RemotePicture:
    """A picture there. `edition` is another one whenever its bytes are; `refusal` says why it is not to be taken."""

    id: str
    filename: str
    url: str
    edition: str = ""
    sha1: str = ""  # of its bytes, where that is promised
    description: str = ""
    tags: tuple[str, ...] = ()
    taken_at: str = ""
    visibility: str = ""  # "" for what is usual here
    favourite: bool = False
    stars: int = 0
    refusal: str = ""
    is_lost: bool = False  # what is refused may hold pictures that nobody has seen


@dataclass(frozen=True, kw_only=True)
class RemoteAlbum:
    """An album there, with the ids of its pictures in their order; `parent` is the id of the one it lies in, or ""."""

    id: str
    title: str
    description: str = ""
    parent: str = ""
    cover: str = ""
    visibility: str = ""
    pictures: tuple[str, ...] = ()


class RemoteGallery(Protocol):
    """Another gallery. It is only read."""

    def pictures(self) -> Iterator[RemotePicture]:
        """Every picture, each once."""

    def albums(self) -> Iterator[RemoteAlbum]:
        """Every album, outer ones before those in them."""

    def download(self, picture: RemotePicture, file: IO[bytes]) -> None:
        """Write the bytes of its original."""


def words(title: str, description: str, filename: str) -> str:
    """One description of both; a title that only repeats the file's name says nothing."""
    return joined(plain(title), plain(description), filename)


def joined(title: str, description: str, filename: str) -> str:
    """The same, of texts that are plain already."""
    if _bare(title) in (_bare(filename), _bare(PurePosixPath(filename).stem)):
        title = ""
    return "\n".join(part for part in (title, description if description != title else "") if part)


def plain(text: str) -> str:
    """Text without the HTML that some galleries keep in it."""
    return unescape(_TAG.sub("", text)).strip()


def _bare(text: str) -> str:
    return _SPACES.sub(" ", text).strip().casefold()
