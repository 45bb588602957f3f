"""The text of a small file beside a picture, in whichever encoding the program wrote that made it. Pure."""

import codecs
import re

_MARKS = (  # the longer one first: that of UTF-32 begins as that of UTF-16 does
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
    (codecs.BOM_UTF8, "utf-8-sig"),
)
_DECLARED = re.compile(rb"""\s*<\?xml[^>]{0,99}\sencoding\s*=\s*["']([\w.-]{1,40})["']""")
# what programs have written XML in; some of Python's other codecs are no encodings of texts, or take very long
_KNOWN = re.compile(
    r"us-ascii|iso-8859-\d{1,2}|windows-\d{3,4}|cp\d{3,4}|tis-620|koi8-[ru]|shift_jis|euc-(?:jp|kr)|gb(?:2312|k|18030)|big5",
    re.IGNORECASE,
)
_OLD = "cp1252"  # what was not said otherwise by programs that knew no Unicode


def decoded(raw: bytes) -> str:
    """The text; ValueError for what is none.

    A mark at the beginning counts first. What is UTF-8 is taken as such whatever it declares: programs that write a
    file anew leave its declaration behind. XML in neither is read in an old encoding: tags and times are right in all.
    """
    for mark, encoding in _MARKS:
        if raw.startswith(mark):
            return raw.decode(encoding)
    try:
        return raw.decode()
    except UnicodeDecodeError:
        if not raw.lstrip().startswith(b"<"):
            raise
    declared = _DECLARED.match(raw)
    name = declared[1].decode("ascii", "replace") if declared else ""
    try:
        return raw.decode(name if _KNOWN.fullmatch(name) else _OLD)
    except (LookupError, UnicodeDecodeError):
        return raw.decode(_OLD, "replace")
