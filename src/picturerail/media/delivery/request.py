"""A delivery request, parsed once: which picture, changed how, sent how."""

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Self
from urllib.parse import unquote

from picturerail import image_formats
from picturerail.media.delivery import breakpoint_urls, client_hints
from picturerail.media.derivatives.breakpoint_settings import BreakpointSettings
from picturerail.media.http.raw_request import RawRequest
from picturerail.media.urls.delivery_path import DeliveryPath
from picturerail.transform.grammar import Component, Transformation, parse


@dataclass(frozen=True)
class DeliveryRequest:
    """Where, how to change it, how to send it."""

    raw: RawRequest
    path: DeliveryPath
    transformation: Transformation
    accept: str
    attachment: str | None
    hinted: tuple[str, ...]  # request headers that chose sizes
    breakpoints: BreakpointSettings | None = None  # widths are asked for, not a picture
    info: bool = False  # sizes are asked for, not a picture
    named: bool = False  # by a named transformation, which may come to mean something else

    def expanded(self, transformation: Transformation) -> Self:
        """The same with what its named transformations stand for."""
        named = transformation != self.transformation
        transformation, attachment, info = _sending(transformation)
        attachment = self.attachment if attachment is None else attachment
        info = self.info or info
        return replace(self, transformation=transformation, attachment=attachment, info=info, named=named)

    @property
    def automatic(self) -> bool:
        """True when the format is chosen by what the browser accepts."""
        return self.transformation.last("f") == "auto"

    @property
    def layered(self) -> bool:
        """True when other pictures lie on or under this one, which may be replaced without a new version of it."""
        return bool(self.transformation.layers)

    @property
    def styled(self) -> bool:
        """True when a text takes its style from a stored one, of which nothing is left in the picture's record."""
        return any(kind == "text" for kind, _ in self.transformation.layers)

    @property
    def varies(self) -> tuple[str, ...]:
        """The request headers on which the answer depends."""
        return (*(("Accept",) if self.automatic else ()), *self.hinted)

    @property
    def asks_about_asset(self) -> bool:
        """Whether a formula asks for tags, context or metadata, which may change without a new version."""
        return any(word in self.path.transformation for word in ("_tags", "ctx:", "md:"))


def read(raw: RawRequest, path: DeliveryPath) -> DeliveryRequest:
    """What a request wants; BadRequest when it cannot be said."""
    text, breakpoints, hinted = path.transformation, None, tuple[str, ...]()
    if ":json" in text:
        text, breakpoints = breakpoint_urls.read(text)
    if "w_auto" in text or "dpr_auto" in text:
        text, hinted = client_hints.resolved(text, raw.headers)
    transformation, attachment, info = _parsed(text)
    return DeliveryRequest(
        raw=raw,
        path=path,
        transformation=transformation,
        accept=image_formats.accept_class(raw.headers.get("accept", "")),
        attachment=attachment,
        hinted=hinted,
        breakpoints=breakpoints,
        info=info,
    )


@lru_cache(2000)
def _parsed(text: str) -> tuple[Transformation, str | None, bool]:
    """A transformation, and what it says about sending: the same for all pictures."""
    return _sending(parse(text))


def _sending(transformation: Transformation) -> tuple[Transformation, str | None, bool]:
    """The flags that say how to send, not what, taken out: the name to save under ("" for the own one), and getinfo."""
    taken: list[str] = []
    components = []
    for component in transformation.components:
        kept = []
        for key, value in component.values:
            flags = [str(flag) for flag in value] if key == "fl" and isinstance(value, tuple) else []
            ours = [flag for flag in flags if flag.partition(":")[0] in ("attachment", "getinfo")]
            taken += ours
            if not ours:
                kept.append((key, value))
            elif len(flags) > len(ours):
                kept.append((key, tuple(flag for flag in flags if flag not in ours)))
        if kept:
            components.append(Component(tuple(kept)))
    names = [flag.partition(":")[2] for flag in taken if flag != "getinfo"]
    attachment = unquote(names[-1]) if names else None  # escaped twice, for the commas and dots in it
    return Transformation(tuple(components)), attachment, "getinfo" in taken
