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
    """Albums of the same title in the same album are one; saved searches when they look for the same, too."""

    at: ActionContext
    _known: dict[str, dict[tuple[str, str], Album]] = field(default_factory=dict)  # in each parent

    def album(self, parent: str, about: dict[str, Any]) -> Album:
        """The album of that title in an album (at the top with ""), made as `about` says when it is missing."""
        inside, name = self._inside(parent), (about["title"], about.get("q", ""))
        if name not in inside:
            inside[name] = albums.create(self.at, {**about, "parent": parent})
        return inside[name]

    def hang(self, album: Album, picture_ids: Sequence[str]) -> None:
        """Hang pictures behind those that hang there, in this order."""
        for start in range(0, len(picture_ids), AT_ONCE):
            albums.fill(self.at, album.id, add=picture_ids[start : start + AT_ONCE])

    def _inside(self, parent: str) -> dict[tuple[str, str], Album]:
        if parent not in self._known:
            self._known[parent] = {(each.title, each.q): each for each in self._changeable(parent)}
        return self._known[parent]

    def _changeable(self, parent: str) -> Iterator[Album]:
        after = ""
        while True:
            among = policy.changeable_albums(self.at.who)
            found, after = lookup.page(self.at.db, among, size=PAGE, after=after, parent=parent)
            yield from found
            if not after:
                return
