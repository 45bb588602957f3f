"""The process behind libvips.py: one job a line, [photo, width, height, quality, target]; answers the target."""

import json
import sys

import pyvips

SAVE: dict[str, dict[str, int | str]] = {
    "jpg": {"optimize_coding": 1},
    "webp": {},
    "avif": {"compression": "av1", "effort": 4},
}


def make(photo: str, width: int, height: int, quality: int, target: str) -> None:
    """What `vipsthumbnail` does: shrink on load, upright, to sRGB, nothing kept."""
    crop: dict[str, int | str] = {"height": 10_000_000}
    if height:
        crop = {"height": height, "crop": "centre"}
    image = pyvips.Image.thumbnail(photo, width, output_profile="srgb", **crop)
    image.write_to_file(target, Q=quality or 80, keep="none", **SAVE[target.rpartition(".")[2]])


if __name__ == "__main__":
    pyvips.cache_set_max(0)
    for line in sys.stdin:
        job = json.loads(line)
        make(*job)
        print(job[-1], flush=True)
