"""The photographs to measure with: a folder that the caller names, or some that any machine can make."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import skimage
from PIL import Image, ImageOps

CAMERA = (4000, 3000)  # 12 megapixels
MADE_FROM = ("astronaut", "coffee", "chelsea", "rocket", "retina", "motorcycle_left", "motorcycle_right")
ORIENTATION = 0x0112
GRAIN = 5.0  # standard deviation of the added noise: what a phone shows at ISO 200-400


@dataclass(frozen=True)
class Photograph:
    """One JPEG of a camera's size on disk."""

    path: Path
    width: int
    height: int

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def photographs(folder: Path | None, cache: Path, *, least_pixels: int = 0) -> list[Photograph]:
    """The JPEGs of the folder in order; without one, 12-megapixel photographs made in the cache folder."""
    paths = sorted(folder.glob("*.jpg")) if folder else _made(cache)
    found = [_measured(path) for path in paths]
    found = [photo for photo in found if photo.width * photo.height >= least_pixels]
    if not found:
        raise SystemExit(f"No JPEG of at least {least_pixels:,} pixels in {folder}.")
    return found


def upright(photos: list[Photograph], cache: Path) -> list[Photograph]:
    """Copies in a folder of their own, those turned that say by their orientation flag that they lie on their side.

    thumbor and ipx leave the flag unheeded: their picture would have other pixels, and no score to compare.
    """
    cache.mkdir(parents=True, exist_ok=True)
    for photo in photos:
        target = cache / photo.path.name
        with Image.open(photo.path) as image:
            if image.getexif().get(ORIENTATION, 1) == 1:
                target.write_bytes(photo.path.read_bytes())
            else:
                turned, profile = ImageOps.exif_transpose(image), image.info.get("icc_profile")
                turned.save(target, "JPEG", quality=95, subsampling=2, icc_profile=profile)
    return [_measured(cache / photo.path.name) for photo in photos]


def described(folder: Path | None, photos: list[Photograph]) -> str:
    """One sentence for the table: what was measured with."""
    megapixels = [photo.width * photo.height / 1e6 for photo in photos]
    kind = "camera photographs" if folder else "photographs of the scikit-image wheel scaled up with grain"
    return f"{len(photos)} {kind}, {min(megapixels):.0f}-{max(megapixels):.0f} megapixels"


def _made(cache: Path) -> list[Path]:
    cache.mkdir(parents=True, exist_ok=True)
    return [_make(name, cache) for name in MADE_FROM]


def _make(name: str, cache: Path) -> Path:
    """A small photograph scaled to a camera's size, with grain so that it costs what a camera's file costs."""
    path = cache / f"{name}.jpg"
    if not path.exists():
        source = next(Path(skimage.__file__).parent.joinpath("data").glob(f"{name}.*"))
        large = Image.open(source).convert("RGB").resize(CAMERA, Image.Resampling.BICUBIC)
        pixels = np.asarray(large, np.float32)
        noise = np.random.default_rng(len(name)).normal(0, GRAIN, pixels.shape[:2])[..., None]
        grainy = np.clip(pixels + noise, 0, 255).astype(np.uint8)
        Image.fromarray(grainy).save(path, quality=92, subsampling=2)
    return path


def _measured(path: Path) -> Photograph:
    with Image.open(path) as image:
        width, height = image.size
        if image.getexif().get(ORIENTATION, 1) in {5, 6, 7, 8}:
            width, height = height, width
    return Photograph(path, width, height)
