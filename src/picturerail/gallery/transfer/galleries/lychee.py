"""Lychee (6 and newer) by its API v2, with the token of a user.

Its sharing belongs to albums, so a picture is as visible as the most open of the albums that it hangs in.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import PurePosixPath
from typing import IO, Self

from picturerail import image_formats
from picturerail.errors import NotFound, PicturerailError, StartupError
from picturerail.gallery.pictures.visibility import PRIVATE, PUBLIC, UNLISTED, strictest
from picturerail.gallery.transfer.galleries.answers import Answer, flag, items, number, text, time, within
from picturerail.gallery.transfer.galleries.client import GalleryClient, Sleep
from picturerail.gallery.transfer.galleries.model import RemoteAlbum, RemotePicture, words

UNSORTED = "unsorted"  # the smart album of pictures that hang in none


@dataclass(frozen=True)
class LycheeAlbum:
    """An album with all that is told of its pictures."""

    about: RemoteAlbum
    photos: tuple[Answer, ...]


@dataclass(frozen=True)
class Lychee:
    """One user's Lychee."""

    client: GalleryClient
    _closed: list[RemotePicture] = field(default_factory=list)  # albums that nobody can look into

    @classmethod
    def at(cls, address: str, key: str, most_bytes: int, sleep: Sleep) -> Self:
        """The one at an address, with or without `/api/v2`."""
        base = f"{address.rstrip('/').removesuffix('/api/v2')}/api/v2"
        headers = {
            "Authorization": f"Bearer {key}",
            "Accept": "application/json",
            "Content-Type": "application/json",
        }
        return cls(GalleryClient.of(base, headers, most_bytes, sleep))

    def pictures(self) -> Iterator[RemotePicture]:
        """Every picture that the user sees, each once."""
        openness = {PUBLIC: 0, UNLISTED: 1, PRIVATE: 2}
        found: dict[str, tuple[Answer, str]] = {}
        for album in self._albums:
            for photo in album.photos:
                of, visibility = text(photo, "id"), album.about.visibility
                known = found.get(of, (photo, PRIVATE))[1]
                found[of] = (photo, min(known, visibility, key=openness.__getitem__))
        try:
            for photo in self._photos(UNSORTED):
                found.setdefault(text(photo, "id"), (photo, PRIVATE))
        except (NotFound, StartupError) as error:  # it can be switched off there
            self._close(UNSORTED, UNSORTED, error)
        for photo, visibility in found.values():
            yield self._picture(photo, visibility)
        yield from self._closed

    def albums(self) -> Iterator[RemoteAlbum]:
        """Every album that the user sees, in each other as there."""
        yield from (each.about for each in self._albums)

    def download(self, picture: RemotePicture, file: IO[bytes]) -> None:
        """Write the bytes of its original."""
        self.client.download(picture.url, file)

    @cached_property
    def _albums(self) -> tuple[LycheeAlbum, ...]:
        root, seen = self.client.get("Albums"), set[str]()
        top = [*items(root, "albums"), *items(root, "pinned_albums"), *items(root, "shared_albums")]
        return tuple(found for each in top for found in self._below(each, None, seen))

    def _below(self, told: Answer, above: RemoteAlbum | None, seen: set[str]) -> Iterator[LycheeAlbum]:
        of = text(told, "id")
        if not of or of in seen:
            return
        seen.add(of)
        try:
            album, inside = self._album(of, above)
        except (NotFound, StartupError) as error:  # it asks for a password, or has just gone
            self._close(of, text(told, "title") or of, error)
            return
        yield album
        for each in inside:
            yield from self._below(each, album.about, seen)

    def _close(self, of: str, title: str, error: PicturerailError) -> None:
        """Tell of an album that cannot be looked into: there may be pictures in it."""
        why = f"this album cannot be read: {error.message}"
        self._closed.append(RemotePicture(id=of, filename=title, url="", refusal=why, is_lost=True))

    def _album(self, of: str, above: RemoteAlbum | None) -> tuple[LycheeAlbum, list[Answer]]:
        """An album, and those in it."""
        head = self._head(of)
        photos = tuple(items(head, "photos")) if "photos" in head else tuple(self._photos(of))
        inside = items(head, "albums") if "albums" in head else self._paged("Album::albums", of, "data")
        return LycheeAlbum(_album(head, of, above, photos), photos), list(inside)

    def _head(self, of: str) -> Answer:
        """An album; before 6.11 with all that is in it."""
        try:
            found = self.client.get("Album::head", {"album_id": of})
        except NotFound:
            found = self.client.get("Album", {"album_id": of})
        return within(found, "resource") or within(found)

    def _photos(self, of: str) -> Iterator[Answer]:
        try:
            yield from self._paged("Album::photos", of, "photos")
        except NotFound:
            yield from items(self._head(of), "photos")

    def _paged(self, path: str, of: str, name: str) -> Iterator[Answer]:
        page = last = 1
        while page <= last:
            found = self.client.get(path, {"album_id": of, "page": str(page)})
            found = within(found, "resource") or within(found)
            yield from items(found, name)
            page, last = page + 1, number(found, "last_page")

    def _picture(self, photo: Answer, visibility: str) -> RemotePicture:
        original = within(photo, "size_variants", "original")
        title, url = text(photo, "title"), text(original, "url")
        kind = text(photo, "type")
        filename = _filename(title, kind, url, text(photo, "id"))
        refusal = f"{kind}, and no picture" if kind and not kind.startswith("image/") else ""
        return RemotePicture(
            id=text(photo, "id"),
            filename=filename,
            url=self.client.absolute(url),
            edition=text(photo, "checksum"),
            description=words(title, text(photo, "description"), filename),
            tags=tuple(each for each in photo.get("tags") or () if isinstance(each, str)),
            taken_at=time(text(photo, "taken_at")),
            visibility=visibility,
            favourite=flag(photo, "is_starred", "is_highlighted"),
            stars=max(0, min(5, number(within(photo, "rating"), "rating_user"))),
            refusal=refusal or ("" if url else "its original is not given to this user"),
        )


def _album(head: Answer, of: str, above: RemoteAlbum | None, photos: tuple[Answer, ...]) -> RemoteAlbum:
    """An album, as visible as the one that it lies in at most: nobody finds it there who does not see that one."""
    policy, editable = within(head, "policy"), within(head, "editable")
    is_open = flag(policy, "is_public") and not flag(policy, "is_password_required")
    own = (UNLISTED if flag(policy, "is_link_required") else PUBLIC) if is_open else PRIVATE
    return RemoteAlbum(
        id=of,
        title=text(head, "title") or text(editable, "title"),
        description=text(head, "description") or text(editable, "description"),
        parent=above.id if above else "",
        cover=text(head, "cover_id"),
        visibility=strictest((above.visibility, own)) if above else own,
        pictures=tuple(text(each, "id") for each in photos),
    )


def _filename(title: str, kind: str, url: str, of: str) -> str:
    """Lychee keeps no name but the title, which is that of the file until somebody writes another one."""
    extension = PurePosixPath(url.partition("?")[0]).suffix or f".{kind.rpartition('/')[2]}"
    own = PurePosixPath(title).suffix.lower().removeprefix(".")
    return title if own in image_formats.EXTENSIONS else f"{title or of}{extension}"
