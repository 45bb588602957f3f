"""How much of a picture is left to people who cannot tell red from green.

Cloudinary says what its figures mean, not how they are made; these have the same meaning and are made so: the picture
is shown as to people with protanopia and with deuteranopia, and the worse of both counts.
"""

from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from picturerail.transform.pixels.analysis import probe
from picturerail.transform.pixels.analysis.palette import shares_of
from picturerail.transform.pixels.decode import damage, loaders
from picturerail.transform.pixels.vips import pyvips
from picturerail.transform.probe import Limits, check

SIDE = 256  # pixels of the longer side on which edges are looked for
PLAIN = 20.0  # the distance in CIELAB from which two colours are plainly different
VISIBLE = 5.0  # the step in CIELAB from which two pixels make an edge
MIN_SHARE = 1.0  # percent of the picture that a colour must have

# Machado, Oliveira and Fernandes 2009: what is seen at full severity, in linear RGB.
_SEEN = (
    [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
)
Pixels = NDArray[Any]


@dataclass(frozen=True)
class Clarity:
    """Shares from 0 to 1 of what stays distinct, and the two colours that come closest to each other."""

    edges: float
    colours: float
    pair: tuple[str, str]


def measure(path: Path, limits: Limits) -> Clarity:
    """How distinct edges and colours stay."""
    info = loaders.read_header(path)
    check(info, limits)
    try:
        small = probe.at_most(path, info, SIDE)
        shares = shares_of(bytes(small.write_to_memory()))
        picture = small.flatten(background=[255, 255, 255])
        edges = min(_edges_kept(_lab(picture), _lab(picture, seen)) for seen in _SEEN)
        colours = [mean for mean, share in shares if share >= MIN_SHARE] or [(0, 0, 0)]
        kept, pair = _colours_kept(colours)
    except pyvips.Error as error:
        raise damage.refusal(error) from error
    return Clarity(round(edges, 4), round(kept, 4), pair)


def _lab(image: pyvips.Image, seen: list[list[float]] | None = None) -> Pixels:
    """The picture in CIELAB, as somebody sees it."""
    light = image.colourspace("scrgb")
    light = light.recomb(seen).clamp(min=0, max=1).copy(interpretation="scrgb") if seen else light
    lab = light.colourspace("lab").cast("float")
    return np.frombuffer(lab.write_to_memory(), np.float32).reshape(lab.height, lab.width, 3)


def _edges_kept(plain: Pixels, seen: Pixels) -> float:
    kept = total = 0.0
    for axis in (0, 1):
        before, after = (np.linalg.norm(np.diff(each, axis=axis), axis=2) for each in (plain, seen))
        edge = before >= VISIBLE
        kept += float(np.minimum(before, after)[edge].sum())
        total += float(before[edge].sum())
    return kept / total if total else 1.0


def _colours_kept(colours: list[tuple[int, int, int]]) -> tuple[float, tuple[str, str]]:
    strip = pyvips.Image.new_from_memory(np.array(colours, np.uint8).tobytes(), len(colours), 1, 3, "uchar")
    strip = strip.copy(interpretation="srgb")
    plain, *others = (_lab(strip, seen)[0] for seen in (None, *_SEEN))
    best, pair = 1.0, (0, min(1, len(colours) - 1))
    for one, other in combinations(range(len(colours)), 2):
        distance = float(np.linalg.norm(plain[one] - plain[other]))
        if distance >= PLAIN:
            left = min(float(np.linalg.norm(each[one] - each[other])) for each in others) / distance
            best, pair = (left, (one, other)) if left < best else (best, pair)
    first, second = (f"#{bytes(colours[place]).hex().upper()}" for place in pair)
    return best, (first, second)
