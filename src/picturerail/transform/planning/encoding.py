"""How the answer is written: format, quality, chroma, progressive, colours, animation."""

from dataclasses import dataclass

from picturerail.errors import BadRequest
from picturerail.transform.grammar import read_value
from picturerail.transform.language.values import Scalar, as_tuple
from picturerail.transform.planning.context import Output
from picturerail.transform.planning.state import State
from picturerail.transform.probe import SourceInfo

ANIMATED = ("gif", "webp", "avif")
INKS = ("jpg", "tiff")  # formats that can hold four inks
UNTAGGED = ("gif", "bmp", "ico")  # have no place for a profile
DEFAULT_QUALITY = 82
MAX_AVIF_PIXELS = 12_000_000  # then the encoder holds 300 MB, at 16 million 400
MAX_ICON_SIDE = 256


@dataclass(frozen=True)
class Encoding:
    """The settings of an encoder. `auto` is a level of q_auto, and then `quality` is chosen from the pixels."""

    format: str
    quality: int = DEFAULT_QUALITY
    auto: str = ""
    chroma: str = ""
    progressive: bool = False
    palette: bool = False
    animated: bool = False
    attribution: bool = False  # who made it and whose it is stays in the file
    density: int = 0  # dots per inch to be written into the file
    inks: bool = False  # four inks (CMYK) in the place of three lights
    profile: bool = False  # the file says that it is sRGB, by a profile
    icc: str = ""  # the key of the original of a profile to whose colours it is converted
    delay: int = 0  # milliseconds of each frame; 0 for those of the source
    loop: int = -1  # how often an animation is repeated, 0 for ever; -1 as the source does


def is_animated(state: State) -> bool:
    """Whether all frames of a source go into the answer."""
    image_format = state.limits.format
    return image_format in ANIMATED or (image_format == "png" and "apng" in state.flags)


def plan_encoding(state: State, source: SourceInfo, frames: int) -> Encoding:
    """The encoding that q_, cs_, dl_ and the flags ask for, for an answer of so many frames of this size."""
    output, flags = state.limits, state.flags
    if output.format == "ico":
        check_icon(state.size.width, state.size.height)
    said = dict(state.settings)
    number, level, chroma = _quality(state, said.get("q"))
    auto = number == "auto"
    palette = "png8" in flags or (output.format == "png" and "lossy" in flags)
    space = said.get("cs")
    return Encoding(
        format=_format(output, state.size.width * state.size.height * frames),
        quality=DEFAULT_QUALITY if auto else int(number),
        auto=str(level),
        chroma=str(chroma),
        progressive=_progressive(flags, auto=auto),
        palette=palette and not flags & {"png24", "png32"},
        animated=is_animated(state),
        attribution=bool(flags & {"keep_iptc", "keep_attribution"}) and "force_strip" not in flags,
        density=_whole(said.get("dn")),
        inks=output.format in INKS and (space == "cmyk" or (space == "keep_cmyk" and _has_inks(source))),
        profile="force_icc" in flags and output.format not in UNTAGGED,
        icc=_named_profile(state, space) if output.format not in UNTAGGED else "",
        delay=_whole(said.get("dl")),
        loop=_whole(said.get("loop", -1)),
    )


def _quality(state: State, asked: object) -> tuple[Scalar, ...]:
    """The number or auto, the level of auto, and the chroma: the picture's own, if it has one, for an automatic one."""
    asked = asked if isinstance(asked, tuple) else (DEFAULT_QUALITY, "", "")
    instead = state.context.quality
    return as_tuple(read_value("q", instead)) if asked[0] == "auto" and instead else asked


def _named_profile(state: State, space: object) -> str:
    return state.context.raw(str(space[1])) if isinstance(space, tuple) else ""


def check_icon(width: int, height: int) -> None:
    """Refuse what does not fit into an icon; asked again when a text has made a picture larger than was planned."""
    if max(width, height) > MAX_ICON_SIDE:
        raise BadRequest(
            f"An icon is at most {MAX_ICON_SIDE} x {MAX_ICON_SIDE} pixels, and this would be {width} x {height}; "
            f"put c_limit,w_{MAX_ICON_SIDE},h_{MAX_ICON_SIDE} at the end."
        )


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0


def _has_inks(source: SourceInfo) -> bool:
    return source.bands - source.has_alpha == 4


def _progressive(flags: frozenset[str], *, auto: bool) -> bool:
    if "progressive:none" in flags:
        return False
    return auto or any(flag.startswith("progressive") for flag in flags)


def _format(output: Output, pixels: int) -> str:
    """The format that was negotiated. Where AVIF's encoder would need too much memory, it is WebP instead.

    Every browser that takes AVIF takes WebP.
    """
    return "webp" if output.format == "avif" and pixels > MAX_AVIF_PIXELS else output.format
