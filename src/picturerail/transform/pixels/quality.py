"""The choice of quality: levels of q_auto, and one scale of quality for all encoders."""

from dataclasses import replace

from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.planning.encoding import Encoding

LOSSY = ("jpg", "webp", "avif")
_LEVELS = {"best": 88, "good": 78, "eco": 68, "low": 52}


def chosen(_image: pyvips.Image, encoding: Encoding) -> Encoding:
    """The encoding with the quality that suits this picture at the level asked for."""
    return replace(encoding, quality=_LEVELS[encoding.auto])


def avif(quality: int) -> int:
    """The AVIF encoder's number for a JPEG-like quality: it reaches the same look with a smaller one."""
    return max(1, min(100, round(quality * 0.75)))
