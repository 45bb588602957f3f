"""What the signature of a delivery URL signs, and so what may be looked up under it. Pure.

The signed text is `transformation/name`: neither the type nor the version is in it, nor where the transformation ends.
Clients sign it in three spellings: as it stands in the URL (Python, Node, PHP, Go), decoded, or fully decoded (Ruby).
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from urllib.parse import quote, unquote

from picturerail import signing
from picturerail.media.urls.delivery_path import DeliveryPath
from picturerail.transform.grammar import is_component

MAX_DECODINGS = 10
_TEXT = re.compile(r"(?P<layer>(?:^|(?<=[/,]))[lu]_text:)(?P<style>[^:,/]*)(?P<text>:[^,/]*)")
_VARIABLE = re.compile(r"(\$\([a-zA-Z]\w*\))")
# what stands as it is in a transformation that somebody escaped as a whole
_UNESCAPED = "/:,._-$!=*()+^|~;'@&"


def signed_path(path: DeliveryPath, secret: str) -> DeliveryPath | None:
    """The path with the one name that its signature signs; None when it signs none."""
    paths = (replace(path, name=name, shorter="", longer="") for name in path.names)
    given = path.signature or ""
    signed = (
        each
        for each in paths
        if any(signing.is_delivery_signed(text, given, secret) for text in _spellings(each))
    )
    return next(signed, None)


def other_readings(path: DeliveryPath) -> Iterator[DeliveryPath]:
    """What else the signed text could mean: a folder of the name that looks like a transformation, or the reverse."""
    segments = path.to_sign.split("/")
    for count in range(len(segments)):
        if count and not (is_component(segments[count - 1]) or _TEXT.search("/".join(segments[:count]))):
            return
        name = "/".join(segments[count:])
        if name != path.name:
            yield replace(path, transformation="/".join(segments[:count]), name=name)


def _spellings(path: DeliveryPath) -> Iterator[str]:
    transformations = dict.fromkeys(_escapings(path.transformation))
    names = dict.fromkeys((path.name, signing.escape_source(path.name), quote(path.name, safe="/:")))
    for transformation in transformations:
        for name in names:
            yield replace(path, transformation=transformation, name=name).to_sign
    yield _decoded(path.to_sign)


def _escapings(transformation: str) -> Iterator[str]:
    """A transformation as it came, and as clients escape it: the texts only, or the whole."""
    yield transformation
    yield _TEXT.sub(
        lambda match: match["layer"] + match["style"] + _escaped_text(match["text"]), transformation
    )
    yield _TEXT.sub(
        lambda match: match["layer"] + _escaped_text(match["style"] + match["text"]), transformation
    )
    yield quote(transformation, safe=_UNESCAPED)


def _escaped_text(text: str) -> str:
    """A text as the SDKs escape it: variables stay."""
    parts = _VARIABLE.split(text)
    return "".join(part if number % 2 else signing.escape_source(part) for number, part in enumerate(parts))


def _decoded(text: str) -> str:
    for _ in range(MAX_DECODINGS):
        text, before = unquote(text), text
        if text == before:
            break
    return text
