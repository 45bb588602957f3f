"""How the answer is written: format, quality, chroma, progressive."""

from dataclasses import dataclass

from picturerail.transform.grammar import Transformation
from picturerail.transform.planning.context import Output

ANIMATED = ("gif", "webp")
DEFAULT_QUALITY = 82
MAX_AVIF_PIXELS = 12_000_000  # pixels: then the encoder holds 300 MB, at 16 million 400


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


def plan_encoding(transformation: Transformation, output: Output, pixels: int) -> Encoding:
    """The encoding that q_ and the flags ask for, for an answer of so many pixels."""
    flags = transformation.flags
    quality = transformation.last("q")
    number, detail = quality if isinstance(quality, tuple) else (DEFAULT_QUALITY, "")
    auto = number == "auto"
    density = transformation.last("dn")
    palette = "png8" in flags or (output.format == "png" and "lossy" in flags)
    return Encoding(
        format=_format(output, pixels),
        quality=DEFAULT_QUALITY if auto else int(number),
        auto=str(detail) if auto else "",
        chroma="" if auto else str(detail),
        progressive=_progressive(flags, auto=auto),
        palette=palette and not flags & {"png24", "png32"},
        animated=output.format in ANIMATED,
        attribution=bool(flags & {"keep_iptc", "keep_attribution"}) and "force_strip" not in flags,
        density=density if isinstance(density, int) else 0,
    )


def _progressive(flags: frozenset[str], *, auto: bool) -> bool:
    if "progressive:none" in flags:
        return False
    return auto or any(flag.startswith("progressive") for flag in flags)


def _format(output: Output, pixels: int) -> str:
    """The format that was negotiated. Where AVIF's encoder would need too much memory, it is WebP instead.

    Every browser that takes AVIF takes WebP.
    """
    return "webp" if output.format == "avif" and pixels > MAX_AVIF_PIXELS else output.format
