"""How sharp a picture is, told from how much neighbouring pixels differ."""

from pathlib import Path

from picturerail.transform.pixels.analysis import probe
from picturerail.transform.pixels.decode import damage, loaders
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.probe import Limits, check

SIDE = 512  # pixels of the longer side on which it is measured: about what is seen of it on a page
HALF = 10.0  # the deviation that counts as half sharp: blurred photographs lie below, sharp ones above

_LAPLACIAN = pyvips.Image.new_from_array([[0, 1, 0], [1, -4, 1], [0, 1, 0]])


def measure(path: Path, limits: Limits) -> float:
    """Sharpness from 0 to 1: the deviation of the Laplacian of a small grey copy, made relative."""
    info = loaders.read_header(path)
    check(info, limits)
    try:
        grey = probe.at_most(path, info, SIDE).flatten(background=[255, 255, 255]).colourspace("b-w")[0]
        deviation = float(grey.cast("float").conv(_LAPLACIAN, precision="float").deviate())
    except pyvips.Error as error:
        raise damage.refusal(error) from error
    return round(deviation / (deviation + HALF), 4)
