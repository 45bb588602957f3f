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
class Instructions:
    """What a transformation asks for: how to change the picture, and how to send it. The same for all pictures."""

    transformation: Transformation
    format: str  # that f_ names, or auto; "" when it names none
    attachment: str | None  # the name to save the file under, "" for its own
    info: bool  # sizes are asked for, not a picture
    layered: (
        bool  # other pictures lie on or under it, which may be replaced without a new version of this one
    )
    styled: bool  # a text takes its style from a stored one, of which nothing is left in the picture's record


@dataclass(frozen=True)
class DeliveryRequest:
    """Where, how to change it, how to send it."""

    raw: RawRequest
    path: DeliveryPath
    instructions: Instructions
    accept: str
    hinted: tuple[str, ...]  # request headers that chose sizes
    breakpoints: BreakpointSettings | None = None  # widths are asked for, not a picture
    named: bool = False  # by a named transformation, which may come to mean something else

    def expanded(self, transformation: Transformation) -> Self:
        """The same with what its named transformations stand for."""
        meant, own = _instructions(transformation), self.instructions
        attachment = own.attachment if meant.attachment is None else meant.attachment
        meant = replace(meant, attachment=attachment, info=own.info or meant.info)
        return replace(self, instructions=meant, named=transformation != own.transformation)

    @property
    def transformation(self) -> Transformation:
        """How to change the picture."""
        return self.instructions.transformation

    @property
    def automatic(self) -> bool:
        """True when the format is chosen by what the browser accepts."""
        return self.instructions.format == "auto"

    @property
    def varies(self) -> tuple[str, ...]:
        """The request headers on which the answer depends."""
        return (*(("Accept",) if self.automatic else ()), *self.hinted)

    @property
    def shows_original(self) -> bool:
        """Whether the file itself is asked for, as far as the address tells: nothing of it is changed."""
        return self.path.resource_type != "image" or not self.transformation.components

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
    return DeliveryRequest(
        raw=raw,
        path=path,
        instructions=_parsed(text),
        accept=image_formats.accept_class(raw.headers.get("accept", "")),
        hinted=hinted,
        breakpoints=breakpoints,
    )


@lru_cache(2000)
def _parsed(text: str) -> Instructions:
    return _instructions(parse(text))


def _instructions(transformation: Transformation) -> Instructions:
    changes, sending = _divided(transformation)
    layers = changes.layers
    names = [flag.partition(":")[2] for flag in sending if flag != "getinfo"]
    return Instructions(
        transformation=changes,
        format=str(changes.told("f") or ""),
        attachment=unquote(names[-1]) if names else None,  # escaped twice, for the commas and dots in it
        info="getinfo" in sending,
        layered=bool(layers),
        styled=any(kind == "text" for kind, _ in layers),
    )


def _divided(transformation: Transformation) -> tuple[Transformation, list[str]]:
    """What changes the picture, and the flags that say how it is sent."""
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
    return Transformation(tuple(components)), taken
