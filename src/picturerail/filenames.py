"""Names of files that are not in UTF-8: old disks and programs wrote them in the code page of their country. Pure.

Which one it was nobody says, but each leaves marks: letters of Latin-1 lie above all others, Japanese comes in pairs
of bytes whose first ones are no letters there, and what is neither was written by DOS.
"""

import unicodedata
from collections.abc import Iterator

_WINDOWS, _JAPANESE, _DOS = "cp1252", "cp932", "cp437"
_FIRST_LETTER = 0xC0  # of Latin-1; below it lie marks and signs
_SHARP_S = 0xE1  # the one letter that DOS has up there
_OF_JAPAN = ("HIRAGANA", "KATAKANA", "CJK UNIFIED")
_BESIDE_THEM = ("IDEOGRAPHIC", "FULLWIDTH", "LEFT", "RIGHT", "WAVE")  # spaces, brackets and marks


def decoded(raw: bytes) -> str:
    """The text that these bytes are: UTF-8, and only where they are not that the code page that they look like."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        pass
    if all(byte < 0x80 or byte >= _FIRST_LETTER for byte in raw):
        return raw.decode(_WINDOWS)
    if _is_japanese(japanese := raw.decode(_JAPANESE, "replace")):
        return japanese
    above = any(byte >= _FIRST_LETTER and byte != _SHARP_S for byte in raw)
    dos = raw.decode(_DOS)
    return dos if not above and _is_word_by_word(dos) else raw.decode(_WINDOWS, "replace")


def readable(name: str) -> str:
    """A name as the system gives it, which hides bytes that are no UTF-8 in half characters (PEP 383)."""
    try:
        return decoded(name.encode(errors="surrogateescape"))
    except UnicodeEncodeError:  # half characters of another kind
        return name


def _is_japanese(name: str) -> bool:
    """True when it has signs of Japan, none of them alone beside a Latin letter as in `K迫n`, which is `Köln`."""
    told = [unicodedata.name(letter, "") for letter in name if not letter.isascii()]
    return (
        any(each.startswith(_OF_JAPAN) for each in told)
        and all(each.startswith(_OF_JAPAN + _BESIDE_THEM) for each in told)
        and not any(before.isalpha() or after.isalpha() for before, after in _around_lone(name))
    )


def _is_word_by_word(name: str) -> bool:
    """True when all that is not ASCII are letters, and stand in words; `à` is a word."""
    letters = all(letter.isascii() or letter.isalpha() for letter in name)
    lone = _around_lone(name.replace("à", "a"))
    return letters and all(before.isalpha() or after.isalpha() for before, after in lone)


def _around_lone(name: str) -> Iterator[tuple[str, str]]:
    """What stands before and behind each letter that is not ASCII and has ASCII on both sides."""
    padded = f" {name} "
    for at, letter in enumerate(padded):
        if not letter.isascii() and (padded[at - 1] + padded[at + 1]).isascii():
            yield padded[at - 1], padded[at + 1]
