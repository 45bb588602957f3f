"""Profiles of LittleCMS' own, by which what we make of a file is judged."""

import io
import struct
from typing import Any

from PIL import Image, ImageCms

Pixel = tuple[int, ...]


def matrix_profile(xyz: tuple[tuple[float, float, float], ...], gamma: float) -> Any:
    """LittleCMS' sRGB profile with other columns (under D50) and a plain power for its curves."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    curve = b"curv" + bytes(4) + (1).to_bytes(4) + round(gamma * 256).to_bytes(2) + bytes(2)
    start = len(profile)
    profile += curve
    profile[0:4] = len(profile).to_bytes(4)
    count = struct.unpack(">I", profile[128:132])[0]
    for at in range(132, 132 + 12 * count, 12):
        name, place = bytes(profile[at : at + 4]), struct.unpack(">I", profile[at + 4 : at + 8])[0]
        if name in (b"rTRC", b"gTRC", b"bTRC"):
            profile[at + 4 : at + 12] = struct.pack(">II", start, len(curve))
        if name in (b"rXYZ", b"gXYZ", b"bXYZ"):
            column = xyz[(b"rXYZ", b"gXYZ", b"bXYZ").index(name)]
            profile[place + 8 : place + 20] = struct.pack(">3i", *(round(part * 65536) for part in column))
    return ImageCms.ImageCmsProfile(io.BytesIO(bytes(profile)))


# Columns as in the profile that Adobe gives away: https://www.adobe.com/digitalimag/adobergb.html
ADOBE_RGB = matrix_profile(
    ((0.60974, 0.31111, 0.01947), (0.20528, 0.62567, 0.06087), (0.14919, 0.06322, 0.74457)), 563 / 256
)


def in_srgb(pixel: Pixel, profile: Any) -> Pixel:
    made = ImageCms.profileToProfile(
        Image.new("RGB", (4, 4), pixel),
        profile,
        ImageCms.createProfile("sRGB"),
        renderingIntent=ImageCms.Intent.RELATIVE_COLORIMETRIC,
    )
    assert made is not None
    seen = made.getpixel((1, 1))
    assert isinstance(seen, tuple)
    return tuple(int(part) for part in seen)
