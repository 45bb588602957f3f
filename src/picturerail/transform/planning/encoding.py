"""How the answer is written: format, quality, chroma, progressive."""

from dataclasses import dataclass

from picturerail.errors import BadRequest
from picturerail.transform.grammar import Transformation
from picturerail.transform.planning.context import Output

ANIMATED = ("gif", "webp")
DEFAULT_QUALITY = 82
MOST_AVIF = 12_000_000  # pixels: then the encoder holds 300 MB, at 16 million 400


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


def plan_encoding(transformation: Transformation, output: Output, pixels: int) -> Encoding:
    """The encoding that q_ and the flags ask for, for an answer of so many pixels."""
    flags = transformation.flags
    quality = transformation.last("q")
    number, detail = quality if isinstance(quality, tuple) else (DEFAULT_QUALITY, "")
    auto = number == "auto"
    return Encoding(
        format=_format(transformation, output, pixels),
        quality=DEFAULT_QUALITY if auto else int(number),
        auto=str(detail) if auto else "",
        chroma="" if auto else str(detail),
        progressive=auto or any(flag.startswith("progressive") for flag in flags),
        palette="png8" in flags or (output.format == "png" and "lossy" in flags),
        animated=output.format in ANIMATED,
        attribution="keep_iptc" in flags and "force_strip" not in flags,
    )


def _format(transformation: Transformation, output: Output, pixels: int) -> str:
    """The format that was negotiated. Where AVIF's encoder would need too much memory, f_auto takes WebP instead."""
    if output.format != "avif" or pixels <= MOST_AVIF:
        return output.format
    if transformation.last("f") == "auto":  # every browser that takes AVIF takes WebP
        return "webp"
    raise BadRequest(
        f"An AVIF may have {MOST_AVIF:,} pixels at most, and this would have {pixels:,}: "
        "ask for a smaller one, for another format, or for f_auto."
    )
