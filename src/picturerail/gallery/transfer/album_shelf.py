"""The albums of a gallery by the titles that lead to them: found or made, and filled."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from picturerail.gallery import policy
from picturerail.gallery.actions import albums
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.albums import lookup
from picturerail.gallery.albums.model import Album

PAGE = 200
AT_ONCE = 500  # pictures that are hung by one write


@dataclass(frozen=True)
class AlbumShelf:
    """Albums of the same title in the same album are one."""

    at: ActionContext
    _known: dict[str, dict[str, Album]] = field(default_factory=dict)  # by title, in each parent

    def album(self, parent: str, about: dict[str, Any]) -> Album:
        """The album of that title in an album (at the top with ""), made as `about` says when it is missing."""
        inside = self._inside(parent)
        if about["title"] not in inside:
            inside[about["title"]] = albums.create(self.at, {**about, "parent": parent})
        return inside[about["title"]]

    def hang(self, album: Album, picture_ids: Sequence[str]) -> None:
        """Hang pictures behind those that hang there, in this order."""
        for start in range(0, len(picture_ids), AT_ONCE):
            albums.fill(self.at, album.id, add=picture_ids[start : start + AT_ONCE])

    def _inside(self, parent: str) -> dict[str, Album]:
        if parent not in self._known:
            self._known[parent] = {each.title: each for each in self._fillable(parent)}
        return self._known[parent]

    def _fillable(self, parent: str) -> Iterator[Album]:
        after = ""
        while True:
            among = policy.fillable_albums(self.at.who)
            found, after = lookup.page(self.at.db, among, size=PAGE, after=after, parent=parent)
            yield from found
            if not after:
                return
