"""Which breakpoints are asked for. Pure."""

from dataclasses import dataclass
from typing import Annotated

from msgspec import Meta

from picturerail.errors import BadRequest
from picturerail.media.http.params import Params
from picturerail.media.transformations import suffix
from picturerail.schemas import forms

MAX_SETTINGS = 10


@dataclass(frozen=True)
class BreakpointSettings:
    """What breakpoints are asked for; the defaults are Cloudinary's. `bytes_step` is in bytes."""

    transformation: str = ""
    format: str = ""
    min_width: Annotated[int, Meta(ge=1, le=16_000)] = 50
    max_width: Annotated[int, Meta(ge=1, le=16_000)] = 1000
    bytes_step: Annotated[int, Meta(ge=100, le=10**9)] = 20_000
    max_images: Annotated[int, Meta(ge=2, le=200)] = 20
    create_derived: bool = False


def read(params: Params) -> list[BreakpointSettings]:
    """The parameter `responsive_breakpoints`: one JSON object, or a list of them."""
    value = params.data("responsive_breakpoints")
    listed = [value] if isinstance(value, dict) else value or []
    if (
        not isinstance(listed, list)
        or len(listed) > MAX_SETTINGS
        or not all(isinstance(each, dict) for each in listed)
    ):
        raise BadRequest(
            f"Invalid responsive_breakpoints: a list of at most {MAX_SETTINGS} objects is expected."
        )
    return [_read_one(Params(each)) for each in listed]


def _read_one(params: Params) -> BreakpointSettings:
    forms.check(params, BreakpointSettings)
    transformation, extension = suffix.split(params.text("transformation"))
    return BreakpointSettings(
        transformation=transformation,
        format=extension or params.text("format"),
        min_width=params.number("min_width", 50),
        max_width=params.number("max_width", 1000),
        bytes_step=params.number("bytes_step", 20_000),
        max_images=params.number("max_images", 20),
        create_derived=params.flag("create_derived"),
    )
