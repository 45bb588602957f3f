"""A delivery request, parsed once: what came, and what is wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import unquote

from picturerail.media.delivery import breakpoint_urls, hints, negotiation
from picturerail.media.delivery.urls import DeliveryPath, parse_path
from picturerail.media.derivatives.breakpoint_settings import Wanted as Breakpoints
from picturerail.transform.grammar import Component, Transformation, parse


@dataclass(frozen=True)
class Visit:
    """A GET or HEAD as it came: `path` follows the cloud's name, `query` is not decoded, header names are small.

    `full_path` is WSGI's PATH_INFO: the bytes of the decoded path, each as one letter.
    """

    path: str
    full_path: str
    query: str
    headers: Mapping[str, str]
    address: str

    @property
    def shown_path(self) -> str:
        """The whole path as text."""
        return self.full_path.encode("latin-1", "replace").decode(errors="replace")


@dataclass(frozen=True)
class Wanted:
    """Where, how to change it, how to send it."""

    visit: Visit
    path: DeliveryPath
    transformation: Transformation
    accept: str
    attachment: str | None
    hinted: tuple[str, ...]  # request headers that chose sizes
    breakpoints: Breakpoints | None = None  # widths are asked for, not a picture

    @property
    def automatic(self) -> bool:
        """True when the format is chosen by what the browser accepts."""
        return self.transformation.last("f") == "auto"

    @property
    def varies(self) -> tuple[str, ...]:
        """The request headers on which the answer depends."""
        return (*(("Accept",) if self.automatic else ()), *self.hinted)

    @property
    def if_none_match(self) -> str:
        """The versions that the visitor has."""
        return self.visit.headers.get("if-none-match", "")


def read(visit: Visit) -> Wanted:
    """What a request wants; BadRequest or NotFound when it cannot be said."""
    path = parse_path(visit.path, visit.query)
    text, breakpoints = breakpoint_urls.read(path.transformation)
    text, hinted = hints.resolved(text, visit.headers)
    transformation, attachment = _without_attachment(parse(text))
    return Wanted(
        visit=visit,
        path=path,
        transformation=transformation,
        accept=negotiation.accept_class(visit.headers.get("accept", "")),
        attachment=attachment,
        hinted=hinted,
        breakpoints=breakpoints,
    )


def _without_attachment(transformation: Transformation) -> tuple[Transformation, str | None]:
    """fl_attachment says how to send, not what: taken out, it is the name to save under ("" for the own one)."""
    name: str | None = None
    components = []
    for component in transformation.components:
        kept = []
        for key, value in component.values:
            flags = [str(flag) for flag in value] if key == "fl" and isinstance(value, tuple) else []
            asked = next((flag for flag in flags if flag.partition(":")[0] == "attachment"), None)
            if asked is None:
                kept.append((key, value))
                continue
            name = unquote(asked.partition(":")[2])  # escaped twice, for the commas and dots in it
            if len(flags) > 1:
                kept.append((key, tuple(flag for flag in flags if flag != asked)))
        if kept:
            components.append(Component(tuple(kept)))
    return Transformation(tuple(components)), name
