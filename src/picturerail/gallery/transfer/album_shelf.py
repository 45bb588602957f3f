"""The albums of a gallery by the titles that lead to them: found or made, and filled."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from picturerail.gallery import policy
from picturerail.gallery.actions import albums
from picturerail.gallery.actions.context import ActionContext
from picturerail.gallery.albums import lookup
from picturerail.gallery.albums.model import Album, clean_title

PAGE = 200
AT_ONCE = 500  # pictures that are hung by one write

_Name = tuple[str, str]  # the title, and what a saved search looks for


@dataclass(frozen=True)
class AlbumShelf:
    """Albums that are there are used again, so that an import may be repeated; saved searches by what they look for."""

    at: ActionContext
    _known: dict[str, dict[_Name, list[Album]]] = field(default_factory=dict)  # in each parent, oldest first
    _told: Counter[tuple[str, _Name]] = field(default_factory=Counter)  # how often one was told in a parent

    def album(self, parent: str, about: dict[str, Any], number: int = 0) -> Album:
        """The album of that title in an album (at the top with ""), made as `about` says when it is missing.

        Of several of one title the oldest has the number 0; to say the same again gives the same.
        """
        same = self._inside(parent).setdefault(_name(about), [])
        while len(same) <= number:
            same.append(albums.create(self.at, {**about, "parent": parent}))
        return same[number]

    def another(self, parent: str, about: dict[str, Any]) -> Album:
        """The same, where each call is about another album: two of one title in one parent stay two."""
        place = (parent, _name(about))
        self._told[place] += 1
        return self.album(parent, about, self._told[place] - 1)

    def hang(self, album: Album, picture_ids: Sequence[str]) -> None:
        """Hang pictures behind those that hang there, in this order."""
        for start in range(0, len(picture_ids), AT_ONCE):
            albums.fill(self.at, album.id, add=picture_ids[start : start + AT_ONCE])

    def _inside(self, parent: str) -> dict[_Name, list[Album]]:
        if parent not in self._known:
            known = self._known[parent] = {}
            for each in reversed(list(self._changeable(parent))):
                known.setdefault((each.title, each.q), []).append(each)
        return self._known[parent]

    def _changeable(self, parent: str) -> Iterator[Album]:
        after = ""
        while True:
            among = policy.changeable_albums(self.at.who)
            found, after = lookup.page(self.at.db, among, size=PAGE, after=after, parent=parent)
            yield from found
            if not after:
                return


def _name(about: dict[str, Any]) -> _Name:
    return clean_title(about["title"]), about.get("q", "")
