"""Which file beside a picture tells about it: XMP of photo programs, JSON of Google Takeout. Pure.

Takeout cuts names (to 46 characters before `.json`, later 51 in all), puts the number of a second picture of one name
in another place (`a.jpg(1).json` for `a(1).jpg`), has one sidecar for a picture and its edited copy, and calls the
same thing `.json`, `.supplemental-metadata.json` or any beginning of that, in the language of the account.
"""

import re
from collections.abc import Collection
from pathlib import PurePosixPath

MIN_CUT = 40  # characters, from which on a shorter name may be a cut one
_EDITED = re.compile(
    r"-(?:edited|bearbeitet|modifié|editado|editada|modificato|bewerkt|edytowane|redigerad|redigeret|muokattu"
    r"|изменено|編集済み|已修改|편집됨)$",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"^(.*?)(\(\d+\))$", re.DOTALL)
_EXTRA = re.compile(r"\.[^\W\d_][\w-]*", re.UNICODE)  # .supplemental-metadata and its beginnings


def xmp_of(name: str, names: Collection[str]) -> str | None:
    """The XMP sidecar of a picture: `a.jpg.xmp` or `a.xmp`, in any case."""
    by_folded = {each.casefold(): each for each in names}
    for wanted in (f"{name}.xmp", f"{PurePosixPath(name).stem}.xmp"):
        if found := by_folded.get(wanted.casefold()):
            return found
    return None


def takeout_of(name: str, names: Collection[str]) -> str | None:
    """Takeout's sidecar of a picture; of several that may be meant, the one whose name says most."""
    fitting = [(quality, each) for each in sorted(names) if (quality := _fit(name, each)) is not None]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def _fit(name: str, sidecar: str) -> tuple[int, int] | None:
    """How well a sidecar's name fits: whether of the picture itself, and how much of its name; None for not at all."""
    if not sidecar.lower().endswith(".json"):
        return None
    told, number = _split_number(sidecar[: -len(".json")])
    stem, extension = PurePosixPath(name).stem, PurePosixPath(name).suffix
    bare, own = _split_number(stem)
    for rank, (wanted, its_number) in enumerate(((stem, ""), (bare, own), (_EDITED.sub("", bare), own))):
        if number == its_number and (length := _begins(f"{wanted}{extension}", told)):
            return (-rank, length)
    return None


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


def _split_number(text: str) -> tuple[str, str]:
    found = _NUMBER.match(text)
    return (found[1], found[2]) if found else (text, "")
