"""The looks of e_art, as numbers: what becomes of black and white, of contrast, colourfulness, brightness and corners.

Cloudinary shows what its looks are like and keeps how they are made to itself; these have the same names and moods.
"""

from dataclasses import dataclass
from typing import TypeAlias

RGB: TypeAlias = tuple[int, int, int]


@dataclass(frozen=True)
class Look:
    """One look. Contrast is from -1 to 1, the others are factors; `corners` is how much darker these become."""

    black: RGB
    white: RGB
    contrast: float
    saturation: float
    gamma: float = 1.0
    corners: float = 0.0


LOOKS = {
    "al_dente": Look((10, 0, 0), (255, 250, 225), 0.25, 1.25),
    "athena": Look((40, 25, 20), (255, 245, 220), 0.1, 0.9),
    "audrey": Look((0, 0, 0), (255, 255, 255), 0.45, 0.0),
    "aurora": Look((20, 10, 45), (255, 240, 250), 0.1, 1.05),
    "daguerre": Look((25, 18, 10), (240, 225, 195), 0.3, 0.0, corners=0.4),
    "eucalyptus": Look((15, 35, 25), (240, 255, 235), 0.05, 0.85),
    "fes": Look((0, 25, 40), (255, 235, 200), 0.2, 1.3),
    "frost": Look((10, 25, 50), (235, 250, 255), 0.1, 0.75),
    "hairspray": Look((45, 10, 35), (255, 245, 245), 0.0, 1.1, 1.15),
    "hokusai": Look((10, 30, 70), (245, 240, 220), 0.3, 0.7),
    "incognito": Look((0, 0, 5), (215, 215, 220), 0.35, 0.5, 0.8, 0.35),
    "linen": Look((50, 42, 35), (250, 244, 230), -0.05, 0.8),
    "peacock": Look((0, 30, 35), (255, 250, 240), 0.2, 1.45),
    "primavera": Look((15, 20, 0), (255, 255, 225), 0.1, 1.25, 1.15),
    "quartz": Look((45, 30, 45), (255, 240, 240), 0.05, 0.7),
    "red_rock": Look((35, 5, 0), (255, 230, 205), 0.25, 1.2),
    "refresh": Look((0, 0, 0), (255, 255, 255), 0.15, 1.15, 1.12),
    "sizzle": Look((30, 0, 0), (255, 240, 190), 0.3, 1.4),
    "sonnet": Look((30, 28, 28), (245, 243, 240), 0.0, 0.0),
    "ukulele": Look((40, 30, 0), (255, 245, 205), 0.05, 1.0, corners=0.25),
    "zorro": Look((0, 0, 0), (255, 255, 255), 0.7, 0.0, corners=0.3),
}
