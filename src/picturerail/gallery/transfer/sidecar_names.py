"""Which file beside a picture tells about it: XMP of photo programs, JSON of Google Takeout. Pure.

Takeout cuts names (to 46 characters before `.json`, later 51 in all), puts the number of a second picture of one name
in another place (`a.jpg(1).json` for `a(1).jpg`), has one sidecar for a picture and its edited copy, and calls the
same thing `.json`, `.supplemental-metadata.json` or any beginning of that, in the language of the account.
"""

import re
import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Collection, Iterator
from functools import lru_cache
from pathlib import PurePosixPath

MAX_FOLDERS = 8  # whose sidecars are remembered: files come folder by folder
MIN_CUT = 40  # characters, from which on a shorter name may be a cut one
_EDITED = re.compile(
    r"-(?:edited|bearbeitet|modifié|editado|editada|modificato|bewerkt|edytowane|redigerad|redigeret|muokattu"
    r"|изменено|編集済み|已修改|편집됨)$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^(.*?)(\(\d+\))$", re.DOTALL)
_EXTRA = re.compile(r"\.[^\W\d_][\w-]*", re.UNICODE)  # .supplemental-metadata and its beginnings


class Sidecars:
    """Those of one folder. A picture is compared with the few that begin as it does, however many lie there."""

    def __init__(self, names: Collection[str]) -> None:
        """Know the files of a folder by their names."""
        self._xmp = {_folded(each): each for each in sorted(names) if each.lower().endswith(".xmp")}
        # by the number: folded, told, its name
        self._takeout = defaultdict[str, list[tuple[str, str, str]]](list)
        self._whole = defaultdict[tuple[str, str], list[tuple[str, str, str]]](list)
        for each in sorted(names):
            if each.lower().endswith(".json"):
                told, number = _split_number(_composed(each[: -len(".json")]))
                entry = (_folded(told), told, each)
                self._takeout[number].append(entry)
                self._whole[number, entry[0]].append(entry)
        for entries in self._takeout.values():
            entries.sort()

    def xmp_of(self, name: str) -> str | None:
        """The XMP sidecar of a picture: `a.jpg.xmp` or `a.xmp`, in any case."""
        for wanted in (f"{name}.xmp", f"{PurePosixPath(name).stem}.xmp"):
            if found := self._xmp.get(_folded(wanted)):
                return found
        return None

    def takeout_of(self, name: str) -> str | None:
        """Takeout's sidecar of a picture; of several that may be meant, the one whose name says most.

        One that is about the picture itself goes before one about the picture that it was edited from.
        """
        stem, extension = PurePosixPath(_composed(name)).stem, PurePosixPath(name).suffix
        bare, own = _split_number(stem)
        for wanted, number in ((stem, ""), (bare, own), (_EDITED.sub("", bare), own)):
            fitting = [
                (-length, each)
                for told, each in self._alike(wanted, extension, number)
                if (length := _begins(f"{wanted}{extension}", told))
            ]
            if fitting:
                return min(fitting)[1]
        return None

    def _alike(self, stem: str, extension: str, number: str) -> Iterator[tuple[str, str]]:
        """Those with this number that begin with the picture's name, or whose name is a cut one of it."""
        entries, begin = self._takeout.get(number, []), _folded(stem)
        at = bisect_left(entries, (begin,))
        while at < len(entries) and entries[at][0].startswith(begin):
            yield entries[at][1:]
            at += 1
        whole = _folded(f"{stem}{extension}")
        for length in range(MIN_CUT, len(whole) + 1):
            yield from (each[1:] for each in self._whole.get((number, whole[:length]), ()))


@lru_cache(maxsize=MAX_FOLDERS)
def sidecars_among(names: frozenset[str]) -> Sidecars:
    """Those of a folder with these files; the last ones asked for are remembered."""
    return Sidecars(names)


def _begins(wanted: str, told: str) -> int:
    """How many characters of the picture's name the sidecar's name tells; 0 when it is about another one."""
    if told.casefold() == wanted.casefold():
        return len(wanted)
    head, tail = told[: len(wanted)], told[len(wanted) :]
    if head.casefold() == wanted.casefold() and (tail == "." or _EXTRA.fullmatch(tail)):
        return len(wanted)
    stem = PurePosixPath(wanted).stem
    if told.casefold() == stem.casefold():
        return len(stem)
    return len(told) if len(told) >= MIN_CUT and wanted.casefold().startswith(told.casefold()) else 0


def _folded(text: str) -> str:
    return _composed(text).casefold()


def _composed(text: str) -> str:
    """Letters with their accents as one: some file systems and programs take them apart."""
    return unicodedata.normalize("NFC", text)


def _split_number(text: str) -> tuple[str, str]:
    found = _NUMBER.match(text)
    return (found[1], found[2]) if found else (text, "")
