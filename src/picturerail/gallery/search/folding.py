"""Letters as people type them: without capitals, accents and points, in every script. Pure.

What is a mark on a letter in one script is a letter of its own in another: Latin, Greek, Cyrillic, Arabic and Hebrew
are found without their marks, Devanagari, Thai and kana are not.
"""

import unicodedata

import regex

# Letters that Unicode does not take apart into a plain one and a mark.
_PLAIN = str.maketrans(
    {
        "ł": "l",
        "ø": "o",
        "đ": "d",
        "ħ": "h",
        "ı": "i",
        "ŧ": "t",
        "ŋ": "n",
        "ð": "d",
        "ƀ": "b",
        "ɨ": "i",
        "ɓ": "b",
        "ɗ": "d",
        "ƙ": "k",
        "ƴ": "y",
        "ɛ": "e",
        "ɔ": "o",
        "ə": "e",
        "ĸ": "k",
        "ꜱ": "s",
        "æ": "ae",
        "œ": "oe",
        "þ": "th",
        "ٱ": "ا",
        "ى": "ي",
        "ة": "ه",
        "ک": "ك",
        "ی": "ي",
        "ہ": "ه",
        "ە": "ه",
    }
)
# Spellings of a language of its own for letters that others take the marks off.
_SPELLED = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa"})

# Marks of Latin, Greek and Cyrillic; nukta; points of Hebrew and Arabic, and the stroke that stretches its words.
_MARKS = regex.compile(
    r"[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f\u093c"
    r"\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7"
    r"\u0610-\u061a\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u08d3-\u08ff]+"
)
_INVISIBLE = regex.compile(r"[\p{Default_Ignorable_Code_Point}\p{Cf}]+")


def visible(text: str) -> str:
    """A text without soft hyphens, zero-width spaces and whatever else nobody sees."""
    return _INVISIBLE.sub("", text)


def folded(text: str) -> str:
    """A text as it is compared."""
    bare = _MARKS.sub("", unicodedata.normalize("NFKD", visible(text)).casefold())
    plain = unicodedata.normalize("NFKC", bare.translate(_PLAIN))
    return "".join(str(unicodedata.decimal(letter)) if letter.isdecimal() else letter for letter in plain)


def spelled(text: str) -> str:
    """The other way in which people type a text: Muenchen for München; as `folded` where there is none."""
    return folded(unicodedata.normalize("NFC", text).lower().translate(_SPELLED))
