"""Judges what a picture looks like: ssimulacra2 against a reference that no measured program made."""

import io
from functools import cache
from pathlib import Path

import numpy as np
from PIL import Image, ImageCms, ImageOps
from ssimulacra2 import compute_ssimulacra2

SRGB = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB"))


@cache
def references(photo: Path, width: int, height: int) -> list[bytes]:
    """The photograph upright, in sRGB, by Pillow's Lanczos from all its pixels, as PNG.

    Twice where rounding the height leaves a choice: cut to the proportions of the answer, and squeezed into them.
    """
    with Image.open(photo) as opened:
        image = ImageOps.exif_transpose(opened).convert("RGB")
        if profile := opened.info.get("icc_profile"):
            image = _to_srgb(image, profile)
    found = [png(ImageOps.fit(image, (width, height), Image.Resampling.LANCZOS))]
    if abs(image.width * height / width - image.height) < image.height / height:
        found.append(png(image.resize((width, height), Image.Resampling.LANCZOS)))
    return found


def score(photo: Path, encoded: bytes) -> float:
    """ssimulacra2 of an encoded picture: 100 is the reference itself, 90 is visually lossless, 70 is good.

    The better of the references counts: a sixth of a pixel's shift would cost more points than any encoder.
    """
    with Image.open(io.BytesIO(encoded)) as image:
        return max(compare(wanted, encoded) for wanted in references(photo, *image.size))


def compare(wanted: bytes, given: bytes) -> float:
    """ssimulacra2 of one encoded picture against another of the same size."""
    return float(compute_ssimulacra2(io.BytesIO(wanted), io.BytesIO(given)))


def png(image: Image.Image) -> bytes:
    """The picture's pixels exactly, quickly packed."""
    buffer = io.BytesIO()
    image.save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def bytes_at(wanted_score: float, curve: list[tuple[float, int]]) -> float:
    """How many bytes an encoder needs for a score, from its measured (score, bytes); log-linear between them."""
    ordered = sorted(curve)
    scores = [point[0] for point in ordered]
    return float(np.exp(np.interp(wanted_score, scores, np.log([point[1] for point in ordered]))))


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
    return ImageCms.profileToProfile(image, source, SRGB) or image
