"""Coding-independent code points: the numbers by which PNG (cICP), AVIF and HEIC (nclx) name a colour space.

https://www.itu.int/rec/T-REC-H.273. What is brighter than the white of a page (PQ, HLG) is pressed into what a page
can show, each colour by itself: 203 cd/m2, the white of ITU-R BT.2408, comes out a little below it.
"""

from collections.abc import Callable
from functools import cache

import numpy as np

from picturerail.transform.pixels.decode.icc import (
    Chromaticities,
    gamma_curve,
    grey_profile,
    rgb_profile,
    sampled_curve,
    segmented_curve,
)

_D65 = (0.3127, 0.3290)
SRGB: Chromaticities = (*_D65, 0.640, 0.330, 0.300, 0.600, 0.150, 0.060)
_PRIMARIES: dict[int, Chromaticities] = {
    1: SRGB,
    4: (0.310, 0.316, 0.670, 0.330, 0.210, 0.710, 0.140, 0.080),
    5: (*_D65, 0.640, 0.330, 0.290, 0.600, 0.150, 0.060),
    6: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    7: (*_D65, 0.630, 0.340, 0.310, 0.595, 0.155, 0.070),
    8: (0.310, 0.316, 0.681, 0.319, 0.243, 0.692, 0.145, 0.049),
    9: (*_D65, 0.708, 0.292, 0.170, 0.797, 0.131, 0.046),
    10: (1 / 3, 1 / 3, 1.0, 0.0, 0.0, 1.0, 0.0, 0.0),
    11: (0.314, 0.351, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    12: (*_D65, 0.680, 0.320, 0.265, 0.690, 0.150, 0.060),
    22: (*_D65, 0.630, 0.340, 0.295, 0.605, 0.155, 0.077),
}
UNSPECIFIED = 2
SRGB_TRANSFER = 13
VIDEO_TRANSFERS = (1, 6, 14, 15)  # ITU-R BT.709 and its like

SRGB_CURVE = segmented_curve(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
_VIDEO_CURVE = gamma_curve(2.4)  # ITU-R BT.1886, by which screens show it

WHITE = 203.0  # cd/m2 of a page's white
PEAK = 1000.0  # cd/m2 that come out as full white
_SAMPLES = 4096


def _pressed(candelas: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> list[float]:
    """Light of a brighter screen on one that shows white at most: Reinhard's curve, which keeps what is dark."""
    light, most = candelas / WHITE, PEAK / WHITE
    return [float(value) for value in np.clip(light * (1 + light / most**2) / (1 + light), 0, 1)]


def _pq_curve() -> bytes:
    """SMPTE ST 2084."""
    number = np.linspace(0, 1, _SAMPLES) ** (1 / 78.84375)
    light = (np.maximum(number - 0.8359375, 0) / (18.8515625 - 18.6875 * number)) ** (1 / 0.1593017578125)
    return sampled_curve(_pressed(light * 10000))


def _hlg_curve() -> bytes:
    """ITU-R BT.2100's hybrid log-gamma, on a screen of 1000 cd/m2."""
    number = np.linspace(0, 1, _SAMPLES)
    scene = np.where(
        number <= 0.5, number**2 / 3, (np.exp((number - 0.55991073) / 0.17883277) + 0.28466892) / 12
    )
    return sampled_curve(_pressed(scene**1.2 * 1000))


_CURVES: dict[int, Callable[[], bytes]] = {
    **{number: lambda: _VIDEO_CURVE for number in VIDEO_TRANSFERS},
    4: lambda: gamma_curve(2.2),
    5: lambda: gamma_curve(2.8),
    7: lambda: segmented_curve(1 / 0.45, 1 / 1.1115, 0.1115 / 1.1115, 1 / 4.0, 0.0912),
    8: lambda: gamma_curve(1.0),
    SRGB_TRANSFER: lambda: SRGB_CURVE,
    16: _pq_curve,
    17: lambda: segmented_curve(2.6, (52.37 / 48) ** (1 / 2.6), 0, 0, 0),  # SMPTE ST 428-1
    18: _hlg_curve,
}


@cache
def profile(primaries: int, transfer: int, *, grey: bool = False) -> bytes | None:
    """The profile of two code points; None where they mean sRGB, or nothing that is known."""
    places, curve = _PRIMARIES.get(primaries, SRGB), _CURVES.get(transfer)
    if curve is None or (places == SRGB and transfer == SRGB_TRANSFER):
        return None if places == SRGB or grey else rgb_profile(places, [SRGB_CURVE])
    return grey_profile(curve()) if grey else rgb_profile(places, [curve()])
