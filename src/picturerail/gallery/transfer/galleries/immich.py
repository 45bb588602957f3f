"""Immich (1.133 and newer) by its API, with a key of the person whose pictures they are."""

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any, Self

from picturerail.errors import StartupError
from picturerail.gallery.pictures.visibility import UNLISTED
from picturerail.gallery.transfer.galleries.answers import (
    Answer,
    flag,
    items,
    local_time,
    number,
    text,
    within,
)
from picturerail.gallery.transfer.galleries.client import GalleryClient, Sleep
from picturerail.gallery.transfer.galleries.model import RemoteAlbum, RemotePicture

OLDEST = (1, 133)  # which knows visibilities, and searches by tags
PAGE = 1000
# What else there is: `hidden` is the moving half of a live photo, `locked` is given to nobody with a key.
VISIBILITIES = {"timeline": "", "archive": UNLISTED}


@dataclass(frozen=True)
class Immich:
    """One person's Immich."""

    client: GalleryClient

    @classmethod
    def at(cls, address: str, key: str, most_bytes: int, sleep: Sleep) -> Self:
        """The one at an address, with or without `/api`; StartupError when it is none, or too old."""
        base = f"{address.rstrip('/').removesuffix('/api')}/api"
        found = cls(GalleryClient.of(base, {"x-api-key": key}, most_bytes, sleep))
        version = found.client.get("server/version")
        if (number(version, "major"), number(version, "minor")) < OLDEST:
            raise StartupError(f"Immich must be {OLDEST[0]}.{OLDEST[1]} or newer. Update it first.")
        return found

    def pictures(self) -> Iterator[RemotePicture]:
        """Everything of this person's own that is not in the trash; videos are told, and refused."""
        for asked, visibility in VISIBILITIES.items():
            for asset in self._search({"visibility": asked, "withExif": True}):
                if text(asset, "ownerId") in ("", self._me) and not flag(asset, "isTrashed"):
                    yield self._picture(asset, visibility)

    def albums(self) -> Iterator[RemoteAlbum]:
        """The albums of this person's own."""
        for album in items(self.client.get("albums")):
            if text(album, "ownerId") in ("", self._me):
                yield RemoteAlbum(
                    id=text(album, "id"),
                    title=text(album, "albumName"),
                    description=text(album, "description"),
                    cover=text(album, "albumThumbnailAssetId"),
                    pictures=tuple(self._hung(album)),
                )

    def download(self, picture: RemotePicture, file: IO[bytes]) -> None:
        """Write the bytes of its original."""
        self.client.download(picture.url, file)

    def _hung(self, album: Answer) -> Iterator[str]:
        """The assets of an album, the oldest first; newer versions tell them only to a search."""
        told = self.client.get(f"albums/{text(album, 'id')}")
        if listed := [text(each, "id") for each in items(told, "assets")]:
            yield from listed if text(told, "order") == "asc" else reversed(listed)
        elif number(album, "assetCount"):
            for visibility in VISIBILITIES:
                found = self._search({"albumIds": [text(album, "id")], "visibility": visibility})
                yield from (text(each, "id") for each in found)

    def _picture(self, asset: Answer, visibility: str) -> RemotePicture:
        exif, of = within(asset, "exifInfo"), text(asset, "id")
        local, instant = text(asset, "localDateTime"), text(asset, "fileCreatedAt")
        is_dated = bool(exif.get("dateTimeOriginal"))
        return RemotePicture(
            id=of,
            filename=text(asset, "originalFileName") or of,
            url=f"{self.client.base}/assets/{of}/original",
            edition=text(asset, "checksum"),
            sha1=_hexadecimal(text(asset, "checksum")),
            description=text(exif, "description"),
            tags=tuple(self._tags.get(of, ())),
            taken_at=local_time(local, instant, zone_known=bool(exif.get("timeZone"))) if is_dated else "",
            visibility=visibility,
            favourite=flag(asset, "isFavorite"),
            stars=max(0, min(5, number(exif, "rating"))),
            refusal=_refusal(asset),
        )

    @cached_property
    def _me(self) -> str:
        return text(self.client.get("users/me"), "id")

    @cached_property
    def _tags(self) -> dict[str, list[str]]:
        """The tags of each asset; of `family/anna` the last part."""
        tagged: dict[str, list[str]] = {}
        for tag in items(self.client.get("tags")):
            name = text(tag, "name") or text(tag, "value").rpartition("/")[2]
            for visibility in VISIBILITIES:
                for asset in self._search({"tagIds": [text(tag, "id")], "visibility": visibility}):
                    tagged.setdefault(text(asset, "id"), []).append(name)
        return tagged

    def _search(self, wanted: dict[str, Any]) -> Iterator[Answer]:
        page = 1
        while page:
            found = self.client.post(
                "search/metadata", {**wanted, "page": page, "size": PAGE, "order": "asc"}
            )
            yield from items(within(found, "assets"), "items")
            page = number(within(found, "assets"), "nextPage")


def _refusal(asset: Answer) -> str:
    if text(asset, "type") != "IMAGE":
        return f"{text(asset, 'type').lower() or 'something'}, and no picture"
    return "offline there" if flag(asset, "isOffline") else ""


def _hexadecimal(checksum: str) -> str:
    try:
        return base64.b64decode(checksum, validate=True).hex()
    except (binascii.Error, ValueError):
        return ""
