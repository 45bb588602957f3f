"""A phone's Ultra HDR through the official SDK: its light stays in JPEGs, large and small, and nowhere else."""

from pathlib import Path

import cloudinary.uploader
import cloudinary.utils

from tests.media_service import MediaService
from tests.sdk.test_upload import fetch
from tests.transform.pixels.test_ultra_hdr import layers, ultra_hdr


def test_small_sizes_of_a_large_one_have_their_map(cloud: MediaService, tmp_path: Path) -> None:
    path = ultra_hdr(tmp_path / "room.jpg", 3200, 2400)
    answer = cloudinary.uploader.upload(str(path))
    assert fetch(answer["url"]) == path.read_bytes()
    for width in (400, 1600):
        options = {"width": width, "crop": "scale", "version": answer["version"]}
        url = cloudinary.utils.cloudinary_url(answer["public_id"], format="jpg", **options)[0]
        (tmp_path / "made.jpg").write_bytes(fetch(url))
        picture, found = layers(tmp_path / "made.jpg")
        assert (picture.width, found.width) == (width, width // 2)
        for other in ("webp", "avif", "png"):
            url = cloudinary.utils.cloudinary_url(answer["public_id"], format=other, **options)[0]
            assert b"21496" not in fetch(url)
