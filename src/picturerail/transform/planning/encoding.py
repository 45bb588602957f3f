"""How the answer is written: format, quality, chroma, progressive."""

from dataclasses import dataclass

from picturerail.transform.grammar import Transformation
from picturerail.transform.planning.context import Output

ANIMATED = ("gif", "webp")
DEFAULT_QUALITY = 82


@dataclass(frozen=True)
class Encoding:
    """The settings of an encoder. `auto` is a level of q_auto, and then `quality` is chosen from the pixels."""

    format: str
    quality: int = DEFAULT_QUALITY
    auto: str = ""
    chroma: str = ""
    progressive: bool = False
    palette: bool = False
    lossless: bool = False
    animated: bool = False


def plan_encoding(transformation: Transformation, output: Output) -> Encoding:
    """The encoding that q_ and the flags ask for."""
    flags = transformation.flags
    quality = transformation.last("q")
    number, detail = quality if isinstance(quality, tuple) else (DEFAULT_QUALITY, "")
    auto = number == "auto"
    return Encoding(
        format=output.format,
        quality=DEFAULT_QUALITY if auto else int(number),
        auto=str(detail) if auto else "",
        chroma="" if auto else str(detail),
        progressive=auto or any(flag.startswith("progressive") for flag in flags),
        palette="png8" in flags or (output.format == "png" and "lossy" in flags),
        animated=output.format in ANIMATED,
    )
