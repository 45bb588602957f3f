"""Faces: found by the cascade that comes with OpenCV 4, in a small grey copy of the picture."""

from pathlib import Path

import cv2
import numpy as np

from picturerail.transform.pixels.analysis import probe
from picturerail.transform.pixels.decode import damage, loaders
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.plan import Face
from picturerail.transform.probe import Limits, check

SIDE = 640  # pixels of the longer side: faces from a twentieth of it are found
MIN_SIDE = 28
NEIGHBOURS = 6  # fewer find faces in foliage
MAX_FACES = 50

cv2.setNumThreads(1)
_CASCADE = cv2.CascadeClassifier(
    str(Path(cv2.__file__).with_name("data") / "haarcascade_frontalface_alt2.xml")
)


def find(path: Path, limits: Limits) -> list[Face]:
    """The faces looking towards us, the largest first, in fractions of the picture as seen."""
    info = loaders.read_header(path)
    check(info, limits)
    try:
        small = probe.at_most(path, info, SIDE).flatten(background=[255, 255, 255]).colourspace("b-w")[0]
        grey = np.frombuffer(small.write_to_memory(), np.uint8).reshape(small.height, small.width)
    except pyvips.Error as error:
        raise damage.refusal(error) from error
    found = _CASCADE.detectMultiScale(cv2.equalizeHist(grey), 1.1, NEIGHBOURS, minSize=(MIN_SIDE, MIN_SIDE))
    boxes = sorted((tuple(int(part) for part in box) for box in found), key=lambda box: -box[2] * box[3])
    width, height = small.width, small.height
    return [Face(x / width, y / height, w / width, h / height) for x, y, w, h in boxes[:MAX_FACES]]
