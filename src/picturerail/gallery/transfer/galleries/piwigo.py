"""Piwigo (2.9 and newer) by its web API, with the name and password of a user, or (16 and newer) an API key.

Nothing there tells of a picture who may see it: what a visitor is shown, too, is public here, and all else is private.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Self

from picturerail.errors import NotFound, StartupError
from picturerail.gallery.pictures.visibility import PRIVATE, PUBLIC
from picturerail.gallery.transfer.galleries.answers import Answer, flag, items, number, text, time, within
from picturerail.gallery.transfer.galleries.client import GalleryClient, Sleep
from picturerail.gallery.transfer.galleries.model import RemoteAlbum, RemotePicture, plain, words

PAGE = 500  # what it allows, unless its owner has set less: what is asked beyond is cut without a word
API = "ws.php?format=json"


@dataclass(frozen=True)
class Piwigo:
    """A Piwigo as a user sees it, and as a visitor does."""

    client: GalleryClient
    visitor: GalleryClient

    @classmethod
    def at(cls, address: str, user: str, key: str, most_bytes: int, sleep: Sleep) -> Self:
        """The one at an address; StartupError when it does not let this user in."""
        base = address.removesuffix("ws.php")
        visitor = GalleryClient.of(base, {}, most_bytes, sleep)
        if not user:
            return cls(GalleryClient.of(base, {"X-PIWIGO-API": key}, most_bytes, sleep), visitor)
        form = {"method": "pwg.session.login", "username": user, "password": key}
        cookies = visitor.cookies_of(API, form)
        found = cls(GalleryClient.of(base, {"Cookie": cookies}, most_bytes, sleep), visitor)
        if text(within(found._call("pwg.session.getStatus")), "username") != user:
            raise StartupError(f"{base}: no such user, or another password.")
        return found

    def pictures(self) -> Iterator[RemotePicture]:
        """Every picture that hangs in an album, each once."""
        found = {text(each, "id"): each for hung in self._hung.values() for each in hung}
        for image in found.values():
            yield self._picture(image)

    def albums(self) -> Iterator[RemoteAlbum]:
        """Every album, in each other as there."""
        for each in self._categories:
            of, above = text(each, "id"), text(each, "uppercats").split(",")[:-1]
            yield RemoteAlbum(
                id=of,
                title=plain(text(each, "name")),
                description=plain(text(each, "comment")),
                parent=above[-1] if above else "",
                cover=text(each, "representative_picture_id"),
                visibility=PUBLIC if of in self._open_albums else PRIVATE,
                pictures=tuple(text(image, "id") for image in self._hung[of]),
            )

    def download(self, picture: RemotePicture, file: IO[bytes]) -> None:
        """Write the bytes of its original."""
        self.client.download(picture.url, file)

    def _picture(self, image: Answer) -> RemotePicture:
        of, filename = text(image, "id"), text(image, "file") or text(image, "id")
        url = text(image, "element_url", "download_url")
        return RemotePicture(
            id=of,
            filename=filename,
            url=self.client.absolute(url),
            edition=f"{text(image, 'date_available')} {text(image, 'width')}x{text(image, 'height')}",
            description=words(text(image, "name"), text(image, "comment"), filename),
            tags=tuple(self._tags.get(of, ())),
            taken_at=time(text(image, "date_creation")),
            visibility=PUBLIC if of in self._open_pictures else PRIVATE,
            favourite=flag(image, "is_favorite"),
            refusal="" if url else "its original is not given to this user",
        )

    @cached_property
    def _categories(self) -> list[Answer]:
        """Every album, outer ones before those in them."""
        found = items(within(self._call("pwg.categories.getList", {"recursive": "true"})), "categories")
        return sorted(found, key=lambda each: text(each, "uppercats").count(","))

    @cached_property
    def _hung(self) -> dict[str, list[Answer]]:
        """What hangs in each album, in its order."""
        return {
            text(each, "id"): list(self._images("pwg.categories.getImages", {"cat_id": text(each, "id")}))
            if number(each, "nb_images")
            else []
            for each in self._categories
        }

    @cached_property
    def _tags(self) -> dict[str, list[str]]:
        tagged: dict[str, list[str]] = {}
        for tag in items(within(self._call("pwg.tags.getList")), "tags"):
            for image in self._images("pwg.tags.getImages", {"tag_id": text(tag, "id")}):
                tagged.setdefault(text(image, "id"), []).append(plain(text(tag, "name")))
        return tagged

    @cached_property
    def _open_albums(self) -> frozenset[str]:
        """The albums that a visitor is shown; none where visitors are not let in."""
        try:
            found = _called(self.visitor, "pwg.categories.getList", {"recursive": "true"})
        except (StartupError, NotFound):
            return frozenset()
        return frozenset(text(each, "id") for each in items(within(found), "categories"))

    @cached_property
    def _open_pictures(self) -> frozenset[str]:
        """The pictures that a visitor is shown."""
        found = set[str]()
        for of in self._open_albums:
            asked = {"cat_id": of}
            found |= {text(each, "id") for each in _images(self.visitor, "pwg.categories.getImages", asked)}
        return frozenset(found)

    def _images(self, method: str, asked: Mapping[str, str]) -> Iterator[Answer]:
        return _images(self.client, method, asked)

    def _call(self, method: str, asked: Mapping[str, str] | None = None) -> object:
        return _called(self.client, method, asked)


def _images(client: GalleryClient, method: str, asked: Mapping[str, str]) -> Iterator[Answer]:
    page = 0
    while True:
        asking = {"per_page": str(PAGE), "page": str(page)}
        answer = within(_called(client, method, {**asked, **asking}))
        found = list(items(answer, "images"))
        yield from found
        if len(found) < (number(within(answer, "paging"), "per_page") or PAGE):
            return
        page += 1


def _called(client: GalleryClient, method: str, asked: Mapping[str, str] | None = None) -> object:
    answer = client.submit(API, {"method": method, **(asked or {})})
    if text(within(answer), "stat") != "ok":
        why = text(within(answer), "message") or "it answers something else than Piwigo"
        raise StartupError(f"{client.base}: {method} is refused: {why}.")
    return within(answer).get("result")
