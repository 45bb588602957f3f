"""Which breakpoints are asked for. Pure."""

from dataclasses import dataclass

from picturerail.errors import BadRequest
from picturerail.media.http.params import Params

MAX_SETTINGS = 10


@dataclass(frozen=True)
class BreakpointSettings:
    """What breakpoints are asked for; the defaults are Cloudinary's. `bytes_step` is in bytes."""

    transformation: str = ""
    format: str = ""
    min_width: int = 50
    max_width: int = 1000
    bytes_step: int = 20_000
    max_images: int = 20
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
    return BreakpointSettings(
        transformation=params.text("transformation"),
        format=params.text("format"),
        min_width=params.number("min_width", 50, low=1, high=16_000),
        max_width=params.number("max_width", 1000, low=1, high=16_000),
        bytes_step=params.number("bytes_step", 20_000, low=100, high=10**9),
        max_images=params.number("max_images", 20, low=2, high=200),
        create_derived=params.flag("create_derived"),
    )
